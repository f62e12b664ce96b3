"""The group commit: works that arrive together share one commit and one flush.

Commit, then publish, then answer. A reader may see a work before its author is answered, never the other
way round.
"""

import asyncio
import contextlib
import logging
import time
from bisect import bisect_right
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, TypeVar

import msgspec

from syncline.core.errors import Invalid, NotFound, SynclineError, Unavailable
from syncline.core.ids import Seq
from syncline.store.backend import Backend
from syncline.store.batch import Stale, Unstorable
from syncline.store.commit import Commit
from syncline.store.contract import Blobs, Lane, View, Work, Written
from syncline.store.draft import Draft

T = TypeVar("T")

GROUP_TIME: Final = 0.004
"""Seconds of works that one group runs at most: nothing holds the event loop for 5 ms."""
GROUP_WORKS: Final = 256
RECENT: Final = 1024
"""Commits kept in memory for those who follow closely."""
RETRIES: Final = 100
"""How often a group is run again because another node was quicker, before its works are refused."""

log = logging.getLogger("syncline.store")


class _Pending(msgspec.Struct, eq=False):
    work: Work[Any]
    done: asyncio.Future[Written[Any]]
    alone: bool = False
    """its group met something that no store takes: it gets one to itself, so that only the culprit fails"""


class _Done(msgspec.Struct, eq=False):
    pending: _Pending
    value: object
    commit: Commit | None
    seq: Seq


class LogStore:
    """A store (see the contract) over any backend."""

    def __init__(self, backend: Backend, head: Seq) -> None:
        """Start the writer; `head` is the newest committed change. Needs a running event loop."""
        self._backend = backend
        self.blobs = backend.blobs
        self._head = head
        self._lanes: tuple[deque[_Pending], deque[_Pending]] = (deque(), deque())
        self._wake = asyncio.Event()
        self._listeners: list[Callable[[Commit], None]] = []
        self._recent: deque[Commit] = deque(maxlen=RECENT)
        self._published = asyncio.Event()
        self._closing = False
        self._broken = False
        self._writer = asyncio.create_task(self._run(), name="syncline writer")

    @property
    def head(self) -> Seq:
        """The seq of the newest published change."""
        return self._head

    @property
    def epoch(self) -> str:
        """Changes when a backup is restored."""
        return self._backend.epoch

    @property
    def secret(self) -> str:
        """Made with the store and never changed: what is derived from it stays the same for ever."""
        return self._backend.secret

    @property
    def waiting(self) -> int:
        """How many works wait for the writer."""
        return len(self._lanes[0]) + len(self._lanes[1])

    def view(self) -> AbstractAsyncContextManager[View]:
        """One moment; committed works only."""
        return self._backend.view()

    async def write(self, work: Work[T], *, lane: Lane = Lane.LIVE) -> Written[T]:
        """Run a work and commit it; returns after the flush, raises what the work raised."""
        if self._closing:
            raise Unavailable("the store is closing; try again in a moment")
        done: asyncio.Future[Written[Any]] = asyncio.get_running_loop().create_future()
        self._lanes[lane].append(_Pending(work, done))
        self._wake.set()
        return await done

    def watch(self, listener: Callable[[Commit], None]) -> Callable[[], None]:
        """Call back for each commit, in order, after its flush and before its author is answered."""
        self._listeners.append(listener)

        def end() -> None:
            with contextlib.suppress(ValueError):
                self._listeners.remove(listener)

        return end

    async def commits(self, after: Seq) -> AsyncIterator[Commit]:
        """Own and foreign commits after a seq, in order, without a hole."""
        while True:
            if after >= self._head:
                if self._closing:
                    return
                await self._published.wait()
                continue
            recent = self._recent
            head = self._head
            if recent and recent[0].first <= after + 1:
                start = bisect_right(recent, after, key=lambda commit: commit.seq)
                batch = [recent[index] for index in range(start, min(start + 64, len(recent)))]
            else:
                batch = await self._tail(after)
                if not batch:  # a restore jumped over these seqs: nothing was ever there
                    after = head
            for commit in batch:
                yield commit
                after = commit.seq

    async def _tail(self, after: Seq, until: Seq | None = None) -> list[Commit]:
        """Commits as the log tells them: without what they carried."""
        async with self._backend.view() as view:
            changes = await view.changes(after, until=until, limit=1000)
        works: dict[Seq, list[Any]] = {}
        for change in changes:
            works.setdefault(change.work, []).append(change)
        if len(changes) == 1000 and len(works) > 1:
            works.popitem()  # its end may lie beyond the page
        return [Commit(work) for work in works.values()]

    async def scrub(self) -> None:
        """After an erase: leave no byte of overwritten content in any file."""
        await self._backend.scrub()

    async def close(self) -> None:
        """Finish what was accepted, then let go of all files."""
        self._closing = True
        self._wake.set()
        self._published.set()
        await self._writer
        await self._backend.close()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self.waiting:
                await self._group()
                # one turn of the loop between groups: its readers and senders come first
                await asyncio.sleep(0)
            if self._closing:
                return

    async def _group(self) -> None:
        group: list[_Pending] = []
        try:
            if self._broken:
                await self._recover()
            await self._commit(group)
        except SynclineError as error:
            self._refuse(group, error)
        except Exception as error:
            # nothing may end the writer: whoever waits is told, and the next group starts on fresh ground
            log.exception("a group could not be written")
            self._broken = True
            self._refuse(group, Unavailable(f"the store could not write: {error}"))

    def _refuse(self, group: list[_Pending], error: SynclineError) -> None:
        self._broken = self._broken or type(error) is Unavailable
        if not group:  # the group could not even begin: all that wait now are told
            for lane in self._lanes:
                group.extend(lane)
                lane.clear()
        for pending in group:
            if not pending.done.done():
                pending.done.set_exception(_copy(error))

    async def _commit(self, group: list[_Pending]) -> None:
        backend = self._backend
        for _ in range(RETRIES):
            view = await backend.begin()
            try:
                if view.head > self._head:
                    await self._take_in(view.head)
                draft = Draft(view, head=view.head, next_id=backend.next_id, now=int(time.time() * 1000))
                # what was run already runs again first: an answer by then may rest on its place
                self._lanes[Lane.LIVE].extendleft(reversed(group))
                group.clear()
                done = await self._run_works(draft, group)
                if draft.batch.empty:
                    await backend.abandon()
                else:
                    await backend.append(draft.batch)
            except Stale:
                continue
            except Unstorable as error:
                self._set_apart(group, error)
                return
            except BaseException:
                await backend.abandon()
                raise
            self._publish(done)
            return
        raise Unavailable("other nodes were quicker each time; try again")

    def _set_apart(self, group: list[_Pending], error: Unstorable) -> None:
        """A row could not be stored (a number too large, half a character): find whose it is."""
        if len(group) == 1:
            log.error("a work wrote what cannot be stored: %s", error)
            if not group[0].done.done():
                group[0].done.set_exception(Invalid(f"this cannot be stored: {error}"))
            return
        for pending in reversed(group):
            pending.alone = True
            self._lanes[Lane.LIVE].appendleft(pending)

    async def _run_works(self, draft: Draft, group: list[_Pending]) -> list[_Done]:
        """Run works into the group's draft until its time is over; `group` collects whom to answer."""
        done: list[_Done] = []
        live, bulk = self._lanes
        until = time.perf_counter() + GROUP_TIME
        perform = self._backend.perform
        while len(group) < GROUP_WORKS:
            lane = live or bulk
            if not lane or (group and lane[0].alone):
                break
            pending = lane.popleft()
            if pending.done.done():  # its author went away before it began
                continue
            group.append(pending)
            work = Draft(draft, head=draft.head, next_id=draft.next_id, now=draft.now)
            try:
                value, commit = await perform(_perform(pending.work, work, self.blobs))
            except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001
                # the work's own failure is its author's to know; the draft is dropped, the group goes on
                group.pop()
                if isinstance(error, asyncio.CancelledError):
                    # raised by a future that the work awaits, and was cancelled: never meant for the writer
                    error = RuntimeError("a work may await nothing but its transaction")
                if not pending.done.done():
                    pending.done.set_exception(error)
            else:
                draft.absorb(work)
                done.append(_Done(pending, value, commit, draft.head))
            if pending.alone or time.perf_counter() > until:
                break
        return done

    def _publish(self, done: list[_Done]) -> None:
        for one in done:
            if one.commit is not None:
                self._tell(one.commit)
        self._wake_followers()
        for one in done:
            if not one.pending.done.done():
                one.pending.done.set_result(Written(one.value, one.seq))

    def _tell(self, commit: Commit) -> None:
        self._head = commit.seq
        if commit.erases:
            # what was erased must not come again from memory: those who follow read the log from here on
            self._recent.clear()
        self._recent.append(commit)
        # a copy: a listener may end itself, and the next one must not be passed over for it
        for listener in tuple(self._listeners):
            try:
                listener(commit)
            except Exception:
                # the commit stands: neither the other listeners nor its author may miss it
                log.exception("a listener failed on commit %d", commit.seq)

    def _wake_followers(self) -> None:
        self._published.set()
        self._published = asyncio.Event()

    async def _take_in(self, head: Seq) -> None:
        """Publish what somebody else committed (or this process, not knowing that it succeeded)."""
        log.warning("changes %d to %d were committed by another process", self._head + 1, head)
        while self._head < head:
            commits = await self._tail(self._head, head)
            if not commits:
                break
            for commit in commits:
                self._tell(commit)
        self._wake_followers()

    async def _recover(self) -> None:
        head = await self._backend.recover()
        self._broken = False
        if head > self._head:
            await self._take_in(head)


async def _perform(work: Work[T], draft: Draft, blobs: Blobs) -> tuple[T, Commit | None]:
    value = await work(draft)
    commit = await draft.seal()
    for blob in draft.batch.blobs():
        if await blobs.size(blob) is None:
            raise NotFound("there is no such file any more: send it again")
    return value, commit


def _copy(error: SynclineError) -> SynclineError:
    """A fresh exception for each that waits: one raised twice would grow its traceback."""
    copy = type(error).__new__(type(error))
    copy.__dict__.update(error.__dict__)
    copy.args = error.args
    return copy
