"""A restored store stands at the end of its jump: who follows the log is not led into the gap."""

import asyncio
from pathlib import Path

from syncline.core.ids import JUMP, Seq
from syncline.store.contract import Tx
from syncline.store.sqlite import open_store
from syncline.store.sqlite.store import SqliteStore
from syncline.testing.store.log import follow, seqs
from syncline.testing.store.opening import open_zone, send


async def jumped(directory: Path) -> tuple[SqliteStore, Seq]:
    """A store with one change that was restored, and its head before that."""
    store = await open_store(directory)
    await send(store, await open_zone(store))
    before = store.head

    async def jump(tx: Tx) -> None:
        tx.set_meta("jumps", f"[[{before},{before + JUMP}]]")

    await store.write(jump)
    await store.close()
    return await open_store(directory), before


async def test_the_next_change_stands_behind_the_jump(tmp_path: Path) -> None:
    """Cursors from the lost future are smaller than all that comes, and larger than all that there was."""
    store, before = await jumped(tmp_path / "data")
    try:
        assert store.head == before + JUMP
        async with store.view() as view:
            assert view.head == before + JUMP
        entry = await send(store, await open_zone(store))
        assert entry.seq == before + JUMP + 1
    finally:
        await store.close()


async def test_a_follower_waits_at_the_end_of_the_jump(tmp_path: Path) -> None:
    """From before it, from inside it, from its end: none spins, none misses the first change behind it."""
    store, before = await jumped(tmp_path / "data")
    try:
        last = Seq(before + JUMP + 1)
        cursors = [Seq(0), before, Seq(before + 5), Seq(before + JUMP - 1), Seq(before + JUMP)]
        following = [asyncio.create_task(follow(store, cursor, last)) for cursor in cursors]
        for _ in range(5):
            await asyncio.sleep(0)
        assert not any(task.done() for task in following)
        await send(store, await open_zone(store))
        async with asyncio.timeout(5):
            found = [seqs(commits) for commits in await asyncio.gather(*following)]
        assert found == [[*range(1, before + 1), last], [last], [last], [last], [last]]
    finally:
        await store.close()
