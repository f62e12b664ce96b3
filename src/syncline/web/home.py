"""The home page: who one is, one's tokens, and what changed last."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from syncline.core.errors import Invalid, NotFound
from syncline.core.ids import Id
from syncline.services.accounts import SCOPES, Auth
from syncline.web.cookies import signed_in
from syncline.web.forms import form
from syncline.web.needs import Needs
from syncline.web.pages import page, redirect
from syncline.web.recent import recent

ORDER = ("read", "write", "profile", "sync")
"""Scopes as the form lists them."""


def needs_sign_in(
    view: Callable[[Needs, Request, Auth], Awaitable[Response]],
) -> Callable[[Needs, Request], Awaitable[Response]]:
    """A page for whoever is signed in; others are led to the sign-in page."""

    async def guarded(needs: Needs, request: Request) -> Response:
        auth = await signed_in(request, needs)
        if auth is None:
            return redirect("/login")
        return await view(needs, request, auth)

    return guarded


@needs_sign_in
async def home(needs: Needs, request: Request, auth: Auth) -> Response:
    """GET /home."""
    return await _home(needs, auth)


@needs_sign_in
async def root(needs: Needs, request: Request, auth: Auth) -> Response:
    """GET /: the home page, until there is an inbox."""
    return redirect("/home")


@needs_sign_in
async def create_token(needs: Needs, request: Request, auth: Auth) -> Response:
    """POST /tokens: make a token and show its secret, this once."""
    fields = await form(request)
    wanted = [scope for scope in fields.get("scope", []) if scope in SCOPES]
    name = fields.get("name", [""])[0].strip()
    try:
        secret, _ = await needs.tokens.create(auth.account, wanted, name=name)
    except Invalid as error:
        return await _home(needs, auth, status=400, problem=error.message)
    return await _home(needs, auth, secret=secret)


@needs_sign_in
async def revoke_token(needs: Needs, request: Request, auth: Auth) -> Response:
    """POST /tokens/ID/revoke: one's own only; another's is not even there."""
    given: str = request.path_params["id"]
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise NotFound("There is no such token.")
    await needs.tokens.revoke(Id(int(given)), account=auth.account)
    return redirect("/home")


async def _home(
    needs: Needs, auth: Auth, *, status: int = 200, problem: str | None = None, secret: str | None = None
) -> Response:
    return page(
        "home.html",
        status=status,
        account=await needs.accounts.get(auth.account),
        tokens=await needs.tokens.list(auth.account),
        changes=await recent(needs.store, auth.account),
        scopes=ORDER,
        problem=problem,
        secret=secret,
        alone=needs.single_user is not None,
    )
