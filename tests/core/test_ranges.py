"""Ranges are sets of numbers: whatever a set would answer, they answer, in a few bytes."""

from hypothesis import given
from hypothesis import strategies as st

from syncline.core.ranges import Ranges, both, count, holds, numbers, ranges, united, without

SETS = st.sets(st.integers(1, 40))
"""Few enough numbers that ranges touch, meet and swallow one another."""


def in_order(known: Ranges) -> bool:
    """Pairs that rise, with a gap between one range and the next."""
    gaps = zip(known[1::2], known[2::2], strict=False)
    inside = zip(known[::2], known[1::2], strict=True)
    return all(last + 1 < first for last, first in gaps) and all(first <= last for first, last in inside)


@given(SETS)
def test_a_set_comes_back_as_it_was(some: set[int]) -> None:
    """In order, each number once, and equal sets are equal ranges."""
    known = ranges(some)
    assert in_order(known)
    assert list(numbers(known)) == sorted(some)
    assert count(known) == len(some)
    assert ranges(reversed([*some, *some])) == known


@given(SETS, st.integers(-1, 42))
def test_a_number_is_held_or_it_is_not(some: set[int], number: int) -> None:
    """At the ends of ranges, between them, and outside."""
    assert holds(ranges(some), number) == (number in some)


@given(SETS, SETS)
def test_two_sets_are_united_and_met_as_sets_are(one: set[int], other: set[int]) -> None:
    """Marks of two threads become those of one; a join must lose none of them."""
    assert united(ranges(one), ranges(other)) == ranges(one | other)
    assert both(ranges(one), ranges(other)) == ranges(one & other)


@given(SETS, st.integers(0, 41))
def test_one_number_is_taken_out(some: set[int], number: int) -> None:
    """A mail was read: the others stay unread."""
    assert without(ranges(some), number) == ranges(some - {number})


def test_a_long_run_takes_two_numbers() -> None:
    """All mails of a thread unread is the common case, so a mark's size must not follow the thread's."""
    assert ranges(range(1, 100_001)) == (1, 100_000)
    assert count((1, 1 << 60)) == 1 << 60
    assert united((1, 1 << 60), (5, 7)) == (1, 1 << 60)
    assert without((1, 1 << 60), 7) == (1, 6, 8, 1 << 60)
