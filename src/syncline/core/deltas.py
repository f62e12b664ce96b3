"""The delta: all that a reader must learn between its cursor and now."""

import msgspec

from syncline.core.entries import Entry, Fact
from syncline.core.ids import Id, Seq
from syncline.core.objects import Departure, Object, Subscription
from syncline.core.signals import Signal
from syncline.core.zones import Grant, Zone


class ZoneDelta(msgspec.Struct, frozen=True):
    """What is new in one zone, clipped to what the account's grants show, each list in seq order.

    `grants` are all grants of the account for this zone, ended ones included: they say what it may still
    read. For an entered zone `state` holds all facts of now, and the lists hold the whole zone (or, while a
    page is `partial`, the next part of it; only the first part has the state). Elsewhere `state` holds the
    facts set by these entries that are still current.
    """

    zone: Zone
    grants: tuple[Grant, ...] = ()
    entered: Seq = Seq(0)
    """the reader has the zone since this seq: its newest alive grant's `given`, or a floor raised later"""
    entries: tuple[Entry, ...] = ()
    targets: tuple[Entry, ...] = ()
    """the visible targets of the amendments among `entries`, in their current form"""
    objects: tuple[Object, ...] = ()
    departed: tuple[Departure, ...] = ()
    elsewhere: frozenset[Id] = frozenset()
    """the objects among `departed` that the account sees in another zone now: moved, not gone"""
    state: tuple[Fact, ...] = ()
    first: bool = False
    """the first part of a zone shown whole: it replaces whatever the reader had of it"""
    partial: bool = False

    @property
    def count(self) -> int:
        """How many things it tells."""
        return len(self.entries) + len(self.objects) + len(self.departed)


class Place(msgspec.Struct, frozen=True, order=True, gc=False):
    """Where a reader stands: all up to `seq` was sent, but the zones entered at or after `zone_given`.

    With `zone_given` 0 it is a plain cursor. Otherwise the last page stopped inside a zone that is shown
    whole: the zone entered at `zone_given` was sent up to its own seq `upto` (0: nothing of it yet).
    """

    seq: Seq
    zone_given: Seq = Seq(0)
    upto: Seq = Seq(0)

    @property
    def plain(self) -> bool:
        """Whether it stands between two works, not inside a zone."""
        return self.zone_given == 0


class Delta(msgspec.Struct, frozen=True):
    """Everything between two places, for one account.

    `entered` comes after all else when applied: a zone in it that is `first` replaces whatever the reader
    had of it. With `reset` the reader's place is from a future that a restore took back, or never was:
    the delta starts from nothing, and the reader must forget all that it has.
    """

    after: Place
    until: Place
    more: bool
    head: Seq
    reset: bool = False
    left: tuple[ZoneDelta, ...] = ()
    """zones that it may not see any more; `entered` is the seq at which they ended"""
    changed: tuple[ZoneDelta, ...] = ()
    own: ZoneDelta | None = None
    subscriptions: tuple[Subscription, ...] = ()
    profiles: tuple[Object, ...] = ()
    entered: tuple[ZoneDelta, ...] = ()
    signals: tuple[Signal, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (
            self.left
            or self.entered
            or self.subscriptions
            or self.profiles
            or self.signals
            or (self.own is not None and self.own.count)
            or any(zone.count for zone in self.changed)
        )


class Snapshot(msgspec.Struct, frozen=True):
    """All that one account may see at one moment: what a new reader comes to."""

    head: Seq
    own: ZoneDelta
    subscriptions: tuple[Subscription, ...]
    profiles: tuple[Object, ...]
    zones: tuple[ZoneDelta, ...]
