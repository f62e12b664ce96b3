"""The kit's part about groups: a work reads what earlier works of its group wrote, by every method."""

import asyncio

from syncline.core.entries import NewEntry, NewFact
from syncline.core.ids import Nr, Seq, ZoneId
from syncline.core.kinds import EntryKind, Kind, ReaderKind, Rel, Space, Why, ZoneKind
from syncline.core.objects import Object, Subscription
from syncline.core.readers import Mark, MarkException, Reader
from syncline.store.contract import Store, Tx
from syncline.testing.store.everything import Answers, World, everything
from syncline.testing.store.opening import Opening, amendment, message


class GroupKit(Opening):
    """Groups."""

    async def test_every_read_sees_the_groups_earlier_works(self, store: Store) -> None:
        """A work that writes everything, one that changes everything, each followed by one that only looks.

        What the lookers saw is what a view sees after the commit of just the works before them.
        """
        world = (await store.write(_new_world)).value
        hash = await store.blobs.put(b"picture")

        async def look(tx: Tx) -> Answers:
            return await everything(tx, world, log=False)

        async def first(tx: Tx) -> None:
            await _write(tx, world)
            tx.names(hash, world.objects[0])

        async def second(tx: Tx) -> None:
            await _rewrite(tx, world)

        _, seen_first, _, seen_second = await asyncio.gather(
            store.write(first), store.write(look), store.write(second), store.write(look)
        )
        async with store.view() as view:
            after = await everything(view, world, log=False)
        assert seen_second.value == after
        assert seen_first.value != after
        assert (await store.write(look)).value == after

    async def test_a_work_run_twice_gives_the_same_batch(self, store: Store) -> None:
        """A group whose reads were stale is run again: the answers rest on the last run alone."""
        ran: list[World] = []

        async def work(tx: Tx) -> World:
            world = await _new_world(tx)
            await _write(tx, world)
            ran.append(world)
            if len(ran) == 1:
                raise RuntimeError("run me again")
            return world

        await asyncio.gather(store.write(work), return_exceptions=True)
        world = (await store.write(work)).value
        assert ran[0] == ran[1] == world


async def _new_world(tx: Tx) -> World:
    accounts = []
    for _ in range(2):
        account = tx.new_id()
        tx.open_zone(ZoneKind.ACCOUNT, owner=account, id=ZoneId(account))
        accounts.append(account)
    kinds = (ZoneKind.CONVERSATION, ZoneKind.BOOK, ZoneKind.BOOK, ZoneKind.SITE)
    zones = [tx.open_zone(kind) for kind in kinds]
    return World(
        accounts,
        zones,
        [tx.new_id() for _ in range(4)],
        [tx.new_id() for _ in range(2)],
        ["a", "b"],
        [b"x", b"y"],
    )


async def _write(tx: Tx, world: World) -> None:
    (me, you), (conv, book, other, site) = world.accounts, world.zones
    record, label, page, gone = world.objects
    phone, laptop = world.readers
    root = await tx.add(
        NewEntry(conv, EntryKind.CREATE, me, b"{}", alerts=True),
        [NewFact("topic", "a", b'"t"'), NewFact("m.room.member", "a", b'{"membership":"join"}')],
    )
    reply = await tx.add(NewEntry(conv, EntryKind.MESSAGE, you, b'{"v":1}', root=root.id, alerts=True))
    await tx.add(amendment(conv, reply.id, Rel.EDIT, b'{"v":2}'))
    await tx.form(reply.id, b'{"v":2}')
    await tx.put(Object(record, Kind.RECORD, book, b'{"r":1}'))
    await tx.share(record, other)
    await tx.put(Object(label, Kind.LABEL, book, b'{"l":1}'))
    await tx.put(Object(page, Kind.PUBLICATION, site, b"{}"), nr=await tx.number(site))
    await tx.put(Object(gone, Kind.LABEL, other, b"{}"))
    await tx.grant(me, conv, first=None, why=Why.MEMBER)
    await tx.grant(you, conv, first=Seq(0), why=Why.MEMBER)
    await tx.subscribe(Subscription(me, conv, read_nr=Nr(1)))
    await tx.bind(Space.EMAIL, b"x", me)
    await tx.bind(Space.EMAIL, b"y", me, expires=tx.now + 100_000)
    for object in world.objects:
        tx.index(Space.MENTION, b"x", object)
    await tx.count("a", 5)
    tx.set_meta("a", "1")
    for due in (1, 2, 3):
        tx.at(due, b"{}")
    for reader, name in ((phone, "a"), (laptop, "b")):
        tx.save_reader(
            Reader(reader, ReaderKind.DEVICE, me, name),
            marks=[Mark(reader, book, Kind.LABEL, Seq(3), Seq(2))],
            exceptions=[MarkException(reader, label, Seq(3), True, False)],
        )
        tx.enqueue(reader, me, b"1")
        tx.enqueue(reader, me, b"2")


async def _rewrite(tx: Tx, world: World) -> None:
    (me, you), (conv, book, other, _) = world.accounts, world.zones
    record, label, page, gone = world.objects
    phone, laptop = world.readers
    root, reply, _ = await tx.entries(conv)
    await tx.add(amendment(conv, reply.id, Rel.EDIT, b'{"v":3}'))
    await tx.form(reply.id, b'{"v":3}')
    await tx.add(message(conv), [NewFact("topic", "a", b'"u"'), NewFact("m.room.member", "b", b"{}")])
    await tx.erase(root.id)
    await tx.move(record, other)
    await tx.put(Object(label, Kind.LABEL, book, b'{"l":2}'))
    await tx.erase(page)
    await tx.drop(gone)
    await tx.end(you, conv)
    await tx.subscribe(Subscription(me, conv, read_nr=Nr(2)))
    await tx.unbind(Space.EMAIL, b"x")
    tx.unindex(Space.MENTION, b"x", record)
    tx.index(Space.MENTION, b"y", record)
    await tx.count("a")
    tx.set_meta("a", "2")
    due = await tx.due(2, limit=9)
    tx.cancel(due[0])
    tx.drop_reader(laptop)
    first = (await tx.queue(phone, limit=1))[0]
    tx.confirm(phone, first.seq)
    tx.save_reader(
        Reader(phone, ReaderKind.DEVICE, me, "a", Seq(4)),
        marks=[Mark(phone, other, Kind.LABEL, Seq(5), Seq(5))],
        settled=[label],
    )
    tx.forget_marks(phone, book)
    for blob in await tx.named_blobs(record):
        tx.unname(blob, record)
