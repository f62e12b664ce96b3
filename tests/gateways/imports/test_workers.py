"""Worker processes: in order, whatever a mail does to them, and never longer than the command."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import msgspec
import pytest
from tests.gateways.imports.mailboxes import mail

from syncline.gateways.imports.batches import (
    BATCH,
    BATCH_BYTES,
    LARGE,
    Prepared,
    batches,
    packed,
    size_of,
)
from syncline.gateways.imports.found import Found, Place
from syncline.gateways.imports.pipes import LENGTH
from syncline.gateways.imports.reading import Reading
from syncline.gateways.imports.workers import Workers
from syncline.gateways.mime.mail import read_mail

DEADLY = ("-m", "tests.gateways.imports.deadly_worker")


def prepared(answer: "Future[bytes]") -> list[Prepared]:
    """What a worker said."""
    return msgspec.msgpack.decode(answer.result(30), type=list[Prepared])


def test_workers_read_as_we_would() -> None:
    """The same ReadMail, with the labels and states of place, headers and person."""
    raw = mail("one", "X-Keywords: tax\n")
    with Workers(labels=("old",)) as workers:
        (one,) = prepared(workers.read([Found(raw, Place(("box",), None, True))]))
    assert one == Prepared(read_mail(raw), ("box", "tax", "old", "inbox"), ("unread",))


def test_a_batch_goes_on_as_it_came() -> None:
    """The command puts a worker's answer and the bytes together without looking into either."""
    found = [Found(mail("one")), Found(b"\xff" * LARGE), Found(b""), Found(mail("two"))]
    with Workers() as workers:
        answer = workers.read(found).result(30)
    parts = packed(answer, found)
    assert any(part is found[1].raw for part in parts), "a large mail is not copied"
    mails = msgspec.msgpack.decode(answer, type=list[Prepared])
    assert [one.mail for one in mails] == [read_mail(one.raw) for one in found]
    sent = b"".join(parts)
    assert sent == len(answer).to_bytes(LENGTH, "little") + answer + b"".join(one.raw for one in found)


@pytest.mark.parametrize(("head", "patience"), [("X-Kill: 1\n", 30.0), ("X-Hang: 1\n", 0.5)])
def test_a_mail_that_kills_is_kept_raw_and_the_others_are_read(head: str, patience: float) -> None:
    """A fault in a library may neither end the import nor lose a mail, not even the one that causes it."""
    found = [Found(mail("before")), Found(mail("deadly", head)), Found(mail("after"))]
    with Workers(1, command=DEADLY, patience=patience) as workers:
        before, deadly, after = prepared(workers.read(found))
        assert prepared(workers.read([Found(mail("later"))]))[0].mail.subject == "later"
    assert (before.mail.subject, after.mail.subject) == ("before", "after")
    assert deadly.mail.kept_raw
    assert (deadly.mail.hash, deadly.mail.size) == (read_mail(found[1].raw).hash, len(found[1].raw))
    assert (deadly.labels, deadly.state) == (before.labels, before.state)


def test_a_worker_that_the_system_ends_costs_no_mail() -> None:
    """A kernel short of memory kills workers; a mail that does no harm is read by the next one."""
    with Workers(1) as workers:
        workers.read([]).result(30)
        os.kill(workers._all[0]._process.pid, signal.SIGKILL)
        (one,) = prepared(workers.read([Found(mail("alone"))]))
    assert not one.mail.kept_raw
    assert one.mail.subject == "alone"


def test_workers_end_with_the_command() -> None:
    """At its end, and when it is killed: their input ends."""
    code = (
        "import time; from syncline.gateways.imports.workers import Workers\n"
        "w = Workers(); w.read([]).result()\n"
        "print(*[one._process.pid for one in w._all], flush=True); time.sleep(60)"
    )
    command = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert command.stdout is not None
    pids = [int(pid) for pid in command.stdout.readline().split()]
    assert len(pids) == 2
    assert all(alive(pid) for pid in pids)
    command.send_signal(signal.SIGKILL)
    command.wait()
    command.stdout.close()
    give_up = time.monotonic() + 10
    while any(alive(pid) for pid in pids) and time.monotonic() < give_up:
        time.sleep(0.02)
    assert not any(alive(pid) for pid in pids)


def alive(pid: int) -> bool:
    """Whether a process runs (one that only waits to be reaped does not)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_batches_are_bounded_and_in_order() -> None:
    """The owner of the store takes bites that it can swallow; a large mail goes alone."""
    small = [Found(b"%d" % turn) for turn in range(BATCH * 2 + 1)]
    assert [len(batch) for batch in batches(small)] == [BATCH, BATCH, 1]
    large = Found(bytes(BATCH_BYTES + 1))
    got = list(batches([small[0], large, small[1], small[2]]))
    assert got == [[small[0]], [large], [small[1], small[2]]]


async def test_reading_stays_within_its_bounds() -> None:
    """However fast a file is read, only so much of it is in memory; a larger mail waits until it is alone."""
    made = 0

    def source() -> Iterator[Found]:
        nonlocal made
        for turn in range(60):
            made += 1
            yield Found(bytes(7_000_000 if turn == 30 else 1_000_000))

    with Workers(1) as workers:
        reading = Reading(source(), workers, ahead=5_000_000)
        reading.at_once = False
        read = 0
        while (step := await reading.next()) is not None:
            assert size_of(step.found) <= 7_000_000
            read += len(step.found)
            assert made - read <= 6
            reading.taken(step.found)
        assert read == 60
        reading.end()


async def test_what_reading_raises_is_raised_where_it_is_taken() -> None:
    """After all that came before it."""

    def source() -> Iterator[Found]:
        yield Found(bytes(3_000_000))
        raise PermissionError("no")

    with Workers(1) as workers:
        reading = Reading(source(), workers)
        assert await reading.next() is not None
        with pytest.raises(PermissionError):
            await reading.next()
        reading.end()
