"""Rates: token buckets, and whom an address counts for."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Final

BUCKETS: Final = 100_000
"""Keys remembered at most (about 12 MB); beyond that the oldest are forgotten, which favours nobody for
long."""


class Bucket:
    """A token bucket for each key, kept as one number: the time at which its bucket would be full again.

    (The generic cell rate algorithm: exact, and one dict look-up a request.)
    """

    __slots__ = ("_full", "interval", "reserve")

    def __init__(self, rate: float, burst: float) -> None:
        """Allow `rate` a second in the long run, and `burst` at once."""
        self.interval = 1 / rate
        self.reserve = burst / rate
        self._full: dict[object, float] = {}

    def take(self, key: object, now: float, cost: float = 1.0) -> float:
        """Take from a key's bucket: 0.0 if there was enough, else the seconds until there will be."""
        full = self._full.get(key, 0.0)
        if full < now:
            full = now
        full += self.interval * cost
        wait = full - now - self.reserve
        if wait > 1e-9:  # sums of intervals are not exact
            return wait
        if len(self._full) >= BUCKETS and key not in self._full:
            self._forget(now)
        self._full[key] = full
        return 0.0

    def give(self, key: object, cost: float = 1.0) -> None:
        """Give back what was taken for something that turned out well (a right password)."""
        full = self._full.get(key)
        if full is not None:
            self._full[key] = full - self.interval * cost

    def clear(self) -> None:
        """Fill all buckets."""
        self._full.clear()

    def _forget(self, now: float) -> None:
        self._full = {key: full for key, full in self._full.items() if full > now}
        while len(self._full) > BUCKETS // 2:
            del self._full[next(iter(self._full))]


@lru_cache(maxsize=4096)
def network(address: str) -> str | None:
    """Whom an address counts for: itself, or its /64 (IPv6); None for loopback and for no address at all."""
    try:
        ip = ip_address(address)
    except ValueError:
        return None
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            return network(str(ip.ipv4_mapped))
        if not ip.is_loopback:
            return str(IPv6Address(int(ip) >> 64 << 64))
    return None if ip.is_loopback else address
