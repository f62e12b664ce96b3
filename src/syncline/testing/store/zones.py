"""The kit's part about zones, their counters, and numbers."""

import asyncio

import pytest

from syncline.core.entries import NewEntry
from syncline.core.errors import Conflict, Invalid, NotFound
from syncline.core.ids import DIRECTORY, FIRST_ID, Id, Nr, Seq, ZoneId
from syncline.core.kinds import Act, EntryKind, Kind, Why, ZoneKind
from syncline.core.objects import Object
from syncline.store.contract import Store, Tx
from syncline.testing.store.opening import Opening, message, open_account, open_zone, put, send


class ZoneKit(Opening):
    """Zones."""

    async def test_a_fresh_store_has_the_directory_and_nothing_else(self, store: Store) -> None:
        """Seq 0 is before the first change; the one fixed id is the directory's."""
        assert store.head == 0
        async with store.view() as view:
            assert view.head == 0
            directory = await view.zone(DIRECTORY)
            assert directory is not None
            assert directory.kind == ZoneKind.DIRECTORY
            assert not await view.changes(Seq(0), limit=10)
            assert await view.meta("epoch") == store.epoch != ""

    async def test_zones_are_found_in_the_order_asked(self, store: Store) -> None:
        """Unknown ones are left out."""
        one, two = await open_zone(store), await open_zone(store, ZoneKind.SITE)
        assert one >= FIRST_ID
        async with store.view() as view:
            found = await view.zones([two, ZoneId(Id(99)), one])
            assert [(zone.id, zone.kind) for zone in found] == [
                (two, ZoneKind.SITE),
                (one, ZoneKind.CONVERSATION),
            ]
            assert await view.zone(ZoneId(Id(99))) is None

    async def test_a_head_is_the_newest_change_of_its_zone_only(self, store: Store) -> None:
        """Foreign traffic moves no head."""
        one, two = await open_zone(store), await open_zone(store)
        first, second = await send(store, one), await send(store, two)
        async with store.view() as view:
            assert [zone.head for zone in await view.zones([one, two])] == [first.seq, second.seq]
            assert view.head == second.seq

    async def test_numbers_are_dense_after_failed_works(self, store: Store) -> None:
        """A failed work takes no nr, no alert number and no counter, wherever it stood in its group."""
        conv = await open_zone(store)

        async def good(tx: Tx) -> Nr | None:
            await tx.count("mail/1")
            added = await tx.add(NewEntry(conv, EntryKind.MESSAGE, None, b"{}", alerts=True))
            return added.nr

        async def bad(tx: Tx) -> Nr | None:
            await good(tx)
            raise Invalid("changed my mind")

        works = [store.write(bad if place % 3 else good) for place in range(30)]
        answers = await asyncio.gather(*works, return_exceptions=True)
        numbers = [answer.value for answer in answers if not isinstance(answer, BaseException)]
        assert numbers == list(range(1, 11))
        assert sum(isinstance(answer, Invalid) for answer in answers) == 20
        async with store.view() as view:
            zone = await view.zone(conv)
            assert zone is not None
            assert (zone.nr, zone.alert_nr) == (10, 10)
            assert await view.counter("mail/1") == 10
            entries = await view.entries(conv)
            assert [entry.nr for entry in entries] == numbers
            assert [entry.alert_nr for entry in entries] == numbers
            assert [change.seq for change in await view.changes(Seq(0), limit=100)] == list(
                range(1, store.head + 1)
            )

    async def test_silent_entries_and_objects_take_no_number(self, store: Store) -> None:
        """Else a client that counts messages waits for one that it will never be sent."""
        conv = await open_zone(store)
        first = await send(store, conv)

        async def silent(tx: Tx) -> Nr | None:
            await tx.put(Object(tx.new_id(), Kind.RECEIPT, conv, b"{}"))
            return (await tx.add(message(conv, silent=True))).nr

        assert (await store.write(silent)).value is None
        second = await send(store, conv)
        assert (first.nr, second.nr) == (1, 2)
        async with store.view() as view:
            assert await view.entry_by_nr(conv, Nr(2)) == second
            assert await view.entry_by_nr(conv, Nr(3)) is None

    async def test_a_site_takes_one_number_a_work(self, store: Store) -> None:
        """RIO's revision: a bulk act is one; and a failed work's number is given to the next."""
        site = await open_zone(store, ZoneKind.SITE)

        async def publish(tx: Tx) -> list[Nr]:
            taken = []
            for _ in range(3):
                nr = await tx.number(site)
                await tx.put(Object(tx.new_id(), Kind.PUBLICATION, site, b"{}"), nr=nr)
                taken.append(nr)
            return taken

        async def fail(tx: Tx) -> None:
            await publish(tx)
            raise Invalid("no")

        answers = await asyncio.gather(
            store.write(publish), store.write(fail), store.write(publish), return_exceptions=True
        )
        assert [getattr(answer, "value", None) for answer in answers] == [[1, 1, 1], None, [2, 2, 2]]
        async with store.view() as view:
            assert len(await view.versions(zone=site, nr=Nr(2))) == 3
            assert not await view.versions(zone=site, nr=Nr(3))

    async def test_lists_are_ordered_by_what_people_see(self, store: Store) -> None:
        """Receipts and amendments move the head, never the place in a list."""
        conv = await open_zone(store)
        seen = await send(store, conv)

        async def unseen(tx: Tx) -> None:
            await tx.put(Object(tx.new_id(), Kind.RECEIPT, conv, b"{}"))
            await tx.add(NewEntry(conv, EntryKind.MESSAGE, None, b"{}", bumps=False))
            await tx.add(message(conv, silent=True))

        await store.write(unseen)
        async with store.view() as view:
            zone = await view.zone(conv)
            assert zone is not None
            assert (zone.bumped, zone.bumped_at, zone.head) == (seen.seq, seen.at, store.head)

    async def test_nothing_is_written_into_a_zone_that_does_not_exist(self, store: Store) -> None:
        """Neither an entry, nor an object, nor a grant to nobody; and nothing stays of such a work."""
        nowhere = ZoneId(Id(12345))
        conv = await open_zone(store)
        record = await put(store, conv)
        head = store.head

        async def entry(tx: Tx) -> None:
            await tx.add(message(nowhere))

        async def object(tx: Tx) -> None:
            await tx.put(Object(tx.new_id(), Kind.RECORD, nowhere, b"{}"))

        async def move(tx: Tx) -> None:
            await tx.move(record.id, nowhere)

        async def grant(tx: Tx) -> None:
            await tx.grant(Id(777), conv, first=None, why=Why.MEMBER)

        async def number(tx: Tx) -> None:
            await tx.number(nowhere)

        for work in (entry, object, move, grant, number):
            with pytest.raises(NotFound):
                await store.write(work)
        assert store.head == head
        async with store.view() as view:
            assert await view.places(record.id) == [conv]
            assert not await view.holders(conv)

    async def test_a_zone_is_opened_once(self, store: Store) -> None:
        """A second one under the same id would take the first one's numbers; in one group as well."""
        known = await open_zone(store)

        async def again(tx: Tx) -> ZoneId:
            return tx.open_zone(ZoneKind.SITE, id=known)

        async def fresh(tx: Tx) -> ZoneId:
            return tx.open_zone(ZoneKind.SITE, id=ZoneId(Id(500)))

        with pytest.raises(Conflict):
            await store.write(again)
        both = await asyncio.gather(store.write(fresh), store.write(fresh), return_exceptions=True)
        assert [type(one) for one in both].count(Conflict) == 1
        async with store.view() as view:
            zone = await view.zone(known)
            assert zone is not None
            assert zone.kind == ZoneKind.CONVERSATION

    async def test_a_merged_zone_leads_on_and_a_floor_only_rises(self, store: Store) -> None:
        """Both are changes of the zone, so that its readers hear of them."""
        old, new = await open_zone(store), await open_zone(store)

        async def work(tx: Tx) -> None:
            await tx.merge(old, new)
            await tx.raise_floor(new, Seq(5))

        await store.write(work)

        async def lower(tx: Tx) -> None:
            await tx.raise_floor(new, Seq(4))

        with pytest.raises(Invalid):
            await store.write(lower)
        async with store.view() as view:
            one, two = await view.zones([old, new])
            assert (one.merged, two.floor) == (new, 5)
            changes = await view.changes(Seq(0), kind=Kind.ZONE, limit=10)
            assert [(change.zone, change.object, change.act) for change in changes] == [
                (old, new, Act.MERGE),
                (new, new, Act.FLOOR),
            ]

    async def test_changed_zones_are_those_granted_and_changed(self, store: Store) -> None:
        """However long the log's tail is, and however many zones the account has."""
        account, stranger = await open_account(store), await open_account(store)
        mine = await open_zone(store, ZoneKind.CONVERSATION, account)
        quiet = await open_zone(store, ZoneKind.CONVERSATION, account)
        foreign = await open_zone(store, ZoneKind.CONVERSATION, stranger)
        await send(store, quiet)
        cursor = store.head
        await send(store, mine)
        await send(store, foreign)
        async with store.view() as view:
            assert [zone.id for zone in await view.changed_zones(account, cursor)] == [mine]
            assert [zone.id for zone in await view.changed_zones(account, Seq(0))] == [mine, quiet]
            assert not await view.changed_zones(account, store.head)
            assert [zone.id for zone in await view.changed_zones(account, Seq(0), limit=1)] == [mine]
            part = await view.changed_zones(account, Seq(0), until=cursor)
            assert [zone.id for zone in part] == [quiet]
            part = await view.changed_zones(account, cursor, until=Seq(cursor + 1))
            assert [zone.id for zone in part] == [mine]

        async def many(tx: Tx) -> None:
            for _ in range(1000):
                await tx.add(message(foreign))

        await store.write(many)
        async with store.view() as view:
            assert [zone.id for zone in await view.changed_zones(account, cursor)] == [mine]
            assert [zone.id for zone in await view.changed_zones(account, Seq(0), limit=1)] == [mine]

        async def leave(tx: Tx) -> None:
            await tx.end(account, mine)

        await store.write(leave)
        async with store.view() as view:
            assert not await view.changed_zones(account, cursor)

    async def test_zones_whose_floor_was_raised_are_found_by_their_floors(self, store: Store) -> None:
        """Those of the account only; equal floors stay together, or a page would lose the second of them."""
        account, stranger = await open_account(store), await open_account(store)
        one, two, three = [await open_zone(store, ZoneKind.CONVERSATION, account) for _ in range(3)]
        foreign = await open_zone(store, ZoneKind.CONVERSATION, stranger)

        async def raise_floors(tx: Tx) -> None:
            for zone, floor in ((two, 3), (one, 3), (three, 2), (foreign, 3)):
                await tx.raise_floor(zone, Seq(floor))

        await store.write(raise_floors)
        async with store.view() as view:

            async def raised(after: int, until: int | None = None, limit: int | None = None) -> list[ZoneId]:
                last = None if until is None else Seq(until)
                return [
                    one.id for one in await view.raised_zones(account, Seq(after), until=last, limit=limit)
                ]

            assert await raised(0) == [three, one, two]
            assert await raised(0, limit=1) == [three]
            assert await raised(0, limit=2) == [three, one, two]
            assert await raised(2) == [one, two]
            assert await raised(1, until=2) == [three]
            assert await raised(3) == []
