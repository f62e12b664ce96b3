"""Reading sources in a thread, so far ahead of who takes the mails as memory allows."""

import asyncio
import threading
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from typing import Final, NamedTuple, TypeAlias

from syncline.gateways.imports.batches import batches, size_of
from syncline.gateways.imports.found import Found
from syncline.gateways.imports.workers import Workers

AHEAD: Final = 24_000_000
"""Raw bytes that may be on their way, read and not yet taken: enough for two workers and a writer. A larger
mail waits until it is alone."""


class Step(NamedTuple):
    """A batch, and the answer that a worker makes of it; None: no worker was asked yet."""

    found: Sequence[Found]
    answer: Future[bytes] | None


Item: TypeAlias = Step | BaseException | None


class Reading:
    """The batches of a source; who is done with one says so by `taken`.

    While `at_once` is set, workers get each batch as soon as it is read. Clear it, and they are left to who
    takes the batches, who may know that some mails need no reading.
    """

    def __init__(self, mails: Iterable[Found], workers: Workers, *, ahead: int = AHEAD) -> None:
        """Begin to read; needs no running loop."""
        self.at_once = True
        self._mails = mails
        self._workers = workers
        self._ahead = ahead
        self._room = threading.Condition()
        self._size = 0
        self._ended = False
        self._found: deque[Item] = deque()
        self._waiting: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None
        threading.Thread(target=self._read, name="syncline-reading", daemon=True).start()

    def _read(self) -> None:
        last: BaseException | None = None
        try:
            for batch in batches(self._mails):
                if not self._make_room(size_of(batch)):
                    return
                self._give(Step(batch, self._workers.read(batch) if self.at_once else None))
        except BaseException as error:  # noqa: BLE001 — not swallowed: raised where the batches are taken
            last = error
        self._give(last)

    def _make_room(self, size: int) -> bool:
        with self._room:
            self._room.wait_for(lambda: self._ended or not self._size or self._size + size <= self._ahead)
            self._size += size
            return not self._ended

    def _give(self, item: Item) -> None:
        with self._room:
            self._found.append(item)
            if self._waiting is not None:
                loop, there = self._waiting
                loop.call_soon_threadsafe(there.set)
                self._waiting = None

    def taken(self, batch: Sequence[Found]) -> None:
        """These mails need no room any more."""
        with self._room:
            self._size -= size_of(batch)
            self._room.notify()

    def end(self) -> None:
        """Read no further."""
        with self._room:
            self._ended = True
            self._waiting = None
            self._room.notify()

    async def next(self) -> Step | None:
        """The next batch, None at the end; raises what reading raised."""
        there = asyncio.Event()
        while True:
            with self._room:
                if self._found:
                    item = self._found.popleft()
                    break
                self._waiting = (asyncio.get_running_loop(), there)
            await there.wait()
            there.clear()
        if isinstance(item, BaseException):
            raise item
        return item
