"""Killing a writing process, and what must be true of the store that it leaves."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from syncline.core.ids import Hash, Seq, ZoneId
from syncline.core.kinds import Space
from syncline.store.sqlite import open_store
from syncline.store.sqlite.verify import verify

ROOT = Path(__file__).parents[2]


class Journal(msgspec.Struct):
    """What clients know: written down outside the process that was killed."""

    answered: dict[str, tuple[int, str]] = msgspec.field(default_factory=dict)
    """request → seq, and the blob's hash in hex or `-`"""
    delivered: dict[int, int] = msgspec.field(default_factory=dict)
    """seq → object"""
    ready: bool = False

    def read(self, lines: bytes) -> None:
        """Take in the lines of a process; an unfinished last one was never said."""
        for line in lines.split(b"\n")[:-1]:
            match line.decode().split():
                case ["answered", request, seq, blob]:
                    self.answered[request] = (int(seq), blob)
                case ["delivered", seq, object]:
                    self.delivered[int(seq)] = int(object)
                case ["ready", *_]:
                    self.ready = True


def kill_while_writing(directory: Path, seed: int, after: float, journal: Journal) -> None:
    """Let a process write for so many seconds from its first answer on, then kill it."""
    child = _start(directory, str(seed))
    assert child.stdout is not None
    read = bytearray()
    try:
        end = None
        os.set_blocking(child.stdout.fileno(), False)
        while end is None or time.monotonic() < end:
            piece = child.stdout.read(1 << 16)
            if piece:
                read += piece
                if end is None and b"answered" in read:
                    end = time.monotonic() + after
            elif child.poll() is not None:
                break
            else:
                time.sleep(0.0005)
    finally:
        child.send_signal(signal.SIGKILL)
        os.set_blocking(child.stdout.fileno(), True)
        read += child.stdout.read()
        child.stdout.close()
        child.wait()
    journal.read(bytes(read))


def die_at(directory: Path, step: str, count: int, journal: Journal) -> None:
    """Let a process write until it kills itself at a step."""
    child = _start(directory, "1", step, str(count))
    out, _ = child.communicate(timeout=60)
    assert child.returncode == -signal.SIGKILL
    journal.read(out)


def _start(directory: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.writing_child", str(directory), *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )


def check(directory: Path, journal: Journal) -> int:
    """Open the store again and hold it against the journal; returns how many entries it has."""
    assert journal.ready
    count = asyncio.run(_check(directory, journal))
    assert list(verify(directory)) == []
    return count


async def _check(directory: Path, journal: Journal) -> int:
    store = await open_store(directory)
    try:
        async with store.view() as view:
            changes = await view.changes(Seq(0), limit=10**9)
            assert [change.seq for change in changes] == list(range(1, view.head + 1))
            objects = {change.seq: change.object for change in changes}
            bound = await view.key(Space.EXTERNAL, b"all")
            assert bound is not None
            entries = await view.entries(ZoneId(bound.object))
            # numbers without a gap, in the order of the log: a lost or half-written group would show
            assert [entry.nr for entry in entries] == list(range(1, len(entries) + 1))
            assert [entry.alert_nr for entry in entries] == list(range(1, len(entries) + 1))
            by_request = {entry.request: entry for entry in entries}
            assert len(by_request) == len(entries)  # each once
            for request, (seq, blob) in journal.answered.items():
                entry = by_request[request]
                assert entry.seq <= seq < entry.seq + 3
                key = await view.key(Space.REQUEST, request.encode())
                assert key is not None
                assert key.object == entry.id
                if blob != "-":
                    hash = Hash(bytes.fromhex(blob))
                    assert await view.named_blobs(entry.id) == [hash]
                    assert (await store.blobs.get(hash)).startswith(request.encode())
            for seq, object in journal.delivered.items():
                assert objects[Seq(seq)] == object
            _in_each_writers_order(list(journal.answered), [str(entry.request) for entry in entries])
            return len(entries)
    finally:
        await store.close()


def _in_each_writers_order(answered: list[str], stored: list[str]) -> None:
    """Whoever got an answer before it sent the next one finds the two in that order, with none between."""
    last: dict[tuple[str, str], int] = {}
    for request in stored:
        writer, number, process = request.split("/")
        assert int(number) == last.get((writer, process), -1) + 1
        last[writer, process] = int(number)
    for request in answered:
        writer, number, process = request.split("/")
        assert int(number) <= last[writer, process]
