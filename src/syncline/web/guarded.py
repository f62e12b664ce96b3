"""Pages that need somebody to be signed in."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Final, Protocol, TypeVar
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from syncline.gateways.http.access import READ, WRITE, AccessNeeds, Limits, browsing, identified
from syncline.services.accounts import Auth
from syncline.web.needs import Guesses, Needs
from syncline.web.pages import redirect

N = TypeVar("N", bound=Needs)
M = TypeVar("M", bound="AccountNeeds")

FIRST: Final = ("/", "/home")
"""Where signing in leads by itself, or what leads on anyway: these are not worth remembering."""


def needs_sign_in(
    view: Callable[[N, Request, Auth], Awaitable[Response]],
) -> Callable[[N, Request], Awaitable[Response]]:
    """A page for whoever is signed in; others are led to the sign-in page, and from there back."""

    @wraps(view)
    async def guarded(needs: N, request: Request) -> Response:
        auth = await browsing(needs, request.scope)
        if auth is None:
            return redirect(_entrance(request))
        return await view(needs, request, auth)

    return guarded


def needs_account(
    view: Callable[[M, Request, Auth], Awaitable[Response]],
) -> Callable[[M, Request], Awaitable[Response]]:
    """A page that takes whatever Heliotrope's data takes: a cookie, a token, a login with a password.

    Whoever brings none of them is led to the sign-in page; wrong ones are refused.
    """
    return _guarded(view, 303)


def needs_account_found(
    view: Callable[[M, Request, Auth], Awaitable[Response]],
) -> Callable[[M, Request], Awaitable[Response]]:
    """As `needs_account`, but others are led away by the status that Fleep's clients know: 302."""
    return _guarded(view, 302)


class Limiting(Guesses, Limits, Protocol):
    """The one limiter: guesses of passwords, and an account's requests."""


class AccountNeeds(Needs, AccessNeeds, Protocol):
    """What such a page needs of the server."""

    @property
    def limiter(self) -> Limiting:
        """The one limiter."""


def _guarded(
    view: Callable[[M, Request, Auth], Awaitable[Response]], status: int
) -> Callable[[M, Request], Awaitable[Response]]:
    @wraps(view)
    async def guarded(needs: M, request: Request) -> Response:
        auth = await identified(needs, request.scope)
        if auth is None:
            return redirect(_entrance(request), status=status)
        auth.need(READ if request.method in ("GET", "HEAD") else WRITE)
        return await view(needs, request, auth)

    return guarded


def _entrance(request: Request) -> str:
    path = request.scope["path"]
    if request.method not in ("GET", "HEAD") or path in FIRST:
        return "/login"
    query = request.url.query
    return "/login?next=" + quote(quote(path) + (f"?{query}" if query else ""), safe="")
