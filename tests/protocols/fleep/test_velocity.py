"""How much of one thing an account or an address may do in a while."""

import tracemalloc

import pytest

from syncline.config.sections import Fleep as Options
from syncline.core.errors import TooMany
from syncline.protocols.fleep.velocity import Velocity

HERE = "192.0.2.1"


def hourly(limit: int) -> Velocity:
    """So many codes and resets an hour, at a time that stands still."""
    return Velocity(Options(resets_an_hour=limit, codes_an_hour=limit), clock=lambda: 0.0)


@pytest.mark.parametrize("email", ["ann@example.org", "ANN@Example.org.", " ann@example.org.. "])
def test_one_address_is_one_however_it_is_spelled(email: str) -> None:
    """All of these reach the same mailbox, from wherever they are asked for."""
    for act in (Velocity.reset, Velocity.code):
        velocity = hourly(1)
        act(velocity, "ann@example.org", HERE)
        with pytest.raises(TooMany):
            act(velocity, email, "198.51.100.7")


def test_who_was_refused_leaves_nothing_behind() -> None:
    """Else one client fills the memory with addresses that it thinks up."""
    velocity = hourly(2)
    velocity.code("a@example.org", HERE)
    velocity.code("b@example.org", HERE)
    tracemalloc.start()
    for number in range(100):
        with pytest.raises(TooMany):
            velocity.code(f"{number}@" + "x" * 60_000, HERE)
    left, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert left < 60_000
