"""Bringing the write-ahead log's pages home, in a thread: never inside somebody's COMMIT."""

import asyncio
import logging
from pathlib import Path
from typing import Final

import apsw

from syncline.store.sqlite.overwriting import open_checkpointer

PAGES: Final = 4_000
"""Checkpoint when the write-ahead file has grown by this many pages (32 MB) since the last one: the fewer
checkpoints, the more often a hot page was rewritten before it is brought home once."""
TRUNCATE_PAGES: Final = 16_000
"""At this size (128 MB: writers never paused, or readers held old snapshots) try to empty the file."""

log = logging.getLogger("syncline.store")


class Checkpointer:
    """Watches one file's write-ahead log and checkpoints it on its own connection."""

    def __init__(self, path: Path, writer: apsw.Connection) -> None:
        """Follow a writer; nothing runs until enough pages are there."""
        self._path = path
        self._loop = asyncio.get_running_loop()
        self._running: asyncio.Task[None] | None = None
        self._connection: apsw.Connection | None = None
        self._next = PAGES
        self.follow(writer)

    def follow(self, writer: apsw.Connection) -> None:
        """Watch a (new) writing connection."""
        writer.set_wal_hook(self._grown)

    def _grown(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        if pages < self._next - PAGES:  # the file began anew
            self._next = PAGES
        if pages >= self._next and self._running is None:
            # under steady writing the file never begins anew by itself: without this each commit would
            # start a checkpoint of its few new pages
            self._next = pages + PAGES
            mode = "TRUNCATE" if pages >= TRUNCATE_PAGES else "PASSIVE"
            # the hook may run in the thread of a slow COMMIT: hand over to the loop
            self._loop.call_soon_threadsafe(self._start, mode)
        return apsw.SQLITE_OK

    def _start(self, mode: str) -> None:
        if self._running is None:
            self._running = asyncio.create_task(self._run(mode), name="syncline checkpoint")

    async def _run(self, mode: str) -> None:
        try:
            await asyncio.to_thread(self._checkpoint, mode)
        except apsw.Error as error:
            log.warning("a checkpoint failed, it is tried again later: %s", error)
        finally:
            self._running = None

    def _checkpoint(self, mode: str) -> None:
        if self._connection is None:
            self._connection = open_checkpointer(self._path)
        # Emptying the file holds the write lock while it copies: 128 MB took over a second. So all that can
        # be brought home beside the writer is, before.
        self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        if mode != "PASSIVE":
            self._connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchall()

    async def close(self) -> None:
        """Wait for a running checkpoint and let go of the file."""
        if self._running is not None:
            await self._running
        if self._connection is not None:
            self._connection.close()
            self._connection = None
