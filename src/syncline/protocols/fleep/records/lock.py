"""LockInfo: somebody edits a shared message, or has stopped (reference 3.4)."""

from typing import Any, Final

from syncline.core.entries import Entry
from syncline.core.ids import Id
from syncline.core.rooms.forms import read_form
from syncline.protocols.fleep.naming import Names
from syncline.protocols.fleep.records.keys import Keys

LOCK: Final = Keys(
    "lock",
    frozenset({"mk_rec_type", "conversation_id", "message_nr"}),
    frozenset({"lock_account_id"}),
    ("conversation_id", "message_nr"),
)


def lock(names: Names, message: Entry) -> dict[str, Any]:
    """Who edits a message now, as its form says; without `lock_account_id` nobody does."""
    record: dict[str, Any] = {
        "mk_rec_type": "lock",
        "conversation_id": names.conv(message.conv),
        "message_nr": message.nr or 0,
    }
    held = read_form(message.current).get("lock")
    if held:
        record["lock_account_id"] = names.person(Id(held["by"]))
    return record
