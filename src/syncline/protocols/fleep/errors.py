"""How this protocol says no: `{"error_id", "error_message"}`, with Fleep's own statuses.

All errors of the domain come here. What a member may not do, or cannot be done, is 431; what is not there,
or nobody may know of, is 430 (Fleep reference 1.3). Codes 430 to 439 are shown by clients and not retried.
"""

from typing import Any, Final

import msgspec

from syncline.core import errors
from syncline.gateways.http.answers import (
    INTERNAL,
    METHOD_NOT_ALLOWED,
    Answer,
    Headers,
    Refused,
    whole_seconds,
)

JSON: Final[Headers] = (
    (b"Content-Type", b"application/json"),
    (b"Cache-Control", b"no-store"),
    (b"X-Content-Type-Options", b"nosniff"),
)
"""The headers of every answer. Fleep's iOS client compares the whole media type: no charset."""

FATAL: Final = 430
REFUSED: Final = 431


class NotAvailable(errors.SynclineError):
    """A call that this server does not answer (yet)."""

    code = "not_available"


class Refusal(errors.SynclineError):
    """What Fleep refuses with 431 and a sentence, where our own error would be another status."""

    code = "refused"


class UnknownCall(errors.SynclineError):
    """There is no such call on this server."""

    code = "unknown_call"

    def __init__(self) -> None:
        """Say so."""
        super().__init__("There is no such call.")


class Expired(errors.Unauthorized):
    """No session, or one that ended: clients drop what they have and sign in anew."""

    code = "expired_token"


STATUSES: Final[tuple[tuple[type[errors.SynclineError], int], ...]] = (
    (NotAvailable, REFUSED),
    (Refusal, REFUSED),
    (UnknownCall, 404),
    (errors.WrongPassword, REFUSED),
    (errors.Deactivated, REFUSED),
    (errors.Unauthorized, 401),
    (errors.ScopeMissing, 403),
    (errors.Forbidden, REFUSED),
    (errors.NotFound, FATAL),
    (errors.Conflict, REFUSED),
    (errors.Gone, REFUSED),
    (errors.Unfit, REFUSED),
    (errors.TooLarge, 400),
    (errors.TooMany, REFUSED),
    (errors.RelayMissing, REFUSED),
    (errors.RelayFailed, REFUSED),
    (errors.Unavailable, 503),
    (errors.Invalid, 400),
)
"""The status of each kind of error within a call, the most exact base class first; anything else is 500."""

FIELDS: Final[dict[str, str]] = {
    "assignees": "assignee_ids",
    "code": "registration_code",
    "link": "notification_id",
    "local": "fleep_address",
    "nr": "read_message_nr",
    "weight": "pin_weight",
}
"""What services name otherwise than this protocol's calls."""

IDS: Final[dict[str, str]] = {"not_found": "not_found"}
"""Our codes go out as they are; this one is the only one that Fleep's clients are known to look at."""


def told(error: errors.SynclineError, request_id: str) -> Answer:
    """An error of a call."""
    status = next((status for kind, status in STATUSES if isinstance(error, kind)), 500)
    wait = error.retry_after if isinstance(error, errors.TooMany) else None
    field = None if error.field is None else FIELDS.get(error.field, error.field)
    return _answer(status, error.code, error.message, request_id, field, wait)


def refusal(refused: Refused) -> Answer:
    """What the server refuses before a call is asked: limits, hosts, origins, unknown paths."""
    code, message = refused.code, refused.message
    if code == METHOD_NOT_ALLOWED:
        message = "Calls of this API are made with POST."
    elif refused.status == 404:
        code, message = "unknown_call", "There is no such call."
    elif code == INTERNAL:
        message = "Something went wrong here; it was noted. Try again a little later."
    return _answer(refused.status, code, message, refused.request_id, refused.field, refused.retry_after)


def _answer(
    status: int, code: str, message: str, request_id: str, field: str | None, wait: float | None
) -> Answer:
    said: dict[str, Any] = {"error_id": IDS.get(code, code), "error_message": message}
    if field is not None:
        said["field"] = field
    said["request_id"] = request_id
    headers = JSON
    if wait is not None:
        headers += ((b"Retry-After", whole_seconds(wait)),)
    return Answer(status, headers, msgspec.json.encode(said))
