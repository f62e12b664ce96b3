"""Random works by several accounts, done to a real store and told to the oracle in the same words."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from tests.properties.mail_acts import Post
from tests.services.sync.oracle import Oracle

from syncline.core.entries import ERASED, NewEntry, NewFact
from syncline.core.ids import DIRECTORY, Id, Seq, ZoneId
from syncline.core.kinds import EntryKind, Kind, Rel, Space, Why, ZoneKind
from syncline.core.objects import Object, Subscription
from syncline.core.rooms.forms import amended, read_form
from syncline.services.people import contact_key, profile_key
from syncline.store.contract import Store, Tx

Told = Callable[[Oracle], None]


class World:
    """The store, the oracle, and what there is to act on."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.oracle = Oracle()
        self.post = Post(store, [])
        self.accounts: list[Id] = []
        self.convs: list[ZoneId] = []
        self.books: list[ZoneId] = []
        self.entries: dict[ZoneId, list[Id]] = {}
        self.seqs: dict[Id, Seq] = {}
        self.shared: list[Id] = []
        self.merged: set[ZoneId] = set()
        self.serial = 0

    def text(self) -> str:
        """Something nobody said before."""
        self.serial += 1
        return f"t{self.serial}"

    async def begin(self, count: int) -> None:
        """Make the accounts; each knows itself."""

        async def work(tx: Tx) -> list[Id]:
            made = []
            for _ in range(count):
                id = tx.new_id()
                tx.open_zone(ZoneKind.ACCOUNT, owner=id, id=ZoneId(id))
                made.append(id)
            return made

        self.live_in((await self.store.write(work)).value)

    def live_in(self, accounts: list[Id]) -> None:
        """Act for these accounts."""
        self.accounts = accounts
        self.post = Post(self.store, accounts)
        self.oracle.papers = self.post.papers

    def reopen(self, store: Store) -> None:
        """Go on with a store that was closed and opened."""
        self.store = store
        self.post.reopen(store)

    async def do(self, steps: list[tuple[int, int, int, int]]) -> None:
        """One work of one or more steps; each is (which act, and three numbers that choose)."""
        before = (self.serial, list(self.convs), list(self.books), list(self.shared), set(self.merged))
        entries = {conv: list(ids) for conv, ids in self.entries.items()}
        told: list[Told] = []

        async def work(tx: Tx) -> dict[Id, Seq]:
            self.serial, self.convs, self.books = before[0], list(before[1]), list(before[2])
            self.shared, self.merged = list(before[3]), set(before[4])
            self.entries = {conv: list(ids) for conv, ids in entries.items()}
            told.clear()
            step = Step(self, tx, told.append)
            for act, a, b, c in steps:
                await ACTS[act % len(ACTS)](step, a, b, c)
            return step.seqs

        self.seqs.update((await self.store.write(work)).value)
        for tell in told:
            tell(self.oracle)


class Step:
    """One work in the making."""

    def __init__(self, world: World, tx: Tx, tell: Callable[[Told], None]) -> None:
        self.world = world
        self.tx = tx
        self.tell = tell
        self.seqs: dict[Id, Seq] = {}

    def account(self, choice: int) -> Id:
        return self.world.accounts[choice % len(self.world.accounts)]

    def conv(self, choice: int) -> ZoneId | None:
        live = [conv for conv in self.world.convs if conv not in self.world.merged]
        return live[choice % len(live)] if live else None

    async def grant(
        self,
        account: Id,
        zone: ZoneId,
        first: Seq | None,
        last: Seq | None,
        span: tuple[int | None, int | None],
    ) -> None:
        await self.tx.grant(account, zone, first=first, last=last, why=Why.MEMBER)
        self.tell(lambda oracle: oracle.grant(account, zone, *span))

    async def end(self, account: Id, zone: ZoneId) -> None:
        await self.tx.end(account, zone)
        self.tell(lambda oracle: oracle.end(account, zone))

    async def add(
        self,
        conv: ZoneId,
        author: Id,
        kind: EntryKind = EntryKind.MESSAGE,
        facts: tuple[tuple[str, str, str], ...] = (),
        silent: bool = False,
    ) -> Id:
        text = self.world.text()
        entry = await self.tx.add(
            NewEntry(
                conv, kind, author, msgspec.json.encode({"text": text}), silent=silent, alerts=not silent
            ),
            [NewFact(type, name, msgspec.json.encode({"v": value})) for type, name, value in facts],
        )
        self.world.entries.setdefault(conv, []).append(entry.id)
        self.seqs[entry.id] = entry.seq

        def tell(oracle: Oracle) -> None:
            oracle.add(conv, entry.id, text)
            for type, name, value in facts:
                oracle.fact(conv, type, name, value)

        self.tell(tell)
        return entry.id

    async def amend(self, conv: ZoneId, choice: int, author: Id, rel: Rel) -> None:
        ids = self.world.entries.get(conv)
        if not ids:
            return
        target = await self.tx.entry(ids[choice % len(ids)])
        assert target is not None
        form = target.form or b""
        if target.kind != EntryKind.MESSAGE or form == ERASED or b'"deleted"' in form:
            return
        text = self.world.text()
        body: dict[str, Any] = {"content": {"text": text}} if rel == Rel.EDIT else {}
        if rel == Rel.REACTION:
            body = {"key": "+1"}
        amendment = await self.tx.add(
            NewEntry(conv, EntryKind.AMENDMENT, author, msgspec.json.encode(body), target=target.id, rel=rel)
        )
        became = amended(read_form(target.current), amendment)
        await self.tx.form(target.id, msgspec.json.encode(became))
        if rel == Rel.ERASE:
            await self.tx.erase(target.id)

        def tell(oracle: Oracle) -> None:
            oracle.add(conv, amendment.id, "", target.id)
            if rel == Rel.EDIT:
                oracle.amend(conv, target.id, text, "")
            elif rel == Rel.DELETE:
                oracle.amend(conv, target.id, "", "deleted")
            elif rel == Rel.ERASE:
                oracle.erase(conv, target.id)

        self.tell(tell)

    async def put(self, zone: ZoneId, kind: Kind, id: Id | None = None, **body: Any) -> Id:
        text = self.world.text()
        made = self.tx.new_id() if id is None else id
        await self.tx.put(Object(made, kind, zone, msgspec.json.encode({"text": text, **body})))

        def tell(oracle: Oracle) -> None:
            oracle.places.setdefault(made, {zone: None})
            oracle.bodies[made] = text

        self.tell(tell)
        return made

    async def drop(self, id: Id) -> None:
        await self.tx.drop(id)
        self.tell(lambda oracle: void(oracle.places.pop(id, None)))


def void(_: object) -> None:
    """Forget a result."""


Act = Callable[[Step, int, int, int], Awaitable[None]]
ACTS: list[Act] = []


def act(function: Act) -> Act:
    """List an act."""
    ACTS.append(function)
    return function


@act
async def create(step: Step, a: int, b: int, c: int) -> None:
    conv = step.tx.open_zone(ZoneKind.CONVERSATION)
    step.world.convs.append(conv)
    for account in {step.account(a), step.account(b)}:
        await step.grant(account, conv, None, None, (None, None))
    topic = ("m.room.name", "", step.world.text())
    member = ("m.room.member", str(step.account(a)), "join")
    await step.add(conv, step.account(a), EntryKind.CREATE, (topic, member))
    if c % 2:
        await step.add(conv, step.account(a))


@act
async def send(step: Step, a: int, b: int, c: int) -> None:
    conv = step.conv(a)
    if conv is not None:
        for _ in range(1 + c % 3):
            await step.add(conv, step.account(b), silent=c % 5 == 0)


@act
async def amend(step: Step, a: int, b: int, c: int) -> None:
    conv = step.conv(a)
    if conv is not None:
        rel = (Rel.EDIT, Rel.EDIT, Rel.REACTION, Rel.DELETE, Rel.ERASE)[c % 5]
        await step.amend(conv, b, step.account(c), rel)


@act
async def invite(step: Step, a: int, b: int, c: int) -> None:
    """An empty range: the zone is there, and nothing in it."""
    conv = step.conv(a)
    if conv is not None:
        await step.grant(step.account(b), conv, Seq(1), Seq(0), (1, 0))


@act
async def join(step: Step, a: int, b: int, c: int) -> None:
    """Ends what there was (an invitation, or being a member), and sees from now on, or everything."""
    conv = step.conv(a)
    if conv is not None:
        account = step.account(b)
        if c % 2:
            await step.end(account, conv)
        if c % 3:
            await step.grant(account, conv, None, None, (None, None))
        else:
            await step.grant(account, conv, Seq(1), None, (1, None))
        member = ("m.room.member", str(account), f"join{step.world.text()}")
        await step.add(conv, account, EntryKind.MEMBER, (member,))


@act
async def leave(step: Step, a: int, b: int, c: int) -> None:
    conv = step.conv(a)
    if conv is not None:
        account = step.account(b)
        member = ("m.room.member", str(account), f"leave{step.world.text()}")
        await step.add(conv, account, EntryKind.MEMBER, (member,))
        await step.end(account, conv)


@act
async def disclose(step: Step, a: int, b: int, c: int) -> None:
    """A closed range: from one entry to another."""
    conv = step.conv(a)
    ids = step.world.entries.get(conv, []) if conv is not None else []
    ids = [id for id in ids if id in step.world.seqs]
    if conv is None or not ids:
        return
    first, last = sorted((ids[b % len(ids)], ids[c % len(ids)]))
    seqs, oracle = step.world.seqs, step.world.oracle
    ticks = oracle.entries[conv]
    span = (ticks[first].tick, ticks[last].tick)
    await step.grant(step.account(a // 7), conv, seqs[first], seqs[last], span)


@act
async def state(step: Step, a: int, b: int, c: int) -> None:
    conv = step.conv(a)
    if conv is not None:
        topic = ("m.room.name", "", step.world.text())
        await step.add(conv, step.account(b), EntryKind.STATE, (topic,), silent=c % 2 == 0)


@act
async def book(step: Step, a: int, b: int, c: int) -> None:
    """Books of records; some accounts may see them."""
    if len(step.world.books) < 3:
        step.world.books.append(step.tx.open_zone(ZoneKind.BOOK))
    zone = step.world.books[a % len(step.world.books)]
    account = step.account(b)
    if c % 3 == 0:
        await step.end(account, zone)
    else:
        await step.grant(account, zone, Seq(1), None, (1, None))


@act
async def put(step: Step, a: int, b: int, c: int) -> None:
    """A new object or a newer version, in a conversation, a book, or an account."""
    zones = (*step.world.convs, *step.world.books, *map(ZoneId, step.world.accounts))
    zone = zones[a % len(zones)]
    if c % 2 and step.world.shared:
        known = await step.tx.get([step.world.shared[b % len(step.world.shared)]])
        for one in known:
            await step.put(one.zone, one.kind, one.id)
        return
    if zone in step.world.books:
        kind = Kind.RECORD
    elif zone in step.world.convs:
        kind = (Kind.RECEIPT, Kind.FILE)[b % 2]
    else:
        kind = (Kind.LABEL, Kind.SETTING)[b % 2]
    step.world.shared.append(await step.put(zone, kind))


@act
async def change_place(step: Step, a: int, b: int, c: int) -> None:
    """Move, share, unshare, drop, erase."""
    known = await step.tx.get(step.world.shared)
    if not known:
        return
    one = known[a % len(known)]
    id = one.id
    places = await step.tx.places(id)
    if c % 5 == 0:
        await step.drop(id)
        return
    if c % 5 == 1:
        await step.tx.erase(id)
        step.tell(lambda oracle: oracle.bodies.update({id: ""}))
        return
    if one.kind != Kind.RECORD:
        return
    zones = (*step.world.books, *map(ZoneId, step.world.accounts))
    zone = zones[b % len(zones)]
    if c % 5 == 2 and zone != one.zone:
        source = one.zone
        await step.tx.move(id, zone)

        def tell(oracle: Oracle) -> None:
            oracle.places[id].pop(source)
            oracle.places[id][zone] = None

        step.tell(tell)
    elif c % 5 == 3 and zone not in places:
        await step.tx.share(id, zone)
        step.tell(lambda oracle: oracle.places[id].update({zone: None}))
    elif zone in places[1:]:
        await step.tx.unshare(id, zone)
        step.tell(lambda oracle: void(oracle.places[id].pop(zone)))


@act
async def subscribe(step: Step, a: int, b: int, c: int) -> None:
    conv = step.conv(a)
    if conv is not None:
        account = step.account(b)
        await step.tx.subscribe(Subscription(account, conv, read_alert=c))
        step.tell(lambda oracle: oracle.subscriptions.setdefault(account, {}).update({conv: c}))


@act
async def profile(step: Step, a: int, b: int, c: int) -> None:
    person = step.account(a)
    bound = await step.tx.key(Space.PROFILE, profile_key(person))
    text = step.world.text()
    id = step.tx.new_id() if bound is None else bound.object
    body = msgspec.json.encode({"person": person, "name": text})
    await step.tx.put(Object(id, Kind.PROFILE, DIRECTORY, body))
    if bound is None:
        await step.tx.bind(Space.PROFILE, profile_key(person), id)
    step.tell(lambda oracle: oracle.profiles.update({person: text}))


@act
async def contact(step: Step, a: int, b: int, c: int) -> None:
    """Get to know somebody, write his card anew, or forget him."""
    account, person = step.account(a), step.account(b)
    key = contact_key(account, person)
    bound = await step.tx.key(Space.CONTACT, key)
    if bound is not None and c % 3 == 0:
        await step.drop(bound.object)
        await step.tx.unbind(Space.CONTACT, key)
        step.tell(lambda oracle: void(oracle.contacts.get(account, {}).pop(bound.object, None)))
        return
    known = None if bound is None else bound.object
    id = await step.put(ZoneId(account), Kind.CONTACT, known, person=person)
    if bound is None:
        await step.tx.bind(Space.CONTACT, key, id)
    step.tell(lambda oracle: oracle.contacts.setdefault(account, {}).update({id: person}))


@act
async def merge(step: Step, a: int, b: int, c: int) -> None:
    """The entries of one thread go into another, and its readers with them."""
    source, into = step.conv(a), step.conv(b)
    if source is None or into is None or source == into:
        return
    for account in step.world.accounts:
        if any(grant.alive for grant in await step.tx.grants(account, zone=source)):
            await step.end(account, source)
            if c % 2:
                await step.grant(account, into, Seq(1), None, (1, None))
    for _ in range(len(step.world.entries.get(source, []))):
        await step.add(into, step.account(c))
    await step.tx.merge(source, into)
    step.world.merged.add(source)


@act
async def floor(step: Step, a: int, b: int, c: int) -> None:
    """The operator lets the oldest entries of a zone be forgotten."""
    conv = step.conv(a)
    ids = step.world.entries.get(conv, []) if conv is not None else []
    ids = [id for id in ids if id in step.world.seqs]
    if conv is None or not ids or c % 4:
        return
    first = ids[b % len(ids)]
    zone = await step.tx.zone(conv)
    seq = step.world.seqs[first]
    tick = step.world.oracle.entries[conv][first].tick
    if zone is not None and zone.floor < seq:
        await step.tx.raise_floor(conv, seq)
        step.tell(lambda oracle: oracle.floors.update({conv: tick}))


@act
async def hidden(step: Step, a: int, b: int, c: int) -> None:
    """What no protocol shows: tokens, and what is queued for a device."""
    account = step.account(a)
    if c % 2:
        body = msgspec.json.encode({"hash": "secret"})
        await step.tx.put(Object(step.tx.new_id(), Kind.TOKEN, ZoneId(account), body))
    else:
        step.tx.enqueue(step.tx.new_id(), account, b"{}")
