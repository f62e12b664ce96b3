"""A disk that is full, fails, or cannot be written: a clear error, nothing acknowledged lost, then on."""

import asyncio
import errno
import os
import random
from pathlib import Path

import apsw
import pytest
from tests.faults.disk import Disk, under

from syncline.core.entries import Entry
from syncline.core.errors import Damaged, DiskFull, ReadOnly, Unavailable
from syncline.core.ids import Hash, Id
from syncline.core.kinds import ZoneKind
from syncline.store.contract import Tx
from syncline.store.sqlite import checkpoint, open_store
from syncline.store.sqlite.store import SqliteStore
from syncline.store.sqlite.verify import verify
from syncline.testing.store.opening import message, open_zone, send

# SQLite goes on after some faults (of a checkpoint as it closes); apsw says so in its own way
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

FAULTS = {
    "full": (apsw.FullError, "write", DiskFull),
    "broken at writing": (apsw.IOError, "write", Unavailable),
    "broken at flushing": (apsw.IOError, "sync", Unavailable),
    "read-only": (apsw.ReadOnlyError, "write", ReadOnly),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_is_said_and_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """For a while every write is refused, by its own sentence; then all goes on where it was."""
    raised, wanted, said = FAULTS[fault]
    with under(monkeypatch) as disk:
        store = await open_store(tmp_path / "data")
        conv = await open_zone(store)
        before = [await send(store, conv) for _ in range(3)]

        def fail(act: str, name: str) -> None:
            if act == wanted:
                raise raised("injected")

        disk.fault = fail
        for _ in range(3):
            with pytest.raises(said) as told:
                await send(store, conv)
            assert type(told.value) is said
            async with store.view() as view:  # reading goes on
                assert await view.entries(conv) == before
        disk.fault = lambda act, name: None
        after = [await send(store, conv) for _ in range(3)]
        await _holds(store, [*before, *after])
        await store.close()
        store = await open_store(tmp_path / "data")
        await _holds(store, [*before, *after])
        await store.close()
    assert list(verify(tmp_path / "data")) == []


async def _holds(store: SqliteStore, acknowledged: list[Entry]) -> None:
    async with store.view() as view:
        entries = await view.entries(acknowledged[0].conv)
    assert [entry.nr for entry in entries] == list(range(1, len(entries) + 1))
    assert [entry for entry in entries if entry in acknowledged] == acknowledged


@pytest.mark.parametrize("seed", range(6))
async def test_faults_at_random_moments_lose_nothing_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Any write, flush or truncation may fail, in commits and in checkpoints; eight clients go on.

    Then the power is cut. Refused writes may stand (their outcome was unknown); what was answered must.
    """
    chance = random.Random(seed)
    monkeypatch.setattr(checkpoint, "PAGES", 10)
    raised = (apsw.FullError, apsw.IOError)
    answered: dict[Id, Entry] = {}
    refused: list[Unavailable] = []
    cut = tmp_path / "cut"
    with under(monkeypatch) as disk:
        store = await open_store(tmp_path / "data")
        conv = await open_zone(store)

        def fail(act: str, name: str) -> None:
            if chance.random() < 0.02:
                raise chance.choice(raised)("injected")

        async def client(place: int) -> None:
            for number in range(30):
                blob = await store.blobs.put(b"%d/%d" % (place, number)) if number % 6 == 0 else None

                async def work(tx: Tx, number: int = number, blob: bytes | None = blob) -> Entry:
                    added = await tx.add(message(conv, b'{"c":%d,"n":%d}' % (place, number)))
                    if blob is not None:
                        tx.names(Hash(blob), added.id)
                    return added

                try:
                    entry = (await store.write(work)).value
                except Unavailable as error:
                    refused.append(error)
                else:
                    answered[entry.id] = entry

        disk.fault = fail
        await asyncio.gather(*(client(place) for place in range(8)))
        disk.fault = lambda act, name: None
        last = await send(store, conv)
        answered[last.id] = last
        disk.cut_power(cut, chance)
        await store.close()
    assert len(refused) > 3
    for directory in (tmp_path / "data", cut):
        store = await open_store(directory, create=False)
        await _holds(store, sorted(answered.values(), key=lambda entry: entry.seq))
        async with store.view() as view:
            for id in answered:
                for hash in await view.named_blobs(id):
                    await store.blobs.get(hash)
        await store.close()
        assert list(verify(directory)) == []


async def test_a_full_disk_under_a_large_blob(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its file is written beside the database: refused as clearly, and no half file is left."""
    store = await open_store(tmp_path / "data")
    conv = await open_zone(store)
    hash = await store.blobs.put(b"large" * 50_000)
    full = OSError(errno.ENOSPC, "No space left on device")

    async def work(tx: Tx) -> None:
        tx.names(hash, (await tx.add(message(conv))).id)

    def no_room(file: int, data: bytes) -> int:
        raise full

    with monkeypatch.context() as context:
        context.setattr(os, "write", no_room)
        with pytest.raises(DiskFull):
            await store.write(work)
    assert [path for path in (tmp_path / "data" / "blobs").rglob("*") if path.is_file()] == []
    await store.write(work)
    assert await store.blobs.get(hash) == b"large" * 50_000
    async with store.view() as view:
        assert len(await view.entries(conv)) == 1
    await store.close()


@pytest.mark.parametrize("size", [100, 100_000], ids=["small", "large"])
async def test_a_missing_or_changed_blob_is_said(tmp_path: Path, size: int) -> None:
    """Never given out as if it were what was put; `verify` names it."""
    directory = tmp_path / "data"
    store = await open_store(directory)
    conv = await open_zone(store, ZoneKind.CONVERSATION)
    hash = await store.blobs.put(b"x" * size)

    async def work(tx: Tx) -> None:
        tx.names(hash, (await tx.add(message(conv))).id)

    await store.write(work)
    await store.close()
    if size > 1000:
        file = directory / "blobs" / hash.hex()[:2] / hash.hex()
        file.write_bytes(b"y" + file.read_bytes()[1:])
    else:
        with apsw.Connection(str(directory / "blobs.db")) as connection:
            connection.execute("UPDATE blob SET body = ?", (b"y" + b"x" * (size - 1),))
        connection.close()
    store = await open_store(directory)
    with pytest.raises(Damaged):
        await store.blobs.get(hash)
    await store.close()
    assert [one.sentence for one in verify(directory) if hash.hex() in one.sentence]
    if size > 1000:
        file.unlink()
        store = await open_store(directory)
        with pytest.raises(Damaged):
            await store.blobs.get(hash)
        await store.close()
        assert [one.sentence for one in verify(directory) if hash.hex() in one.sentence]


def test_the_disk_of_these_tests_forgets_what_was_not_flushed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the tests above could not fail: without flushing, a cut loses committed rows."""
    with under(monkeypatch) as disk:
        rows = []
        for synchronous in ("OFF", "FULL"):
            path = tmp_path / f"{synchronous}.db"
            connection = apsw.Connection(str(path))
            connection.execute("PRAGMA journal_mode=WAL").fetchall()
            connection.execute(f"PRAGMA synchronous={synchronous}; CREATE TABLE t(x)")
            for number in range(20):
                connection.execute("INSERT INTO t VALUES(?)", (number,))
            rows.append(_after_a_cut(disk, tmp_path / f"cut-{synchronous}", path.name))
            connection.close()
        assert rows[0] < 20
        assert rows[1] == 20


def _after_a_cut(disk: Disk, directory: Path, name: str) -> int:
    disk.cut_power(directory, random.Random(1))
    connection = apsw.Connection(str(directory / name))
    try:
        return int(connection.execute("SELECT count(*) FROM t").get)
    except apsw.SQLError:  # not even the table
        return 0
    finally:
        connection.close()
