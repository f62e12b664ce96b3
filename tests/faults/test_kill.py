"""`kill -9` at any moment: what was acknowledged is there once and in order, as is what was delivered.

Promise 1. The clients' own journals say what was acknowledged. Twenty random moments here;
`SYNCLINE_KILLS=200 scripts/test tests/faults/test_kill.py` for more.
"""

import os
import random
from pathlib import Path
from typing import Final

import pytest
from tests.faults.killing import Journal, check, die_at, kill_while_writing
from tests.faults.writing_child import STEPS

KILLS: Final = int(os.environ.get("SYNCLINE_KILLS", "20"))
A_STORE: Final = 5
"""So many kills hit the same store, one after the other: recovery stands on what recovery left."""


@pytest.mark.parametrize("first", range(0, KILLS, A_STORE))
@pytest.mark.timeout(120)
def test_nothing_acknowledged_is_lost_at_random_moments(tmp_path: Path, first: int) -> None:
    """Eight writers, killed between the first and about the four-hundredth group."""
    journal = Journal()
    before = 0
    for seed in range(first, min(first + A_STORE, KILLS)):
        chance = random.Random(seed)
        kill_while_writing(tmp_path / "data", seed, chance.random() ** 2 * 0.5, journal)
        count = check(tmp_path / "data", journal)
        assert count > before
        before = count


@pytest.mark.parametrize("step", STEPS)
def test_nothing_acknowledged_is_lost_at_each_step_of_the_writer(tmp_path: Path, step: str) -> None:
    """Killed at the first, and at a later time that the writer comes by this step."""
    journal = Journal()
    for count in (3, 17):
        die_at(tmp_path / "data", step, count, journal)
        check(tmp_path / "data", journal)
