"""Passwords: argon2id in a small pool of threads, never on the loop."""

import asyncio
import base64
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from syncline.core.errors import Damaged, Invalid, TooMany

T = TypeVar("T")

SHORTEST: Final = 8
"""Characters of a password that people choose for themselves (NIST SP 800-63B)."""

LONGEST: Final = 1024
"""Characters; more only costs time."""


class Passwords:
    """Hashes and checks passwords.

    Memory is bounded by `workers` × `memory_kib`, however many sign in at once; the others wait for a
    thread, and beyond `waiting` they are told to come again. The cost is OWASP's for argon2id: 19 MiB, two
    rounds, one lane (about 30 ms).
    """

    def __init__(
        self, *, workers: int = 2, waiting: int = 256, memory_kib: int = 19 * 1024, rounds: int = 2
    ) -> None:
        """Start with no thread; they are made when needed."""
        self._hasher = PasswordHasher(
            time_cost=rounds, memory_cost=memory_kib, parallelism=1, hash_len=32, salt_len=16, type=Type.ID
        )
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="passwords")
        self._most = workers + waiting
        self._pending = 0
        # A well-formed hash of nothing: checking it costs what checking a real one does, and never succeeds.
        salt, digest = (_base64(secrets.token_bytes(size)) for size in (16, 32))
        self._nobody = f"$argon2id$v=19$m={memory_kib},t={rounds},p=1${salt}${digest}"

    async def hash(self, password: str) -> str:
        """The hash of a password with its parameters and salt; raises Invalid (empty, too long), TooMany."""
        if not password or len(password) > LONGEST:
            raise Invalid(f"A password has 1 to {LONGEST} characters.", field="password")
        return await self._run(lambda: self._hasher.hash(_bytes(password)))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether a password belongs to a hash. None (no account, no password) takes as long and is False.

        Raises TooMany, and Damaged where the hash is not one.
        """
        checked = stored or self._nobody
        given = _bytes(password[:LONGEST])

        def check() -> bool:
            try:
                return self._hasher.verify(checked, given)
            except VerifyMismatchError:
                return False
            except (InvalidHashError, VerificationError) as error:
                raise Damaged("A stored password hash cannot be read.") from error

        matches = await self._run(check)
        return matches and stored is not None and len(password) <= LONGEST

    def outdated(self, stored: str) -> bool:
        """Whether a hash was made with other parameters than those of now."""
        return self._hasher.check_needs_rehash(stored)

    def check_strength(self, password: str) -> None:
        """Raise Invalid for a password that nobody should choose for himself."""
        if len(password) < SHORTEST:
            raise Invalid(f"A password has at least {SHORTEST} characters.", field="password")

    def close(self) -> None:
        """Let the threads end; those waiting are cancelled."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def _run(self, act: Callable[[], T]) -> T:
        if self._pending >= self._most:
            raise TooMany("Too many are signing in just now.", retry_after=2)
        self._pending += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, act)
        finally:
            self._pending -= 1


def _bytes(password: str) -> bytes:
    # Keyboards of different systems compose é differently; NFC makes them one password (RFC 8265).
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")
