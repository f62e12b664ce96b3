"""Slow clients: one sweep a second over the connections that owe us something, and none while nobody does.

A parked poll owes nothing (its request has arrived), so 10,000 of them cost no CPU.
"""

import asyncio
from typing import Final, Protocol

SWEEP: Final = 1.0
"""Seconds between two sweeps; a limit is late by at most this much."""


class Watched(Protocol):
    """A connection."""

    def overdue(self, now: float) -> bool:
        """Whether it still owes something; ends itself if it is too late."""


class Slow:
    """The limits that all connections of a server share, and the watch over them."""

    def __init__(
        self,
        *,
        max_head: int = 32 << 10,
        head_seconds: float = 10.0,
        body_seconds: float = 30.0,
        body_rate: float = 4096.0,
        write_seconds: float = 60.0,
    ) -> None:
        """Set the limits.

        `max_head` is in bytes, request line included. A body has `body_seconds`, and a second more for each
        `body_rate` bytes of it that came. A client that reads must take something every `write_seconds`.
        """
        self.max_head = max_head
        self.head_seconds = head_seconds
        self.body_seconds = body_seconds
        self.body_rate = body_rate
        self.write_seconds = write_seconds
        self.stopping = False
        self._watched: set[Watched] = set()
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, connection: Watched) -> None:
        """Look at a connection from now on, until it owes nothing."""
        self._watched.add(connection)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SWEEP, self._sweep)

    def forget(self, connection: Watched) -> None:
        """The connection is closed."""
        self._watched.discard(connection)

    def close(self) -> None:
        """End the watch."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for connection in list(self._watched):
            if not connection.overdue(now):
                self._watched.discard(connection)
        self._timer = loop.call_later(SWEEP, self._sweep) if self._watched else None
