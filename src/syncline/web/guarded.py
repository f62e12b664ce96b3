"""Pages that need somebody to be signed in."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Final, TypeVar
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from syncline.services.accounts import Auth
from syncline.web.cookies import signed_in
from syncline.web.needs import Needs
from syncline.web.pages import redirect

N = TypeVar("N", bound=Needs)

FIRST: Final = ("/", "/home")
"""Where signing in leads by itself, or what leads on anyway: these are not worth remembering."""


def needs_sign_in(
    view: Callable[[N, Request, Auth], Awaitable[Response]],
) -> Callable[[N, Request], Awaitable[Response]]:
    """A page for whoever is signed in; others are led to the sign-in page, and from there back."""

    @wraps(view)
    async def guarded(needs: N, request: Request) -> Response:
        auth = await signed_in(request, needs)
        if auth is None:
            return redirect(_entrance(request))
        return await view(needs, request, auth)

    return guarded


def _entrance(request: Request) -> str:
    path = request.scope["path"]
    if request.method not in ("GET", "HEAD") or path in FIRST:
        return "/login"
    query = request.url.query
    return "/login?next=" + quote(quote(path) + (f"?{query}" if query else ""), safe="")
