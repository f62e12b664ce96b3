"""One conversation, or the list of all."""

from starlette.requests import Request
from starlette.responses import Response

from syncline.services.accounts import Auth
from syncline.web.chat.links import asked, conv_of
from syncline.web.chat.listing import list_page
from syncline.web.chat.needs import ChatNeeds
from syncline.web.chat.talk import Draft, talk_page
from syncline.web.guarded import needs_account_found


@needs_account_found
async def chat(needs: ChatNeeds, request: Request, auth: Auth) -> Response:
    """GET /chat?cid=…: a conversation, from `before` or `after` a number; without cid the list of all."""
    cid = request.query_params.get("cid")
    if cid is None:
        return await list_page(needs, auth, start=asked(request, "start") or 0, at=asked(request, "at"))
    conv = conv_of(needs.handles, cid)
    before, after = asked(request, "before"), asked(request, "after")
    return await talk_page(needs, auth, conv, Draft(), before=before, after=after)
