"""The acts of random works, each a few lines on a transaction: a store's, or the model's."""

from typing import Any, Final, TypeAlias

from syncline.core.entries import Entry, NewEntry, NewFact
from syncline.core.errors import SynclineError
from syncline.core.ids import Hash, Id, Nr, Seq, ZoneId
from syncline.core.kinds import EntryKind, Kind, ReaderKind, Rel, Space, Why
from syncline.core.objects import Object, Subscription
from syncline.core.readers import Mark, MarkException, Reader
from syncline.store.contract import Tx
from syncline.testing.store.everything import World, everything

Draws: TypeAlias = tuple[int, int, int]
"""Three small numbers, from which an act takes what it needs."""


class Half(SynclineError):
    """A work gives up."""


async def entry_at(tx: Tx, conv: ZoneId, place: int) -> Entry | None:
    """One of a conversation's entries, if it has any."""
    entries = await tx.entries(conv)
    return entries[place % len(entries)] if entries else None


class Acts:
    """What works are made of. Each picks its things by numbers; most go wrong now and then."""

    def __init__(self, world: World, blobs: list[Hash]) -> None:
        """Act in this world."""
        self.world = world
        self.blobs = blobs

    def account(self, draw: int) -> Id:
        return self.world.accounts[draw % len(self.world.accounts)]

    def conv(self, draw: int) -> ZoneId:
        return self.world.zones[draw % 2]

    def zone(self, draw: int) -> ZoneId:
        return self.world.zones[draw % len(self.world.zones)]

    def thing(self, draw: int) -> Id:
        return self.world.objects[draw % len(self.world.objects)]

    def name(self, draw: int) -> str:
        return self.world.names[draw % len(self.world.names)]

    def value(self, draw: int) -> bytes:
        return self.world.values[draw % len(self.world.values)]

    async def send(self, tx: Tx, draws: Draws) -> Any:
        a, b, c = draws
        root = await entry_at(tx, self.conv(a), c) if b % 3 == 0 else None
        return await tx.add(
            NewEntry(
                self.conv(a),
                EntryKind.MESSAGE,
                self.account(b),
                b'{"n":%d}' % c,
                root=None if root is None else root.id,
                silent=c % 4 == 0,
                alerts=b % 2 == 0,
                bumps=c % 5 != 0,
            )
        )

    async def amend(self, tx: Tx, draws: Draws) -> Any:
        a, b, c = draws
        target = await entry_at(tx, self.conv(a), b)
        if target is None:
            return None
        rel = (Rel.EDIT, Rel.REACTION)[c % 2]
        new = NewEntry(
            self.conv(a + c % 7 // 6), EntryKind.AMENDMENT, None, b'{"a":%d}' % c, target=target.id, rel=rel
        )
        added = await tx.add(new)
        if rel == Rel.EDIT:
            await tx.form(target.id, b'{"f":%d}' % c)
        return added

    async def reform(self, tx: Tx, draws: Draws) -> Any:
        target = await entry_at(tx, self.conv(draws[0]), draws[1])
        if target is not None:
            await tx.form(target.id, b'{"late":1}')
        return target

    async def set_facts(self, tx: Tx, draws: Draws) -> Any:
        a, b, c = draws
        words = ("join", "leave", "invite")
        facts = [
            NewFact("m.room.member", self.name(b), b'{"membership":"%s","x":1}' % words[c % 3].encode()),
            NewFact("topic", self.name(c), b'"%d"' % c),
        ]
        return await tx.add(
            NewEntry(self.conv(a), EntryKind.STATE, None, b"{}", silent=b % 2 == 0), facts[: 1 + c % 2]
        )

    async def put(self, tx: Tx, draws: Draws) -> Any:
        a, b, c = draws
        place = a % len(self.world.objects)
        kind = (Kind.RECORD, Kind.LABEL, Kind.PUBLICATION, Kind.RECORD)[place % 4]
        zone = self.zone(b)
        known = await tx.get([self.world.objects[place]])
        if known and c % 8:
            zone = known[0].zone
        nr = await tx.number(zone) if kind == Kind.PUBLICATION else None
        return await tx.put(Object(self.world.objects[place], kind, zone, b'{"o":%d}' % c), nr=nr)

    async def move(self, tx: Tx, draws: Draws) -> Any:
        await tx.move(self.thing(draws[0]), self.zone(draws[1]))

    async def share(self, tx: Tx, draws: Draws) -> Any:
        await tx.share(self.thing(draws[0]), self.zone(draws[1]))

    async def unshare(self, tx: Tx, draws: Draws) -> Any:
        places = await tx.places(self.thing(draws[0]))
        await tx.unshare(self.thing(draws[0]), places[-1] if places else self.zone(0))

    async def drop(self, tx: Tx, draws: Draws) -> Any:
        await tx.drop(self.thing(draws[0]))

    async def erase(self, tx: Tx, draws: Draws) -> Any:
        entry = await entry_at(tx, self.conv(draws[0]), draws[1])
        await tx.erase(entry.id if entry is not None and draws[2] % 2 else self.thing(draws[1]))

    async def grant(self, tx: Tx, draws: Draws) -> Any:
        a, b, c = draws
        first = None if c % 2 else Seq(min(c, tx.head))
        last = Seq(min(b, tx.head)) if c % 3 == 0 else None
        await tx.grant(self.account(a), self.zone(b), first=first, last=last, why=Why.MEMBER)

    async def end(self, tx: Tx, draws: Draws) -> Any:
        a, b, c = draws
        await tx.end(self.account(a), self.zone(b), last=Seq(min(c, tx.head)) if c % 3 == 0 else None)

    async def subscribe(self, tx: Tx, draws: Draws) -> Any:
        a, b, c = draws
        account, conv = self.account(a), self.conv(b)
        zone = await tx.zone(conv)
        assert zone is not None
        if not await tx.grants(account, zone=conv):
            return None
        read = Nr(min(c, zone.nr))
        await tx.subscribe(Subscription(account, conv, read_nr=read, body=b'{"s":%d}' % c))

    async def merge(self, tx: Tx, draws: Draws) -> Any:
        await tx.merge(self.world.zones[0], self.world.zones[1])

    async def floor(self, tx: Tx, draws: Draws) -> Any:
        await tx.raise_floor(self.zone(draws[0]), Seq(min(draws[1], tx.head)))

    async def bind(self, tx: Tx, draws: Draws) -> Any:
        a, b, c = draws
        expires = (None, tx.now - 1, tx.now + 10**9)[c % 3]
        await tx.bind(
            Space.EMAIL, self.value(a), self.thing(b), answer=b"%d" % c, expires=expires, replace=c % 4 == 0
        )

    async def unbind(self, tx: Tx, draws: Draws) -> Any:
        await tx.unbind(Space.EMAIL, self.value(draws[0]))

    async def index(self, tx: Tx, draws: Draws) -> Any:
        a, b, c = draws
        (tx.index if c % 3 else tx.unindex)(Space.MENTION, self.value(a), self.thing(b))

    async def enqueue(self, tx: Tx, draws: Draws) -> Any:
        a, b, c = draws
        return tx.enqueue(self.world.readers[a % 2], self.account(b), b"%d" % c)

    async def confirm(self, tx: Tx, draws: Draws) -> Any:
        tx.confirm(self.world.readers[draws[0] % 2], Seq(tx.head - draws[1] if draws[2] % 3 else tx.head * 2))

    async def set_timer(self, tx: Tx, draws: Draws) -> Any:
        return tx.at(1 + draws[0], b"%d" % draws[1])

    async def run_timer(self, tx: Tx, draws: Draws) -> Any:
        due = await tx.due(draws[0] * 2, limit=3)
        for timer in due[: 1 + draws[1] % 3]:
            tx.cancel(timer)
        return [*due]

    async def save_reader(self, tx: Tx, draws: Draws) -> Any:
        a, b, c = draws
        place = a % 2
        id = self.world.readers[place]
        kind = (Kind.LABEL, Kind.RECORD)[c % 2]
        tx.save_reader(
            Reader(
                id, ReaderKind.DEVICE, self.world.accounts[0], self.world.names[place], Seq(min(c, tx.head))
            ),
            marks=[Mark(id, self.zone(b), kind, Seq(min(c, tx.head)), Seq(0))] if b % 2 else [],
            exceptions=[MarkException(id, self.thing(c), Seq(min(b, tx.head)), bool(c % 2), False)]
            if a % 3
            else [],
            settled=[self.thing(b)],
        )

    async def drop_reader(self, tx: Tx, draws: Draws) -> Any:
        tx.drop_reader(self.world.readers[draws[0] % 2])

    async def forget_marks(self, tx: Tx, draws: Draws) -> Any:
        tx.forget_marks(self.world.readers[draws[0] % 2], self.zone(draws[1]))

    async def name_blob(self, tx: Tx, draws: Draws) -> Any:
        a, b, c = draws
        (tx.names if c % 3 else tx.unname)(self.blobs[a % len(self.blobs)], self.thing(b))

    async def count(self, tx: Tx, draws: Draws) -> Any:
        tx.set_meta(self.name(draws[0]), str(draws[2]))
        return await tx.count(self.name(draws[0]), 1 + draws[1])

    async def look(self, tx: Tx, draws: Draws) -> Any:
        return await everything(tx, self.world, log=False)


HELPERS: Final = ("account", "conv", "zone", "thing", "name", "value")
ACTS: Final = sorted(name for name in vars(Acts) if name not in HELPERS and not name.startswith("_"))
