"""The session cookie, and whose session it is."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from syncline.core.errors import Unauthorized
from syncline.gateways.http import cookies
from syncline.gateways.http.access import NO_SESSION
from syncline.services.accounts import SCOPES, Auth
from syncline.web.needs import Needs

LASTS: Final = 90 * 24 * 3600
"""Seconds that a browser keeps the cookie: as long as its session lives."""


def is_secure(request: Request, needs: Needs) -> bool:
    """Whether the browser talks https, to us or to a proxy before us."""
    return cookies.is_secure(request.url.scheme, needs.public_url)


def cookie_name(request: Request, needs: Needs, name: str = cookies.SESSION) -> str:
    """A cookie's name as this request's browser has it."""
    return cookies.cookie_name(name, secure=is_secure(request, needs))


def set_session(response: Response, request: Request, needs: Needs, secret: str) -> None:
    """Sign the browser in."""
    response.set_cookie(
        cookie_name(request, needs),
        secret,
        max_age=LASTS,
        path="/",
        secure=is_secure(request, needs),
        httponly=True,
        samesite="lax",
    )


def drop_session(response: Response, request: Request, needs: Needs) -> None:
    """Sign the browser out."""
    response.delete_cookie(
        cookie_name(request, needs),
        path="/",
        secure=is_secure(request, needs),
        httponly=True,
        samesite="lax",
    )


async def signed_in(request: Request, needs: Needs) -> Auth | None:
    """Whose browser it is, None if nobody is signed in (any more)."""
    if needs.single_user is not None:
        if (await needs.accounts.get(needs.single_user)).closed:
            return None
        auth = Auth(needs.single_user, NO_SESSION, SCOPES)
    else:
        secret = request.cookies.get(cookie_name(request, needs))
        if secret is None:
            return None
        try:
            auth = await needs.sessions.authenticate(secret)
        except Unauthorized:
            return None
    request.scope["account"] = auth.account
    return auth
