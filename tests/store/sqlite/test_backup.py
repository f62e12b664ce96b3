"""Backups hold what was acknowledged before; what comes back is whole, and its readers notice."""

import asyncio
import stat
import tarfile
from pathlib import Path

import apsw
import pytest
from tests.store.sqlite.healthy import Healthy, make_healthy

from syncline.core.entries import NewEntry
from syncline.core.errors import Conflict, Damaged, NotFound
from syncline.core.ids import JUMP, Seq, ZoneId
from syncline.core.kinds import EntryKind, ReaderKind, ZoneKind
from syncline.store.contract import Tx
from syncline.store.sqlite import open_store
from syncline.store.sqlite.backup import backup
from syncline.store.sqlite.restore import restore
from syncline.store.sqlite.store import SqliteStore
from syncline.store.sqlite.verify import verify


@pytest.fixture
async def healthy(tmp_path: Path) -> Healthy:
    """A store at rest with something of everything."""
    return await make_healthy(tmp_path / "data")


async def open_conversation(store: SqliteStore) -> ZoneId:
    """A conversation to write into."""

    async def work(tx: Tx) -> ZoneId:
        return tx.open_zone(ZoneKind.CONVERSATION)

    return (await store.write(work)).value


async def say(store: SqliteStore, conv: ZoneId, *, blob: bytes | None = None) -> Seq:
    """Add an entry; returns its seq."""
    hash = None if blob is None else await store.blobs.put(blob)

    async def work(tx: Tx) -> None:
        entry = await tx.add(NewEntry(conv=conv, kind=EntryKind.MESSAGE, author=None, body=b'{"text":"x"}'))
        if hash is not None:
            tx.names(hash, entry.id)

    return (await store.write(work)).seq


def rows(directory: Path, sql: str) -> list[tuple[object, ...]]:
    """The rows of a query on a store at rest."""
    with apsw.Connection(str(directory / "store.db")) as store:
        found = [*store.execute(sql)]
    store.close()
    return found


def names(directory: Path) -> list[str]:
    """What lies in a directory."""
    return sorted(path.name for path in directory.iterdir())


async def test_what_comes_back_is_what_was_there(healthy: Healthy, tmp_path: Path) -> None:
    """Every entry, object and blob is in the restored store, and verify finds nothing wrong with it."""
    backup(healthy.directory, tmp_path / "b.tar")
    restore(tmp_path / "b.tar", tmp_path / "new")
    assert list(verify(tmp_path / "new")) == []
    for table in ("entry", "object", "grants", "state", "change", "departure", "version", "key", "queue"):
        sql = f"SELECT * FROM {table} ORDER BY 1, 2, 3"
        assert rows(tmp_path / "new", sql) == rows(healthy.directory, sql)
    store = await open_store(tmp_path / "new")
    assert await store.blobs.get(healthy.small) == b"a small blob"
    assert await store.blobs.get(healthy.large) == b"a large blob" * 10_000
    await store.close()


async def test_a_restore_jumps_so_that_lost_cursors_are_known(healthy: Healthy, tmp_path: Path) -> None:
    """Clients hold cursors from a future that did not happen: seq goes on 2^32 later, in a new epoch."""
    last = rows(healthy.directory, "SELECT max(seq) FROM change")[0][0]
    assert isinstance(last, int)
    backup(healthy.directory, tmp_path / "b.tar")
    restored = restore(tmp_path / "b.tar", tmp_path / "new")
    assert (restored.last, restored.head) == (last, last + JUMP)
    epochs = [
        rows(place, "SELECT value FROM meta WHERE name = 'epoch'")
        for place in (healthy.directory, tmp_path / "new")
    ]
    assert epochs[0] != epochs[1]
    store = await open_store(tmp_path / "new")
    assert await say(store, healthy.conv) == last + JUMP + 1
    await store.close()
    assert list(verify(tmp_path / "new")) == []


async def test_a_restored_backup_can_be_backed_up_and_restored(healthy: Healthy, tmp_path: Path) -> None:
    """Two jumps with nothing between them are still a log without a hole."""
    backup(healthy.directory, tmp_path / "b.tar")
    first = restore(tmp_path / "b.tar", tmp_path / "one")
    backup(tmp_path / "one", tmp_path / "c.tar")
    second = restore(tmp_path / "c.tar", tmp_path / "two")
    assert second.last == first.head
    store = await open_store(tmp_path / "two")
    assert await say(store, healthy.conv) == second.head + 1
    await store.close()
    assert list(verify(tmp_path / "two")) == []


async def test_devices_and_sites_learn_of_a_restore(healthy: Healthy, tmp_path: Path) -> None:
    """Devices get all again, so their marks go; a site's number moves on by 128, so its caches ask again."""
    before = rows(healthy.directory, f"SELECT id, nr FROM zone WHERE kind = {ZoneKind.SITE}")
    backup(healthy.directory, tmp_path / "b.tar")
    restore(tmp_path / "b.tar", tmp_path / "new")
    after = rows(tmp_path / "new", f"SELECT id, nr FROM zone WHERE kind = {ZoneKind.SITE}")
    assert after == [(id, nr + 128) for id, nr in before if isinstance(nr, int)]
    assert rows(tmp_path / "new", "SELECT * FROM mark UNION SELECT * FROM mark_exception") == []
    assert rows(tmp_path / "new", f"SELECT name FROM reader WHERE kind = {ReaderKind.DEVICE}") == [("phone",)]


async def test_a_backup_while_works_go_on_holds_a_whole_moment(tmp_path: Path) -> None:
    """Writers go on; the backup holds all that was acknowledged before it began, and no half work."""
    store = await open_store(tmp_path / "data")
    conv = await open_conversation(store)
    acknowledged = 0
    stop = False

    async def write() -> None:
        nonlocal acknowledged
        turn = 0
        while not stop:
            turn += 1
            acknowledged = await say(store, conv, blob=b"%d" % turn * (30_000 if turn % 20 == 0 else 10))

    writer = asyncio.create_task(write())
    while acknowledged < 200:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    known = acknowledged
    done = await asyncio.to_thread(backup, tmp_path / "data", tmp_path / "b.tar")
    while acknowledged <= done.head:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    stop = True
    await writer
    await store.close()
    assert done.head >= known
    restore(tmp_path / "b.tar", tmp_path / "new")
    assert list(verify(tmp_path / "new")) == []
    assert rows(tmp_path / "new", "SELECT max(seq) FROM entry") == [(done.head,)]


async def test_a_blob_erased_meanwhile_does_not_break_the_backup(healthy: Healthy, tmp_path: Path) -> None:
    """A large blob goes away between the moment of the databases and its own turn: the backup begins anew."""
    name = healthy.large.hex()
    file = healthy.directory / "blobs" / name[:2] / name

    def erase(what: str, done: int, total: int) -> None:
        if what == "large blobs" and file.exists():
            file.unlink()
            for database, table in (("store.db", "blob_ref"), ("blobs.db", "blob")):
                with apsw.Connection(str(healthy.directory / database)) as connection:
                    connection.set_busy_timeout(1000)
                    connection.execute(f"DELETE FROM {table} WHERE hash = ?", (healthy.large,))
                connection.close()

    backup(healthy.directory, tmp_path / "b.tar", progress=erase)
    restore(tmp_path / "b.tar", tmp_path / "new")
    assert list(verify(tmp_path / "new")) == []
    with tarfile.open(tmp_path / "b.tar") as tar:
        assert name not in "".join(tar.getnames())


async def test_a_backup_is_for_its_owner_and_never_written_over(healthy: Healthy, tmp_path: Path) -> None:
    """It holds everybody's mail and password hashes; and yesterday's may be the only good one."""
    backup(healthy.directory, tmp_path / "b.tar")
    assert stat.S_IMODE((tmp_path / "b.tar").stat().st_mode) == 0o600
    with pytest.raises(Conflict, match="exists already"):
        backup(healthy.directory, tmp_path / "b.tar")
    with pytest.raises(NotFound, match="no directory"):
        backup(healthy.directory, tmp_path / "nowhere" / "b.tar")
    assert names(tmp_path) == ["b.tar", "data"]


async def test_a_restore_never_touches_a_directory_in_use(healthy: Healthy, tmp_path: Path) -> None:
    """A wrong --data must not cost a workspace."""
    backup(healthy.directory, tmp_path / "b.tar")
    with pytest.raises(Conflict, match="not empty"):
        restore(tmp_path / "b.tar", healthy.directory)
    assert list(verify(healthy.directory)) == []


@pytest.mark.parametrize("share", [0.02, 0.5, 0.9, 0.999])
async def test_a_torn_backup_leaves_no_store(healthy: Healthy, tmp_path: Path, share: float) -> None:
    """Half a backup is refused, and what it left can be restored over with a whole one."""
    backup(healthy.directory, tmp_path / "b.tar")
    whole = (tmp_path / "b.tar").read_bytes()
    end = whole.index(b"complete\0")  # tar pads with zeros behind it, and they may be missing
    (tmp_path / "torn.tar").write_bytes(whole[: int(end * share)])
    with pytest.raises(Damaged, match="not a whole backup"):
        restore(tmp_path / "torn.tar", tmp_path / "new")
    assert not (tmp_path / "new" / "store.db").exists()
    restore(tmp_path / "b.tar", tmp_path / "new")
    assert list(verify(tmp_path / "new")) == []


async def test_a_backup_with_foreign_paths_is_refused(healthy: Healthy, tmp_path: Path) -> None:
    """A tar file from elsewhere may name ../../etc; nothing outside of the new directory is ever written."""
    backup(healthy.directory, tmp_path / "b.tar")
    with tarfile.open(tmp_path / "b.tar") as good, tarfile.open(tmp_path / "evil.tar", "w") as evil:
        for member in good.getmembers():
            content = good.extractfile(member)
            if member.name == "blobs.db":
                member.name = "../escaped"
            evil.addfile(member, content)
    with pytest.raises(Damaged):
        restore(tmp_path / "evil.tar", tmp_path / "new")
    assert not (tmp_path / "escaped").exists()
