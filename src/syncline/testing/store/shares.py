"""The kit's part about second places of records."""

import pytest

from syncline.core.errors import Conflict, Invalid, NotFound
from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.kinds import Kind, ZoneKind
from syncline.core.objects import Object
from syncline.store.contract import Store, Tx
from syncline.testing.store.objects import drop, move, put_again
from syncline.testing.store.opening import Opening, open_zone, put


async def share(store: Store, object: Id, zone: ZoneId) -> Seq:
    """Give an object a second place."""

    async def work(tx: Tx) -> None:
        await tx.share(object, zone)

    return (await store.write(work)).seq


class ShareKit(Opening):
    """Second places."""

    async def test_a_shared_record_stands_in_both_zones(self, store: Store) -> None:
        """Each place has its own seq and its own moment of entering; the body is one."""
        book, second = await open_zone(store, ZoneKind.BOOK), await open_zone(store, ZoneKind.BOOK)
        record = await put(store, book, b'{"v":1}')
        seq = await share(store, record.id, second)
        async with store.view() as view:
            (there,) = await view.objects(second, [Kind.RECORD])
            assert (there.zone, there.seq, there.entered, there.body) == (second, seq, seq, b'{"v":1}')
            assert await view.place(record.id, second) == there
            assert await view.place(record.id, book) is None
            assert await view.places(record.id) == [book, second]
            assert await view.get([record.id]) == [record]
        again = await put_again(store, record, b'{"v":2}')
        async with store.view() as view:
            (there,) = await view.objects(second, [Kind.RECORD])
            assert (there.seq, there.entered, there.body) == (again.seq + 1, seq, b'{"v":2}')

    async def test_an_ended_share_leaves_a_departure_in_its_zone_only(self, store: Store) -> None:
        """The owner's readers hear nothing of it."""
        book, second = await open_zone(store, ZoneKind.BOOK), await open_zone(store, ZoneKind.BOOK)
        record = await put(store, book)
        entered = await share(store, record.id, second)

        async def unshare(tx: Tx) -> None:
            await tx.unshare(record.id, second)

        seq = (await store.write(unshare)).seq
        async with store.view() as view:
            (departure,) = await view.departures(second, [Kind.RECORD])
            assert (departure.seq, departure.entered, departure.gone_to) == (seq, entered, book)
            assert await view.departures(book, [Kind.RECORD]) == []
            assert await view.objects(second, [Kind.RECORD]) == []
            assert await view.get([record.id]) == [record]
        with pytest.raises(NotFound):
            await store.write(unshare)

    async def test_what_is_dropped_leaves_every_place(self, store: Store) -> None:
        """One departure in each zone."""
        zones = [await open_zone(store, ZoneKind.BOOK) for _ in range(3)]
        record = await put(store, zones[0])
        for zone in zones[1:]:
            await share(store, record.id, zone)
        await drop(store, record.id)
        async with store.view() as view:
            for zone in zones:
                assert len(await view.departures(zone, [Kind.RECORD])) == 1
                assert await view.objects(zone, [Kind.RECORD]) == []
                assert await view.place(record.id, zone) is None

    async def test_a_move_keeps_the_other_places(self, store: Store) -> None:
        """A second place becomes its own where it moves to; another one stays as it was."""
        book, second, third = [await open_zone(store, ZoneKind.BOOK) for _ in range(3)]
        record = await put(store, book)
        entered = await share(store, record.id, second)
        await share(store, record.id, third)
        await move(store, record.id, second)
        async with store.view() as view:
            assert await view.places(record.id) == [second, third]
            (own,) = await view.objects(second, [Kind.RECORD])
            assert (own.zone, own.entered) == (second, entered)
            (other,) = await view.objects(third, [Kind.RECORD])
            assert other.zone == third
            assert await view.departures(third, [Kind.RECORD]) == []

    async def test_only_records_can_be_shared_and_only_once_a_zone(self, store: Store) -> None:
        """A second place beside the first would be two answers to one question."""
        book, second = await open_zone(store, ZoneKind.BOOK), await open_zone(store, ZoneKind.BOOK)
        label, record = await put(store, book, b"{}", Kind.LABEL), await put(store, book)
        with pytest.raises(Invalid):
            await share(store, label.id, second)
        with pytest.raises(Conflict):
            await share(store, record.id, book)
        await share(store, record.id, second)
        with pytest.raises(Conflict):
            await share(store, record.id, second)

    async def test_shared_moved_and_read_in_one_work(self, store: Store) -> None:
        """A transaction sees an untouched second place of a record that it moved."""
        book, second, third = [await open_zone(store, ZoneKind.BOOK) for _ in range(3)]
        record = await put(store, book)
        await share(store, record.id, second)

        async def work(tx: Tx) -> list[Object]:
            await tx.move(record.id, third)
            return [*await tx.objects(second, [Kind.RECORD]), *await tx.objects(third, [Kind.RECORD])]

        seen = (await store.write(work)).value
        async with store.view() as view:
            assert seen == [
                *await view.objects(second, [Kind.RECORD]),
                *await view.objects(third, [Kind.RECORD]),
            ]
        assert [one.zone for one in seen] == [second, third]
