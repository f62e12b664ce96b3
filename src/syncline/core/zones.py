"""Zones and grants: the unit of who may see, and who may see it since when."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from syncline.core.ids import Id, Nr, Seq, ZoneId
from syncline.core.kinds import Why, ZoneKind


class Zone(msgspec.Struct, frozen=True, gc=False):
    """A zone with its counters. `head` is the seq of its newest change.

    `nr` is the last number taken, `alert_nr` the last alerting entry's number, `bumped`/`bumped_at` the seq
    and time of the last entry that people see (receipts move the head, not these). Entries before `floor`
    were forgotten by the operator. `merged` leads to the zone that took this one's entries.
    """

    id: ZoneId
    kind: ZoneKind
    owner: Id | None = None
    head: Seq = Seq(0)
    nr: Nr = Nr(0)
    alert_nr: int = 0
    bumped: Seq = Seq(0)
    bumped_at: int = 0
    joined: int = 0
    invited: int = 0
    floor: Seq = Seq(0)
    merged: ZoneId | None = None


class Grant(msgspec.Struct, frozen=True, gc=False):
    """One account may see one zone's entries from seq `first` to seq `last` (None: still growing).

    `given` and `ended` are the changes by which its readers are told. An empty range (`last` < `first`)
    shows that the zone exists and nothing in it: an invitation.
    """

    account: Id
    zone: ZoneId
    given: Seq
    ended: Seq | None
    first: Seq
    last: Seq | None
    why: Why

    @property
    def alive(self) -> bool:
        """Whether the account still has this grant."""
        return self.ended is None

    @property
    def open(self) -> bool:
        """Whether it shows what is added now: new entries, and the zone's objects."""
        return self.ended is None and self.last is None

    def covers(self, seq: Seq) -> bool:
        """Whether an entry with this seq lies in the range (an ended grant's range stays readable)."""
        return self.first <= seq and (self.last is None or seq <= self.last)


class Touch(NamedTuple):
    """Where an account's grants of a zone changed: it was given one, or its alive ones ended."""

    seq: Seq
    zone: ZoneId


def covered(grants: Iterable[Grant], seq: Seq) -> bool:
    """Whether any of one account's grants of a zone shows an entry with this seq."""
    return any(grant.covers(seq) for grant in grants)


def ranges(grants: Iterable[Grant]) -> tuple[tuple[Seq, Seq | None], ...]:
    """The seq ranges shown by grants of one zone: sorted, merged, empty ones left out."""
    spans = sorted(
        ((g.first, g.last) for g in grants if g.last is None or g.first <= g.last),
        key=lambda span: span[0],
    )
    merged: list[tuple[Seq, Seq | None]] = []
    for first, last in spans:
        if merged:
            start, end = merged[-1]
            if end is None:
                break
            if first <= end + 1:
                merged[-1] = (start, None if last is None else max(end, last))
                continue
        merged.append((first, last))
    return tuple(merged)
