"""Event horizons: a seq once a client is live, a negative number while it gets its first sync.

A negative horizon holds the seq at which the first sync began and the number of the batch that comes next.
Nothing is remembered for it: the same horizon gives the same batch again, after a restart, too. Numbers stay
exact in clients whose numbers are doubles up to a seq of 2⁴⁰, which takes 256 restores to reach.
"""

from typing import Final, NamedTuple

from syncline.core.ids import Seq

BITS: Final = 13
"""Bits of the batch's number: 8,191 batches."""

MOST_BATCHES: Final = (1 << BITS) - 1

RESYNC: Final = 0
"""A reply's horizon that tells the client to drop all it has and begin anew (Fleep reference 4.2)."""


class First(NamedTuple):
    """A place in a first sync: it began at `start`, and `batch` (from 1 on) comes next."""

    start: Seq
    batch: int


def write_first(first: First) -> int:
    """A place in a first sync as a horizon, always below 0."""
    return -((first.start << BITS) | min(first.batch, MOST_BATCHES))


def read_first(horizon: int) -> First:
    """The place in a first sync that a negative horizon stands for; `start` 0: none that was given here."""
    return First(Seq(-horizon >> BITS), -horizon & MOST_BATCHES)
