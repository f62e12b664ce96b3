"""The kit's part about merging: a late mail joins two threads."""

from itertools import pairwise

from syncline.core.entries import NewEntry
from syncline.core.ids import NO_ID, Id, Nr, Seq, ZoneId
from syncline.core.kinds import EntryKind, Space, Why, ZoneKind
from syncline.core.objects import Subscription
from syncline.store.contract import Store, Tx
from syncline.testing.store.opening import Opening, message, open_account, open_zone, send


class MergeKit(Opening):
    """Merging."""

    async def test_two_threads_become_one_below_a_reader(self, store: Store) -> None:
        """Whatever the cursor: after it, the reader has the longer thread whole and the shorter one no more.

        The shorter thread's entries come anew, with new seq and nr and their own dates, in the commit that
        ends its grant and leaves the pointer.
        """
        account = await open_account(store)
        long = await open_zone(store, ZoneKind.CONVERSATION, account)
        short = await open_zone(store, ZoneKind.CONVERSATION, account)
        first = [await send(store, long, b'{"m":%d}' % place) for place in range(3)]
        moved = [await send(store, short, b'{"m":%d}' % place) for place in (7, 8)]

        async def before(tx: Tx) -> None:
            await tx.subscribe(Subscription(account, short, read_nr=Nr(1)))
            await tx.bind(Space.THREAD, b"old", short)
            tx.index(Space.LABELLED, b"inbox", short)

        await store.write(before)
        cursors = range(store.head + 1)

        async def merge(tx: Tx) -> None:
            for entry in await tx.entries(short):
                await tx.add(NewEntry(long, EntryKind.MAIL, entry.author, entry.body, at=entry.at))
            for holder in await tx.holders(short):
                await tx.end(holder, short)
            await tx.merge(short, long)
            await tx.bind(Space.THREAD, b"old", long, replace=True)
            tx.unindex(Space.LABELLED, b"inbox", short)
            tx.index(Space.LABELLED, b"inbox", long)

        written = await store.write(merge)
        async with store.view() as view:
            entries = await view.entries(long)
            assert [(entry.nr, entry.body) for entry in entries] == [
                (1, b'{"m":0}'),
                (2, b'{"m":1}'),
                (3, b'{"m":2}'),
                (4, b'{"m":7}'),
                (5, b'{"m":8}'),
            ]
            assert [entry.at for entry in entries[3:]] == [entry.at for entry in moved]
            assert entries[:3] == first
            (gone,) = await view.zones([short])
            assert gone.merged == long
            assert await view.holders(short) == set()
            assert await view.find(Space.LABELLED, b"inbox", after=NO_ID) == [long]
            works = {change.work for change in await view.changes(Seq(cursors[-1]), limit=99)}
            assert works == {written.seq}
            for cursor in map(Seq, cursors):
                touched = {touch.zone for touch in await view.touches(account, cursor)}
                left = {zone for zone in touched if not (await view.grants(account, zone=zone))[-1].alive}
                assert left == {short}
                changed = await view.changed_zones(account, cursor)
                assert [zone.id for zone in changed] == [long]
                new = await view.entries(long, after=cursor)
                assert [entry.body for entry in new[-2:]] == [b'{"m":7}', b'{"m":8}']

    async def test_old_ids_lead_on_through_several_merges(self, store: Store) -> None:
        """A chain of pointers ends where the entries are."""
        zones = [await open_zone(store) for _ in range(4)]
        await send(store, zones[-1])

        for pair in pairwise(zones):

            async def merge(tx: Tx, pair: tuple[ZoneId, ZoneId] = pair) -> None:
                await tx.merge(*pair)

            await store.write(merge)
        async with store.view() as view:
            at: Id | None = zones[0]
            while at is not None:
                zone = await view.zone(ZoneId(at))
                assert zone is not None
                end, at = zone.id, zone.merged
            assert end == zones[-1]

    async def test_leaving_and_coming_back_beside_a_merge(self, store: Store) -> None:
        """Who left the shorter thread before is not given the longer one by it."""
        account = await open_account(store)
        long, short = await open_zone(store), await open_zone(store, ZoneKind.CONVERSATION, account)

        async def work(tx: Tx) -> None:
            await tx.end(account, short)
            await tx.add(message(long))
            await tx.merge(short, long)

        await store.write(work)
        async with store.view() as view:
            assert not await view.holders(long)
            assert [grant.alive for grant in await view.grants(account)] == [False]

        async def back(tx: Tx) -> None:
            await tx.grant(account, long, first=None, why=Why.MEMBER)

        await store.write(back)
        async with store.view() as view:
            (entry,) = await view.entries(long)
            assert not any(grant.covers(entry.seq) for grant in await view.grants(account, zone=long))
