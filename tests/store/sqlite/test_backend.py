"""The backend's own word: what it takes from the group commit, and what it refuses."""

import asyncio
import time
from pathlib import Path

import apsw
import pytest

from syncline.core.entries import Entry, NewEntry
from syncline.core.errors import Unavailable
from syncline.core.ids import Seq
from syncline.core.kinds import EntryKind
from syncline.store.batch import Batch, Stale
from syncline.store.contract import Tx
from syncline.store.sqlite import checkpoint, open_store, store
from syncline.store.sqlite.checkpoint import Checkpointer
from syncline.store.sqlite.connection import open_writer
from syncline.store.sqlite.store import SqliteBackend
from syncline.testing.store.log import follow, seqs
from syncline.testing.store.opening import open_zone, send


async def test_a_batch_on_an_older_head_is_stale(tmp_path: Path) -> None:
    """Its works read what is not so any more; nothing of it is written."""
    opened = await open_store(tmp_path / "data")
    await send(opened, await open_zone(opened))
    await opened.close()
    backend = SqliteBackend(tmp_path / "data")
    try:
        view = await backend.begin()
        batch = Batch(Seq(view.head - 1))
        batch.meta["x"] = "y"
        with pytest.raises(Stale):
            await backend.append(batch)
        async with backend.view() as seen:
            assert await seen.meta("x") is None
    finally:
        await backend.close()


async def test_what_another_process_writes_is_taken_in(tmp_path: Path) -> None:
    """It should not, but then its commits reach the followers, and no seq or id is given twice."""
    opened = await open_store(tmp_path / "data")
    conv = await open_zone(opened)
    first = await send(opened, conv)
    other = open_writer(tmp_path / "data" / "store.db")
    with other:
        other.execute(
            """INSERT INTO change SELECT ?, zone, kind, object + 100, act, 2, actor, at, ?
            FROM change WHERE seq = ?""",
            (first.seq + 1, first.seq + 1, first.seq),
        )
        other.execute("UPDATE zone SET nr = 2, head = ? WHERE id = ?", (first.seq + 1, conv))
        other.execute("UPDATE counter SET value = value + 100 WHERE name = 'id'")
    other.close()
    second = await send(opened, conv)
    assert (second.seq, second.nr) == (first.seq + 2, 3)
    assert second.id > first.id + 100
    assert seqs(await follow(opened, Seq(0), opened.head)) == list(range(1, opened.head + 1))
    await opened.close()


async def test_another_processs_lock_is_waited_for_without_blocking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A work waits; if the lock is never let go, it is refused in a sentence, and nothing of it stands."""
    opened = await open_store(tmp_path / "data")
    conv = await open_zone(opened)
    other = open_writer(tmp_path / "data" / "store.db")
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(store, "LOCK_TRIES", 3)
    with pytest.raises(Unavailable):
        await send(opened, conv)
    other.execute("ROLLBACK")
    other.close()
    assert (await send(opened, conv)).nr == 1
    await opened.close()


async def test_a_work_waits_while_the_file_of_blobs_is_locked(tmp_path: Path) -> None:
    """A checkpoint that empties the log of blobs.db holds its lock: an import of 100,000 mails met it."""
    opened = await open_store(tmp_path / "data")
    conv = await open_zone(opened)
    other = open_writer(tmp_path / "data" / "blobs.db")
    other.execute("BEGIN IMMEDIATE")
    hash = await opened.blobs.put(b"a picture")

    async def work(tx: Tx) -> Entry:
        entry = await tx.add(NewEntry(conv, EntryKind.MESSAGE, None, b"{}"))
        tx.names(hash, entry.id)
        return entry

    writing = asyncio.create_task(opened.write(work))
    await asyncio.sleep(0.02)
    assert not writing.done()
    other.execute("ROLLBACK")
    other.close()
    assert (await writing).value.nr == 1
    assert await opened.blobs.get(hash) == b"a picture"
    await opened.close()


async def test_the_writing_connection_flushes_every_commit(tmp_path: Path) -> None:
    """FULL (2) for both files; checkpoints are made elsewhere; what is freed is overwritten."""
    opened = await open_store(tmp_path / "data")
    for connection in (opened.backend._writer, opened.backend.blobs.connection):
        for pragma, value in (("synchronous", 2), ("wal_autocheckpoint", 0), ("secure_delete", 1)):
            assert connection.execute(f"PRAGMA {pragma}").get == value
        assert connection.execute("PRAGMA journal_mode").get == "wal"
    await opened.close()


async def test_blobs_nobody_came_for_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put, and their work failed: an hour later they are neither in memory nor in the file."""
    opened = await open_store(tmp_path / "data")
    blobs = opened.backend.blobs
    kept, dropped, never = [await blobs.put(data) for data in (b"kept", b"dropped", b"never")]
    conv = await open_zone(opened)

    async def name(tx: Tx) -> None:
        tx.names(kept, conv)
        tx.names(dropped, conv)

    await opened.write(name)
    with monkeypatch.context() as patch:
        # as a crash leaves it between a commit and the deletion that follows
        patch.setattr(type(blobs), "delete", lambda self, hashes: None)

        async def unname(tx: Tx) -> None:
            tx.unname(dropped, conv)

        await opened.write(unname)
    assert await opened.backend.collect_blobs() == 0
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 3700)
    assert await opened.backend.collect_blobs() == 1
    assert [await blobs.size(hash) for hash in (kept, dropped, never)] == [4, None, None]
    await opened.close()


async def test_steady_writing_does_not_start_a_checkpoint_for_each_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The write-ahead file never begins anew while writers do not pause: only its growth may count."""
    monkeypatch.setattr(checkpoint, "PAGES", 20)
    begun: list[str] = []
    monkeypatch.setattr(Checkpointer, "_start", lambda _, mode: begun.append(mode))
    writer = apsw.Connection(str(tmp_path / "some.db"))
    follower = Checkpointer(tmp_path / "some.db", writer)
    for pages in (5, 19, 20, 21, 25, 39, 40, 41, 3, 19, 20):
        follower._grown(writer, "main", pages)
    await asyncio.sleep(0)
    assert begun == ["PASSIVE"] * 3
    await follower.close()
    writer.close()
