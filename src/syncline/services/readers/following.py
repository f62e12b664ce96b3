"""Following: one reader's way along the log, from its saved cursor on."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import msgspec

from syncline.core.ids import START, Seq
from syncline.core.kinds import ReaderKind
from syncline.core.readers import Reader
from syncline.services.readers.seam import Automation, Projection
from syncline.services.sync.places import jumps_of
from syncline.store.commit import Commit
from syncline.store.contract import Store, Tx, View

log = logging.getLogger(__name__)

SAVE_EVERY: Final = 256
"""Commits after which a cursor is saved though nothing else was written; after a crash they come again."""

FIRST_RETRY: Final = 0.5
LAST_RETRY: Final = 300.0


class ReaderBody(msgspec.Struct, frozen=True):
    """What a reader's row says beside the cursor: the store's epoch in which it was saved."""

    epoch: str = ""


class Following(ABC):
    """One reader that follows the log. `cursor` is the seq up to which it has taken everything."""

    kind: ReaderKind

    def __init__(self, store: Store, name: str) -> None:
        """Follow this store under a name, which is unique among the readers of a kind."""
        self.store = store
        self.name = name
        self.cursor: Seq = START
        self._unsaved = 0
        self._waiting: list[tuple[Seq, asyncio.Future[None]]] = []

    async def reach(self, seq: Seq) -> None:
        """Wait until all up to a seq was taken; something must be following meanwhile."""
        if self.cursor >= seq or self.cursor >= (seq := await self._newest(seq)):
            return
        reached = asyncio.get_running_loop().create_future()
        self._waiting.append((seq, reached))
        try:
            await reached
        finally:
            self._waiting = [each for each in self._waiting if each[1] is not reached]

    async def follow(self) -> None:
        """Follow until cancelled or the store closes, trying again after each failure, later every time."""
        pause = FIRST_RETRY
        while True:
            before = self.cursor
            try:
                await self.load()
                await self._walk(None)
                return
            except Exception:
                if self.cursor > before:
                    pause = FIRST_RETRY
                log.exception("reader %r stopped at %d; again in %.1f s", self.name, self.cursor, pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LAST_RETRY)

    async def catch_up(self) -> Seq:
        """Take all up to the present head and save the cursor; raises what the handler raised."""
        await self.load()
        await self._walk(await self._newest(self.store.head))
        return self.cursor

    async def _newest(self, seq: Seq) -> Seq:
        """The newest change up to a seq: the head that a restore jumped to is the number of none."""
        async with self.store.view() as view:
            jumps = await jumps_of(view)
        for before, to in reversed(jumps):
            if seq == to:
                seq = before
        return seq

    @abstractmethod
    async def load(self) -> None:
        """Find out where to begin."""

    @abstractmethod
    async def take(self, commit: Commit) -> bool:
        """Take one commit in; says whether that saved the cursor too."""

    @abstractmethod
    async def save(self) -> None:
        """Save the cursor, with what it stands for."""

    async def _walk(self, until: Seq | None) -> None:
        self._unsaved = 0
        if until is None or self.cursor < until:
            async with _commits(self.store, self.cursor) as commits:
                try:
                    async for commit in commits:
                        await self._step(commit)
                        if until is not None and self.cursor >= until:
                            break
                except asyncio.CancelledError:
                    # Stopped in good order: the next start need not see these commits again.
                    if self._unsaved:
                        await self._save_last()
                    raise
        # Without `until` the log ends because the store closes, which takes no more works: then the last
        # commits come again, as after a crash.
        if self._unsaved and until is not None:
            await self.save()
            self._unsaved = 0

    async def _save_last(self) -> None:
        """Save the cursor at the end; a failure must not hide that this was told to end."""
        try:
            await self.save()
        except Exception:
            log.exception("reader %r: its cursor could not be saved at the end", self.name)

    async def _step(self, commit: Commit) -> None:
        saved = await self.take(commit)
        self._unsaved = 0 if saved else self._unsaved + 1
        self._moved(commit.seq)
        if self._unsaved >= SAVE_EVERY:
            await self.save()
            self._unsaved = 0

    def _moved(self, seq: Seq) -> None:
        """Stand at a seq, and let go whoever waited for it (also for what was reached before a restart)."""
        self.cursor = seq
        for wanted, reached in self._waiting:
            if wanted <= seq and not reached.done():
                reached.set_result(None)

    async def row(self, view: View) -> Reader | None:
        """The reader's row in the store."""
        return await view.reader(self.kind, None, self.name)

    async def keep(self, tx: Tx, cursor: Seq) -> None:
        """Write the reader's row within a work."""
        known = await self.row(tx)
        body = msgspec.json.encode(ReaderBody(epoch=self.store.epoch))
        id = tx.new_id() if known is None else known.id
        tx.save_reader(Reader(id, self.kind, None, self.name, cursor=cursor, seen_at=tx.now, body=body))


class ProjectionFollowing(Following):
    """A projection on its way. It saves its cursor after its own work is durable."""

    kind = ReaderKind.PROJECTION

    def __init__(self, store: Store, name: str, projection: Projection) -> None:
        """Lead this projection along the log."""
        super().__init__(store, name)
        self.projection = projection

    async def load(self) -> None:
        """Begin at the saved cursor; after a restore of the store, with nothing at the beginning.

        A projection keeps files of its own: restored beside a store that went back, they would hold a
        future that did not happen. The epoch tells.
        """
        async with self.store.view() as view:
            row = await self.row(view)
        epoch = "" if row is None else msgspec.json.decode(row.body, type=ReaderBody).epoch
        if row is None or epoch != self.store.epoch or row.cursor > self.store.head:
            await self.clear()
        else:
            self._moved(row.cursor)

    async def clear(self) -> None:
        """Throw the projection away and stand at the log's beginning."""
        await self.projection.clear()
        self.cursor = START
        await self._write(START)

    async def take(self, commit: Commit) -> bool:
        """Hand one commit over; its cursor is saved later."""
        await self.projection.take(commit)
        return False

    async def save(self) -> None:
        """Let it make durable what it took, then save the cursor."""
        cursor = self.cursor
        await self.projection.settle()
        await self._write(cursor)

    async def _write(self, cursor: Seq) -> None:
        async def work(tx: Tx) -> None:
            await self.keep(tx, cursor)

        await self.store.write(work)


class AutomationFollowing(Following):
    """An automation on its way. Its cursor moves in the commit of its effect."""

    kind = ReaderKind.AUTOMATION

    def __init__(self, store: Store, name: str, automation: Automation, *, from_start: bool) -> None:
        """Lead this automation; without `from_start` it begins with what happens after its first start."""
        super().__init__(store, name)
        self.automation = automation
        self._from_start = from_start

    async def load(self) -> None:
        """Begin at the saved cursor, which is saved at once on the first start."""
        async with self.store.view() as view:
            row = await self.row(view)
            first = START if self._from_start else view.head
        if row is None:
            await self._advance(first)
            self._moved(first)
        else:
            self._moved(row.cursor)

    async def take(self, commit: Commit) -> bool:
        """Let it react in a work that also moves the cursor; nothing is written for what it does not want."""
        if not self.automation.wants(commit):
            return False

        async def work(tx: Tx) -> None:
            row = await self.row(tx)
            # A try whose answer was lost (cancelled while it was written) has moved the cursor already.
            if row is not None and row.cursor >= commit.seq:
                return
            await self.automation.react(tx, commit)
            await self.keep(tx, commit.seq)

        await self.store.write(work)
        return True

    async def save(self) -> None:
        """Save the cursor beyond commits that it did not want."""
        await self._advance(self.cursor)

    async def _advance(self, cursor: Seq) -> None:
        async def work(tx: Tx) -> None:
            row = await self.row(tx)
            if row is None or row.cursor < cursor:
                await self.keep(tx, cursor)

        await self.store.write(work)


@asynccontextmanager
async def _commits(store: Store, after: Seq) -> AsyncGenerator[AsyncIterator[Commit], None]:
    commits = store.commits(after)
    try:
        yield commits
    finally:
        if isinstance(commits, AsyncGenerator):
            await commits.aclose()
