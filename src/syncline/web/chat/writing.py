"""What the forms of a conversation's page do: write a message, mark as read."""

import hashlib
from typing import Final

import msgspec
from starlette.requests import Request as Asked
from starlette.responses import Response

from syncline.core.errors import Forbidden, Invalid, TooLarge
from syncline.core.ids import ZoneId
from syncline.gateways.http.answers import status_of
from syncline.services.accounts import Auth
from syncline.services.conversations import Answer, Request
from syncline.services.conversations.mentions import mentioned_names, named
from syncline.services.conversations.send import send
from syncline.store.contract import Tx
from syncline.web.chat.links import NEW, chat_path, conv_of, whole
from syncline.web.chat.needs import ChatNeeds
from syncline.web.chat.talk import LONGEST, Draft, talk_page
from syncline.web.chat.unread import read_upto, unread_of
from syncline.web.forms import MAX_FORM, first, form
from syncline.web.guarded import needs_account_found
from syncline.web.mail.showing import by_htmx, fragment
from syncline.web.pages import own_path, redirect

MAX_WRITTEN: Final = 9 * LONGEST + MAX_FORM
"""bytes of a form with a message: browsers send a letter of three bytes as nine characters"""

_REFUSALS: Final = (Invalid, Forbidden, TooLarge)
"""What the form itself says, with the text still in it; all else is a page of its own."""


@needs_account_found
async def write(needs: ChatNeeds, request: Asked, auth: Auth) -> Response:
    """POST /chat/CID/messages: write a message (`text`); the same form sent twice writes it once."""
    cid: str = request.path_params["id"]
    conv = conv_of(needs.handles, cid)
    fields = await form(request)
    text = first(fields, "text").replace("\r\n", "\n").strip("\n")
    try:
        if not text.strip():
            raise Invalid("A message needs a text.", field="text")
        if len(text) > LONGEST:
            raise TooLarge(f"A message that is written here has at most {LONGEST:,} characters.")
        await _send(needs, auth, conv, text, first(fields, "once"))
    except _REFUSALS as error:
        return await talk_page(needs, auth, conv, Draft(text, error.message, status_of(error)))
    return redirect(chat_path(cid) + NEW)


@needs_account_found
async def read(needs: ChatNeeds, request: Asked, auth: Auth) -> Response:
    """POST /chat/CID/read: mark as read up to a number (`upto`); what was read already stays read."""
    cid: str = request.path_params["id"]
    conv = conv_of(needs.handles, cid)
    fields = await form(request)
    upto = whole(first(fields, "upto"))
    if upto is None:
        raise Invalid("upto is the number of the last message that was read.", field="upto")
    async with needs.store.view() as view:
        private = (await needs.profiles.of(view, auth.account)).private
    await read_upto(needs.store, auth.account, conv, upto, public=not private)
    if not by_htmx(request):
        return redirect(own_path(first(fields, "next"), chat_path(cid) + NEW))
    async with needs.store.view() as view:
        of = await needs.overviews.of(view, auth.account, conv)
    unread = unread_of(of, cid, upto, range(0))
    return await fragment("chat/unread.html", unread=unread, cid=cid, next=chat_path(cid) + NEW)


async def _send(needs: ChatNeeds, auth: Auth, conv: ZoneId, text: str, once: str) -> None:
    """Write a text once. `once` comes with the form; going back to it and writing another is not a repeat."""
    names = mentioned_names(text)
    request = None
    if once:
        id = hashlib.sha256(f"{once}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()
        request = Request(id, auth.session, f"web/chat/{conv}")

    async def work(tx: Tx) -> Answer:
        persons = await named(tx, names)
        body = {"text": text, **({"mentions": persons} if persons else {})}
        return await send(tx, auth.account, conv, msgspec.json.encode(body), request=request)

    await needs.store.write(work)
