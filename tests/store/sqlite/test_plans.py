"""What SQLite does to find entries: counted in its own steps, for no clock tells it in a small store."""

from collections.abc import Awaitable, Callable, Sequence

import pytest

from syncline.core.entries import Entry, NewEntry
from syncline.core.ids import ZoneId
from syncline.core.kinds import EntryKind, Rel, ZoneKind
from syncline.store.contract import Store, Tx, View
from syncline.store.sqlite.tracing import count_steps

Read = Callable[[View, Entry], Awaitable[Sequence[Entry]]]


async def filled(store: Store, others: int) -> Entry:
    """The first entry of a conversation, with two edits and two answers, among so many others."""

    async def work(tx: Tx) -> Entry:
        conv: ZoneId = tx.open_zone(ZoneKind.CONVERSATION)
        first = await tx.add(NewEntry(conv, EntryKind.MESSAGE, None, b"{}"))
        for number in range(others):
            if number % (others // 2) == 0:
                edit = NewEntry(conv, EntryKind.AMENDMENT, None, b"{}", target=first.id, rel=Rel.EDIT)
                await tx.add(edit)
                await tx.add(NewEntry(conv, EntryKind.MESSAGE, None, b"{}", root=first.id))
            await tx.add(NewEntry(conv, EntryKind.MESSAGE, None, b"{}"))
        return first

    return (await store.write(work)).value


async def related(view: View, entry: Entry) -> Sequence[Entry]:
    """All amendments."""
    return await view.related(entry, limit=100)


async def edits(view: View, entry: Entry) -> Sequence[Entry]:
    """Amendments of one kind."""
    return await view.related(entry, Rel.EDIT, limit=100)


async def thread(view: View, entry: Entry) -> Sequence[Entry]:
    """The entries of a thread."""
    return await view.thread(entry.conv, entry.id, limit=100)


@pytest.mark.parametrize("read", [related, edits, thread])
async def test_what_belongs_to_an_entry_is_found_by_its_index(store: Store, read: Read) -> None:
    """Two of 20 entries cost as much as two of 400: the conversation itself is not walked."""
    costs = []
    for others in (20, 400):
        entry = await filled(store, others)
        with count_steps() as steps:
            async with store.view() as view:
                assert len(await read(view, entry)) == 2
        costs.append(sum(steps.values()))
    assert costs[1] <= costs[0] + 50


async def test_the_newest_amendment_of_many_costs_no_reading_of_the_others(store: Store) -> None:
    """Its index says which it is: a few steps for each, far from what a row with its body takes."""

    async def work(tx: Tx) -> Entry:
        conv = tx.open_zone(ZoneKind.CONVERSATION)
        first = await tx.add(NewEntry(conv, EntryKind.MESSAGE, None, b"{}"))
        for _ in range(400):
            edit = NewEntry(conv, EntryKind.AMENDMENT, None, b"{}", target=first.id, rel=Rel.EDIT)
            await tx.add(edit)
        return first

    entry = (await store.write(work)).value
    with count_steps() as few:
        async with store.view() as view:
            (newest,) = await view.related(entry, limit=1, newest=True)
    with count_steps() as all:
        async with store.view() as view:
            assert (await view.related(entry, limit=500))[-1] == newest
    assert sum(few.values()) < sum(all.values()) / 2
