"""Mails are read off the loop, and whatever happens to a worker, somebody gets an answer."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator

import pytest

from syncline.core.errors import Unavailable
from syncline.gateways.mime.mail import read_mail
from syncline.gateways.mime.parsing import HEAD, Parsing, WorkerDied

SMALL = b"Subject: small\nMessage-ID: <s@x>\n\nhello"
LARGE = b"Subject: large\nMessage-ID: <l@x>\n\n" + b"word " * 40_000


def die() -> None:
    """What the system does to a process that takes all memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def hang() -> None:
    """A loop without an end."""
    while True:
        pass


def eat() -> int:
    """More memory than a worker may have."""
    return len(bytearray(8 * 1024**3))


def fail() -> None:
    raise ValueError("said by the function")


@pytest.fixture
async def parsing() -> AsyncIterator[Parsing]:
    """A facade whose workers may take two seconds."""
    parsing = Parsing(limit=2)
    yield parsing
    await parsing.close()


async def test_small_and_large_mails_are_read_the_same(parsing: Parsing) -> None:
    """A thread for one, a process for the other."""
    assert await parsing.read(SMALL) == read_mail(SMALL)
    assert await parsing.read(LARGE) == read_mail(LARGE)
    assert (await parsing.texts(LARGE)).subject == "large"
    opened = await parsing.open(LARGE)
    assert opened.headers.get("subject") == "large"
    assert [leaf.size for leaf in opened.leaves()] == [200_000]


async def test_a_small_mail_starts_no_process(parsing: Parsing) -> None:
    """A server at rest stays small."""
    await parsing.read(SMALL)
    await parsing.open(SMALL)
    assert parsing.workers == 0


async def test_the_worker_ends_when_nothing_is_asked_for_a_while() -> None:
    parsing = Parsing(idle=0.2)
    await parsing.read(LARGE)
    assert parsing.workers == 1
    for _ in range(100):
        await asyncio.sleep(0.05)
        if not parsing.workers:
            break
    assert parsing.workers == 0
    assert (await parsing.read(LARGE)).subject == "large"
    await parsing.close()


async def test_the_death_of_a_worker_is_said_and_the_next_mail_is_read(parsing: Parsing) -> None:
    for killer in (die, hang, eat):
        with pytest.raises(WorkerDied):
            await parsing.run(killer)
        assert (await parsing.read(LARGE)).subject == "large"


async def test_a_mail_of_which_workers_die_is_known_by_its_beginning(
    parsing: Parsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No mail is lost: head, size and hash are those of the mail, and it counts as kept raw."""

    async def dying(*_: object) -> object:
        raise WorkerDied("killed")

    monkeypatch.setattr(parsing, "run", dying)
    read = await parsing.read(LARGE)
    whole = read_mail(LARGE)
    assert (read.subject, read.message_id, read.kept_raw) == ("large", "l@x", True)
    assert (read.hash, read.size) == (whole.hash, whole.size)
    nameless = LARGE.replace(b"Message-ID: <l@x>\n", b"")
    assert len(nameless) > HEAD
    assert (await parsing.read(nameless)).message_id == read_mail(nameless).message_id


async def test_what_a_function_raises_is_raised_here(parsing: Parsing) -> None:
    with pytest.raises(ValueError, match="said by the function"):
        await parsing.run(fail)


async def test_the_loop_stays_free_while_a_large_mail_is_read(parsing: Parsing) -> None:
    """Nothing holds the loop: it turns many times while a worker is busy."""
    await parsing.read(LARGE)  # the start of the process is not what is measured
    reading = asyncio.create_task(parsing.run(time.sleep, 0.5))
    turns = 0
    while not reading.done():
        await asyncio.sleep(0.005)
        turns += 1
    assert turns > 20


async def test_after_the_end_nothing_starts_again() -> None:
    parsing = Parsing()
    await parsing.read(LARGE)
    await parsing.close()
    with pytest.raises(Unavailable):
        await parsing.run(read_mail, LARGE)
