"""The session cookie as the pages set it and take it back."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from syncline.gateways.http import cookies
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
