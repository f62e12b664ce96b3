"""Blobs: small ones as rows of `blobs.db`, large ones as files by their hash.

`put` buffers; the group commit that names a blob waits for `flush`. A file with fsync per mail costs 242 µs
and a row 75 µs on a quick disk (milliseconds on others), so that only what is large gets a file.
"""

import asyncio
import hashlib
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import apsw

from syncline.core.errors import Damaged, NotFound
from syncline.core.ids import Hash
from syncline.store.sqlite.collecting import SPARED
from syncline.store.sqlite.connection import close_quietly, open_owner
from syncline.store.sqlite.schema import BLOBS

LARGE: Final = 64 * 1024
"""From this size on a blob is a file."""
LOCK_TRIES: Final = 600
INSERT_BLOB: Final = "INSERT OR IGNORE INTO blob(hash, size, at, body) VALUES(?, ?, ?, ?)"
IN_WORKER: Final = 32 * 1024
"""From this size on hashing is left to a thread (SHA-256: about 1 ms for 500 KB)."""


class SqliteBlobs:
    """The blobs of one data directory."""

    def __init__(self, directory: Path) -> None:
        """Open (or make) `blobs.db` and the folder of large blobs."""
        self.path = directory / "blobs.db"
        self._folder = directory / "blobs"
        self.connection = self._open()
        self._buffer: dict[Hash, bytes] = {}
        self._touched: dict[Hash, int] = {}

    def _open(self) -> apsw.Connection:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        connection = open_owner(self.path)
        if not connection.execute("PRAGMA user_version").get:
            with connection:
                for statement in BLOBS:
                    connection.execute(statement)
                connection.execute("PRAGMA user_version=1")
        return connection

    def reopen(self) -> None:
        """Use a fresh connection (after a fault of the disk)."""
        connection = self._open()  # before the old one goes; see SqliteBackend.recover
        close_quietly(self.connection)
        self.connection = connection

    async def put(self, data: bytes) -> Hash:
        """Keep bytes; durable once a commit that names them was answered."""
        if len(data) >= IN_WORKER:
            digest = await asyncio.to_thread(lambda: hashlib.sha256(data).digest())
        else:
            digest = hashlib.sha256(data).digest()
        hash = Hash(digest)
        self._buffer[hash] = data
        self._touched[hash] = int(time.time() * 1000)
        return hash

    async def flush(self, hashes: Iterable[Hash]) -> None:
        """Make buffered blobs durable: one flush for all; raises what the disk says."""
        now = int(time.time() * 1000)
        wanted = []
        for hash in hashes:
            self._touched[hash] = now  # named: a collection that began before must spare it
            if hash in self._buffer:
                wanted.append(hash)
        if not wanted:
            return
        large = [hash for hash in wanted if len(self._buffer[hash]) >= LARGE]
        if large:
            await asyncio.to_thread(self._write_files, {hash: self._buffer[hash] for hash in large})
        rows = [
            (hash, len(data), now, data if len(data) < LARGE else None)
            for hash in wanted
            for data in (self._buffer[hash],)
        ]
        for attempt in range(LOCK_TRIES):
            try:
                with self.connection:
                    self.connection.executemany(INSERT_BLOB, rows)
                break
            except apsw.BusyError:
                # a checkpoint empties the write-ahead log: it takes milliseconds, and its writer waits
                if attempt == LOCK_TRIES - 1:
                    raise
                await asyncio.sleep(min(0.001 * (attempt + 1), 0.05))
        for hash in wanted:
            self._buffer.pop(hash, None)

    def path_of(self, hash: Hash) -> Path:
        """Where a large blob lies."""
        name = hash.hex()
        return self._folder / name[:2] / name

    def _write_files(self, blobs: dict[Hash, bytes]) -> None:
        folders: set[Path] = set()
        for hash, data in blobs.items():
            path = self.path_of(hash)
            if path.exists():
                continue
            path.parent.mkdir(mode=0o700, exist_ok=True)
            folders.update((path.parent, self._folder))
            temporary = path.with_suffix(".new")
            file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            try:
                with memoryview(data) as rest:
                    written = 0
                    while written < len(rest):
                        written += os.write(file, rest[written:])
                os.fsync(file)
            except BaseException:
                temporary.unlink()  # a disk that is full needs the room
                raise
            finally:
                os.close(file)
            temporary.rename(path)
        for folder in folders:
            sync_folder(folder)

    async def get(self, hash: Hash) -> bytes:
        """The bytes; raises NotFound if they are not there, Damaged if they are not what they were."""
        buffered = self._buffer.get(hash)
        if buffered is not None:
            return buffered
        row = self.connection.execute("SELECT body FROM blob WHERE hash = ?", (hash,)).fetchone()
        if row is None:
            raise NotFound("there is no such file")
        data = row[0]
        if data is None:
            return await asyncio.to_thread(self._read_file, hash)
        if hashlib.sha256(data).digest() != hash:
            raise Damaged(f"the blob {hash.hex()} is not what it was")
        return bytes(data)

    def _read_file(self, hash: Hash) -> bytes:
        try:
            data = self.path_of(hash).read_bytes()
        except FileNotFoundError:
            raise Damaged(f"the file of the blob {hash.hex()} is missing") from None
        if hashlib.sha256(data).digest() != hash:
            raise Damaged(f"the blob {hash.hex()} is not what it was")
        return data

    async def size(self, hash: Hash) -> int | None:
        """How many bytes a blob has, None if it is not there."""
        buffered = self._buffer.get(hash)
        if buffered is not None:
            return len(buffered)
        row = self.connection.execute("SELECT size FROM blob WHERE hash = ?", (hash,)).fetchone()
        return None if row is None else int(row[0])

    def delete(self, hashes: Iterable[Hash]) -> None:
        """Delete blobs that nothing names any more; what was put again meanwhile stays in the buffer."""
        for hash in hashes:
            row = self.connection.execute(
                "DELETE FROM blob WHERE hash = ? RETURNING body IS NULL", (hash,)
            ).fetchone()
            if row is not None and row[0]:
                self.path_of(hash).unlink(missing_ok=True)

    async def forget(self, unnamed: Iterable[Hash]) -> int:
        """Delete what nothing names (`collecting`), unless it was put again lately; returns how many went."""
        since = int(time.time() * 1000) - SPARED
        gone = 0
        for hash in unnamed:
            if self._touched.get(hash, 0) < since:
                self.delete((hash,))
                gone += 1
                await asyncio.sleep(0)  # a delete takes 0.1 ms, more with a file
        self._touched = {hash: at for hash, at in self._touched.items() if at >= since}
        for hash in [hash for hash in self._buffer if hash not in self._touched]:
            del self._buffer[hash]  # its work failed, or never came
        return gone

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()


def sync_folder(folder: Path) -> None:
    """Make a folder's list of names durable."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
