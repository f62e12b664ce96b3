"""RequestInfo: a request's changes have all been sent, or what became of an event (reference 3.11, 2.10)."""

from collections.abc import Mapping
from typing import Any, Final

from syncline.core.entries import Entry
from syncline.protocols.fleep.naming import Names
from syncline.protocols.fleep.records.keys import Keys

IDENTITY: Final = ("client_req_id",)

REQUEST: Final = Keys(
    "request",
    frozenset({"mk_rec_type", "client_req_id", "conversation_id"}),
    frozenset({"result_message_nr"}),
    IDENTITY,
)
REQUEST_EVENT: Final = Keys(
    "request",
    frozenset({"mk_rec_type", "client_req_id", "mk_event_type", "status_code", "identifier"}),
    frozenset({"error_id", "error_message"}),
    IDENTITY,
)


def request(names: Names, entry: Entry, target: Entry | None = None) -> dict[str, Any]:
    """By poll: all that the request which made this entry changed has now been sent.

    The result is the message made, or the `target` of an amendment, where that is known.
    """
    record: dict[str, Any] = {
        "mk_rec_type": "request",
        "client_req_id": entry.request or "",
        "conversation_id": names.conv(entry.conv),
    }
    result = entry if entry.target is None else target
    if result is not None and result.nr is not None:
        record["result_message_nr"] = result.nr
    return record


def request_event(
    id: str,
    event: str,
    identifier: Mapping[str, Any],
    *,
    status: int = 200,
    error: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """In the reply of event/store: how one event went. `error` is its id and its sentence."""
    record: dict[str, Any] = {
        "mk_rec_type": "request",
        "client_req_id": id,
        "mk_event_type": event,
        "status_code": status,
        "identifier": dict(identifier),
    }
    if error is not None:
        record["error_id"], record["error_message"] = error
    return record
