"""When accounts were last active."""

import asyncio
from collections.abc import Iterable

import msgspec
import pytest

from syncline.core.errors import DiskFull
from syncline.core.ids import Id
from syncline.services.people import LastSeen, Profile
from syncline.services.people.lastseen import COARSE, forget_last_seen
from syncline.store.contract import Store

ANN = Id(2000)
SHOWN = Profile(person=ANN, account=True)


class Clock:
    """A clock that stands."""

    now = 1_000_000_000_000

    def __call__(self) -> int:
        """Its time, ms."""
        return self.now


async def _shown(store: Store, seen: LastSeen, profiles: Iterable[Profile] = (SHOWN,)) -> dict[Id, int]:
    async with store.view() as view:
        return await seen.shown(view, profiles)


async def test_activity_is_known_at_once_and_after_a_restart(store: Store) -> None:
    """At once exactly, after a restart from what was written."""
    clock = Clock()
    seen = LastSeen(store, clock)
    assert await _shown(store, seen) == {}
    seen.touch(ANN)
    assert await _shown(store, seen) == {ANN: clock.now}
    await seen.close()
    assert await _shown(store, LastSeen(store, clock)) == {ANN: clock.now}


async def test_it_is_written_seldom_and_never_in_the_log(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once in ten minutes for an account that polls all day, and nobody is woken for it."""
    clock = Clock()
    seen = LastSeen(store, clock, gather=0.0)
    writes = 0
    write = store.write

    async def counted(*given: object, **named: object) -> object:
        nonlocal writes
        writes += 1
        return await write(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "write", counted)
    head = store.head
    for _ in range(3):
        seen.touch(ANN)
        seen.touch(Id(ANN + 1))
        await asyncio.sleep(0.05)
        clock.now += COARSE // 3 + 1
    assert writes == 1
    seen.touch(ANN)
    await asyncio.sleep(0.05)
    assert (writes, store.head) == (2, head)
    await seen.close()
    assert await _shown(store, LastSeen(store, clock)) == {ANN: clock.now}


@pytest.mark.parametrize(
    "changed", [{"private": True}, {"closed": True}, {"erased": True}, {"account": False}]
)
async def test_it_is_shown_of_those_who_let_it_be_seen(store: Store, changed: dict[str, bool]) -> None:
    """Not of who keeps it private, nor of who is gone."""
    seen = LastSeen(store, Clock())
    seen.touch(ANN)
    assert await _shown(store, seen, [msgspec.structs.replace(SHOWN, **changed)]) == {}
    await seen.close()


async def test_a_full_disk_costs_nothing_but_the_note(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The request that was active has long been answered; the server goes on."""
    seen = LastSeen(store, Clock())
    seen.touch(ANN)

    async def full(*given: object, **named: object) -> object:
        raise DiskFull("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(store, "write", full)
        await seen.close()
    assert await _shown(store, seen) == {ANN: Clock.now}


async def test_it_is_forgotten_with_the_account(store: Store) -> None:
    """An erase leaves nothing of it."""
    clock = Clock()
    seen = LastSeen(store, clock)
    seen.touch(ANN)
    await seen.close()
    await store.write(lambda tx: forget_last_seen(tx, ANN))
    assert await _shown(store, LastSeen(store, clock)) == {}
