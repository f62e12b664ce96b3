"""How much of one thing an account or an address may do in a while ("velocity", Fleep reference 1.5)."""

import time
from collections.abc import Callable
from typing import Final

from syncline.config.sections import Fleep as Options
from syncline.core.errors import TooMany
from syncline.core.ids import Id
from syncline.core.rates import Bucket, network
from syncline.services.people import address_key

HOUR: Final = 3600.0


class Velocity:
    """The buckets of this protocol. A limit of 0 is none; in memory, so a restart fills them all."""

    def __init__(self, options: Options, clock: Callable[[], float] = time.monotonic) -> None:
        """Hold the limits of the options; `clock` gives seconds."""
        self._sends = Bucket(options.send_rate, options.send_burst) if options.send_rate else None
        self._resets = _hourly(options.resets_an_hour)
        self._codes = _hourly(options.codes_an_hour)
        self._clock = clock

    def send(self, account: Id) -> None:
        """Count a message of an account; raises TooMany."""
        self._take(self._sends, account, "Too many messages in a short time; wait a little.")

    def reset(self, email: str, address: str) -> None:
        """Count a password reset, for whom it is and from where it is asked; raises TooMany."""
        for key in _keys(email, address):
            self._take(self._resets, key, "Too many password reset attempts per hour!")

    def code(self, email: str, address: str) -> None:
        """Count a registration code, for whom it is and from where it is asked; raises TooMany."""
        for key in _keys(email, address):
            self._take(self._codes, key, "Too many registration attempts per hour!")

    def clear_resets(self) -> None:
        """Forget all resets."""
        if self._resets is not None:
            self._resets.clear()

    def clear_codes(self) -> None:
        """Forget all codes."""
        if self._codes is not None:
            self._codes.clear()

    def _take(self, bucket: Bucket | None, key: object, message: str) -> None:
        wait = 0.0 if bucket is None else bucket.take(key, self._clock())
        if wait:
            raise TooMany(message, retry_after=wait)


def _keys(email: str, address: str) -> tuple[object, ...]:
    """What an attempt counts for. First from where it comes: who is refused for that leaves no key behind.

    An e-mail address counts in all its spellings as one, and keeps no more of a long one than a hash.
    """
    return network(address) or address, address_key(email)


def _hourly(limit: int) -> Bucket | None:
    return Bucket(limit / HOUR, limit) if limit else None
