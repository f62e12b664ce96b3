"""Parked requests: registered before they read, released once, by whatever comes first."""

import asyncio
from collections.abc import Callable
from enum import IntEnum

from syncline.core.ids import Id


class Wake(IntEnum):
    """Why a parked request goes on."""

    COMMIT = 1
    """something was committed that its audience may see, or that was queued for it"""
    SIGNAL = 2
    EXPIRED = 3
    """its time is up"""
    SUPERSEDED = 4
    """a newer request of the same session took its place"""
    STOPPED = 5
    """the server stops: answer with what there is, and do not come again here"""
    GONE = 6
    """its client closed the connection: nobody reads the answer"""


class Parked:
    """One waiting request. Use: park, read, wait; and `release` whatever happens.

    A wake-up between parking and waiting is kept, so nothing that is committed after `park` can be missed.
    """

    __slots__ = ("_done", "_end", "_future", "_loop", "_timer", "audience", "session")

    def __init__(self, audience: Id, session: object, end: "Callable[[Parked], None]") -> None:
        """Made by `Delivery.park` only; `end` takes it off its audience."""
        self.audience = audience
        self.session = session
        self._end = end
        self._done: Wake | None = None
        self._future: asyncio.Future[Wake] | None = None

    def wake(self, why: Wake) -> None:
        """Let it go on; the first reason counts, but nothing is weaker than a reason to end."""
        if self._done is None or (why > Wake.EXPIRED and self._done <= Wake.EXPIRED):
            self._done = why
        future = self._future
        if future is not None and not future.done():
            future.set_result(self._done)

    async def wait(self, deadline: float) -> Wake:
        """Wait to be woken, until `deadline` (in the loop's time); may be called again after a wake-up."""
        if self._done is None:
            loop = asyncio.get_running_loop()
            self._future = loop.create_future()
            timer = loop.call_at(deadline, self.wake, Wake.EXPIRED)
            try:
                await self._future
            finally:
                timer.cancel()
                self._future = None
        done = self._done
        if done is None:  # only `wake` ends the future, and it says why
            raise RuntimeError("woken without a reason")
        if done <= Wake.EXPIRED:
            self._done = None
        return done

    def release(self) -> None:
        """Take it off its audience; harmless when done twice."""
        self._end(self)
