"""The index's file at work: one thread that writes, a few that search, each search on one moment."""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final, TypeVar

import apsw

from syncline.services.search import schema, writing
from syncline.services.search.batch import Batch

T = TypeVar("T")

SEARCHERS: Final = 2
"""Threads that search: as many as the machines that this is made for have cores."""

CHECKPOINT_PAGES: Final = 2000
"""Pages in the write-ahead file after which they are brought home, beside the searches."""

PATIENCE: Final = 5
"""Times that the write-ahead file is tried to be emptied; each waits for searches for five seconds."""


class Files:
    """search.db with its connections. Its methods may be called on the loop; the work is done in threads."""

    def __init__(self, directory: Path) -> None:
        """Open the file, or make it."""
        self._directory = directory
        self._writer = schema.open_writer(directory)
        self._pages = 0
        self._writer.set_wal_hook(self._noted)
        self._idle: SimpleQueue[tuple[int, apsw.Connection]] = SimpleQueue()
        self._age = 0
        self._writing = ThreadPoolExecutor(1, "search-writer")
        self._searching = ThreadPoolExecutor(SEARCHERS, "search")
        self._looking: tuple[int, apsw.Connection] | None = None

    def progress(self) -> int:
        """The seq up to which the file holds everything."""
        return schema.progress(self._writer)

    def look(self) -> apsw.Connection:
        """A reading connection for a short look on the loop."""
        if self._looking is None or self._looking[0] != self._age:
            if self._looking is not None:
                self._looking[1].close(force=True)
            self._looking = (self._age, schema.open_reader(self._directory))
        return self._looking[1]

    async def search(self, read: Callable[[apsw.Connection], T]) -> T:
        """Read at one moment of the index, in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._searching, self._read, read)

    async def write(self, batch: Batch) -> None:
        """Write a batch."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._writing, self._write, batch)
        if self._pages >= CHECKPOINT_PAGES:
            self._pages = 0
            loop.run_in_executor(self._writing, self._checkpoint)

    async def settle(self, seq: int) -> None:
        """Make durable all that was written."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._writing, lambda: writing.settle(self._writer, seq))

    async def tidy(self) -> None:
        """Leave no word of erased mails in any file, step by step between other writes."""
        loop = asyncio.get_running_loop()
        begun = False
        while await loop.run_in_executor(self._writing, writing.tidy, self._writer, begun):
            begun = True
        await loop.run_in_executor(self._writing, self._empty_log)

    async def untidy(self) -> bool:
        """Whether words of erased mails may still stand in the file."""
        return await self.search(schema.untidy)

    async def make_anew(self) -> None:
        """Throw the file away and begin with an empty one."""
        await asyncio.get_running_loop().run_in_executor(self._writing, self._make_anew)

    def close(self) -> None:
        """Let go of the file."""
        self._writing.shutdown()
        self._searching.shutdown()
        self._age += 1
        if self._looking is not None:
            self._looking[1].close(force=True)
        while (idle := self._taken()) is not None:
            idle[1].close(force=True)
        self._writer.close(force=True)

    def _read(self, read: Callable[[apsw.Connection], T]) -> T:
        age = self._age
        idle = self._taken()
        if idle is not None and idle[0] != age:
            idle[1].close(force=True)
            idle = None
        connection = schema.open_reader(self._directory) if idle is None else idle[1]
        try:
            with connection:
                found = read(connection)
        except BaseException:
            connection.close(force=True)
            raise
        self._idle.put((age, connection))
        return found

    def _taken(self) -> tuple[int, apsw.Connection] | None:
        try:
            return self._idle.get_nowait()
        except Empty:
            return None

    def _write(self, batch: Batch) -> None:
        writing.write(self._writer, batch)

    def _noted(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        self._pages = pages
        return apsw.SQLITE_OK

    def _checkpoint(self) -> None:
        self._writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)

    def _empty_log(self) -> None:
        """Bring all pages home and cut the write-ahead file to nothing; searches under way may hold it up."""
        for _ in range(PATIENCE):
            with contextlib.suppress(apsw.BusyError):
                self._writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
                # secure_delete leaves words in the gaps of pages that were split: the file is written anew,
                # 100,000 mails in about two seconds, which only an erase costs
                self._writer.execute("VACUUM").fetchall()
                writing.tidied(self._writer)
                self._writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
                return

    def _make_anew(self) -> None:
        self._writer.close(force=True)
        self._writer = schema.make_anew(self._directory)
        self._writer.set_wal_hook(self._noted)
        self._age += 1
