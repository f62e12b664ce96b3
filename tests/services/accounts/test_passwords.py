"""Passwords: argon2id, bounded."""

import asyncio
import threading

import pytest
from argon2 import PasswordHasher

from syncline.core.errors import Damaged, Invalid, TooMany
from syncline.services.accounts import Passwords


async def test_a_hash_is_argon2id_and_salted(passwords: Passwords) -> None:
    """Equal passwords do not look equal to who reads the store."""
    one, other = await passwords.hash("right"), await passwords.hash("right")
    assert one.startswith("$argon2id$")
    assert one != other
    assert await passwords.verify(one, "right")
    assert not await passwords.verify(one, "Right")


async def test_no_password_opens_what_has_none(passwords: Passwords) -> None:
    """An account with tokens only, or none at all, never lets in."""
    for given in ("", "right", "\0"):
        assert not await passwords.verify(None, given)


@pytest.mark.parametrize("password", ["", "x" * 1025])
async def test_a_password_has_bounds(passwords: Passwords, password: str) -> None:
    """A megabyte of password would cost everybody's time."""
    with pytest.raises(Invalid):
        await passwords.hash(password)


async def test_a_damaged_hash_is_said_and_not_taken_for_a_wrong_password(passwords: Passwords) -> None:
    """Else an operator would look for the fault at the wrong end."""
    with pytest.raises(Damaged):
        await passwords.verify("$argon2id$torn", "right")


class _Counting(PasswordHasher):
    """Counts how many hashes are made at the same time."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.lock = threading.Lock()
        self.running = 0
        self.most = 0

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
        try:
            return super().hash(password, salt=salt)
        finally:
            with self.lock:
                self.running -= 1


async def test_64_at_once_are_hashed_by_few_threads() -> None:
    """Each hash takes 19 MiB: 64 logins must not take 1.2 GB."""
    passwords = Passwords(workers=2)
    passwords._hasher = counting = _Counting()
    hashes = await asyncio.gather(*(passwords.hash("right") for _ in range(64)))
    assert len(set(hashes)) == 64
    assert 1 <= counting.most <= 2
    passwords.close()


async def test_beyond_the_bound_they_are_told_to_come_again() -> None:
    """A flood of logins is refused at once, and those accepted are served."""
    passwords = Passwords(workers=1, waiting=3, memory_kib=8, rounds=1)
    results = await asyncio.gather(*(passwords.hash("right") for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(result, str) for result in results) == 4
    refused = [result for result in results if isinstance(result, TooMany)]
    assert len(refused) == 6
    assert refused[0].retry_after > 0
    assert await passwords.hash("right"), "and when they are through, there is room again"
    passwords.close()


async def test_hashing_does_not_hold_the_loop() -> None:
    """While a costly hash is made, others are answered."""
    passwords = Passwords(rounds=4)
    hashing = asyncio.create_task(passwords.hash("right"))
    turns = 0
    while not hashing.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 3
    passwords.close()
