"""Token buckets."""

import pytest

from syncline.core import rates
from syncline.core.rates import Bucket


def test_a_bucket_gives_its_burst_at_once_and_then_its_rate() -> None:
    """10 at once, then 2 a second: exactly."""
    bucket = Bucket(rate=2, burst=10)
    assert [bucket.take("a", 0.0) for _ in range(10)] == [0.0] * 10
    assert bucket.take("a", 0.0) == pytest.approx(0.5)
    assert bucket.take("a", 0.5) == 0.0
    assert bucket.take("a", 0.5) > 0
    assert [bucket.take("a", 100.0) for _ in range(11)].count(0.0) == 10


def test_memory_is_bounded_however_many_addresses_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood from a million addresses forgets old ones instead of growing."""
    monkeypatch.setattr(rates, "BUCKETS", 100)
    bucket = Bucket(rate=0.001, burst=10)
    for number in range(1000):
        bucket.take(number, 0.0)
    assert len(bucket._full) <= 100


def test_a_cleared_bucket_gives_its_burst_again() -> None:
    """For all keys."""
    bucket = Bucket(rate=0.001, burst=1)
    assert bucket.take("a", 0.0) == 0.0
    assert bucket.take("a", 0.0) > 0
    bucket.clear()
    assert bucket.take("a", 0.0) == 0.0
