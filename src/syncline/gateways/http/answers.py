"""Ready answers, and refusals that each protocol puts into its own shape."""

from collections.abc import Callable
from typing import Final, TypeAlias

import msgspec
from starlette.types import Send

from syncline.core import errors

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]


class Answer(msgspec.Struct, frozen=True):
    """A whole answer. Header names go out in the letter case given; Content-Length is added."""

    status: int
    headers: Headers
    body: bytes


class Refused(msgspec.Struct, frozen=True):
    """Why a request was not served, in words that fit every protocol."""

    status: int
    code: str
    message: str
    request_id: str
    field: str | None = None
    retry_after: float | None = None
    """seconds"""
    position: int | None = None
    """the character (from 0) of a query at which it stops making sense"""
    html: bool = False
    """the client asked for a page rather than for data"""


Shape: TypeAlias = Callable[[Refused], Answer]
"""Puts a refusal into a protocol's own shape; may change the status where the protocol wants another."""

INTERNAL: Final = "internal"
METHOD_NOT_ALLOWED: Final = "method_not_allowed"

STATUSES: Final[tuple[tuple[type[errors.SynclineError], int], ...]] = (
    (errors.Unauthorized, 401),
    (errors.Forbidden, 403),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.Gone, 410),
    (errors.TooLarge, 413),
    (errors.TooMany, 429),
    (errors.Unavailable, 503),
    (errors.Invalid, 400),
)
"""The HTTP status of each kind of error, the most exact base class first; anything else is 500."""


def status_of(error: errors.SynclineError) -> int:
    """The HTTP status that an error has unless its protocol says otherwise."""
    for kind, status in STATUSES:
        if isinstance(error, kind):
            return status
    return 500


def refused(error: errors.SynclineError, request_id: str, *, html: bool = False) -> Refused:
    """Say an error as a refusal."""
    wait = error.retry_after if isinstance(error, errors.TooMany) else None
    return Refused(
        status_of(error),
        error.code,
        error.message,
        request_id,
        field=error.field,
        retry_after=wait,
        position=error.position if isinstance(error, errors.BadQuery) else None,
        html=html,
    )


def plain(refusal: Refused) -> Answer:
    """Syncline's own shape: one JSON object, `{"error": {code, message, field?, request_id}}`."""
    error: dict[str, str] = {"code": refusal.code, "message": refusal.message}
    if refusal.field is not None:
        error["field"] = refusal.field
    error["request_id"] = refusal.request_id
    headers: Headers = ((b"Content-Type", b"application/json"), (b"Cache-Control", b"no-store"))
    if refusal.retry_after is not None:
        headers += ((b"Retry-After", whole_seconds(refusal.retry_after)),)
    if refusal.status == 401:
        headers += ((b"WWW-Authenticate", b'Bearer realm="syncline"'),)
    return Answer(refusal.status, headers, msgspec.json.encode({"error": error}))


def whole_seconds(seconds: float) -> bytes:
    """A time for Retry-After: whole seconds, at least one, never too early."""
    return b"%d" % max(1, -int(-seconds // 1))


async def send_answer(send: Send, answer: Answer) -> None:
    """Send a whole answer."""
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [*answer.headers, (b"Content-Length", b"%d" % len(answer.body))],
        }
    )
    await send({"type": "http.response.body", "body": answer.body})
