"""Interleaved rounds: what is compared runs in turns, so that a noisy minute hits both sides."""

from collections.abc import Callable, Mapping
from typing import TypeVar

T = TypeVar("T")


def interleaved(rounds: int, measures: Mapping[str, Callable[[], T]]) -> dict[str, list[T]]:
    """Run all measures once a round, in the order given; their results by name, a list item a round."""
    results: dict[str, list[T]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            results[name].append(measure())
    return results


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of all lies (0.5: the middle one), without interpolation."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
