"""The one limiter: so many requests a second for each address, each account, and each guess of a password."""

import time
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Final

from syncline.core.errors import TooMany
from syncline.core.ids import Id

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

    def _forget(self, now: float) -> None:
        self._full = {key: full for key, full in self._full.items() if full > now}
        while len(self._full) > BUCKETS // 2:
            del self._full[next(iter(self._full))]


class Limiter:
    """All buckets of a server. A rate of 0 means no limit."""

    def __init__(
        self,
        *,
        address_rate: float = 100.0,
        address_burst: float = 1000.0,
        account_rate: float = 50.0,
        account_burst: float = 500.0,
        guess_rate: float = 0.1,
        guess_burst: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Set the rates, in requests a second, and the bursts, in requests."""
        self._addresses = Bucket(address_rate, address_burst) if address_rate else None
        self._accounts = Bucket(account_rate, account_burst) if account_rate else None
        self._guesses = Bucket(guess_rate, guess_burst) if guess_rate else None
        self._clock = clock

    def address(self, address: str) -> None:
        """Count a request of an address; raises TooMany.

        Loopback is not counted: behind an undeclared proxy all users would share its bucket. An IPv6
        network of 64 bits is one client.
        """
        if self._addresses is None:
            return
        key = network(address)
        if key is None:
            return
        wait = self._addresses.take(key, self._clock())
        if wait:
            raise TooMany("Too many requests from your address.", retry_after=wait)

    def account(self, account: Id, cost: float = 1.0) -> None:
        """Count a request of an account, costly ones as several; raises TooMany."""
        if self._accounts is None:
            return
        wait = self._accounts.take(account, self._clock(), cost)
        if wait:
            raise TooMany("Too many requests for your account.", retry_after=wait)

    def guess(self, login: str, address: str) -> None:
        """Count a try of a password, before it is checked; raises TooMany.

        Counted for the login from this network: nobody can lock another's account from elsewhere, and one
        that tries many logins is held by its address as well.
        """
        if self._guesses is None:
            return
        now = self._clock()
        key = network(address) or address
        wait = self._guesses.take((login.strip().casefold(), key), now)
        wait = wait or self._guesses.take(("*", key), now, 0.2)
        if wait:
            raise TooMany("Too many sign-ins were tried; wait a little.", retry_after=wait)

    def guessed(self, login: str, address: str) -> None:
        """The password was right: give the try back."""
        if self._guesses is not None:
            key = network(address) or address
            self._guesses.give((login.strip().casefold(), key))
            self._guesses.give(("*", key), 0.2)


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
