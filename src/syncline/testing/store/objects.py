"""The kit's part about objects, moves, departures and versions."""

import pytest

from syncline.core.errors import Invalid, NotFound
from syncline.core.ids import Id, Nr, Seq, ZoneId
from syncline.core.kinds import Act, Kind, ZoneKind
from syncline.core.objects import Departure, Object, Version
from syncline.store.contract import Store, Tx
from syncline.testing.store.opening import Opening, open_zone, put


async def put_again(store: Store, object: Object, body: bytes) -> Object:
    """The next version of an object."""

    async def work(tx: Tx) -> Object:
        return await tx.put(Object(object.id, object.kind, object.zone, body))

    return (await store.write(work)).value


async def move(store: Store, object: Id, to: ZoneId) -> Seq:
    """Move an object."""

    async def work(tx: Tx) -> None:
        await tx.move(object, to)

    return (await store.write(work)).seq


async def drop(store: Store, object: Id) -> Seq:
    """Delete an object."""

    async def work(tx: Tx) -> None:
        await tx.drop(object)

    return (await store.write(work)).seq


class ObjectKit(Opening):
    """Objects."""

    async def test_the_newest_version_is_what_a_zone_holds(self, store: Store) -> None:
        """It stands at the seq of its newest version, and remembers when it came and was made."""
        zone = await open_zone(store, ZoneKind.BOOK)
        one = await put(store, zone, b'{"v":1}', Kind.LABEL)
        two = await put(store, zone, b'{"v":1}', Kind.LABEL)
        again = await put_again(store, one, b'{"v":2}')
        assert (again.entered, again.made, again.seq) == (one.seq, one.made, store.head)
        assert one.made > 0
        async with store.view() as view:
            assert await view.get([two.id, Id(1), one.id]) == [two, again]
            assert await view.objects(zone, [Kind.LABEL]) == [two, again]
            assert await view.objects(zone, [Kind.LABEL], after=two.seq) == [again]
            assert await view.objects(zone, [Kind.LABEL], until=two.seq) == [two]
            assert await view.objects(zone, [Kind.LABEL], limit=1) == [two]
            assert await view.objects(zone, [Kind.DEVICE]) == []
            assert await view.objects(zone, []) == []
            assert await view.places(one.id) == [zone]
            assert await view.versions(object=one.id) == []

    async def test_kinds_are_read_together_in_the_order_of_the_log(self, store: Store) -> None:
        """A page over several kinds is cut by seq, not by kind."""
        zone = await open_zone(store, ZoneKind.BOOK)
        kinds = [Kind.RECORD, Kind.LABEL, Kind.SETTING, Kind.RECORD, Kind.LABEL]
        made = [await put(store, zone, kind=kind) for kind in kinds]
        async with store.view() as view:
            asked = [Kind.LABEL, Kind.RECORD, Kind.SETTING]
            assert await view.objects(zone, asked) == made
            assert await view.objects(zone, asked, after=made[0].seq, limit=3) == made[1:4]

    async def test_an_object_is_made_when_it_says(self, store: Store) -> None:
        """An import keeps the date of what it brings."""
        zone = await open_zone(store, ZoneKind.BOOK)

        async def work(tx: Tx) -> Object:
            return await tx.put(Object(tx.new_id(), Kind.RECORD, zone, b"{}", made=12345))

        assert (await store.write(work)).value.made == 12345

    async def test_an_object_keeps_its_kind_and_zone(self, store: Store) -> None:
        """Another zone is reached by a move only, which leaves a departure."""
        zone, other = await open_zone(store, ZoneKind.BOOK), await open_zone(store, ZoneKind.BOOK)
        record = await put(store, zone)

        async def elsewhere(tx: Tx) -> None:
            await tx.put(Object(record.id, record.kind, other, b"{}"))

        async def otherwise(tx: Tx) -> None:
            await tx.put(Object(record.id, Kind.LABEL, zone, b"{}"))

        for work in (elsewhere, otherwise):
            with pytest.raises(Invalid):
                await store.write(work)

    async def test_what_is_dropped_leaves_a_departure(self, store: Store) -> None:
        """A reader that had it learns that it is gone, however late it comes."""
        zone = await open_zone(store, ZoneKind.BOOK)
        record = await put(store, zone)
        seq = await drop(store, record.id)
        departure = Departure(zone, Kind.RECORD, seq, record.id, record.entered, None)
        async with store.view() as view:
            assert await view.get([record.id]) == []
            assert await view.objects(zone, [Kind.RECORD]) == []
            assert await view.places(record.id) == []
            assert await view.departures(zone, [Kind.RECORD]) == [departure]
            assert await view.departures(zone, [Kind.RECORD], after=Seq(seq - 1), limit=1) == [departure]
            assert await view.departures(zone, [Kind.RECORD], after=seq) == []
            assert await view.departures(zone, [Kind.RECORD], until=Seq(seq - 1)) == []
            assert await view.departures(zone, [Kind.LABEL]) == []
            change = await view.change(seq)
            assert change is not None
            assert change.act == Act.DROP
        with pytest.raises(NotFound):
            await drop(store, record.id)

    async def test_a_move_is_seen_by_three_roles(self, store: Store) -> None:
        """Who has both zones nets it to a change; the old owner gets a departure, the new one the object."""
        old, new = await open_zone(store, ZoneKind.BOOK), await open_zone(store, ZoneKind.BOOK)
        record = await put(store, old, b'{"v":1}')
        before = store.head
        seq = await move(store, record.id, new)
        async with store.view() as view:
            (moved,) = await view.objects(new, [Kind.RECORD], after=before)
            assert (moved.body, moved.seq, moved.entered, moved.made) == (b'{"v":1}', seq, seq, record.made)
            (departure,) = await view.departures(old, [Kind.RECORD], after=before)
            assert (departure.gone_to, departure.entered, departure.object) == (
                new,
                record.entered,
                record.id,
            )
            assert await view.objects(old, [Kind.RECORD]) == []
            assert await view.places(record.id) == [new]

    async def test_a_page_cut_inside_a_move_tears_nothing(self, store: Store) -> None:
        """Both changes of a move are of one work: a page that is cut at a work's end has both or none."""
        old, new = await open_zone(store, ZoneKind.BOOK), await open_zone(store, ZoneKind.BOOK)
        record = await put(store, old)
        before = store.head
        await move(store, record.id, new)
        async with store.view() as view:
            left, entered = await view.changes(before, limit=2)
            assert (left.act, left.zone, entered.act, entered.zone) == (Act.MOVE, old, Act.PUT, new)
            assert left.work == entered.work == entered.seq
            # a cut between them, by whoever counts changes, is recognised: the work's end lies beyond it
            (first,) = await view.changes(before, until=left.seq, limit=2)
            assert first.work > left.seq
            assert await view.objects(new, [Kind.RECORD], after=before, until=left.seq) == []

    async def test_a_move_to_where_it_is_changes_nothing(self, store: Store) -> None:
        """No departure of what did not leave."""
        zone = await open_zone(store, ZoneKind.BOOK)
        record = await put(store, zone)
        assert await move(store, record.id, zone) == record.seq

    async def test_there_and_back_leaves_two_departures(self, store: Store) -> None:
        """A reader of either zone between any two cursors gets what is true."""
        old, new = await open_zone(store, ZoneKind.BOOK), await open_zone(store, ZoneKind.BOOK)
        record = await put(store, old)
        there = await move(store, record.id, new)
        back = await move(store, record.id, old)
        async with store.view() as view:
            (now,) = await view.objects(old, [Kind.RECORD])
            assert (now.seq, now.entered) == (back, back)
            assert [d.seq for d in await view.departures(old, [Kind.RECORD])] == [there - 1]
            assert [d.seq for d in await view.departures(new, [Kind.RECORD])] == [back - 1]

    async def test_records_and_publications_keep_every_version(self, store: Store) -> None:
        """Each names the one before it, whatever happened: put, move, drop."""
        book, other = await open_zone(store, ZoneKind.BOOK), await open_zone(store, ZoneKind.BOOK)
        record = await put(store, book, b'{"v":1}')
        again = await put_again(store, record, b'{"v":2}')
        moved = await move(store, record.id, other)
        dropped = await drop(store, record.id)
        async with store.view() as view:
            assert await view.versions(object=record.id) == [
                Version(record.id, record.seq, book, None, Act.PUT, b'{"v":1}', None),
                Version(record.id, again.seq, book, None, Act.PUT, b'{"v":2}', record.seq),
                Version(record.id, moved, other, None, Act.MOVE, b'{"v":2}', again.seq),
                Version(record.id, dropped, other, None, Act.DROP, b"{}", moved),
            ]
            kinds = await view.changes(Seq(0), kind=Kind.RECORD, limit=99)
            assert len(kinds) == 5

    async def test_versions_are_found_by_a_sites_number(self, store: Store) -> None:
        """RIO's kept deltas: all that one work touched."""
        site = await open_zone(store, ZoneKind.SITE)

        async def work(tx: Tx) -> Nr:
            nr = await tx.number(site)
            for _ in range(2):
                await tx.put(Object(tx.new_id(), Kind.PUBLICATION, site, b"{}"), nr=nr)
            return nr

        first = (await store.write(work)).value
        second = (await store.write(work)).value
        async with store.view() as view:
            found = [await view.versions(zone=site, nr=nr) for nr in (first, second)]
            assert [[version.nr for version in versions] for versions in found] == [[1, 1], [2, 2]]

    async def test_dropped_and_made_again_in_one_work(self, store: Store) -> None:
        """The new one is new in everything: it came now, was made now, and may be of another kind."""
        zone = await open_zone(store, ZoneKind.BOOK)
        old = await put(store, zone, b"{}", Kind.LABEL)

        async def work(tx: Tx) -> Object:
            await tx.drop(old.id)
            return await tx.put(Object(old.id, Kind.SETTING, zone, b'{"v":2}', made=77))

        new = (await store.write(work)).value
        assert (new.entered, new.made) == (new.seq, 77)
        async with store.view() as view:
            assert await view.get([old.id]) == [new]
            assert await view.objects(zone, [Kind.LABEL]) == []
            assert await view.objects(zone, [Kind.SETTING]) == [new]
            assert len(await view.departures(zone, [Kind.LABEL])) == 1
