"""Posting what waits in the queues of hooks: in order for each, at least once, less often after failures."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeAlias

import msgspec

from syncline.core.errors import SynclineError
from syncline.core.ids import Id, Seq
from syncline.core.kinds import Kind
from syncline.services.hooks.acts import switch_off
from syncline.services.hooks.hook import Hook, Outward, Sending, find_hook, keep_sending, sending_of
from syncline.services.hooks.outgoing import AT_ONCE, Outgoing, ToPost
from syncline.store.commit import Commit
from syncline.store.contract import Store, Tx

log = logging.getLogger(__name__)

Payload: TypeAlias = Callable[[Hook, Sequence[Id]], Awaitable[bytes | None]]
"""Makes the body to be posted of these entries, as the hook's owner may see them; None: there is nothing."""

Post: TypeAlias = Callable[[str, bytes], Awaitable[None]]
"""Posts a body to an address; raises a SynclineError with the reason unless it was taken."""

RETRIES: Final = (5.0, 30.0, 120.0, 600.0, 3600.0, 3600.0, 3600.0)
"""Seconds before each further try. A hook that fails after the last one is switched off: within 4 hours."""

AT_A_TIME: Final = 8
"""Posts under way at once, of different hooks."""

AFTER_FAULT: Final = 5.0
"""Seconds until the next look after something of our own went wrong."""

UNMADE: Final = "The server could not make what was to be posted; its log says why."


class Batch(msgspec.Struct, frozen=True):
    """What is to be posted next, and what to confirm afterwards. `wait`: seconds until then."""

    hook: Hook
    url: str
    entries: list[Id]
    upto: Seq
    wait: float = 0.0


class HookSender:
    """Posts for all hooks, each in a task of its own while it has something to post."""

    def __init__(
        self,
        store: Store,
        outgoing: Outgoing,
        payload: Payload,
        post: Post,
        *,
        retries: Sequence[float] = RETRIES,
    ) -> None:
        """`payload` renders and `post` carries; nothing happens before `run`."""
        self._store = store
        self._outgoing = outgoing
        self._payload = payload
        self._post = post
        self._retries = retries
        self._places = asyncio.Semaphore(AT_A_TIME)
        self._news: dict[Id, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Post until cancelled, beginning with what waited in the queues."""
        end = self._store.watch(self._commit)
        try:
            while True:
                await self._look_at_all()
                await self._outgoing.outdated()
        finally:
            end()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _look_at_all(self) -> None:
        while True:
            try:
                for hook in await self._outgoing.load():
                    self._look(hook)
                return
            except SynclineError:
                log.exception("the hooks could not be read; again in %.0f s", AFTER_FAULT)
                await asyncio.sleep(AFTER_FAULT)

    def _commit(self, commit: Commit) -> None:
        for change in commit.changes:
            # a hook with another address, or switched on again, need not wait for its next try
            if change.kind in (Kind.QUEUED, Kind.HOOK) and self._outgoing.posts(change.object):
                self._look(change.object)

    def _look(self, hook: Id) -> None:
        """Look at a hook's queue, in a task unless one is at it."""
        news = self._news.get(hook)
        if news is not None:
            news.set()
            return
        self._news[hook] = asyncio.Event()
        task = asyncio.create_task(self._serve(hook), name=f"hook {hook}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, hook: Id) -> None:
        """Post until a hook's queue is empty."""
        news = self._news[hook]
        try:
            while True:
                news.clear()
                try:
                    wait = await self._step(hook)
                except Exception:
                    log.exception("hook %d: its queue could not be served", hook)
                    wait = AFTER_FAULT
                if wait is None:
                    if not news.is_set():
                        return
                elif wait > 0:
                    await _sleep(news, wait)
        finally:
            del self._news[hook]

    async def _step(self, hook: Id) -> float | None:
        """Post once; returns the seconds until the next step, None when there is nothing left."""
        batch = await self._next(hook)
        if batch is None:
            return None
        if batch.wait > 0:
            return batch.wait
        async with self._places:
            try:
                await self._send(batch)
            except SynclineError as error:
                await self._failed(batch, error.message)
            except Exception:
                log.exception("hook %d: a post could not be made", hook)
                await self._failed(batch, UNMADE)
            else:
                await self._sent(batch)
        return 0.0

    async def _send(self, batch: Batch) -> None:
        content = await self._payload(batch.hook, batch.entries)
        if content is not None:
            await self._post(batch.url, content)

    async def _next(self, id: Id) -> Batch | None:
        async with self._store.view() as view:
            waiting = await view.queue(id, limit=AT_ONCE)
            hook = await find_hook(view, id)
            if not waiting or hook is None or hook.outward is not Outward.ON:
                return None
            sending = await sending_of(view, hook)
        entries: list[Id] = []
        upto = waiting[0].seq
        for row in waiting:
            more = msgspec.json.decode(row.body, type=ToPost).entries
            if entries and len(entries) + len(more) > AT_ONCE:
                break
            entries += more
            upto = row.seq
        return Batch(hook, sending.url, entries, upto, (sending.due - _now()) / 1000)

    async def _sent(self, batch: Batch) -> None:
        async def work(tx: Tx) -> None:
            tx.confirm(batch.hook.id, batch.upto)
            hook, sending = await _as_it_is(tx, batch)
            if hook is not None and sending.failures:
                keep_sending(tx, hook, msgspec.structs.replace(sending, failures=0, due=0))

        await self._store.write(work)

    async def _failed(self, batch: Batch, reason: str) -> None:
        async def work(tx: Tx) -> None:
            hook, sending = await _as_it_is(tx, batch)
            if hook is None:
                return
            if sending.failures >= len(self._retries):
                await switch_off(tx, hook, reason)
                return
            due = tx.now + int(self._retries[sending.failures] * 1000)
            keep_sending(tx, hook, msgspec.structs.replace(sending, failures=sending.failures + 1, due=due))

        await self._store.write(work)


async def _as_it_is(tx: Tx, batch: Batch) -> tuple[Hook | None, Sending]:
    """The hook now: None if it was dropped, switched off or led elsewhere while something was posted."""
    hook = await find_hook(tx, batch.hook.id)
    if hook is None or hook.outward is not Outward.ON:
        return None, Sending()
    sending = await sending_of(tx, hook)
    return (hook, sending) if sending.url == batch.url else (None, sending)


async def _sleep(news: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await news.wait()
    except TimeoutError:
        return


def _now() -> int:
    return time.time_ns() // 1_000_000
