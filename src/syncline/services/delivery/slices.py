"""Slices: commits are told one after the other, and one with many hearers does not hold the loop.

A commit is told at once where that is quick. Otherwise the rest follows in the next turns of the loop, and
the commits published meanwhile wait for it: so no audience hears of a commit before an older one. What an
audience was not told yet must not pass for "nothing new": see `settled`.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Final, TypeVar

from syncline.core.ids import Id
from syncline.store.commit import Commit

T = TypeVar("T")

SLICE: Final = 0.0015
"""seconds of telling before others get the loop; with the step that runs over it, below 2 ms"""

STEP: Final = 200
"""Audiences told between two looks at the clock: about 0.2 ms. Fewer are always told at once."""


class Slices:
    """The commits that are being told. `tell` does one of them, and yields between its steps."""

    def __init__(
        self, tell: Callable[[Commit], Iterator[None]], failed: Callable[[Commit, Exception], None]
    ) -> None:
        """Nothing is being told; `failed` is called instead of what `tell` could not do."""
        self._tell = tell
        self._failed = failed
        self._waiting: deque[Commit] = deque()
        self._telling: Iterator[None] | None = None
        self._closed = False
        self.concerned: tuple[Collection[Id], ...] | None = None
        """who is still to be told of the oldest commit, and perhaps more; None: perhaps everybody"""

    def __len__(self) -> int:
        """How many commits were not told to everybody yet."""
        return len(self._waiting)

    def settled(self, audience: Id) -> bool:
        """Whether an audience was told of all commits so far."""
        if not self._waiting:
            return True
        if len(self._waiting) > 1 or self.concerned is None:
            return False
        return not any(audience in ids for ids in self.concerned)

    def add(self, commit: Commit) -> None:
        """Tell a commit: now, or after those that are still being told."""
        self._waiting.append(commit)
        if self._telling is None and len(self._waiting) == 1:
            self._go_on()

    def close(self) -> None:
        """Tell no more; what was not told stays unsettled."""
        self._closed = True

    def _go_on(self) -> None:
        end = time.perf_counter() + SLICE
        while self._waiting and not self._closed:
            if self._telling is None:
                self._telling = self._tell(self._waiting[0])
            if not self._done(self._telling, end):
                asyncio.get_running_loop().call_soon(self._go_on)
                return
            self._telling = self.concerned = None
            self._waiting.popleft()
            if self._waiting and time.perf_counter() >= end:
                asyncio.get_running_loop().call_soon(self._go_on)
                return

    def _done(self, telling: Iterator[None], end: float) -> bool:
        try:
            for _ in telling:
                if time.perf_counter() >= end:
                    return False
        except Exception as error:  # noqa: BLE001
            # the commit stands, and those after it must be told: whoever it concerns reads the log
            self._failed(self._waiting[0], error)
        return True


def in_steps(all: Sequence[T]) -> Iterator[tuple[int, Sequence[T]]]:
    """A list, some at a time, with a number from 0 on: between two of them others may be let in."""
    for number, start in enumerate(range(0, len(all), STEP)):
        yield number, all[start : start + STEP]
