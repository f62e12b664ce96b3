"""A naive store: lists and dictionaries, written from the contract alone. Slow, and obviously right."""

import copy
import json
from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec
from tests.properties.store_model_view import ModelView

from syncline.core.entries import ERASED, Entry, Fact, NewEntry, NewFact
from syncline.core.errors import Conflict, Invalid, NotFound
from syncline.core.ids import Hash, Id, Nr, Seq, ZoneId
from syncline.core.kinds import Act, Kind, Space, Why, ZoneKind, keeps_versions
from syncline.core.log import Change
from syncline.core.objects import Bound, Departure, Object, Subscription, Timer, Version
from syncline.core.readers import Mark, MarkException, Queued, Reader
from syncline.core.zones import Grant, Zone
from syncline.store.contract import Tx, Work

T = TypeVar("T")
R = TypeVar("R", bound=msgspec.Struct)

replace = msgspec.structs.replace


def page(rows: Iterable[T], limit: int | None) -> list[T]:
    """The first rows."""
    return list(rows)[:limit]


class Model(ModelView, Tx):
    """A store that is its own view and its own transaction."""

    async def write(self, work: Work[T], now: int) -> T:
        """Run a work; after an exception everything is as it was."""
        before = copy.copy(self.__dict__)
        for name, value in before.items():
            before[name] = copy.copy(value)
        begin = self.head
        self.now = now
        self.numbered = {}
        try:
            value = await work(self)
        except BaseException:
            self.__dict__.update(before)
            raise
        self.log = [
            replace(change, at=now, work=self.head) if change.seq > begin else change for change in self.log
        ]
        return value

    def _change(self, zone: ZoneId, kind: Kind, object: Id, act: Act, nr: Nr | None, actor: Id | None) -> Seq:
        seq = Seq(len(self.log) + 1)
        self.log.append(Change(seq, zone, kind, object, act, nr, actor, 0, Seq(0)))
        if zone not in self.zones_:
            raise NotFound("no such zone")
        self.zones_[zone] = replace(self.zones_[zone], head=seq)
        return seq

    def _zone(self, id: ZoneId) -> Zone:
        if id not in self.zones_:
            raise NotFound("no such zone")
        return self.zones_[id]

    def new_id(self) -> Id:
        self.next_id += 1
        return Id(self.next_id - 1)

    async def number(self, zone: ZoneId) -> Nr:
        known = self._zone(zone)
        if zone not in self.numbered or known.kind != ZoneKind.SITE:
            self.zones_[zone] = replace(known, nr=Nr(known.nr + 1))
            self.numbered[zone] = self.zones_[zone].nr
        return self.numbered[zone]

    async def count(self, counter: str, step: int = 1) -> int:
        self.counters[counter] = self.counters.get(counter, 0) + step
        return self.counters[counter]

    def open_zone(self, kind: ZoneKind, *, owner: Id | None = None, id: ZoneId | None = None) -> ZoneId:
        made = ZoneId(self.new_id()) if id is None else id
        self.zones_[made] = Zone(made, kind, owner)
        return made

    async def add(self, entry: NewEntry, facts: Sequence[NewFact] = (), *, actor: Id | None = None) -> Entry:
        conv = entry.conv
        zone = self._zone(conv)
        if entry.target is not None:
            target = await self.entry(entry.target)
            if target is None or target.conv != conv:
                raise NotFound("no such target")
        id = self.new_id()
        nr = None if entry.silent else Nr(zone.nr + 1)
        alert_nr = zone.alert_nr + 1 if entry.alerts else 0
        seq = self._change(conv, Kind.ENTRY, id, Act.ADD, nr, actor or entry.author)
        at = self.now if entry.at is None else entry.at
        zone = replace(self.zones_[conv], nr=nr or zone.nr, alert_nr=alert_nr or zone.alert_nr)
        if entry.bumps and nr is not None:
            zone = replace(zone, bumped=seq, bumped_at=at)
        added = Entry(
            id, conv, seq, nr, entry.kind, entry.author, at, entry.body, None, entry.target, entry.rel,
            entry.root, alert_nr, entry.session, entry.request,
        )  # fmt: skip
        self.entries_.append(added)
        for part, fact in enumerate(facts):
            self.facts = [
                replace(old, until=seq)
                if old.until is None and (old.conv, old.type, old.name) == (conv, fact.type, fact.name)
                else old
                for old in self.facts
            ]
            self.facts.append(Fact(conv, fact.type, fact.name, fact.content, seq, part, None, id))
        words = [
            json.loads(fact.content).get("membership")
            for fact in await self.state(conv, types=["m.room.member"])
        ]
        self.zones_[conv] = replace(zone, joined=words.count("join"), invited=words.count("invite"))
        return added

    def _rewrite(self, entry: Entry) -> None:
        self.entries_ = [entry if one.id == entry.id else one for one in self.entries_]

    async def form(self, target: Id, form: bytes) -> None:
        begun = max((change.seq for change in self.log if change.work), default=0)
        if not any(entry.target == target and entry.seq > begun for entry in self.entries_):
            raise Invalid("a form comes with its amendment")
        entry = await self.entry(target)
        assert entry is not None
        self._rewrite(replace(entry, form=form))

    def _keep(self, object: Object, act: Act, nr: Nr | None, previous: Object | None) -> None:
        if keeps_versions(object.kind):
            before = None if previous is None else previous.seq
            self.versions_.append(Version(object.id, object.seq, object.zone, nr, act, object.body, before))

    def _put_shares(self, object: Object, nr: Nr | None, actor: Id | None) -> None:
        for of, zone in sorted(self.shares):
            if of == object.id:
                seq = self._change(zone, object.kind, of, Act.PUT, nr, actor)
                entered = self.shares[of, zone].entered
                self.shares[of, zone] = replace(object, zone=zone, seq=seq, entered=entered)

    async def put(self, object: Object, *, actor: Id | None = None, nr: Nr | None = None) -> Object:
        known = self.objects_.get(object.id)
        if known is not None and (known.zone, known.kind) != (object.zone, object.kind):
            raise Invalid("it keeps its kind and zone")
        seq = self._change(object.zone, object.kind, object.id, Act.PUT, nr, actor)
        made = object.made or self.now if known is None else known.made
        put = replace(object, seq=seq, made=made, entered=seq if known is None else known.entered)
        self.objects_[object.id] = put
        self._keep(put, Act.PUT, nr, known)
        self._put_shares(put, nr, actor)
        return put

    def _object(self, id: Id) -> Object:
        if id not in self.objects_:
            raise NotFound("no such object")
        return self.objects_[id]

    def _depart(self, object: Object, seq: Seq, gone_to: ZoneId | None) -> None:
        self.departures_.append(Departure(object.zone, object.kind, seq, object.id, object.entered, gone_to))

    async def move(self, object: Id, to: ZoneId, *, actor: Id | None = None) -> None:
        known = self._object(object)
        if known.zone == to:
            return
        self._depart(known, self._change(known.zone, known.kind, object, Act.MOVE, None, actor), to)
        seq = self._change(to, known.kind, object, Act.PUT, None, actor)
        second = self.shares.pop((object, to), None)
        moved = replace(known, zone=to, seq=seq, entered=seq if second is None else second.entered)
        self.objects_[object] = moved
        self._keep(moved, Act.MOVE, None, known)

    async def share(self, object: Id, zone: ZoneId, *, actor: Id | None = None) -> None:
        known = self._object(object)
        if known.kind < Kind.RECORD:
            raise Invalid("records only")
        if known.zone == zone or (object, zone) in self.shares:
            raise Conflict("it is there")
        seq = self._change(zone, known.kind, object, Act.PUT, None, actor)
        self.shares[object, zone] = replace(known, zone=zone, seq=seq, entered=seq)

    async def unshare(self, object: Id, zone: ZoneId, *, actor: Id | None = None) -> None:
        known = self._object(object)
        if (object, zone) not in self.shares:
            raise NotFound("it is not there")
        seq = self._change(zone, known.kind, object, Act.UNSHARE, None, actor)
        self._depart(self.shares.pop((object, zone)), seq, known.zone)

    async def drop(self, object: Id, *, actor: Id | None = None) -> None:
        known = self._object(object)
        for zone in (await self.places(object))[1:]:
            seq = self._change(zone, known.kind, object, Act.DROP, None, actor)
            self._depart(self.shares.pop((object, zone)), seq, None)
        seq = self._change(known.zone, known.kind, object, Act.DROP, None, actor)
        self._depart(known, seq, None)
        self._keep(replace(known, body=b"{}", seq=seq), Act.DROP, None, known)
        del self.objects_[object]

    async def erase(self, thing: Id, *, actor: Id | None = None) -> None:
        entry = await self.entry(thing)
        if entry is not None:
            self._erase_entry(entry)
            return
        self.versions_ = [
            replace(version, body=ERASED) if version.object == thing else version
            for version in self.versions_
        ]
        self.blobs = {(hash, of) for hash, of in self.blobs if of != thing}
        known = self.objects_.get(thing)
        if known is not None:
            seq = self._change(known.zone, known.kind, thing, Act.ERASE, None, actor)
            self.objects_[thing] = replace(known, body=ERASED, seq=seq)
            self._keep(self.objects_[thing], Act.ERASE, None, known)
            self._put_shares(self.objects_[thing], None, actor)

    def _erase_entry(self, entry: Entry) -> None:
        for one in [entry, *(one for one in self.entries_ if one.target == entry.id)]:
            self._rewrite(replace(one, body=ERASED, form=ERASED if one is entry else None))
            self.blobs = {(hash, of) for hash, of in self.blobs if of != one.id}
            self.facts = [_erased(fact) if fact.entry == one.id else fact for fact in self.facts]

    async def grant(
        self,
        account: Id,
        zone: ZoneId,
        *,
        first: Seq | None,
        last: Seq | None = None,
        why: Why,
        actor: Id | None = None,
    ) -> None:
        given = self._change(ZoneId(account), Kind.GRANT, zone, Act.GIVE, None, actor)
        self.grants_.append(Grant(account, zone, given, None, given if first is None else first, last, why))

    async def end(
        self, account: Id, zone: ZoneId, *, last: Seq | None = None, actor: Id | None = None
    ) -> None:
        mine = [g for g in self.grants_ if (g.account, g.zone) == (account, zone) and g.alive]
        if mine:
            ended = self._change(ZoneId(account), Kind.GRANT, zone, Act.END, None, actor)
            until = ended if last is None else last
            self.grants_ = [
                replace(g, ended=ended, last=until if g.last is None else min(g.last, until))
                if g in mine
                else g
                for g in self.grants_
            ]

    async def subscribe(self, subscription: Subscription, *, actor: Id | None = None) -> None:
        account, conv = subscription.account, subscription.conv
        seq = self._change(ZoneId(account), Kind.SUBSCRIPTION, conv, Act.PUT, None, actor or account)
        self.sides[account, conv] = replace(subscription, seq=seq)

    async def merge(self, zone: ZoneId, into: ZoneId, *, actor: Id | None = None) -> None:
        self.zones_[zone] = replace(self._zone(zone), merged=into)
        self._change(zone, Kind.ZONE, into, Act.MERGE, None, actor)

    async def raise_floor(self, zone: ZoneId, floor: Seq, *, actor: Id | None = None) -> None:
        if floor < self._zone(zone).floor:
            raise Invalid("floors only rise")
        self.zones_[zone] = replace(self._zone(zone), floor=floor)
        self._change(zone, Kind.ZONE, zone, Act.FLOOR, None, actor)

    async def bind(
        self,
        space: Space,
        value: bytes,
        to: Id,
        *,
        answer: bytes | None = None,
        expires: int | None = None,
        replace: bool = False,
    ) -> None:
        if not replace and await self.key(space, value) is not None:
            raise Conflict("bound")
        self.keys[space, value] = Bound(space, value, to, answer, expires)

    async def unbind(self, space: Space, value: bytes) -> None:
        self.keys.pop((space, value), None)

    def index(self, space: Space, value: bytes, of: Id) -> None:
        self.terms.add((space, value, of))

    def unindex(self, space: Space, value: bytes, of: Id) -> None:
        self.terms.discard((space, value, of))

    def enqueue(self, reader: Id, account: Id, body: bytes) -> Seq:
        seq = self._change(ZoneId(account), Kind.QUEUED, reader, Act.PUT, None, None)
        self.queued.append(Queued(reader, seq, body))
        return seq

    def confirm(self, reader: Id, upto: Seq) -> None:
        self.queued = [one for one in self.queued if one.reader != reader or one.seq > upto]

    def at(self, due: int, act: bytes) -> Id:
        id = self.new_id()
        self.timers.append(Timer(id, due, act))
        return id

    def cancel(self, timer: Timer) -> None:
        self.timers = [one for one in self.timers if one.id != timer.id]

    def save_reader(
        self,
        reader: Reader,
        *,
        marks: Iterable[Mark] = (),
        exceptions: Iterable[MarkException] = (),
        settled: Iterable[Id] = (),
    ) -> None:
        self.readers[reader.id] = reader
        for mark in marks:
            self.marks_[reader.id, mark.zone, mark.kind] = mark
        for object in settled:
            self.exceptions_.pop((reader.id, object), None)
        for one in exceptions:
            self.exceptions_[reader.id, one.object] = one

    def drop_reader(self, reader: Id) -> None:
        self.readers.pop(reader, None)
        self.marks_ = {place: mark for place, mark in self.marks_.items() if place[0] != reader}
        self.exceptions_ = {place: one for place, one in self.exceptions_.items() if place[0] != reader}
        self.queued = [one for one in self.queued if one.reader != reader]

    def forget_marks(self, reader: Id, zone: ZoneId) -> None:
        self.marks_ = {place: mark for place, mark in self.marks_.items() if place[:2] != (reader, zone)}

    def names(self, blob: Hash, object: Id) -> None:
        self.blobs.add((blob, object))

    def unname(self, blob: Hash, object: Id) -> None:
        self.blobs.discard((blob, object))

    def set_meta(self, name: str, value: str) -> None:
        self.metas[name] = value


def _erased(fact: Fact) -> Fact:
    if fact.type != "m.room.member":
        return replace(fact, content=ERASED)
    word = json.loads(fact.content).get("membership", "leave")
    return replace(fact, content=msgspec.json.encode({"membership": word}))
