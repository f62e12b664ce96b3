"""Worker processes that read mails beside the command that imports them."""

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Final, Self

import msgspec

from syncline.gateways.imports.batches import Asked, Prepared, size_of, unread
from syncline.gateways.imports.found import Found
from syncline.gateways.imports.noted import noted
from syncline.gateways.imports.pipes import read, write

COUNT: Final = 2

PATIENCE: Final = 60.0
"""Seconds that reading a batch may take, and …"""

PATIENCE_A_MB: Final = 5.0
"""… so many more for each megabyte. A worker that needs longer is ended."""

HUGE: Final = 64_000_000
"""Bytes from which on a mail is read by the command itself: two of it in memory would be too much."""


class Workers:
    """Worker processes; each reads one batch at a time. To be closed, by a `with` for example."""

    def __init__(
        self,
        count: int = COUNT,
        *,
        labels: Sequence[str] = (),
        inbox: bool = True,
        patience: float = PATIENCE,
        command: Sequence[str] = ("-m", "syncline.gateways.imports.worker"),
    ) -> None:
        """Start them; `labels` and `inbox` as in `noted`. `command` is what the interpreter runs."""
        self._labels = tuple(labels)
        self._inbox = inbox
        self._patience = patience
        self._closed = threading.Event()
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        self._all = [_Worker(command) for _ in range(count)]
        for worker in self._all:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="syncline-import")

    def read(self, batch: Sequence[Found]) -> Future[bytes]:
        """Read a batch: a list of Prepared as msgpack, in the same order.

        A mail that ends two workers is kept raw: whatever libraries do to a hostile one, no mail is lost and
        no other one is delayed by more than a restart.
        """
        return self._threads.submit(self._read, batch)

    def _read(self, batch: Sequence[Found]) -> bytes:
        if len(batch) == 1 and len(batch[0].raw) >= HUGE:
            return self._read_here(batch)
        answer = self._ask(batch)
        if answer is None and len(batch) == 1:
            answer = self._ask(batch)  # the system may have killed the first worker for its memory
        if answer is not None:
            return answer
        if self._closed.is_set():
            raise RuntimeError("the import is over")
        if len(batch) > 1:
            parts = [msgspec.msgpack.decode(self._read([found]), type=list[Prepared]) for found in batch]
            return msgspec.msgpack.encode([prepared for part in parts for prepared in part])
        (found,) = batch
        place = noted(found.raw, found.place, labels=self._labels, inbox=self._inbox)
        return msgspec.msgpack.encode([unread(found.raw, place)])

    def _read_here(self, batch: Sequence[Found]) -> bytes:
        from syncline.gateways.imports.worker import prepared  # 0.1 s that nearly nobody needs

        raws = [found.raw for found in batch]
        return msgspec.msgpack.encode(prepared(self._asked(batch), raws))

    def _asked(self, batch: Sequence[Found]) -> Asked:
        sizes = [len(found.raw) for found in batch]
        return Asked(sizes, [found.place for found in batch], self._labels, self._inbox)

    def _ask(self, batch: Sequence[Found]) -> bytes | None:
        asked = self._asked(batch)
        worker = self._idle.get()
        try:
            answer = worker.ask(asked, batch, self._patience + size_of(batch) / 1e6 * PATIENCE_A_MB)
            if answer is None and not self._closed.is_set():
                worker.start_again()
            return answer
        finally:
            self._idle.put(worker)

    def close(self) -> None:
        """End them, and wait until they are gone."""
        self._closed.set()
        for worker in self._all:
            worker.end()
        self._threads.shutdown(cancel_futures=True)
        for worker in self._all:
            worker.end()

    def __enter__(self) -> Self:
        """The workers."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close them."""
        self.close()


class _Worker:
    """One process and the pipes to it."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # noqa: S603 — this interpreter with a module of ours
            [sys.executable, *self._command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,  # the terminal's Ctrl-C is for the command
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )

    def ask(self, asked: Asked, batch: Sequence[Found], patience: float) -> bytes | None:
        """Its answer; None where it died, or took too long and was ended."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        late = threading.Timer(patience, process.kill)
        late.daemon = True
        late.start()
        try:
            write(process.stdin, msgspec.msgpack.encode(asked), (found.raw for found in batch))
            return read(process.stdout)
        except (BrokenPipeError, ValueError):
            return None
        finally:
            late.cancel()

    def start_again(self) -> None:
        """Put a new process in the place of one that died."""
        self.end()
        self._process = self._start()

    def end(self) -> None:
        """End it, and wait until it is gone."""
        process = self._process
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError, OSError):
                    pipe.close()
