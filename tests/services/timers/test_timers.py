"""Timers: done once, in the commit that deletes them, whatever the clock and the handlers do."""

import asyncio
import logging
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import msgspec
import pytest

from syncline.core.errors import Unavailable
from syncline.core.ids import DIRECTORY, Id
from syncline.core.kinds import Kind
from syncline.core.objects import Object, Timer
from syncline.services.timers import Timers, set_timer
from syncline.services.timers.runner import PAGE
from syncline.store.commit import Commit
from syncline.store.contract import Store, Tx, View
from syncline.store.sqlite import open_store


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 1_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture
def timers(store: Store, clock: Clock) -> Timers:
    """The timers of a store, with the handler `note`, which puts its body into the directory."""
    timers = Timers(store, clock=clock, look=0.01)
    timers.handle("note", note)
    return timers


async def note(tx: Tx, body: bytes) -> None:
    """Put an object that says what was done."""
    await tx.put(Object(tx.new_id(), Kind.LABEL, DIRECTORY, body))


async def done(store: Store) -> list[str]:
    """What the handler `note` did so far, in log order."""
    async with store.view() as view:
        objects = await view.objects(DIRECTORY, [Kind.LABEL])
    return [msgspec.json.decode(each.body)["text"] for each in objects]


async def waiting(store: Store) -> list[Timer]:
    """All timers that are in the store."""
    async with store.view() as view:
        return list(await view.due(1 << 60, limit=1000))


async def test_an_act_is_done_when_it_is_due_and_not_before(
    store: Store, clock: Clock, timers: Timers
) -> None:
    """The earliest first, each once."""
    for due, text in ((1_000_300, "third"), (1_000_100, "first"), (1_000_200, "second")):
        await timers.set(due, "note", {"text": text})
    assert await timers.run_due() == 0
    clock.now = 1_000_200
    assert await timers.run_due() == 2
    assert await timers.run_due() == 0
    clock.now = 1_000_300
    await timers.run_due()
    assert await done(store) == ["first", "second", "third"]
    assert await waiting(store) == []


async def test_the_act_and_the_end_of_its_timer_are_one_commit(
    store: Store, clock: Clock, timers: Timers
) -> None:
    """A handler that fails halfway leaves nothing done and the timer in its place."""

    async def half(tx: Tx, body: bytes) -> None:
        await note(tx, body)
        raise ValueError("in the middle")

    timers.handle("half", half)
    await timers.set(0, "half", {"text": "never"})
    assert await timers.run_due() == 0
    assert await done(store) == []
    assert len(await waiting(store)) == 1


async def test_an_act_that_fails_is_tried_again_later_and_holds_up_nobody(
    store: Store, timers: Timers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One second, then two, then four …; what comes after it is done meanwhile."""
    passed = Clock()
    passed.now = 0
    monkeypatch.setattr("syncline.services.timers.runner.time.monotonic", lambda: passed.now / 10)
    tries = 0

    async def third_time(tx: Tx, body: bytes) -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise ValueError("not yet")
        await note(tx, body)

    timers.handle("third time", third_time)
    await timers.set(0, "third time", {"text": "stubborn"})
    await timers.set(1, "note", {"text": "other"})
    with caplog.at_level(logging.ERROR):
        assert await timers.run_due() == 1
    assert "third time" in caplog.text
    for tenths, expected in ((5, 1), (11, 2), (29, 2), (32, 3)):
        passed.now = tenths
        await timers.run_due()
        assert tries == expected
    assert await done(store) == ["other", "stubborn"]
    assert await waiting(store) == []


async def test_an_act_that_nobody_knows_stays_and_is_logged_once(
    store: Store, clock: Clock, timers: Timers, caplog: pytest.LogCaptureFixture
) -> None:
    """An older version of the server must not throw away what a newer one set."""
    await timers.set(0, "from the future", {"text": "kept"})
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert await timers.run_due() == 0
    assert len([record for record in caplog.records if "from the future" in record.getMessage()]) == 1
    assert len(await waiting(store)) == 1
    timers.handle("from the future", note)
    assert await timers.run_due() == 1
    assert await done(store) == ["kept"]


async def test_those_set_aside_do_not_hide_the_others(store: Store, timers: Timers) -> None:
    """They stay at the front of the table, and may be more than a page."""

    async def many(tx: Tx) -> None:
        for number in range(PAGE * 2 + 1):
            set_timer(tx, number, "unknown")
        tx.at(1000, b"not an act")
        set_timer(tx, 1001, "note", {"text": "behind"})

    await store.write(many)
    for _ in range(4):
        await timers.run_due()
    assert await done(store) == ["behind"]
    assert len(await waiting(store)) == PAGE * 2 + 2


async def test_a_cancelled_act_is_not_done(store: Store, timers: Timers) -> None:
    """However many wait before it; cancelling what was done already changes nothing."""
    kept = await timers.set(5, "note", {"text": "kept"})
    gone = await timers.set(6, "note", {"text": "gone"})
    await timers.cancel(gone)
    await timers.run_due()
    await timers.cancel(kept)
    assert await done(store) == ["kept"]


async def test_an_act_cancelled_after_the_runner_read_it_is_not_done(store: Store, timers: Timers) -> None:
    """The work looks again: what was cancelled in between must not happen."""

    async def cancels_the_next(tx: Tx, body: bytes) -> None:
        tx.cancel(second)

    timers.handle("cancel", cancels_the_next)
    await timers.set(5, "cancel")
    second = await timers.set(6, "note", {"text": "gone"})
    assert await timers.run_due() == 1
    assert await done(store) == []
    assert await waiting(store) == []


async def test_two_runners_do_an_act_once(store: Store, clock: Clock, timers: Timers) -> None:
    """Two nodes read the same timers; the second one's work finds them gone."""
    other = Timers(store, clock=clock)
    other.handle("note", note)
    for number in range(20):
        await timers.set(number, "note", {"text": str(number)})
    await asyncio.gather(timers.run_due(), other.run_due())
    assert sorted(await done(store), key=int) == [str(number) for number in range(20)]


async def test_a_jumping_clock_loses_and_doubles_nothing(store: Store, clock: Clock, timers: Timers) -> None:
    """Years ahead, back again, and on: each act is done once."""
    for number in range(4):
        await timers.set(1_000_000 + number * 1000, "note", {"text": str(number)})
    for now in (1_001_000, 5, 1_001_500, 99_000_000_000_000, 5, 99_000_000_000_000):
        clock.now = now
        while await timers.run_due():
            pass
    assert await done(store) == ["0", "1", "2", "3"]


async def test_a_handler_may_set_the_next_timer(store: Store, clock: Clock, timers: Timers) -> None:
    """What happens every hour sets itself anew, in the same commit."""

    async def every_hour(tx: Tx, body: bytes) -> None:
        await note(tx, body)
        set_timer(tx, clock.now + 3_600_000, "hourly", msgspec.json.decode(body))

    timers.handle("hourly", every_hour)
    await timers.set(0, "hourly", {"text": "tick"})
    for _ in range(3):
        assert await timers.run_due() == 1
        clock.now += 3_600_000
    assert await done(store) == ["tick"] * 3
    assert len(await waiting(store)) == 1


async def test_the_runner_wakes_by_itself(store: Store, clock: Clock, timers: Timers) -> None:
    """For timers set inside the works of others, and for a clock that jumps while it sleeps."""
    heard: asyncio.Queue[Commit] = asyncio.Queue()
    store.watch(heard.put_nowait)
    running = asyncio.create_task(timers.run())

    async def work(tx: Tx) -> None:
        set_timer(tx, 1_000_000, "note", {"text": "in a work"})
        set_timer(tx, 9_000_000, "note", {"text": "after a jump"})

    await store.write(work)
    async with asyncio.timeout(5):
        await heard.get()
        assert await done(store) == ["in a work"]
        clock.now = 9_000_001
        await heard.get()
    assert await done(store) == ["in a work", "after a jump"]
    running.cancel()
    await asyncio.wait({running})


async def test_a_store_that_cannot_be_read_for_a_while_does_not_end_the_runner(
    store: Store, timers: Timers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a full disk or a lost one, what became due meanwhile is done."""
    monkeypatch.setattr("syncline.services.timers.runner.AFTER_FAULT", 0.01)
    await timers.set(0, "note", {"text": "late"})
    heard: asyncio.Queue[Commit] = asyncio.Queue()
    store.watch(heard.put_nowait)
    view, faults = store.view, 3

    def failing() -> AbstractAsyncContextManager[View]:
        nonlocal faults
        faults -= 1
        if faults >= 0:
            raise Unavailable("the disk is away")
        return view()

    monkeypatch.setattr(store, "view", failing)
    running = asyncio.create_task(timers.run())
    async with asyncio.timeout(5):
        await heard.get()
    assert await done(store) == ["late"]
    running.cancel()
    await asyncio.wait({running})


async def test_timers_survive_a_restart(tmp_path: Path) -> None:
    """They lie in the store, not in memory; what was done stays done."""
    store = await open_store(tmp_path / "again")
    timers = Timers(store)
    timers.handle("note", note)
    await timers.set(0, "note", {"text": "before"})
    await timers.set(1, "note", {"text": "too"})
    await timers.run_due()
    await timers.set(2, "note", {"text": "after"})
    await store.close()
    store = await open_store(tmp_path / "again")
    timers = Timers(store)
    timers.handle("note", note)
    assert await timers.run_due() == 1
    assert await done(store) == ["before", "too", "after"]
    await store.close()


async def test_a_name_has_one_handler(timers: Timers) -> None:
    """Two services that take the same name are a mistake in the program, found at the start."""
    with pytest.raises(ValueError, match="note"):
        timers.handle("note", note)


async def test_an_act_knows_on_whose_behalf_it_is(store: Store) -> None:
    """So that erasing an account finds it."""
    timer = await Timers(store).set(5, "note", account=Id(7))
    assert msgspec.json.decode(timer.act) == {"name": "note", "body": {}, "account": 7}
