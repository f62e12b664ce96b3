"""Passwords that come with every request (HTTP Basic): checked once, then known for some minutes."""

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from typing import Final, Protocol

from syncline.core.ids import Id
from syncline.services.accounts.accounts import Accounts
from syncline.services.accounts.auth import SCOPES, Auth
from syncline.services.accounts.known import Known
from syncline.services.accounts.tokens import clock
from syncline.store.contract import Store

LASTS: Final = 10 * 60 * 1000
"""ms that a right password is not checked again."""

CAPACITY: Final = 4096
"""Pairs remembered."""


class Guesses(Protocol):
    """The limiter, as far as guessing passwords is concerned."""

    def guess(self, login: str, address: str) -> None:
        """Count a try of a password; raises TooMany."""

    def guessed(self, login: str, address: str) -> None:
        """The password was right."""


class Logins:
    """Who is who by login and password, for clients that send both with every request.

    Checking a password costs 30 ms of a core, so a right pair is remembered under a hash with a key that
    lives as long as the process, never in itself. A changed password and a closed account are heard of
    before their author is answered, as with tokens.
    """

    def __init__(
        self,
        store: Store,
        accounts: Accounts,
        guesses: Guesses,
        *,
        clock: Callable[[], int] = clock,
        lasts: int = LASTS,
    ) -> None:
        """Check against these accounts, counting each try; `lasts` is in ms."""
        self._store = store
        self._accounts = accounts
        self._guesses = guesses
        self._clock = clock
        self._lasts = lasts
        self._key = secrets.token_bytes(32)
        self._known = Known(store, clock, CAPACITY)
        self._checking: dict[bytes, asyncio.Task[Auth]] = {}
        self._last = 0

    async def authenticate(self, login: str, password: str, address: str) -> Auth:
        """Whose login and password these are; `address` is whose try it counts as.

        Raises WrongPassword, Deactivated, TooMany. A client that opens many connections with one pair has
        tried once.
        """
        pair = self._pair(login, password)
        known = self._known.get(pair)
        if known is not None:
            return known
        task = self._checking.get(pair)
        if task is None:
            self._guesses.guess(login, address)
            task = asyncio.get_running_loop().create_task(self._check(pair, login, password, address))
            self._checking[pair] = task
            task.add_done_callback(lambda done: self._checked(pair, done))
        return await asyncio.shield(task)

    def close(self) -> None:
        """Stop listening to the store, and forget all pairs."""
        self._known.close()
        for task in self._checking.values():
            task.cancel()

    async def _check(self, pair: bytes, login: str, password: str, address: str) -> Auth:
        read_at = self._store.head
        account = await self._accounts.sign_in(login, password)
        self._guesses.guessed(login, address)
        self._last -= 1  # below all ids of tokens and sessions: each pair is a session of its own
        auth = Auth(account.id, Id(self._last), SCOPES)
        self._known.remember(pair, auth, expires=self._clock() + self._lasts, read_at=read_at)
        return auth

    def _checked(self, pair: bytes, done: asyncio.Task[Auth]) -> None:
        self._checking.pop(pair, None)
        if not done.cancelled():
            done.exception()  # told to whoever still waits; nobody may be left

    def _pair(self, login: str, password: str) -> bytes:
        given = f"{len(login)}:{login}{password}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(given, key=self._key, digest_size=32).digest()
