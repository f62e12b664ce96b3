"""An account's place in the index."""

from typing import NamedTuple

import apsw

from syncline.core.ids import Id
from syncline.services.search.packed import first
from syncline.services.search.schema import SLOT_BITS


class Box(NamedTuple):
    """An account in the index, at one moment. `low` to `high` are the row ids that its mails can have."""

    slot: int
    last: int
    shuffled: int
    low: int
    high: int


def box_of(connection: apsw.Connection, account: Id) -> Box | None:
    """The account's place in the index; None if it has none yet."""
    row = first(connection, "SELECT slot, last, shuffled FROM box WHERE account = ?", (account,))
    if row is None:
        return None
    low = row[0] << SLOT_BITS
    slot, last, shuffled = row
    return Box(slot, last, shuffled, low, low | (1 << SLOT_BITS) - 1)
