"""How this protocol says no: one JSON object that begins like every answer of it.

`{"response": "error", "message", "error_message", "code", "field"?, "position"?, "request_id"}`. What is the
matter of the mail, the query or the relay has status 200, as old clients expect (Heliotrope reference 1.2);
anything else the status of its kind. All errors of the domain come here: handlers raise, the server catches
and asks `refusal` for the answer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import msgspec

from syncline.core.errors import BadQuery, Invalid, RelayFailed, RelayMissing, Unfit
from syncline.gateways.http.answers import Answer, Headers, Refused, whole_seconds

JSON: Final[Headers] = (
    (b"Content-Type", b"application/json"),
    (b"Cache-Control", b"no-store"),
    (b"X-Content-Type-Options", b"nosniff"),
)
"""The headers of every answer in JSON."""

SAID: Final = frozenset(error.code for error in (BadQuery, Unfit, RelayMissing, RelayFailed))
"""Codes of what is told with status 200."""

CHALLENGES: Final[Headers] = (
    (b"WWW-Authenticate", b'Basic realm="syncline", charset="UTF-8"'),
    (b"WWW-Authenticate", b'Bearer realm="syncline"'),
)


def refusal(refused: Refused) -> Answer:
    """The shape of this protocol's refusals.

    Both keys for the message are sent: the original said `error_message` when adding and `message`
    elsewhere, and its clients look for either.
    """
    error: dict[str, Any] = {
        "response": "error",
        "message": refused.message,
        "error_message": refused.message,
        "code": refused.code,
    }
    if refused.field is not None:
        error["field"] = refused.field
    if refused.position is not None:
        error["position"] = refused.position
    error["request_id"] = refused.request_id
    headers = JSON
    if refused.retry_after is not None:
        headers += ((b"Retry-After", whole_seconds(refused.retry_after)),)
    if refused.status == 401:
        headers += CHALLENGES
    status = 200 if refused.code in SAID else refused.status
    return Answer(status, headers, msgspec.json.encode(error))


@contextmanager
def fitting() -> Iterator[None]:
    """What a service refuses in here is the matter of the mail or label, not of the request's form."""
    try:
        yield
    except Unfit:
        raise
    except Invalid as error:
        raise Unfit(error.message, field=error.field) from error
