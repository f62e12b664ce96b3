"""The home page: who one is, what changed last, one's tokens, and how to point a client here."""

from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from syncline.core.errors import Invalid, NotFound
from syncline.core.ids import Id
from syncline.services.accounts import SCOPES, Auth
from syncline.web.connecting import PLACEHOLDER, address, connections
from syncline.web.forms import first, form
from syncline.web.guarded import needs_sign_in
from syncline.web.needs import Needs
from syncline.web.once import Once, drop_ticket, set_ticket, ticket_of
from syncline.web.pages import page, redirect
from syncline.web.recent import recent

SCOPE_WORDS: Final = (
    ("read", "read what you can see"),
    ("write", "write as you"),
    ("profile", "see and change your profile"),
    ("sync", "use the sync interface of CRM apps"),
)
"""Scopes as the form lists them, and what they allow."""


class Made(msgspec.Struct, frozen=True):
    """A token just made; this is the only time that its secret is shown."""

    name: str
    secret: str


_made: Final = Once[Made]()


@needs_sign_in
async def home(needs: Needs, request: Request, auth: Auth) -> Response:
    """GET /home: who one is, what changed last, one's tokens, and how to point a client here."""
    ticket = ticket_of(request, needs)
    if ticket is None:
        return await _home(needs, request, auth)
    response = await _home(needs, request, auth, made=_made.take(auth, ticket))
    drop_ticket(response, request, needs)
    return response


@needs_sign_in
async def create_token(needs: Needs, request: Request, auth: Auth) -> Response:
    """POST /tokens: make a token; the home page that follows shows its secret, this once."""
    fields = await form(request)
    wanted = [scope for scope in fields.get("scope", []) if scope in SCOPES]
    name = first(fields, "name").strip()
    try:
        secret, token = await needs.tokens.create(auth.account, wanted, name=name)
    except Invalid as error:
        return await _home(needs, request, auth, status=400, problem=error.message)
    response = redirect("/home")
    set_ticket(response, request, needs, _made.put(auth, Made(token.name, secret)))
    return response


@needs_sign_in
async def revoke_token(needs: Needs, request: Request, auth: Auth) -> Response:
    """POST /tokens/ID/revoke: make one's own token worthless; another's is not even there."""
    given: str = request.path_params["id"]
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise NotFound("There is no such token.")
    await needs.tokens.revoke(Id(int(given)), account=auth.account)
    return redirect("/home")


async def _home(
    needs: Needs,
    request: Request,
    auth: Auth,
    *,
    status: int = 200,
    problem: str | None = None,
    made: Made | None = None,
) -> Response:
    url = address(request, needs)
    return page(
        "home.html",
        status=status,
        account=await needs.accounts.get(auth.account),
        tokens=(await needs.tokens.list(auth.account))[::-1],
        changes=await recent(needs.store, auth.account),
        scopes=SCOPE_WORDS,
        problem=problem,
        made=made,
        url=url,
        connections=connections(url, made.secret if made else PLACEHOLDER),
        alone=needs.single_user is not None,
    )
