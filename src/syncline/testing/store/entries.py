"""The kit's part about entries and amendments."""

import pytest

from syncline.core.entries import Entry, NewEntry
from syncline.core.errors import Invalid, NotFound
from syncline.core.ids import Id, Nr, Seq
from syncline.core.kinds import Act, EntryKind, Kind, Rel
from syncline.store.contract import Store, Tx
from syncline.testing.store.opening import Opening, amendment, message, open_account, open_zone, send


class EntryKit(Opening):
    """Entries."""

    async def test_an_entry_keeps_all_that_it_was_given(self, store: Store) -> None:
        """Every field comes back as it was, from every way of asking."""
        author, conv = await open_account(store), await open_zone(store)
        root = await send(store, conv)

        async def work(tx: Tx) -> Entry:
            return await tx.add(
                NewEntry(
                    conv,
                    EntryKind.MAIL,
                    author,
                    b'{"text":"caf\xc3\xa9"}',
                    at=-5,
                    root=root.id,
                    alerts=True,
                    session=Id(7),
                    request="txn é \x00 1",
                )
            )

        written = await store.write(work)
        added = written.value
        assert written.seq == added.seq == store.head
        assert (added.nr, added.alert_nr, added.at) == (2, 1, -5)
        async with store.view() as view:
            assert await view.entry(added.id) == added
            assert await view.entries_by_id([added.id, Id(1), root.id]) == [added, root]
            assert await view.entry_by_nr(conv, Nr(2)) == added
            assert await view.entry_by_alert(conv, 1) == added
            assert await view.entry_by_alert(conv, 0) is None
            assert await view.entries(conv) == [root, added]
            assert await view.thread(conv, root.id, limit=5) == [added]
            change = await view.change(added.seq)
            assert change is not None
            assert (change.zone, change.kind, change.object, change.act, change.nr, change.actor) == (
                conv,
                Kind.ENTRY,
                added.id,
                Act.ADD,
                2,
                author,
            )

    async def test_pages_of_entries_are_cut_where_asked(self, store: Store) -> None:
        """Bounds are outside the range; the oldest or the newest within it; other conversations stay out."""
        conv, other = await open_zone(store), await open_zone(store)
        sent = []
        for _ in range(6):
            sent.append(await send(store, conv))
            await send(store, other)
        async with store.view() as view:
            assert await view.entries(conv, limit=2) == sent[:2]
            assert await view.entries(conv, limit=2, newest=True) == sent[-2:]
            inside = await view.entries(conv, after=sent[0].seq, before=sent[5].seq)
            assert inside == sent[1:5]
            assert await view.entries(conv, after=sent[0].seq, before=sent[5].seq, limit=2) == sent[1:3]
            newest = await view.entries(conv, after=sent[0].seq, before=sent[5].seq, limit=2, newest=True)
            assert newest == sent[3:5]
            assert await view.entries(conv, after=sent[5].seq) == []
            assert await view.entries(conv, limit=0) == []

    async def test_an_amended_entry_keeps_its_place_and_its_first_content(self, store: Store) -> None:
        """Two edits: the newest form wins, the first content and both amendments stay."""
        conv = await open_zone(store)
        target = await send(store, conv, b'{"v":0}')
        later = await send(store, conv)
        edits = []
        for form in (b'{"v":1}', b'{"v":2}'):

            async def edit(tx: Tx, form: bytes = form) -> Entry:
                added = await tx.add(amendment(conv, target.id, Rel.EDIT, form))
                await tx.form(target.id, form)
                return added

            edits.append((await store.write(edit)).value)
        async with store.view() as view:
            found = await view.entry(target.id)
            assert found is not None
            assert (found.seq, found.nr, found.body, found.form) == (
                target.seq,
                1,
                b'{"v":0}',
                b'{"v":2}',
            )
            assert found.current == b'{"v":2}'
            assert await view.related(found, limit=9) == edits
            assert await view.related(found, Rel.EDIT, after=edits[0].seq, limit=9) == edits[1:]
            assert await view.related(found, limit=1) == edits[:1]
            assert await view.related(found, limit=1, newest=True) == edits[-1:]
            assert await view.related(found, Rel.EDIT, limit=9, newest=True) == edits
            assert await view.related(found, Rel.PIN, limit=9) == []
            assert await view.entries(conv) == [found, later, *edits]

    async def test_a_form_comes_only_with_its_amendment(self, store: Store) -> None:
        """Else a reader would learn of a new form from no change at all."""
        conv = await open_zone(store)
        target = await send(store, conv)

        async def alone(tx: Tx) -> None:
            await tx.form(target.id, b'{"v":1}')

        async def of_another(tx: Tx) -> None:
            other = await tx.add(message(conv))
            await tx.add(amendment(conv, other.id, Rel.EDIT))
            await tx.form(target.id, b'{"v":1}')

        for work in (alone, of_another):
            with pytest.raises(Invalid):
                await store.write(work)
        async with store.view() as view:
            assert await view.entries(conv) == [target]

    async def test_only_what_lies_in_the_conversation_can_be_amended(self, store: Store) -> None:
        """An amendment is seen where it lies, its target's form only where the target lies."""
        conv, other = await open_zone(store), await open_zone(store)
        target = await send(store, other)

        async def work(tx: Tx, of: Id = target.id) -> None:
            await tx.add(amendment(conv, of, Rel.EDIT))

        with pytest.raises(NotFound):
            await store.write(work)

        async def unknown(tx: Tx) -> None:
            await work(tx, Id(4242))

        with pytest.raises(NotFound):
            await store.write(unknown)
        async with store.view() as view:
            assert await view.entries(conv) == []

    async def test_a_commit_carries_the_target_in_its_current_form(self, store: Store) -> None:
        """A waiter answers from the commit: it must not read the target again for each of its readers."""
        conv = await open_zone(store)
        target = await send(store, conv)
        commits: list[dict[Id, Entry]] = []
        end = store.watch(lambda commit: commits.append(dict(commit.entries)))

        async def pin(tx: Tx) -> Entry:
            return await tx.add(amendment(conv, target.id, Rel.PIN))

        pinned = (await store.write(pin)).value
        end()
        assert commits == [{target.id: target, pinned.id: pinned}]

    async def test_a_work_has_its_end_in_all_its_changes(self, store: Store) -> None:
        """Where a page may be cut: changes of one work are never torn."""
        conv = await open_zone(store)
        begin = store.head

        async def three(tx: Tx) -> None:
            for _ in range(3):
                await tx.add(message(conv))

        await store.write(three)
        await store.write(three)
        async with store.view() as view:
            changes = await view.changes(begin, limit=10)
            assert [change.work - begin for change in changes] == [3, 3, 3, 6, 6, 6]
            assert [change.seq for change in await view.changes(begin, until=Seq(begin + 2), limit=10)] == [
                begin + 1,
                begin + 2,
            ]
