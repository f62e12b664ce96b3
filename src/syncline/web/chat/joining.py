"""The link of a conversation: what it leads to, and coming in by it (Fleep's `autojoin_url`)."""

from starlette.requests import Request
from starlette.responses import Response

from syncline.core.errors import NotFound
from syncline.core.handles import Handle
from syncline.core.ids import ZoneId
from syncline.services.accounts import Auth
from syncline.services.conversations.linking import DEAD, door, join_by_link
from syncline.web.chat.links import NEW, chat_path, cid_of
from syncline.web.chat.needs import ChatNeeds
from syncline.web.guarded import needs_account_found
from syncline.web.mail.plain import tame
from syncline.web.mail.showing import show
from syncline.web.pages import redirect
from syncline.web.wording import short

TITLE = 200
"""Characters of a name."""


@needs_account_found
async def link(needs: ChatNeeds, request: Request, auth: Auth) -> Response:
    """GET /chat/KEY: what a conversation's link leads to, and a button to join; members go right in."""
    key: str = request.path_params["key"]
    conv = _conv(needs, key)
    async with needs.store.view() as view:
        found = await door(view, auth.account, conv)
    if found.joined:
        return redirect(chat_path(cid_of(needs.handles, found.conv)) + NEW)
    name = short(tame(found.name), TITLE) or "A conversation without a topic"
    return await show(needs, auth, "chat/link.html", name=name, key=key)


@needs_account_found
async def join(needs: ChatNeeds, request: Request, auth: Auth) -> Response:
    """POST /chat/KEY/join: become a member by a conversation's link."""
    conv = _conv(needs, request.path_params["key"])
    written = await needs.store.write(lambda tx: join_by_link(tx, auth.account, conv))
    return redirect(chat_path(cid_of(needs.handles, written.value.conv)) + NEW)


def _conv(needs: ChatNeeds, key: str) -> ZoneId:
    try:
        return ZoneId(needs.handles.id_of_key(Handle.AUTOJOIN, key))
    except NotFound:
        raise NotFound(DEAD) from None
