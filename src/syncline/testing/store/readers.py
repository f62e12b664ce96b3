"""The kit's part about readers, their marks and their queues."""

import asyncio

from syncline.core.ids import Id, Seq
from syncline.core.kinds import Kind, ReaderKind
from syncline.core.readers import Mark, MarkException, Queued, Reader
from syncline.store.contract import Store, Tx
from syncline.testing.store.opening import Opening, open_account, open_zone


async def save(store: Store, reader: Reader) -> None:
    """Keep a reader."""

    async def work(tx: Tx) -> None:
        tx.save_reader(reader)

    await store.write(work)


class ReaderKit(Opening):
    """Readers."""

    async def test_a_reader_is_found_by_kind_account_and_name(self, store: Store) -> None:
        """A projection has no account; saving moves its cursor and writes nothing into the log."""
        device = Reader(Id(50), ReaderKind.DEVICE, Id(7), "phone", Seq(3), 99, b'{"a":1}')
        index = Reader(Id(51), ReaderKind.PROJECTION, None, "search")
        await save(store, device)
        await save(store, index)
        assert store.head == 0
        async with store.view() as view:
            assert await view.reader(ReaderKind.DEVICE, Id(7), "phone") == device
            assert await view.reader(ReaderKind.DEVICE, Id(8), "phone") is None
            assert await view.reader(ReaderKind.DEVICE, None, "phone") is None
            assert await view.reader(ReaderKind.PROJECTION, None, "search") == index
        moved = Reader(Id(51), ReaderKind.PROJECTION, None, "search", Seq(9))
        await save(store, moved)
        async with store.view() as view:
            assert await view.reader(ReaderKind.PROJECTION, None, "search") == moved

    async def test_a_readers_cursor_moves_in_the_commit_of_its_effect(self, store: Store) -> None:
        """An automation's failed work moves nothing: it will do it again, once."""
        reader = Reader(Id(50), ReaderKind.AUTOMATION, None, "hooks")
        await save(store, reader)

        async def fail(tx: Tx) -> None:
            tx.save_reader(Reader(Id(50), ReaderKind.AUTOMATION, None, "hooks", Seq(5)))
            raise RuntimeError("half way")

        (failed,) = await asyncio.gather(store.write(fail), return_exceptions=True)
        assert isinstance(failed, RuntimeError)
        async with store.view() as view:
            assert await view.reader(ReaderKind.AUTOMATION, None, "hooks") == reader

    async def test_marks_and_exceptions_are_kept_by_their_place(self, store: Store) -> None:
        """Each replaces the one before it; settled ones end; one zone's marks can be forgotten."""
        one, two = await open_zone(store), await open_zone(store)
        device = Reader(Id(50), ReaderKind.DEVICE, Id(7), "phone")
        owed = MarkException(device.id, Id(5), Seq(2), True, False)
        done = MarkException(device.id, Id(6), Seq(9), False, True)

        async def work(tx: Tx) -> None:
            tx.save_reader(
                device,
                marks=[
                    Mark(device.id, two, Kind.LABEL, Seq(4), Seq(3)),
                    Mark(device.id, one, Kind.RECORD, Seq(2), Seq(2)),
                    Mark(device.id, one, Kind.LABEL, Seq(1), Seq(1)),
                ],
                exceptions=[done, owed],
            )

        await store.write(work)
        async with store.view() as view:
            marks = await view.marks(device.id)
            assert [(mark.zone, mark.kind) for mark in marks] == [
                (one, Kind.LABEL),
                (one, Kind.RECORD),
                (two, Kind.LABEL),
            ]
            assert await view.exceptions(device.id) == [owed, done]
            assert await view.marks(Id(51)) == []

        async def later(tx: Tx) -> None:
            tx.save_reader(
                device, marks=[Mark(device.id, two, Kind.LABEL, Seq(8), Seq(3))], settled=[owed.object]
            )
            tx.forget_marks(device.id, one)
            assert [mark.upto for mark in await tx.marks(device.id)] == [8]
            assert await tx.exceptions(device.id) == [done]

        await store.write(later)
        async with store.view() as view:
            assert [mark.upto for mark in await view.marks(device.id)] == [8]
            assert await view.exceptions(device.id) == [done]

    async def test_a_queue_is_read_in_order_until_confirmed(self, store: Store) -> None:
        """Reading deletes nothing: the same place may be asked twice. Confirming wakes nobody."""
        account = await open_account(store)

        async def work(tx: Tx) -> list[Seq]:
            return [tx.enqueue(Id(50), account, str(place).encode()) for place in range(4)]

        seqs = (await store.write(work)).value
        head = store.head
        assert head == seqs[-1]
        async with store.view() as view:
            queued = await view.queue(Id(50), limit=9)
            assert queued == [Queued(Id(50), seq, str(place).encode()) for place, seq in enumerate(seqs)]
            assert await view.queue(Id(50), after=seqs[0], limit=2) == queued[1:3]
            assert await view.queue(Id(51), limit=9) == []
            assert {change.zone for change in await view.changes(Seq(0), limit=9)} == {account}

        async def confirm(tx: Tx) -> None:
            tx.confirm(Id(50), seqs[1])
            assert [one.seq for one in await tx.queue(Id(50), limit=9)] == seqs[2:]

        await store.write(confirm)
        assert store.head == head
        async with store.view() as view:
            assert await view.queue(Id(50), limit=9) == queued[2:]

    async def test_who_confirms_the_future_loses_nothing(self, store: Store) -> None:
        """A client may send any number: what is queued after its confirmation is still for it."""
        account = await open_account(store)

        async def confirm(tx: Tx) -> None:
            tx.confirm(Id(50), Seq(1 << 40))

        async def enqueue(tx: Tx) -> None:
            tx.enqueue(Id(50), account, b"{}")
            assert len(await tx.queue(Id(50), limit=9)) == 1

        await asyncio.gather(store.write(confirm), store.write(enqueue))
        async with store.view() as view:
            assert len(await view.queue(Id(50), limit=9)) == 1

    async def test_a_dropped_reader_leaves_nothing(self, store: Store) -> None:
        """Its marks, exceptions and queue go with it, inside the group as after it."""
        account, zone = await open_account(store), await open_zone(store)
        device = Reader(Id(50), ReaderKind.DEVICE, account, "phone")

        async def work(tx: Tx) -> None:
            tx.save_reader(
                device,
                marks=[Mark(device.id, zone, Kind.LABEL, Seq(1), Seq(1))],
                exceptions=[MarkException(device.id, Id(5), Seq(2), True, False)],
            )
            tx.enqueue(device.id, account, b"{}")

        async def drop(tx: Tx) -> None:
            tx.drop_reader(device.id)

        async def look(tx: Tx) -> bool:
            return (
                await tx.reader(ReaderKind.DEVICE, account, "phone") is None
                and not await tx.marks(device.id)
                and not await tx.exceptions(device.id)
                and not await tx.queue(device.id, limit=9)
            )

        await store.write(work)
        _, looked = await asyncio.gather(store.write(drop), store.write(look))
        assert looked.value
        assert (await store.write(look)).value
        async with store.view() as view:
            assert await view.reader(ReaderKind.DEVICE, account, "phone") is None
            assert not await view.queue(device.id, limit=9)

    async def test_a_reader_saved_after_its_drop_starts_anew(self, store: Store) -> None:
        """In one group or in two: nothing of the old one comes back with it."""
        account, zone = await open_account(store), await open_zone(store)
        device = Reader(Id(50), ReaderKind.DEVICE, account, "phone")

        async def work(tx: Tx) -> None:
            tx.save_reader(
                device,
                marks=[Mark(device.id, zone, Kind.LABEL, Seq(1), Seq(1))],
                exceptions=[MarkException(device.id, Id(5), Seq(2), True, False)],
            )
            tx.enqueue(device.id, account, b"{}")

        async def drop(tx: Tx) -> None:
            tx.drop_reader(device.id)

        async def again(tx: Tx) -> None:
            tx.save_reader(device)
            assert not await tx.marks(device.id)
            assert not await tx.exceptions(device.id)
            assert not await tx.queue(device.id, limit=9)

        await store.write(work)
        await asyncio.gather(store.write(drop), store.write(again))
        async with store.view() as view:
            assert await view.reader(ReaderKind.DEVICE, account, "phone") == device
            assert not await view.marks(device.id)
            assert not await view.exceptions(device.id)
            assert not await view.queue(device.id, limit=9)
