"""The projection: follows the log and keeps the index in step, many commits at a time."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from typing import Final

import msgspec

from syncline.core.errors import Unavailable
from syncline.core.ids import Id, Seq
from syncline.core.kinds import ReaderKind
from syncline.core.mail import ReadMail
from syncline.services.search import stored
from syncline.services.search.batch import Batch
from syncline.services.search.collecting import Collector, Handover
from syncline.services.search.files import Files
from syncline.services.search.schema import DAMAGED, SLOT_BITS
from syncline.store.commit import Commit
from syncline.store.contract import Store, Tx

log = logging.getLogger(__name__)

NAME: Final = "search"

MOST_MAILS: Final = 400
"""Mails of one batch. Larger batches are written faster, but a search may have to wait for one."""

MOST_CHARACTERS: Final = 4_000_000

IDLE: Final = 0.1
"""Seconds after which news are written though nobody searches."""


class Indexing:
    """Takes commits. Nothing is written for each: a batch goes to the file when it is large enough, when
    somebody searches, or after a moment."""

    def __init__(
        self,
        store: Store,
        files: Files,
        reparse: Callable[[bytes], Awaitable[ReadMail]],
        handover: Handover,
    ) -> None:
        """Keep these files in step with this store."""
        self._store = store
        self._files = files
        self._collector = Collector(store, reparse, handover)
        self._batch = Batch()
        self._lock = asyncio.Lock()
        """held while commits are put into the batch, and while it is written"""
        self._soon: asyncio.Task[None] | None = None
        self._tidying: asyncio.Task[None] | None = None
        self.taken = files.progress()
        """the seq up to which commits were taken, written or not"""
        self._versions: Counter[Id] = Counter()
        self._age = 0

    def version(self, account: Id) -> tuple[int, int]:
        """Changes whenever an answer to this account may be another one."""
        return self._age, self._versions[account]

    async def clear(self) -> None:
        """Throw the index away: the log comes again from its beginning."""
        async with self._lock:
            await self._files.make_anew()
            self._batch = Batch()
            self.taken = 0
            self._age += 1

    async def take(self, commit: Commit) -> None:
        """Take in one commit, once: those that the file holds already are passed over."""
        if commit.seq <= self.taken:
            return
        try:
            async with self._lock:
                if commit.seq <= self.taken:
                    return  # somebody else who catches up brought it meanwhile
                if commit.first > self.taken + 1:
                    await self._no_hole(commit)
                await self._collector.collect(commit, self._batch, self._known)
                self.taken = self._batch.seq = commit.seq
            if len(self._batch.mails) >= MOST_MAILS or self._batch.size >= MOST_CHARACTERS:
                await self.flush()
            elif self._batch and (self._soon is None or self._soon.done()):
                self._soon = asyncio.create_task(self._later(), name="search: writing")
        except DAMAGED:
            await self._start_over()
            raise

    async def _no_hole(self, commit: Commit) -> None:
        """Nothing may be missing between what was taken and this commit but a jump (a restore).

        The saved cursor knows more than the file if that was lost, or put back from a copy: then the log
        comes again from where the file stands.
        """
        async with self._store.view() as view:
            missing = await view.changes(Seq(self.taken), until=Seq(commit.first - 1), limit=1)
        if missing:
            await self._rewind()
            raise Unavailable("The search index was lost and is made again.")

    async def flush(self) -> None:
        """Write all that was taken. A batch that cannot be written stays, and is tried again."""
        if self._batch or self._lock.locked():
            # who waits for it may go away (a client that hangs up); the writing thread does not stop for that
            await asyncio.shield(asyncio.create_task(self._write(), name="search: writing"))

    async def settle(self) -> None:
        """Make all that was taken durable."""
        try:
            await self.flush()
            await self._files.settle(self.taken)
            if self._tidying is None or self._tidying.done():
                self._tidying = asyncio.create_task(self._tidy(), name="search: tidying")
        except DAMAGED:
            await self._start_over()
            raise

    async def close(self) -> None:
        """Write what was taken, and stop."""
        for task in (self._soon, self._tidying):
            if task is not None:
                task.cancel()
                await asyncio.wait({task})
        await self.flush()

    async def scrub(self) -> None:
        """Leave no word of erased mails in any file."""
        await self.flush()
        if await self._files.untidy():
            await self._files.tidy()

    async def _tidy(self) -> None:
        try:
            await self.scrub()
        except Exception:
            log.exception("words of erased mails could not be taken out; tried again when the index settles")

    async def _later(self) -> None:
        await asyncio.sleep(IDLE)
        try:
            await self.flush()
        except Exception:
            log.exception("the search index could not be written; the next search tries again")

    async def _write(self) -> None:
        async with self._lock:
            batch = self._batch
            if not batch:
                return
            convs = [conv for conv in batch.touched if conv not in batch.ended]
            known = stored.known(self._files.look(), convs)
            await self._collector.complete(batch, {conv for conv in convs if conv not in known})
            await self._files.write(batch)
            self._batch = Batch()
            self._versions.update({*batch.owners.values()})
            if batch.dead:
                self._age += 1

    def _known(self, account: Id, numbers: Collection[int]) -> set[int]:
        """Which mails the index has, or is about to be told."""
        held = {no for no in numbers if (account, no) in self._batch.mails}
        asked = [no for no in numbers if no not in held]
        look = self._files.look()
        box = look.execute("SELECT slot, last FROM box WHERE account = ?", (account,)).fetchone()
        if box is None:
            return held
        slot, last = box
        ids = [slot << SLOT_BITS | no for no in asked if no <= last]
        return held | stored.held(look, ids) if ids else held

    async def _start_over(self) -> None:
        """The file is damaged: begin with an empty one, and have the log come again from its beginning."""
        log.error("the search index is damaged and is made again")
        await self.clear()
        await self._rewind()

    async def _rewind(self) -> None:
        """Let the saved cursor stand no further than the file."""
        taken = self.taken

        async def work(tx: Tx) -> None:
            row = await tx.reader(ReaderKind.PROJECTION, None, NAME)
            if row is not None and row.cursor > taken:
                tx.save_reader(msgspec.structs.replace(row, cursor=Seq(taken)))

        await self._store.write(work)
