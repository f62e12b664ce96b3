"""The kit's part about erasing: numbers stay, bytes do not."""

import asyncio
from pathlib import Path

from syncline.core.entries import ERASED, Entry, NewEntry, NewFact
from syncline.core.ids import Hash, Id, Seq
from syncline.core.kinds import Act, EntryKind, Kind, Rel, ZoneKind
from syncline.core.objects import Object
from syncline.store.contract import Store, Tx
from syncline.testing.store.log import follow
from syncline.testing.store.objects import put_again
from syncline.testing.store.opening import Opening, amendment, message, open_zone, put, send
from syncline.testing.store.shares import share

SECRET = b"Zq7-geheim-"


def secret(place: int, size: int = 0) -> bytes:
    """A body that must not survive its erase; made larger to reach other kinds of pages."""
    return b'{"t":"' + SECRET + str(place).encode() + b"-" * size + b'"}'


async def erase(store: Store, thing: Id) -> Seq:
    """Erase a thing."""

    async def work(tx: Tx) -> None:
        await tx.erase(thing)

    return (await store.write(work)).seq


class EraseKit(Opening):
    """Erasing."""

    def found(self, directory: Path, needle: bytes = SECRET) -> list[str]:
        """What still holds the bytes."""
        return [name for name, content in self.contents(directory) if needle in content]

    async def test_an_erased_entry_keeps_numbers_and_loses_content(self, store: Store) -> None:
        """Content, form, amendments and the facts that it set; a membership keeps its one word."""
        conv = await open_zone(store)

        async def begin(tx: Tx) -> Entry:
            facts = [
                NewFact("topic", "", secret(1)),
                NewFact("m.room.member", "7", b'{"membership":"join","displayname":"' + SECRET + b'"}'),
            ]
            return await tx.add(NewEntry(conv, EntryKind.STATE, None, secret(2)), facts)

        entry = (await store.write(begin)).value

        async def edit(tx: Tx) -> None:
            await tx.add(amendment(conv, entry.id, Rel.EDIT, secret(3)))
            await tx.form(entry.id, secret(4))

        await store.write(edit)
        await erase(store, entry.id)
        async with store.view() as view:
            first, second = await view.entries(conv)
            assert (first.id, first.seq, first.nr, first.body, first.form) == (
                entry.id,
                entry.seq,
                1,
                ERASED,
                ERASED,
            )
            assert (second.nr, second.body, second.form) == (2, ERASED, None)
            topic, member = await view.state(conv)
            assert topic.content == ERASED
            assert member.content == b'{"membership":"join"}'
            zone = await view.zone(conv)
            assert zone is not None
            assert (zone.nr, zone.joined) == (2, 1)

    async def test_an_erase_reaches_every_amendment(self, store: Store) -> None:
        """However many there are: each edit holds a whole content."""
        conv = await open_zone(store)
        target = await send(store, conv, secret(0))
        for _ in range(3):

            async def edits(tx: Tx) -> None:
                for place in range(400):
                    await tx.add(amendment(conv, target.id, Rel.EDIT, secret(place)))

            await store.write(edits)
        await erase(store, target.id)
        async with store.view() as view:
            assert {entry.body for entry in await view.entries(conv)} == {ERASED}

    async def test_an_erased_object_loses_all_its_versions(self, store: Store) -> None:
        """Also in its second places; its readers hear of it by a change; what comes later is kept."""
        book, second = await open_zone(store, ZoneKind.BOOK), await open_zone(store, ZoneKind.BOOK)
        record = await put(store, book, secret(1))
        await put_again(store, record, secret(2))
        await share(store, record.id, second)
        before = store.head
        await erase(store, record.id)
        async with store.view() as view:
            assert [one.body for one in await view.get([record.id])] == [ERASED]
            assert [one.body for one in await view.objects(second, [Kind.RECORD], after=before)] == [ERASED]
            versions = await view.versions(object=record.id)
            assert {version.body for version in versions} == {ERASED}
            assert [version.previous for version in versions] == [
                None,
                *(version.seq for version in versions[:-1]),
            ]
            change = await view.change(Seq(before + 1))
            assert change is not None
            assert (change.zone, change.act, change.object) == (book, Act.ERASE, record.id)
        again = await put_again(store, record, b'{"v":3}')
        async with store.view() as view:
            assert await view.get([record.id]) == [again]
            newest = (await view.versions(object=record.id))[-1]
            assert (newest.body, newest.seq) == (b'{"v":3}', again.seq)

    async def test_a_dropped_object_can_still_be_erased(self, store: Store) -> None:
        """Its versions are kept for ever, hence must be reachable for ever."""
        book = await open_zone(store, ZoneKind.BOOK)
        record = await put(store, book, secret(1))

        async def drop(tx: Tx) -> None:
            await tx.drop(record.id)

        await store.write(drop)
        await erase(store, record.id)
        async with store.view() as view:
            assert {version.body for version in await view.versions(object=record.id)} == {ERASED}

    async def test_an_erase_between_two_versions_of_one_group(self, store: Store) -> None:
        """Written, erased and written again, in one commit: what came before goes, what came after stays."""
        book = await open_zone(store, ZoneKind.BOOK)
        record = await put(store, book, secret(0))

        async def version(tx: Tx, body: bytes) -> list[bytes]:
            await tx.put(Object(record.id, Kind.RECORD, book, body))
            return [one.body for one in await tx.versions(object=record.id)]

        async def erasing(tx: Tx) -> list[bytes]:
            await tx.erase(record.id)
            await tx.put(Object(record.id, Kind.RECORD, book, b'{"v":2}'))
            return [one.body for one in await tx.versions(object=record.id)]

        first, second, third = await asyncio.gather(
            store.write(lambda tx: version(tx, secret(1))),
            store.write(erasing),
            store.write(lambda tx: version(tx, b'{"v":3}')),
        )
        assert first.value == [secret(0), secret(1)]
        assert second.value == [ERASED, ERASED, ERASED, b'{"v":2}']
        assert third.value == [ERASED, ERASED, ERASED, b'{"v":2}', b'{"v":3}']
        async with store.view() as view:
            assert [one.body for one in await view.versions(object=record.id)] == third.value

    async def test_a_fact_replaced_and_erased_in_one_group(self, store: Store) -> None:
        """The works after them read what will stand."""
        conv = await open_zone(store)

        async def topic(tx: Tx, content: bytes) -> Entry:
            new = NewEntry(conv, EntryKind.STATE, None, b"{}")
            return await tx.add(new, [NewFact("topic", "", content)])

        old = (await store.write(lambda tx: topic(tx, secret(1)))).value

        async def look(tx: Tx) -> list[bytes]:
            return [fact.content for fact in await tx.state_changes(conv, Seq(0), tx.head)]

        async def erasing(tx: Tx) -> None:
            await tx.erase(old.id)

        _, _, seen = await asyncio.gather(
            store.write(lambda tx: topic(tx, b'"new"')), store.write(erasing), store.write(look)
        )
        assert seen.value == [ERASED, b'"new"']
        assert (await store.write(look)).value == seen.value

    async def test_what_was_erased_does_not_come_again_from_memory(self, store: Store) -> None:
        """Who follows the log from before the erase is told of the changes, and looks up what is left."""
        conv = await open_zone(store)
        entry = await send(store, conv, secret(1))

        async def erasing(tx: Tx) -> None:
            await tx.add(amendment(conv, entry.id, Rel.ERASE))
            await tx.erase(entry.id)

        await store.write(erasing)
        await send(store, conv)
        told = [change for commit in await follow(store, Seq(0), store.head) for change in commit.changes]
        assert [change.seq for change in told] == list(range(1, store.head + 1))
        for commit in await follow(store, Seq(0), store.head):
            assert all(SECRET not in known.body for known in commit.entries.values())

    async def test_no_byte_is_left_in_any_file(self, store: Store, directory: Path) -> None:
        """Entries, forms, facts, objects, versions, blobs: erased and scrubbed, they are in no file at all.

        Interleaved and of many sizes, so that pages were split, moved and freed while the secrets came.
        """
        convs = [await open_zone(store) for _ in range(8)]
        book = await open_zone(store, ZoneKind.BOOK)
        things: list[Id] = []
        for turn in range(40):

            async def work(tx: Tx, turn: int = turn) -> list[Id]:
                made = []
                for place, conv in enumerate(convs):
                    size = (turn * 37 + place * 211) % 900 + (9000 if (turn + place) % 13 == 0 else 0)
                    facts = (
                        [NewFact("topic", str(turn % 5), secret(turn, size // 3))] if place % 4 == 0 else []
                    )
                    entry = await tx.add(message(conv, secret(turn, size)), facts)
                    await tx.add(amendment(conv, entry.id, Rel.EDIT, secret(place, size)))
                    await tx.form(entry.id, secret(place, size // 2))
                    made.append(entry.id)
                record = await tx.put(Object(tx.new_id(), Kind.RECORD, book, secret(turn, turn * 30)))
                await tx.put(Object(record.id, Kind.RECORD, book, secret(turn, turn * 20)))
                return [*made, record.id]

            things += (await store.write(work)).value
        for size in (10, 5000, 100_000):
            hash = await store.blobs.put(secret(7, size))

            async def attach(tx: Tx, hash: Hash = hash, place: int = size) -> None:
                tx.names(hash, things[place % 50])

            await store.write(attach)
        for place in range(0, len(things), 20):

            async def erasing(tx: Tx, some: list[Id] = things[place : place + 20]) -> None:
                for thing in some:
                    await tx.erase(thing)

            await store.write(erasing)
        await store.scrub()
        assert self.found(directory) == []
        await store.close()
        assert self.found(directory) == []

    async def test_scrubbing_goes_on_beside_readers_and_writers(self, store: Store, directory: Path) -> None:
        """It waits for views that end soon; what is written meanwhile is not disturbed."""
        conv = await open_zone(store)
        entry = await send(store, conv, secret(1))
        await erase(store, entry.id)

        async def read() -> None:
            async with store.view() as view:
                await view.entries(conv)
                await asyncio.sleep(0.05)

        reading = [asyncio.create_task(read()) for _ in range(3)]
        await asyncio.sleep(0)
        await asyncio.gather(store.scrub(), *(send(store, conv) for _ in range(20)))
        await asyncio.gather(*reading)
        assert self.found(directory) == []
        async with store.view() as view:
            assert len(await view.entries(conv)) == 21
