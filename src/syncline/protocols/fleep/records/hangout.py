"""HangoutActivityInfo: a call of a conversation, held elsewhere (reference 3.9)."""

from collections.abc import Sequence
from typing import Any, Final

from syncline.core.ids import Id, ZoneId
from syncline.protocols.fleep.naming import Names
from syncline.protocols.fleep.records.keys import Keys

HANGOUT_ACTIVITY: Final = Keys(
    "hangout_activity",
    frozenset(["account_id", "conversation_id", "hangout_id", "hangout_url", "mk_rec_type", "participants"]),
    frozenset(),
    ("conversation_id", "hangout_id"),
)
"""Only the key is known of the original; the others are what the calls take."""


def hangout_activity(
    names: Names, conv: ZoneId, caller: Id, *, url: str, participants: Sequence[str]
) -> dict[str, Any]:
    """A call at an address; `caller` began it or was the last to say who is in it."""
    return {
        "mk_rec_type": "hangout_activity",
        "conversation_id": names.conv(conv),
        "hangout_id": names.hangout(conv),
        "account_id": names.person(caller),
        "hangout_url": url,
        "participants": list(participants),
    }
