"""Number types that must never be mixed up."""

from typing import Final, NewType

Seq = NewType("Seq", int)
"""A change's place in the whole log; strictly rising, in commit order. The first change is 1."""

Nr = NewType("Nr", int)
"""A number taken from a zone by what people count: 1, 2, 3 … without gaps."""

Id = NewType("Id", int)
"""Names one thing (person, entry, object …) for ever. Ids and seqs are different number lines."""

ZoneId = NewType("ZoneId", Id)
"""The id of a zone. An account's own zone has the id of its person; a conversation is its zone."""

Hash = NewType("Hash", bytes)
"""SHA-256 of a blob, 32 bytes."""

START: Final = Seq(0)
"""Before the first change: the cursor of a reader that has seen nothing."""

NO_ID: Final = Id(0)
"""Before the first id."""

DIRECTORY: Final = ZoneId(Id(1))
"""The one zone of profiles. Its id is fixed, so that nobody has to look it up."""

FIRST_ID: Final = 1000
"""Ids handed out start here; lower ones are for what every store has (the directory)."""

JUMP: Final = 1 << 32
"""A restore moves seq ahead by this much, so that cursors from the lost future are recognised."""
