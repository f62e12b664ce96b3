"""The embedded store: its backend for the group commit, and how a data directory is opened."""

import asyncio
import logging
import secrets
import time
import uuid
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import apsw
import msgspec

from syncline.core.errors import Damaged, NotFound, Unavailable
from syncline.core.ids import DIRECTORY, FIRST_ID, Hash, Seq
from syncline.core.kinds import ZoneKind
from syncline.core.zones import Zone
from syncline.store.batch import Batch, Stale, Unstorable
from syncline.store.contract import View
from syncline.store.draft.base import COUNTER_OF_IDS
from syncline.store.group import LogStore
from syncline.store.sqlite.append import write
from syncline.store.sqlite.blobs import SqliteBlobs
from syncline.store.sqlite.checkpoint import Checkpointer
from syncline.store.sqlite.collecting import unnamed
from syncline.store.sqlite.connection import ReaderPool, close_quietly, open_owner
from syncline.store.sqlite.faults import fault
from syncline.store.sqlite.flushing import Flusher
from syncline.store.sqlite.lock import OwnerLock
from syncline.store.sqlite.overwriting import empty_log
from syncline.store.sqlite.reading import SqliteView
from syncline.store.sqlite.schema import migrate
from syncline.store.sqlite.soundness import check_present, take_in_log
from syncline.store.sqlite.writing import WriterView

T = TypeVar("T")

UNSTORABLE: Final = (
    apsw.ConstraintError,
    apsw.MismatchError,
    apsw.TooBigError,
    OverflowError,
    TypeError,
    UnicodeEncodeError,
)
"""What SQLite and its driver say of values, not of the disk."""
LOCK_TRIES: Final = 600
"""About 30 seconds."""

log = logging.getLogger("syncline.store")


class SqliteBackend:
    """One data directory: `store.db`, `blobs.db`, and the folder of large blobs."""

    def __init__(self, directory: Path) -> None:
        """Open (or make) the files; needs a running event loop."""
        self.directory = directory
        self._path = directory / "store.db"
        check_present(directory)
        take_in_log(self._path)
        take_in_log(directory / "blobs.db")
        self._writer = open_owner(self._path)
        self._prepare()
        self.blobs = SqliteBlobs(directory)
        self._pool = ReaderPool(self._path)
        self._checkpointer = Checkpointer(self._path, self._writer)
        self._blob_checkpointer = Checkpointer(self.blobs.path, self.blobs.connection)
        self._flusher = Flusher(self._measure_flush())
        self._jumped_to = self._last_jump()
        self._view = self._writer_view()
        self.epoch = self._meta("epoch")
        self.secret = self._meta("secret")
        self.next_id = self._last_id() + 1

    def _prepare(self) -> None:
        migrate(self._writer)
        rows = "SELECT name FROM meta WHERE name = 'epoch' UNION ALL SELECT name FROM counter"
        if self._writer.execute(f"SELECT 1 FROM change UNION ALL SELECT 1 FROM ({rows}) LIMIT 1").get is None:
            directory = Zone(DIRECTORY, ZoneKind.DIRECTORY)
            with self._writer:
                batch = Batch(Seq(0))
                batch.zones[DIRECTORY] = directory
                batch.counters[COUNTER_OF_IDS] = FIRST_ID - 1
                batch.meta["epoch"] = uuid.uuid4().hex
                batch.meta["secret"] = secrets.token_hex(32)
                batch.meta["jumps"] = "[]"
                write(self._writer, batch)

    def _measure_flush(self) -> float:
        """Seconds that one durable commit takes here, the quickest of three."""
        times = []
        for _ in range(3):
            started = time.perf_counter()
            with self._writer:
                self._writer.execute("INSERT OR REPLACE INTO meta VALUES('flush', ?)", (str(started),))
            times.append(time.perf_counter() - started)
        return min(times)

    def _meta(self, name: str) -> str:
        value = self._writer.execute("SELECT value FROM meta WHERE name = ?", (name,)).get
        if value is None:
            raise Damaged(f"{self._path} has lost its {name}: run `syncline verify`, restore a backup")
        return str(value)

    def _last_id(self) -> int:
        value = self._writer.execute("SELECT value FROM counter WHERE name = 'id'").get
        if value is None:
            raise Damaged(f"{self._path} has lost its counter of ids: restore a backup")
        return int(value)

    def _last_jump(self) -> int:
        jumps = msgspec.json.decode(self._meta("jumps"), type=list[tuple[int, int]])
        return jumps[-1][1] if jumps else 0

    def _read_head(self, connection: apsw.Connection) -> Seq:
        """The newest seq; a restored store that nobody wrote to yet stands at the end of its last jump."""
        found = connection.execute("SELECT max(seq) FROM change").get or 0
        return Seq(max(found, self._jumped_to))

    def _writer_view(self) -> WriterView:
        view = WriterView(self._writer, self._read_head(self._writer))
        view.forget()
        return view

    @property
    def head(self) -> Seq:
        """The newest committed seq that the writer knows."""
        return self._view.head

    @property
    def flush_time(self) -> float:
        """Seconds that a durable commit takes on this disk, as measured lately."""
        return self._flusher.time

    @asynccontextmanager
    async def view(self) -> AsyncIterator[View]:
        """One moment of committed works."""
        try:
            connection = self._pool.take()
        except apsw.Error as error:
            raise fault(error) from error
        try:
            connection.execute("BEGIN")
            yield SqliteView(connection, self._read_head(connection))
        except apsw.Error as error:
            raise fault(error) from error
        finally:
            self._pool.give(connection)

    async def begin(self) -> View:
        """Begin a group: take the write lock and read inside it."""
        await self._lock()
        head = self._read_head(self._writer)
        if head != self._view.head:
            self._view.forget()
            self._view.head = head
            self.next_id = self._last_id() + 1
        return self._view

    async def _lock(self) -> None:
        for attempt in range(LOCK_TRIES):
            try:
                self._writer.execute("BEGIN IMMEDIATE")
            except apsw.BusyError:
                # SQLite's own waiting would block the loop, and is not fair
                await asyncio.sleep(min(0.001 * (attempt + 1), 0.05))
            except apsw.Error as error:
                raise fault(error) from error
            else:
                return
        raise Unavailable("another process holds the store's write lock; is a second Syncline running?")

    async def perform(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a work's coroutine; raises RuntimeError if it awaits anything but its transaction.

        Stepped by hand (1.3 µs): so works never interleave, and no savepoints are needed.
        """
        try:
            work.send(None)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
        except apsw.Error as error:
            raise fault(error) from error
        work.close()
        raise RuntimeError("a work may await nothing but its transaction")

    async def append(self, batch: Batch) -> Seq:
        """Commit a batch durably and return its last seq (see Backend)."""
        if batch.base != self._view.head:
            await self.abandon()
            raise Stale
        writer = self._writer
        try:
            blobs = batch.blobs()
            if blobs:
                await self.blobs.flush(blobs)
            write(writer, batch)
        except UNSTORABLE as error:
            await self.abandon()
            raise Unstorable(str(error)) from error
        except (apsw.Error, OSError) as error:
            await self.abandon()
            raise fault(error) from error
        try:
            await self._flusher.commit(writer)
        except apsw.Error as error:
            await self.abandon()
            raise fault(error) from error
        head = batch.head
        self._view.moved(head, batch)
        last = batch.counters.get(COUNTER_OF_IDS)
        if last is not None:
            self.next_id = last + 1
        gone = [hash for (hash, _), named in batch.blob_refs.items() if not named]
        if gone:
            self.blobs.delete([hash for hash in gone if not self._named(hash)])
        return head

    def _named(self, hash: Hash) -> bool:
        return self._writer.execute("SELECT 1 FROM blob_ref WHERE hash = ?", (hash,)).get is not None

    async def abandon(self) -> None:
        """End a group that wrote nothing, or could not."""
        try:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
        except apsw.Error as error:
            log.warning("a rollback failed: %s", error)

    async def recover(self) -> Seq:
        """After a fault of the disk: fresh connections, and a commit that proves that it writes again."""
        # the new connection before the old one goes: were there none for a moment, SQLite would read the
        # write-ahead log anew, and find the commit whose flush failed (visible, but not durable) in it
        try:
            writer = open_owner(self._path)
            close_quietly(self._writer)
            self._writer = writer
            self._pool.reopen()
            self.blobs.reopen()
            self._checkpointer.follow(self._writer)
            self._blob_checkpointer.follow(self.blobs.connection)
            self._flusher.close()
            self._flusher = Flusher(self._measure_flush())
        except (apsw.Error, OSError) as error:
            raise fault(error) from error
        self._view = self._writer_view()
        self.next_id = self._last_id() + 1
        log.warning("the store was opened anew after a fault; its head is %d", self._view.head)
        return self._view.head

    async def scrub(self) -> None:
        """Leave no byte of overwritten content in any file: the write-ahead logs are emptied."""
        for _ in range(LOCK_TRIES):
            try:
                emptied = await asyncio.to_thread(self._empty_logs)
            except apsw.Error as error:
                raise fault(error) from error
            if emptied:
                return
            await asyncio.sleep(0.02)  # a reader still holds an older moment
        raise Unavailable("readers hold old moments of the store; erase again to empty its write-ahead log")

    def _empty_logs(self) -> bool:
        return all([empty_log(self._path), empty_log(self.blobs.path)])

    async def collect_blobs(self) -> int:
        """Delete blobs that nothing names and nobody put lately (left by a crash); returns how many."""
        return await self.blobs.forget(await asyncio.to_thread(unnamed, self.directory))

    async def close(self) -> None:
        """Let go of everything."""
        await self._checkpointer.close()
        await self._blob_checkpointer.close()
        self._flusher.close()
        self._pool.close()
        try:
            await asyncio.to_thread(self._empty_logs)
        except apsw.Error as error:
            log.warning("the write-ahead log stays as it is, the next start reads it: %s", error)
        self.blobs.close()
        self._writer.close()


class SqliteStore(LogStore):
    """A store on one data directory, with the lock that says whose it is."""

    def __init__(self, backend: SqliteBackend, lock: OwnerLock) -> None:
        """Use `open_store`."""
        super().__init__(backend, backend.head)
        self.directory = backend.directory
        self.backend = backend
        self.lock = lock

    async def close(self) -> None:
        """Finish what was accepted, then let go of all files and the lock."""
        await super().close()
        self.lock.release()


async def open_store(directory: Path, *, create: bool = True) -> SqliteStore:
    """Open a data directory, making it (mode 0700) unless told not to.

    Raises Owned if another process has it, Damaged or ReadOnly if its files cannot be used, NotFound if
    there is none and none may be made.
    """
    if not create and not (directory / "store.db").exists():
        check_present(directory)
        raise NotFound(
            f"there is no store in {directory}: start one with `syncline serve --data {directory}`"
        )
    lock = OwnerLock(directory)
    try:
        await asyncio.to_thread(directory.mkdir, mode=0o700, parents=True, exist_ok=True)
        lock.acquire()
        try:
            backend = SqliteBackend(directory)
        except BaseException:
            lock.release()
            raise
    except (apsw.Error, OSError) as error:
        raise fault(error) from error
    except (ValueError, msgspec.DecodeError) as error:
        raise Damaged(f"the store cannot be opened: {error}") from error
    return SqliteStore(backend, lock)
