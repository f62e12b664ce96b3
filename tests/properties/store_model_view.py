"""Reading a naive store: lists and dictionaries, written from the contract alone."""

from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar

import msgspec

from syncline.core.entries import Entry, Fact
from syncline.core.ids import DIRECTORY, FIRST_ID, NO_ID, START, Hash, Id, Nr, Seq, ZoneId
from syncline.core.kinds import Kind, ReaderKind, Rel, Space, ZoneKind
from syncline.core.log import Change
from syncline.core.objects import Bound, Departure, Object, Subscription, Timer, Version
from syncline.core.readers import Mark, MarkException, Queued, Reader
from syncline.core.zones import Grant, Touch, Zone
from syncline.store.contract import View

T = TypeVar("T")
R = TypeVar("R", bound=msgspec.Struct)

replace = msgspec.structs.replace


def page(rows: Iterable[T], limit: int | None) -> list[T]:
    """The first rows."""
    return list(rows)[:limit]


class ModelView(View):
    """Everything as it is now."""

    def __init__(self) -> None:
        """Be empty."""
        self.now = 0
        self.next_id = FIRST_ID
        self.log: list[Change] = []
        self.metas: dict[str, str] = {}
        self.counters: dict[str, int] = {}
        self.zones_: dict[ZoneId, Zone] = {DIRECTORY: Zone(DIRECTORY, ZoneKind.DIRECTORY)}
        self.entries_: list[Entry] = []
        self.facts: list[Fact] = []
        self.objects_: dict[Id, Object] = {}
        self.shares: dict[tuple[Id, ZoneId], Object] = {}
        self.departures_: list[Departure] = []
        self.versions_: list[Version] = []
        self.grants_: list[Grant] = []
        self.sides: dict[tuple[Id, ZoneId], Subscription] = {}
        self.keys: dict[tuple[Space, bytes], Bound] = {}
        self.terms: set[tuple[Space, bytes, Id]] = set()
        self.queued: list[Queued] = []
        self.timers: list[Timer] = []
        self.readers: dict[Id, Reader] = {}
        self.marks_: dict[tuple[Id, ZoneId, Kind], Mark] = {}
        self.exceptions_: dict[tuple[Id, Id], MarkException] = {}
        self.blobs: set[tuple[Hash, Id]] = set()
        self.numbered: dict[ZoneId, Nr] = {}

    @property
    def head(self) -> Seq:  # type: ignore[override]
        """As many changes as there are."""
        return Seq(len(self.log))

    async def meta(self, name: str) -> str | None:
        return self.metas.get(name)

    async def counter(self, name: str) -> int:
        return self.counters.get(name, 0)

    async def changes(
        self, after: Seq, *, until: Seq | None = None, kind: Kind | None = None, limit: int
    ) -> Sequence[Change]:
        return page(
            (
                change
                for change in self.log
                if after < change.seq
                and (until is None or change.seq <= until)
                and (kind is None or change.kind == kind)
            ),
            limit,
        )

    async def change(self, seq: Seq) -> Change | None:
        return next((change for change in self.log if change.seq == seq), None)

    async def zones(self, ids: Sequence[ZoneId]) -> Sequence[Zone]:
        return [self.zones_[id] for id in ids if id in self.zones_]

    async def zone(self, id: ZoneId) -> Zone | None:
        return self.zones_.get(id)

    async def changed_zones(
        self,
        account: Id,
        after: Seq,
        *,
        until: Seq | None = None,
        limit: int | None = None,
        newest: bool = False,
    ) -> Sequence[Zone]:
        alive = {grant.zone for grant in self.grants_ if grant.account == account and grant.alive}
        if until is not None:
            alive &= {change.zone for change in self.log if after < change.seq <= until}
        found = [self.zones_[id] for id in sorted(alive) if self.zones_[id].head > after]
        return page(sorted(found, key=lambda zone: -zone.head) if newest else found, limit)

    async def raised_zones(
        self, account: Id, after: Seq, *, until: Seq | None = None, limit: int | None = None
    ) -> Sequence[Zone]:
        alive = {grant.zone for grant in self.grants_ if grant.account == account and grant.alive}
        raised = [self.zones_[id] for id in alive if self.zones_[id].floor > after]
        raised = [zone for zone in raised if until is None or zone.floor <= until]
        raised.sort(key=lambda zone: (zone.floor, zone.id))
        last = page(raised, limit)[-1:]
        return [zone for zone in raised if zone.floor <= last[0].floor]

    async def touches(
        self, account: Id, after: Seq, *, until: Seq | None = None, limit: int | None = None
    ) -> Sequence[Touch]:
        return page(
            (
                Touch(change.seq, ZoneId(change.object))
                for change in self.log
                if (change.kind, change.zone) == (Kind.GRANT, account)
                and change.seq > after
                and (until is None or change.seq <= until)
            ),
            limit,
        )

    async def grants(
        self,
        account: Id,
        *,
        zone: ZoneId | None = None,
        after: Seq = START,
        limit: int | None = None,
    ) -> Sequence[Grant]:
        return [
            grant
            for grant in self.grants_
            if grant.account == account and grant.given > after and (zone is None or grant.zone == zone)
        ][:limit]

    async def holders(self, zone: ZoneId) -> Collection[Id]:
        return {grant.account for grant in self.grants_ if grant.zone == zone and grant.open}

    async def entries(
        self,
        conv: ZoneId,
        *,
        after: Seq = START,
        before: Seq | None = None,
        limit: int | None = None,
        newest: bool = False,
    ) -> Sequence[Entry]:
        found = [
            entry
            for entry in self.entries_
            if entry.conv == conv and entry.seq > after and (before is None or entry.seq < before)
        ]
        if newest and limit is not None:
            return found[::-1][:limit][::-1]
        return page(found, limit)

    async def entry(self, id: Id) -> Entry | None:
        return next((entry for entry in self.entries_ if entry.id == id), None)

    async def entries_by_id(self, ids: Sequence[Id]) -> Sequence[Entry]:
        return [entry for id in ids if (entry := await self.entry(id)) is not None]

    async def entry_by_nr(self, conv: ZoneId, nr: Nr) -> Entry | None:
        return next((entry for entry in self.entries_ if entry.conv == conv and entry.nr == nr), None)

    async def entry_by_alert(self, conv: ZoneId, alert_nr: int) -> Entry | None:
        return next(
            (e for e in self.entries_ if e.conv == conv and e.alert_nr == alert_nr and alert_nr > 0), None
        )

    async def related(
        self, target: Entry, rel: Rel | None = None, *, after: Seq = START, limit: int, newest: bool = False
    ) -> Sequence[Entry]:
        found = [
            entry
            for entry in self.entries_
            if entry.target == target.id and entry.seq > after and (rel is None or entry.rel == rel)
        ]
        return found[-limit:] if newest else found[:limit]

    async def thread(self, conv: ZoneId, root: Id, *, after: Seq = START, limit: int) -> Sequence[Entry]:
        return page((e for e in self.entries_ if e.conv == conv and e.root == root and e.seq > after), limit)

    async def state(
        self, conv: ZoneId, *, at: Seq | None = None, types: Collection[str] | None = None
    ) -> Sequence[Fact]:
        return [
            fact
            for fact in self.facts
            if fact.conv == conv
            and (types is None or fact.type in types)
            and (
                fact.until is None
                if at is None
                else fact.since <= at and (fact.until is None or at < fact.until)
            )
        ]

    async def fact(self, conv: ZoneId, type: str, name: str) -> Fact | None:
        return next((f for f in await self.state(conv) if (f.type, f.name) == (type, name)), None)

    async def state_changes(self, conv: ZoneId, after: Seq, until: Seq) -> Sequence[Fact]:
        return [fact for fact in self.facts if fact.conv == conv and after < fact.since <= until]

    async def get(self, ids: Sequence[Id]) -> Sequence[Object]:
        return [self.objects_[id] for id in ids if id in self.objects_]

    async def objects(
        self,
        zone: ZoneId,
        kinds: Collection[Kind],
        *,
        after: Seq = START,
        until: Seq | None = None,
        limit: int | None = None,
    ) -> Sequence[Object]:
        places = [*self.objects_.values(), *self.shares.values()]
        found = [
            place
            for place in places
            if place.zone == zone
            and place.kind in kinds
            and place.seq > after
            and (until is None or place.seq <= until)
        ]
        return page(sorted(found, key=lambda one: one.seq), limit)

    async def departures(
        self,
        zone: ZoneId,
        kinds: Collection[Kind],
        *,
        after: Seq = START,
        until: Seq | None = None,
        limit: int | None = None,
    ) -> Sequence[Departure]:
        return page(
            (
                one
                for one in self.departures_
                if one.zone == zone
                and one.kind in kinds
                and one.seq > after
                and (until is None or one.seq <= until)
            ),
            limit,
        )

    async def places(self, object: Id) -> Sequence[ZoneId]:
        if object not in self.objects_:
            return []
        return [self.objects_[object].zone, *sorted(zone for of, zone in self.shares if of == object)]

    async def place(self, object: Id, zone: ZoneId) -> Object | None:
        return self.shares.get((object, zone))

    async def versions(
        self, *, object: Id | None = None, zone: ZoneId | None = None, nr: Nr | None = None
    ) -> Sequence[Version]:
        if object is not None:
            return [version for version in self.versions_ if version.object == object]
        return [version for version in self.versions_ if version.zone == zone and version.nr == nr]

    async def subscription(self, account: Id, conv: ZoneId) -> Subscription | None:
        return self.sides.get((account, conv))

    async def subscriptions(
        self, account: Id, *, after: Seq = START, until: Seq | None = None, limit: int | None = None
    ) -> Sequence[Subscription]:
        found = [
            one
            for one in self.sides.values()
            if one.account == account and one.seq > after and (until is None or one.seq <= until)
        ]
        return page(sorted(found, key=lambda one: one.seq), limit)

    async def key(self, space: Space, value: bytes) -> Bound | None:
        found = self.keys.get((space, value))
        return None if found is None or (found.expires or self.now + 1) <= self.now else found

    async def look_up(self, wanted: Collection[tuple[Space, bytes]]) -> Sequence[Bound]:
        found = [await self.key(*one) for one in wanted]
        return [bound for bound in found if bound is not None]

    async def find(
        self,
        space: Space,
        value: bytes,
        *,
        after: Id = NO_ID,
        limit: int | None = None,
        descending: bool = False,
    ) -> Sequence[Id]:
        found = sorted((of for s, v, of in self.terms if (s, v) == (space, value)), reverse=descending)
        if after != NO_ID:
            found = [of for of in found if (of < after if descending else of > after)]
        return page(found, limit)

    async def queue(self, reader: Id, *, after: Seq = START, limit: int) -> Sequence[Queued]:
        return page((one for one in self.queued if one.reader == reader and one.seq > after), limit)

    async def due(self, until: int, *, limit: int) -> Sequence[Timer]:
        found = [timer for timer in self.timers if timer.due <= until]
        return page(sorted(found, key=lambda timer: (timer.due, timer.id)), limit)

    async def reader(self, kind: ReaderKind, account: Id | None, name: str) -> Reader | None:
        wanted = (kind, account, name)
        return next(
            (one for one in self.readers.values() if (one.kind, one.account, one.name) == wanted), None
        )

    async def named_blobs(self, object: Id) -> Sequence[Hash]:
        return sorted(hash for hash, of in self.blobs if of == object)

    async def marks(self, reader: Id) -> Sequence[Mark]:
        return [mark for place, mark in sorted(self.marks_.items()) if place[0] == reader]

    async def exceptions(self, reader: Id) -> Sequence[MarkException]:
        return [one for place, one in sorted(self.exceptions_.items()) if place[0] == reader]
