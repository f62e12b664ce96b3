"""Sets of numbers kept as ranges: which of 5,000 mails are unread takes a few bytes."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import TypeAlias

Ranges: TypeAlias = tuple[int, ...]
"""first, last, first, last …: sorted, not touching one another. `(1, 3, 7, 7)` holds 1, 2, 3 and 7."""


def ranges(numbers: Iterable[int]) -> Ranges:
    """The ranges of these numbers, in any order, repeated or not."""
    found: list[int] = []
    for number in sorted(set(numbers)):
        if found and found[-1] == number - 1:
            found[-1] = number
        else:
            found += (number, number)
    return tuple(found)


def holds(known: Ranges, number: int) -> bool:
    """Whether a number is in the set."""
    at = bisect_right(known, number)
    # at an odd place a range has begun and not ended; at an even one the last end may be the number itself
    return at % 2 == 1 or (at > 0 and known[at - 1] == number)


def numbers(known: Ranges) -> Iterator[int]:
    """All numbers, rising."""
    for at in range(0, len(known), 2):
        yield from range(known[at], known[at + 1] + 1)


def count(known: Ranges) -> int:
    """How many numbers there are."""
    return sum(known[at + 1] - known[at] + 1 for at in range(0, len(known), 2))


def united(one: Ranges, other: Ranges) -> Ranges:
    """What is in either."""
    if not one or not other:
        return one or other
    pairs = sorted((known[at], known[at + 1]) for known in (one, other) for at in range(0, len(known), 2))
    found: list[int] = []
    for first, last in pairs:
        if found and first <= found[-1] + 1:
            found[-1] = max(found[-1], last)
        else:
            found += (first, last)
    return tuple(found)


def both(one: Ranges, other: Ranges) -> Ranges:
    """What is in one and in the other."""
    if not one or not other:
        return ()
    return ranges(set(numbers(one)).intersection(numbers(other)))


def without(known: Ranges, number: int) -> Ranges:
    """The set less one number."""
    if not holds(known, number):
        return known
    found: list[int] = []
    for at in range(0, len(known), 2):
        first, last = known[at], known[at + 1]
        if first <= number <= last:
            if first < number:
                found += (first, number - 1)
            if number < last:
                found += (number + 1, last)
        else:
            found += (first, last)
    return tuple(found)
