"""ActivityInfo: what a member does now, and how far he has read (reference 3.8)."""

from typing import Any, Final

from syncline.core.ids import Id, ZoneId
from syncline.protocols.fleep.naming import Names
from syncline.protocols.fleep.records.keys import Keys

ACTIVITY: Final = Keys(
    "activity",
    frozenset({"mk_rec_type", "conversation_id", "account_id"}),
    frozenset({"is_writing", "message_nr", "read_message_nr", "join_message_nr", "activity_time"}),
    ("conversation_id", "account_id"),
)


def activity(
    names: Names,
    conv: ZoneId,
    person: Id,
    *,
    is_writing: bool | None = None,
    message_nr: int | None = None,
    read_message_nr: int | None = None,
    join_message_nr: int | None = None,
    at: int | None = None,
) -> dict[str, Any]:
    """What a member does. What is None is left out.

    `message_nr` is the message that he edits; `at` ms. Of a member just added only `join_message_nr` is said.
    """
    record: dict[str, Any] = {
        "mk_rec_type": "activity",
        "conversation_id": names.conv(conv),
        "account_id": names.person(person),
    }
    if message_nr is not None and is_writing is None:
        is_writing = False  # the vendor's cache reads it wherever there is a message_nr
    for key, value in (
        ("is_writing", is_writing),
        ("message_nr", message_nr),
        ("read_message_nr", read_message_nr),
        ("join_message_nr", join_message_nr),
        ("activity_time", None if at is None else at // 1000),
    ):
        if value is not None:
            record[key] = value
    return record
