"""Promise 3 over Fleep's poll: what a client had, plus what it is sent since, is what a new client gets."""

import asyncio
import os
import random
import tempfile
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.properties.fleep_acts import World
from tests.protocols.fleep.cache import equal
from tests.protocols.fleep.naive import Line, Naive

KEPT: Final = 4
"""Clients of each account that stopped somewhere and go on at the end, chosen among all that there were."""

STORIES: Final = int(os.environ.get("SYNCLINE_STORIES", "15"))

Moment = tuple[list[tuple[int, ...]], int]
"""Some acts, each with the three numbers that choose; and what a reader does then."""

number = st.integers(0, 1 << 12)
moment = st.tuples(st.lists(st.tuples(number, number, number, number), min_size=1, max_size=5), number)


class Readers:
    """The clients of one account: one that follows along, and copies of it at horizons that it was given."""

    def __init__(self, line: Line, chooser: random.Random) -> None:
        self.chooser = chooser
        self.current = Naive(line)
        self.kept: list[Naive] = []

    async def page(self) -> None:
        """One poll."""
        await self.current.poll()
        self.keep(0.5)

    async def follow(self) -> None:
        """Polls to the end; every horizon on the way is as good as any."""
        while await self.current.poll():
            self.keep(0.2)
        self.keep(1.0)
        assert self.current.lagging() == {}, self.current.lagging()

    def keep(self, chance: float) -> None:
        """Perhaps remember how the client is now."""
        if self.chooser.random() < chance:
            self.kept.append(self.current.copy())


async def story(directory: Path, moments: list[Moment], seed: int) -> None:
    """Acts, readers and restarts in turn; at the end every client that ever was must come to the same."""
    world = World(directory)
    await world.begin()
    try:
        chooser = random.Random(seed)
        readers = [Readers(line, chooser) for line in world.lines]
        for steps, what in moments:
            for act, a, b, c in steps:
                await world.do(act, a, b, c)
            reader = readers[what % len(readers)]
            match what % 7:
                case 0:
                    await reader.page()
                case 1 | 2:
                    await reader.follow()
                case 3:
                    await reader.follow()
                    await reader.current.walk_all()
                    reader.keep(1.0)
                case 4:
                    await world.restart()
                case 5:
                    await world.rebuild()
        for reader in readers:
            await all_equal(reader)
    finally:
        await world.end()


async def all_equal(reader: Readers) -> None:
    """The client that followed, copies of it, and a new one that starts at 0 hold the same."""
    new = reader.current.anew()
    await new.catch_up()
    await new.walk_all()
    kept = reader.chooser.sample(reader.kept, min(KEPT, len(reader.kept)))
    for client in [reader.current, *kept]:
        await client.catch_up()
        assert client.lagging() == {}, "a reader is left waiting for a number"
        await client.walk_all()
        equal(client, new)


def drawn(seed: int) -> list[Moment]:
    """A longer story than hypothesis tells."""
    chooser = random.Random(seed)

    def numbers() -> tuple[int, ...]:
        return tuple(chooser.randrange(1 << 12) for _ in range(4))

    return [
        ([numbers() for _ in range(chooser.randrange(1, 5))], chooser.randrange(1 << 12))
        for _ in range(chooser.randrange(10, 30))
    ]


@pytest.mark.parametrize("seed", range(STORIES))
async def test_a_long_story_ends_the_same_for_all(tmp_path: Path, seed: int) -> None:
    """The same with more of everything. `SYNCLINE_STORIES=1000 scripts/test` of this file for more."""
    await story(tmp_path / "data", drawn(seed), seed)


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(moments=st.lists(moment, min_size=1, max_size=25), seed=number)
def test_from_every_horizon_ever_returned_a_client_comes_to_what_a_new_one_gets(
    moments: list[Moment], seed: int
) -> None:
    """Promises 3 and 4: edits, members, labels, mails that enter and leave the inbox, restarts."""
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(story(Path(directory) / "data", moments, seed))
