"""The poke: a mark that a client sends itself, to know that it has heard all before it (reference 3.13)."""

from typing import Any, Final

from syncline.core.ids import Id, ZoneId
from syncline.protocols.fleep.naming import Names
from syncline.protocols.fleep.records.keys import Keys

POKE: Final = Keys(
    "poke",
    frozenset({"mk_rec_type", "conversation_id", "account_id", "message_nr"}),
    frozenset(),
    ("conversation_id", "message_nr"),
)


def poke(names: Names, conv: ZoneId, account: Id, number: int) -> dict[str, Any]:
    """A poke. `number` is whatever the caller chose, −1 too; it comes back unchanged."""
    return {
        "mk_rec_type": "poke",
        "conversation_id": names.conv(conv),
        "account_id": names.person(account),
        "message_nr": number,
    }
