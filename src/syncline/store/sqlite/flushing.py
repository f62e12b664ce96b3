"""Where a COMMIT waits for the disk: on the loop where that is quick, else in a thread."""

import asyncio
import sys
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import apsw

ON_LOOP: Final = 0.001
"""A COMMIT quicker than this (seconds) stays on the loop: a thread costs more (measured: 5.1 against 2.6 ms
at the median under load)."""

SWITCH_INTERVAL: Final = 0.0002
"""How long a busy loop may keep the interpreter from the thread. At Python's own 5 ms each COMMIT in a thread
takes 5 ms beside a busy loop, and so would look like a slow disk for ever."""

RECENT: Final = 16
"""Commits of which the quickest says how fast the disk is: the others waited for the interpreter too."""


class Flusher:
    """Runs the COMMITs of one writer, and knows how long the disk takes."""

    def __init__(self, measured: float) -> None:
        """Begin with a time (seconds) measured on a quiet loop."""
        self._recent: deque[float] = deque((measured,), maxlen=RECENT)
        self._thread: ThreadPoolExecutor | None = None
        self._interval = sys.getswitchinterval()
        self._choose()

    @property
    def time(self) -> float:
        """Seconds that a flush takes: the quickest of the last ones."""
        return min(self._recent)

    @property
    def on_loop(self) -> bool:
        """Whether the next COMMIT runs on the loop."""
        return self._thread is None

    def _choose(self) -> None:
        quick = self.time < ON_LOOP
        if quick and self._thread is not None:
            self.close()
        elif not quick and self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="syncline-commit")
            sys.setswitchinterval(min(self._interval, SWITCH_INTERVAL))

    async def commit(self, writer: apsw.Connection) -> None:
        """Make the writer's transaction durable; raises what SQLite says."""
        if self._thread is None:
            took = _commit(writer)
        else:
            took = await asyncio.get_running_loop().run_in_executor(self._thread, _commit, writer)
        self._recent.append(took)
        self._choose()

    def close(self) -> None:
        """Let the thread go."""
        if self._thread is not None:
            self._thread.shutdown()
            self._thread = None
            sys.setswitchinterval(self._interval)


def _commit(writer: apsw.Connection) -> float:
    started = time.perf_counter()
    writer.execute("COMMIT")
    return time.perf_counter() - started
