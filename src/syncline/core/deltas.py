"""The delta: all that a reader must learn between its cursor and now."""

import msgspec

from syncline.core.entries import Entry, Fact
from syncline.core.ids import Seq
from syncline.core.objects import Departure, Object, Subscription
from syncline.core.signals import Signal
from syncline.core.zones import Grant, Zone


class ZoneDelta(msgspec.Struct, frozen=True):
    """What is new in one zone, clipped to what the account's grants show, each list in seq order.

    `grants` are all grants of the account for this zone, ended ones included: they say what it may still
    read. For an entered zone `state` holds all facts of now, and the lists hold the whole zone (or, while a
    page is `partial`, the next part of it).
    """

    zone: Zone
    grants: tuple[Grant, ...] = ()
    entries: tuple[Entry, ...] = ()
    targets: tuple[Entry, ...] = ()
    """the visible targets of the amendments among `entries`, in their current form"""
    objects: tuple[Object, ...] = ()
    departed: tuple[Departure, ...] = ()
    state: tuple[Fact, ...] = ()
    partial: bool = False


class Place(msgspec.Struct, frozen=True, order=True, gc=False):
    """Where a reader stands: all up to `seq` was sent, but the zones entered at or after `zone_given`.

    With `zone_given` 0 it is a plain cursor. Otherwise the last page stopped inside a zone that was shown
    whole: the zone granted at `zone_given` was sent up to its own seq `upto`.
    """

    seq: Seq
    zone_given: Seq = Seq(0)
    upto: Seq = Seq(0)


class Delta(msgspec.Struct, frozen=True):
    """Everything between two places, for one account.

    `entered` comes after `changed` when applied: a zone in it replaces whatever the reader had of it.
    """

    after: Place
    until: Place
    more: bool
    head: Seq
    left: tuple[ZoneDelta, ...] = ()
    changed: tuple[ZoneDelta, ...] = ()
    own: ZoneDelta | None = None
    subscriptions: tuple[Subscription, ...] = ()
    profiles: tuple[Object, ...] = ()
    entered: tuple[ZoneDelta, ...] = ()
    signals: tuple[Signal, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell."""
        own = self.own
        return not (
            self.left
            or self.changed
            or self.entered
            or self.subscriptions
            or self.profiles
            or self.signals
            or (own is not None and (own.objects or own.departed))
        )
