"""Snoozing: a timer ends it, unless it ended before."""

import time

import pytest
from tests.services.conversations.town import Town

from syncline.core.errors import Invalid, NotFound
from syncline.core.ids import Id, ZoneId
from syncline.services.conversations import Private, private_of
from syncline.services.conversations.snoozing import LONGEST, SNOOZE, set_alerts, snooze, snooze_due
from syncline.services.timers import Timers
from syncline.store.contract import Store


class Clock:
    """A clock that the test sets, from the store's own on."""

    def __init__(self) -> None:
        self.ahead = 0

    def __call__(self) -> int:
        return time.time_ns() // 1_000_000 + self.ahead


@pytest.fixture
def clock() -> Clock:
    """A clock that goes ahead."""
    return Clock()


@pytest.fixture
def timers(store: Store, clock: Clock) -> Timers:
    """The timers of the store."""
    timers = Timers(store, clock=clock)
    timers.handle(SNOOZE, snooze_due)
    return timers


async def private(town: Town, account: Id, conv: ZoneId) -> Private:
    """An account's side of a conversation."""
    async with town.store.view() as view:
        return private_of(await view.subscription(account, conv))


async def quiet(town: Town, account: Id, conv: ZoneId, seconds: int) -> Private:
    """Snooze for some seconds."""
    return (await town.store.write(lambda tx: snooze(tx, account, conv, seconds))).value


async def test_a_snooze_ends_by_itself(town: Town, timers: Timers, clock: Clock) -> None:
    """Not before its time, and then for that account alone, as loud as it was."""
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    await town.store.write(lambda tx: set_alerts(tx, a, conv, "passive"))
    for account in (a, b):
        during = await quiet(town, account, conv, 60 if account == a else 600)
    assert (during.muted_for, during.muted_until > 0) == (600, True)
    assert await timers.run_due() == 0
    clock.ahead = 61_000
    assert await timers.run_due() == 1
    after = await private(town, a, conv)
    assert (after.muted_until, after.muted_for, after.alerts) == (0, 0, "passive")
    assert (await private(town, b, conv)).muted_for == 600


async def test_a_snooze_set_anew_is_not_ended_by_the_first_one(
    town: Town, timers: Timers, clock: Clock
) -> None:
    """Each timer ends its own; one that was muted for ever meanwhile stays so."""
    (a,) = await town.people("Alice")
    conv = await town.conversation(a)
    await quiet(town, a, conv, 60)
    await quiet(town, a, conv, 600)
    clock.ahead = 61_000
    assert await timers.run_due() == 1
    assert (await private(town, a, conv)).muted_for == 600
    await town.store.write(lambda tx: set_alerts(tx, a, conv, "never"))
    clock.ahead = 601_000
    assert await timers.run_due() == 1
    assert (await private(town, a, conv)).muted_until == -1


@pytest.mark.parametrize("seconds", [0, -1, LONGEST + 1, 1 << 62])
async def test_times_that_are_none(town: Town, seconds: int) -> None:
    """Refused, and nothing is set."""
    (a,) = await town.people("Alice")
    conv = await town.conversation(a)
    head = town.store.head
    with pytest.raises(Invalid):
        await quiet(town, a, conv, seconds)
    assert town.store.head == head


async def test_a_stranger_snoozes_nothing(town: Town, timers: Timers, clock: Clock) -> None:
    """NotFound, and no timer is left."""
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a)
    with pytest.raises(NotFound):
        await quiet(town, b, conv, 60)
    clock.ahead = 61_000
    assert await timers.run_due() == 0
