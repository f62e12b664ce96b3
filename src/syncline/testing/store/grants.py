"""The kit's part about grants."""

from syncline.core.ids import Seq
from syncline.core.kinds import Act, Kind, Why, ZoneKind
from syncline.core.zones import Grant, ranges
from syncline.store.contract import Store, Tx
from syncline.testing.store.opening import Opening, message, open_account, open_zone, send


class GrantKit(Opening):
    """Grants."""

    async def test_a_grant_begins_where_it_says(self, store: Store) -> None:
        """From now on, from a seq on, over a range, or over nothing (an invitation)."""
        account, conv = await open_account(store), await open_zone(store)
        entry = await send(store, conv)

        async def work(tx: Tx) -> None:
            await tx.grant(account, conv, first=None, why=Why.MEMBER)
            await tx.grant(account, conv, first=entry.seq, last=entry.seq, why=Why.DISCLOSED)
            await tx.grant(account, conv, first=Seq(1), last=Seq(0), why=Why.INVITED)

        begin = store.head
        await store.write(work)
        async with store.view() as view:
            assert await view.grants(account) == [
                Grant(account, conv, Seq(begin + 1), None, Seq(begin + 1), None, Why.MEMBER),
                Grant(account, conv, Seq(begin + 2), None, entry.seq, entry.seq, Why.DISCLOSED),
                Grant(account, conv, Seq(begin + 3), None, Seq(1), Seq(0), Why.INVITED),
            ]
            assert set(await view.holders(conv)) == {account}
            changes = await view.changes(begin, limit=9)
            assert {(change.zone, change.kind, change.object, change.act) for change in changes} == {
                (account, Kind.GRANT, conv, Act.GIVE)
            }

    async def test_an_ended_grant_keeps_its_range_and_no_more(self, store: Store) -> None:
        """All so far, or up to a seq; never what comes after, and never more than it had."""
        account, conv = await open_account(store), await open_zone(store)
        first = await send(store, conv)

        async def join(tx: Tx) -> None:
            await tx.grant(account, conv, first=first.seq, why=Why.MEMBER)
            await tx.grant(account, conv, first=first.seq, last=first.seq, why=Why.DISCLOSED)

        await store.write(join)
        second = await send(store, conv)

        async def leave(tx: Tx) -> None:
            await tx.end(account, conv)

        ended = (await store.write(leave)).seq
        third = await send(store, conv)
        async with store.view() as view:
            grants = await view.grants(account, zone=conv)
            assert [(grant.ended, grant.last) for grant in grants] == [(ended, ended), (ended, first.seq)]
            assert [grants[0].covers(entry.seq) for entry in (first, second, third)] == [True, True, False]
            assert not await view.holders(conv)
            assert await view.touches(account, Seq(ended - 1)) == [(ended, conv)], "both, in one place"
            assert await view.touches(account, ended) == []

    async def test_an_end_without_a_grant_leaves_nothing(self, store: Store) -> None:
        """No change, hence no waking."""
        account, conv = await open_account(store), await open_zone(store)
        head = store.head

        async def leave(tx: Tx) -> None:
            await tx.end(account, conv)

        assert (await store.write(leave)).seq == head
        assert store.head == head

    async def test_given_ended_and_given_again_between_two_cursors(self, store: Store) -> None:
        """A reader that saw none of it is told of both grants, and sees nothing from between."""
        account, conv = await open_account(store), await open_zone(store)
        cursor = store.head

        async def give(tx: Tx) -> None:
            await tx.grant(account, conv, first=None, why=Why.MEMBER)

        async def end(tx: Tx) -> None:
            await tx.end(account, conv)

        await store.write(give)
        seen = await send(store, conv)
        await store.write(end)
        between = await send(store, conv)
        await store.write(give)
        again = await send(store, conv)
        async with store.view() as view:
            grants = await view.grants(account, zone=conv)
            assert [grant.alive for grant in grants] == [False, True]
            touches = await view.touches(account, cursor)
            assert touches == [
                (grants[0].given, conv),
                (grants[0].ended, conv),
                (grants[1].given, conv),
            ]
            assert await view.touches(account, cursor, limit=2) == touches[:2]
            assert await view.touches(account, touches[0].seq, until=touches[1].seq) == touches[1:2]
            covered = [any(g.covers(e.seq) for g in grants) for e in (seen, between, again)]
            assert covered == [True, False, True]
            assert len(ranges(grants)) == 2
            assert set(await view.holders(conv)) == {account}
            assert [zone.id for zone in await view.changed_zones(account, cursor)] == [conv]

    async def test_given_ended_and_given_again_in_one_work(self, store: Store) -> None:
        """The same inside one transaction, where seqs are provisional."""
        account, conv = await open_account(store), await open_zone(store)

        async def work(tx: Tx) -> None:
            await tx.grant(account, conv, first=None, why=Why.MEMBER)
            await tx.add(message(conv))
            await tx.end(account, conv)
            assert not await tx.holders(conv)
            await tx.add(message(conv))
            await tx.grant(account, conv, first=None, why=Why.MEMBER)
            await tx.add(message(conv))
            assert set(await tx.holders(conv)) == {account}

        await store.write(work)
        async with store.view() as view:
            grants = await view.grants(account)
            covered = [any(g.covers(e.seq) for g in grants) for e in await view.entries(conv)]
            assert covered == [True, False, True]

    async def test_grants_are_read_in_pages(self, store: Store) -> None:
        """By `given`, ended ones included; a transaction sees its own after those below."""
        account = await open_account(store)
        zones = [await open_zone(store) for _ in range(5)]
        for zone in zones[:3]:
            await store.write(lambda tx, zone=zone: tx.grant(account, zone, first=None, why=Why.MEMBER))  # type: ignore[misc]
        await store.write(lambda tx: tx.end(account, zones[1]))
        async with store.view() as view:
            everything = await view.grants(account)
            assert [grant.zone for grant in everything] == zones[:3]
            assert await view.grants(account, limit=2) == everything[:2]
            assert await view.grants(account, after=everything[0].given, limit=1) == everything[1:2]
            assert await view.grants(account, zone=zones[1], after=everything[1].given) == []
            assert await view.grants(account, after=everything[2].given) == []

        async def work(tx: Tx) -> None:
            for zone in zones[3:]:
                await tx.grant(account, zone, first=None, why=Why.MEMBER)
            found = [grant.zone for grant in await tx.grants(account)]
            assert found == zones
            last = (await tx.grants(account))[2].given
            assert [grant.zone for grant in await tx.grants(account, after=last)] == zones[3:]
            assert [grant.zone for grant in await tx.grants(account, limit=4)] == zones[:4]

        await store.write(work)

    async def test_a_bump_during_a_first_sync_is_seen_by_its_end(self, store: Store) -> None:
        """A list in order of place, paged while zones change: those beyond the start are found at the end.

        Without that, a zone bumped from page 5 to page 1 would never be initialised, though later deltas
        send its messages.
        """
        account = await open_account(store)
        zones = [await open_zone(store, ZoneKind.CONVERSATION, account) for _ in range(5)]
        for zone in zones:
            await send(store, zone)
        start = store.head
        seen = []
        async with store.view() as view:
            listed = sorted(await view.changed_zones(account, Seq(0)), key=lambda zone: -zone.bumped)
            seen += [zone.id for zone in listed[:2]]
        await send(store, zones[0])  # the last of the list becomes its first
        async with store.view() as view:
            now = sorted(await view.changed_zones(account, Seq(0)), key=lambda zone: -zone.bumped)
            seen += [zone.id for zone in now if zone.head <= start and zone.id not in seen]
            seen += [zone.id for zone in await view.changed_zones(account, start)]
        assert sorted(seen) == sorted(zones)
