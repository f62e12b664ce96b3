"""The runner: wakes when a timer is due and does its act in the work that deletes it."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

import msgspec

from syncline.core.errors import SynclineError
from syncline.core.ids import Id
from syncline.core.objects import Timer
from syncline.services.timers.acts import read_act, set_timer
from syncline.store.contract import Store, Tx

log = logging.getLogger(__name__)

Handler: TypeAlias = Callable[[Tx, bytes], Awaitable[None]]
"""Does an act, whose body it is given, within the work that deletes its timer: pure, as all works are."""

LOOK: Final = 0.5
"""Seconds between two looks at the clock and the table, at most.

Works of other services set timers without telling the runner, and the wall clock may jump: neither is seen
by sleeping until the time that was due.
"""

AFTER_FAULT: Final = 5.0
"""Seconds until the next look after the store could not be read."""

PAGE: Final = 128
FIRST_RETRY: Final = 1_000
LAST_RETRY: Final = 3_600_000
FAR: Final = 1 << 62


def _clock() -> int:
    return time.time_ns() // 1_000_000


class Timers:
    """All timers of a store. Handlers are registered by name before `run` begins."""

    def __init__(self, store: Store, *, clock: Callable[[], int] = _clock, look: float = LOOK) -> None:
        """`clock` gives milliseconds since 1970, `look` is the longest sleep in seconds."""
        self._store = store
        self._clock = clock
        self._look = look
        self._handlers: dict[str, Handler] = {}
        self._unknown: dict[Id, str] = {}
        """timers that no handler knows: they stay in the store and were logged"""
        self._failed: dict[Id, tuple[int, float]] = {}
        """how often a timer failed, and when (monotonic seconds) it may be tried again"""
        self._wake = asyncio.Event()

    def handle(self, name: str, handler: Handler) -> None:
        """Let this handler do the acts of a name; a second one for a name is a mistake in the program."""
        if name in self._handlers:
            raise ValueError(f"the act {name!r} has a handler already")
        self._handlers[name] = handler
        self._unknown = {id: act for id, act in self._unknown.items() if act != name}
        self._wake.set()

    async def set(self, due: int, name: str, body: Any = None, *, account: Id | None = None) -> Timer:
        """Set a timer in a work of its own and wake the runner (inside a work: `set_timer`)."""

        async def work(tx: Tx) -> Timer:
            return set_timer(tx, due, name, body, account=account)

        timer = (await self._store.write(work)).value
        self._wake.set()
        return timer

    async def cancel(self, timer: Timer) -> None:
        """Let an act not be done; nothing happens if it was done already."""

        async def work(tx: Tx) -> None:
            tx.cancel(timer)

        await self._store.write(work)
        self._unknown.pop(timer.id, None)
        self._failed.pop(timer.id, None)

    async def run(self) -> None:
        """Do all acts when they are due, until cancelled. A store that cannot be read is tried again."""
        while True:
            self._wake.clear()
            try:
                if await self.run_due():
                    continue
                pause = await self._pause()
            except SynclineError:
                log.exception("the timers could not be read; again in %.0f s", AFTER_FAULT)
                pause = AFTER_FAULT
            try:
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def run_due(self) -> int:
        """Do the acts that are due now, earliest first; returns how many were done."""
        done = 0
        now = self._clock()
        for timer in await self._due(now):
            if self._rests(timer):
                continue
            done += await self._try(timer)
        return done

    async def _try(self, timer: Timer) -> bool:
        try:
            act = read_act(timer)
        except msgspec.DecodeError:
            self._set_aside(timer, "")
            return False
        handler = self._handlers.get(act.name)
        if handler is None:
            self._set_aside(timer, act.name)
            return False
        try:
            done = await self._do(timer, handler, bytes(act.body))
        except Exception:
            times = self._failed.get(timer.id, (0, 0.0))[0] + 1
            pause = min(FIRST_RETRY << min(times - 1, 30), LAST_RETRY)
            self._failed[timer.id] = (times, time.monotonic() + pause / 1000)
            log.exception("timer %d: the act %r failed, %d times now", timer.id, act.name, times)
            return False
        self._failed.pop(timer.id, None)
        return done

    async def _do(self, timer: Timer, handler: Handler, body: bytes) -> bool:
        async def work(tx: Tx) -> bool:
            if not await self._waits(tx, timer):
                return False
            await handler(tx, body)
            tx.cancel(timer)
            return True

        return (await self._store.write(work)).value

    async def _waits(self, tx: Tx, timer: Timer) -> bool:
        # Cancelled, or done by another node, since the runner read it: then there is nothing to do.
        limit = PAGE * 2 + len(self._unknown) + len(self._failed)
        return any(each.id == timer.id for each in await tx.due(timer.due, limit=limit))

    async def _due(self, until: int, page: int = PAGE) -> list[Timer]:
        # Those set aside stay at the front of the table: the page must reach beyond them.
        limit = page + len(self._unknown) + len(self._failed)
        async with self._store.view() as view:
            return list(await view.due(until, limit=limit))

    async def _pause(self) -> float:
        """Seconds until the next timer that is not set aside, at most LOOK."""
        upcoming = (timer.due for timer in await self._due(FAR, 1) if not self._rests(timer))
        first = next(upcoming, None)
        if first is None:
            return self._look
        return min(max((first - self._clock()) / 1000, 0.0), self._look)

    def _rests(self, timer: Timer) -> bool:
        if timer.id in self._unknown:
            return True
        failed = self._failed.get(timer.id)
        return failed is not None and time.monotonic() < failed[1]

    def _set_aside(self, timer: Timer, name: str) -> None:
        self._unknown[timer.id] = name
        log.warning("timer %d: nothing here knows the act %r; it stays", timer.id, name)
