"""What is shown once: kept in memory between a POST and the GET that it leads to.

So a reload of the page repeats nothing, and a secret never stands in an address or on disk. The browser holds
a ticket in a cookie; it is good for one view, by the session that made it.
"""

import secrets
import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from syncline.services.accounts import Auth
from syncline.web.cookies import cookie_name, is_secure
from syncline.web.needs import Needs

T = TypeVar("T")

LASTS: Final = 120
"""Seconds that a browser has to follow the redirect."""

MOST: Final = 1000
"""Values waiting at once; beyond that the oldest is forgotten."""

COOKIE: Final = "syncline-once"


class _Waiting(msgspec.Struct, Generic[T], frozen=True):
    auth: Auth
    value: T
    until: float


class Once(Generic[T]):
    """Values that wait to be shown, each to one session, once."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with none; `clock` gives seconds."""
        self._clock = clock
        self._waiting: dict[str, _Waiting[T]] = {}

    def put(self, auth: Auth, value: T) -> str:
        """Keep a value for a session; returns the ticket that it is taken with."""
        now = self._clock()
        self._waiting = {ticket: one for ticket, one in self._waiting.items() if one.until > now}
        if len(self._waiting) >= MOST:
            del self._waiting[next(iter(self._waiting))]
        ticket = secrets.token_urlsafe(24)
        self._waiting[ticket] = _Waiting(auth, value, now + LASTS)
        return ticket

    def take(self, auth: Auth, ticket: str) -> T | None:
        """The value of a ticket, None if it was taken, is too old, or belongs to another session."""
        found = self._waiting.get(ticket)
        if found is None or (found.auth.account, found.auth.session) != (auth.account, auth.session):
            return None
        del self._waiting[ticket]
        return found.value if found.until > self._clock() else None


def set_ticket(response: Response, request: Request, needs: Needs, ticket: str) -> None:
    """Give the browser the ticket for its next page."""
    response.set_cookie(
        cookie_name(request, needs, COOKIE),
        ticket,
        max_age=LASTS,
        path="/",
        secure=is_secure(request, needs),
        httponly=True,
        samesite="lax",
    )


def ticket_of(request: Request, needs: Needs) -> str | None:
    """The ticket that the browser brings, None if it has none."""
    return request.cookies.get(cookie_name(request, needs, COOKIE))


def drop_ticket(response: Response, request: Request, needs: Needs) -> None:
    """Take the ticket back."""
    response.delete_cookie(
        cookie_name(request, needs, COOKIE),
        path="/",
        secure=is_secure(request, needs),
        httponly=True,
        samesite="lax",
    )
