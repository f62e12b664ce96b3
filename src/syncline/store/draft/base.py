"""What all parts of a draft share: the moment below, the rows written, and the next seq and id."""

from typing import TypeAlias

from syncline.core.entries import Fact
from syncline.core.ids import Id, Nr, Seq, ZoneId
from syncline.core.kinds import Act, Kind, Space
from syncline.core.objects import Bound
from syncline.core.zones import Zone
from syncline.store.batch import Batch
from syncline.store.contract import View

Pending: TypeAlias = tuple[Seq, ZoneId, Kind, Id, Act, Nr | None, Id | None]
"""A change before its work is sealed: without the time and the work's last seq."""

COUNTER_OF_IDS = "id"


class ZoneEdit:
    """A zone while it is being written: the same fields, mutable."""

    __slots__ = tuple(Zone.__struct_fields__)

    def __init__(self, zone: Zone) -> None:
        """Start from what the zone is."""
        self.id = zone.id
        self.kind = zone.kind
        self.owner = zone.owner
        self.head = zone.head
        self.nr = zone.nr
        self.alert_nr = zone.alert_nr
        self.bumped = zone.bumped
        self.bumped_at = zone.bumped_at
        self.joined = zone.joined
        self.invited = zone.invited
        self.floor = zone.floor
        self.merged = zone.merged

    def freeze(self) -> Zone:
        """The zone as it is now."""
        return Zone(
            self.id,
            self.kind,
            self.owner,
            self.head,
            self.nr,
            self.alert_nr,
            self.bumped,
            self.bumped_at,
            self.joined,
            self.invited,
            self.floor,
            self.merged,
        )


class DraftBase:
    """The state of a draft; the parts of `Draft` add reading and writing by noun."""

    def __init__(self, below: View, *, head: Seq, next_id: int, now: int) -> None:
        """Begin on top of a view, or of the group's draft; the next change will be `head` + 1."""
        self._below = below
        self._batch = Batch(head)
        self._pending: list[Pending] = []
        self._edits: dict[ZoneId, ZoneEdit] = {}
        self._heads: dict[ZoneId, Seq] = {}
        self._opened_as: list[ZoneId] = []
        """zones opened under an id that was given, which must be free"""
        self._numbered: dict[ZoneId, Nr] = {}
        self._facts_now: dict[tuple[ZoneId, str, str], Fact] = {}
        self._looked_up: dict[tuple[Space, bytes], Bound | None] = {}
        """keys asked for many at once, as they are below"""
        self._next_id = next_id
        self._first_id = next_id
        self.head = head
        self.now = now

    @property
    def next_id(self) -> int:
        """The id that would be given next."""
        return self._next_id

    @property
    def batch(self) -> Batch:
        """The rows written so far; complete after `seal`."""
        return self._batch

    def new_id(self) -> Id:
        """A fresh id."""
        id = self._next_id
        self._next_id = id + 1
        return Id(id)

    def _change(self, zone: ZoneId, kind: Kind, object: Id, act: Act, nr: Nr | None, actor: Id | None) -> Seq:
        seq = Seq(self.head + 1)
        self.head = seq
        self._pending.append((seq, zone, kind, object, act, nr, actor))
        self._heads[zone] = seq
        return seq
