"""A commit: one work's changes with everything that they carry, as it goes to delivery."""

from collections.abc import Callable, Hashable, Mapping, Sequence

from syncline.core.entries import Entry, Fact
from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.log import Change
from syncline.core.objects import Departure, Object, Subscription
from syncline.core.zones import Grant, Zone


class Commit:
    """One work after its flush: what changed, and the new things themselves.

    `complete` is False for commits by another process or before a restart: then only `changes` is filled
    and a reader must look the rest up. Not frozen because of its memo: each form is rendered once.
    """

    __slots__ = (
        "_memo",
        "at",
        "changes",
        "complete",
        "departures",
        "entries",
        "facts",
        "first",
        "grants",
        "objects",
        "seq",
        "shares",
        "subscriptions",
        "zones",
    )

    def __init__(
        self,
        changes: Sequence[Change],
        *,
        entries: Mapping[Id, Entry] | None = None,
        objects: Mapping[Id, Object] | None = None,
        shares: Mapping[tuple[Id, ZoneId], Object] | None = None,
        departures: Sequence[Departure] = (),
        grants: Sequence[Grant] = (),
        subscriptions: Mapping[tuple[Id, ZoneId], Subscription] | None = None,
        zones: Mapping[ZoneId, Zone] | None = None,
        facts: Sequence[Fact] = (),
        complete: bool = True,
    ) -> None:
        """Hold what the draft collected. `entries` has the new entries and the targets in current form."""
        self.changes = tuple(changes)
        self.first: Seq = self.changes[0].seq
        self.seq: Seq = self.changes[-1].seq
        self.at: int = self.changes[-1].at
        self.entries = entries or {}
        self.objects = objects or {}
        self.shares = shares or {}
        self.departures = tuple(departures)
        self.grants = tuple(grants)
        self.subscriptions = subscriptions or {}
        self.zones = zones or {}
        self.facts = tuple(facts)
        self.complete = complete
        self._memo: dict[Hashable, bytes] = {}

    def once(self, key: Hashable, render: Callable[[], bytes]) -> bytes:
        """The bytes rendered under this key, rendering them only for the first reader that asks."""
        known = self._memo.get(key)
        if known is None:
            known = self._memo[key] = render()
        return known
