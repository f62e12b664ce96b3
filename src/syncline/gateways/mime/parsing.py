"""Reading mails off the event loop: small ones in a thread, large ones in a process of their own."""

import asyncio
import hashlib
import multiprocessing
import resource
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Final, TypeVar

import msgspec

from syncline.core.errors import Unavailable
from syncline.core.ids import Hash
from syncline.core.mail import ReadMail, Words
from syncline.gateways.mime.mail import read_mail, texts_of
from syncline.gateways.mime.opening import OpenMail, open_mail

T = TypeVar("T")

SMALL: Final = 128 * 1024
"""Bytes of a mail that a thread reads: it holds the interpreter for a few ms at most."""

IDLE: Final = 60.0
"""Seconds after which a worker that has nothing to do ends: its 40 MB are given back."""

LIMIT: Final = 20.0
"""Seconds that a worker may take for one mail."""

MEMORY: Final = 2 * 1024**3
"""Bytes of address space of a worker."""

HEAD: Final = 64 * 1024
"""Bytes of a mail's beginning that are read where a worker died of the whole."""


class WorkerDied(Unavailable):
    """The process that read a mail died of it, or took too long; the mail itself is untouched."""

    code = "worker_died"


class Parsing:
    """Read mails without holding the loop. Close it at the end."""

    def __init__(self, *, small: int = SMALL, idle: float = IDLE, limit: float = LIMIT) -> None:
        """`small`: bytes up to which a thread reads; `idle`, `limit`: seconds (see IDLE and LIMIT)."""
        self._small = small
        self._idle = idle
        self._limit = limit
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="mime")
        self._workers: ProcessPoolExecutor | None = None
        self._busy = 0
        self._ending: asyncio.TimerHandle | None = None
        self._closed = False

    @property
    def workers(self) -> int:
        """How many worker processes there are."""
        return int(self._workers is not None)

    async def read(self, raw: bytes) -> ReadMail:
        """Read a mail; one of which two workers died is known by its first 64 KB, and kept raw."""
        if len(raw) <= self._small:
            return await self._in(self._threads, read_mail, raw)
        for _ in range(2):  # the first may have died of another mail
            try:
                return await self.run(read_mail, raw)
            except WorkerDied:
                continue
        return await self._in(self._threads, _read_head, raw)

    async def open(self, raw: bytes) -> OpenMail:
        """Open a mail. Raises WorkerDied where that cannot be done."""
        return await self._by_size(open_mail, raw)

    async def texts(self, raw: bytes) -> Words:
        """The texts of a mail, uncut. Raises WorkerDied where that cannot be done."""
        return await self._by_size(texts_of, raw)

    async def run(self, fn: Callable[..., T], *args: object) -> T:
        """Run a function of a module in a worker process. Raises WorkerDied, and what the function raises."""
        if self._closed:
            raise Unavailable("the server is shutting down")
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None
        if self._workers is None:
            self._workers = _workers()
        workers = self._workers
        self._busy += 1
        try:
            return await self._in(workers, _limited, self._limit, fn, *args)
        except BrokenProcessPool as broken:
            if self._workers is workers:
                self._workers = None
            workers.shutdown(wait=False)
            raise WorkerDied("the process that read this mail died, or took too long") from broken
        except MemoryError as full:
            raise WorkerDied("there was not enough memory to read this mail") from full
        finally:
            self._busy -= 1
            if not self._busy and not self._closed:
                self._ending = asyncio.get_running_loop().call_later(self._idle, self._end)

    async def close(self) -> None:
        """End threads and workers; what they are doing is finished first."""
        self._closed = True
        if self._ending is not None:
            self._ending.cancel()
        ending: list[Executor] = [self._threads]
        if self._workers is not None:
            ending.append(self._workers)
            self._workers = None
        for executor in ending:
            await asyncio.to_thread(executor.shutdown)

    async def _by_size(self, fn: Callable[[bytes], T], raw: bytes) -> T:
        if len(raw) <= self._small:
            return await self._in(self._threads, fn, raw)
        return await self.run(fn, raw)

    async def _in(self, executor: Executor, fn: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(executor, fn, *args)

    def _end(self) -> None:
        """Nothing was asked for a while: let the workers go."""
        self._ending = None
        if self._workers is not None and not self._busy:
            self._workers.shutdown(wait=False)
            self._workers = None


def _workers() -> ProcessPoolExecutor:
    """One process, started with the first task. Spawned: a fork of a process with threads may hang."""
    return ProcessPoolExecutor(
        1, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare, initargs=(MEMORY,)
    )


def _prepare(memory: int) -> None:
    """Make a worker leave interrupts to the server, keep within its memory, and end with the server."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY or soft > memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, hard))
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A server killed hard cannot tell its workers; they would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        signal.raise_signal(signal.SIGKILL)


def _limited(seconds: float, fn: Callable[..., T], *args: object) -> T:
    """Run within a time: the alarm ends the process, which no code that hangs can stop."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return fn(*args)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _read_head(raw: bytes) -> ReadMail:
    """What the beginning of a mail says, with the size and hash of all of it."""
    digest = hashlib.sha256(raw).digest()
    read = read_mail(raw[:HEAD])
    own = (
        read.message_id
        if not read.message_id.endswith("@no-message-id.invalid")
        else (f"{digest.hex()}@no-message-id.invalid")
    )
    return msgspec.structs.replace(read, hash=Hash(digest), size=len(raw), message_id=own, kept_raw=True)
