"""The one limiter: so many requests a second for each address, each account, and each guess of a password."""

import time
from collections.abc import Callable

from syncline.core.errors import TooMany
from syncline.core.ids import Id
from syncline.core.rates import Bucket, network
from syncline.services.people import address_key


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
        wait = self._guesses.take((address_key(login), key), now)
        wait = wait or self._guesses.take(("*", key), now, 0.2)
        if wait:
            raise TooMany("Too many sign-ins were tried; wait a little.", retry_after=wait)

    def guessed(self, login: str, address: str) -> None:
        """The password was right: give the try back."""
        if self._guesses is not None:
            key = network(address) or address
            self._guesses.give((address_key(login), key))
            self._guesses.give(("*", key), 0.2)
