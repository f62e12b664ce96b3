"""LastSeenInfo: when somebody was last active (Fleep reference 3.13)."""

from typing import Any, Final

from syncline.core.ids import Id
from syncline.protocols.fleep.naming import Names
from syncline.protocols.fleep.records.keys import Keys

LASTSEEN: Final = Keys(
    "lastseen", frozenset({"mk_rec_type", "account_id", "activity_time"}), frozenset(), ("account_id",)
)


def lastseen(names: Names, person: Id, seen_at: int) -> dict[str, Any]:
    """The last activity of an account, ms."""
    return {
        "mk_rec_type": "lastseen",
        "account_id": names.person(person),
        "activity_time": seen_at // 1000,
    }
