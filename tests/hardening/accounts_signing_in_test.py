"""Threat: somebody without an account learns from sign-in who has one, or takes the server down with it."""

import asyncio
import time

import pytest

from syncline.core.errors import TooMany, WrongPassword
from syncline.services.accounts import Accounts, Passwords
from syncline.store.contract import Store

LOGINS = ("ann@example.org", "nobody@example.org", "nobody", "tokens@example.org", "closed@example.org", "")


async def _cost(accounts: Accounts, login: str) -> float:
    """Seconds of computing that one refused login takes: other programs on the machine do not count."""
    started = time.process_time()
    with pytest.raises(WrongPassword):
        await accounts.sign_in(login, "a wrong password")
    return time.process_time() - started


async def test_an_unknown_login_takes_as_long_as_a_known_one(store: Store) -> None:
    """Unknown, without a password, closed: the same argon2id is computed for all, at its real cost."""
    passwords = Passwords()
    accounts = Accounts(store, passwords)
    await accounts.add("ann@example.org", password="the right one")
    await accounts.add("tokens@example.org")
    closed = await accounts.add("closed@example.org", password="the right one")
    await accounts.close(closed.id)
    rounds = [{login: await _cost(accounts, login) for login in LOGINS} for _ in range(9)]
    least = {login: min(costs[login] for costs in rounds) for login in LOGINS}
    known = least["ann@example.org"]
    assert known > 0.005, "else the hash is too cheap to compare"
    assert {login for login, cost in least.items() if not known / 2 < cost < known * 2} == set()
    passwords.close()


async def test_a_flood_of_logins_is_refused_and_the_loop_goes_on(store: Store) -> None:
    """500 at once: memory for two hashes, a bounded wait, a clear answer to the rest, nobody else delayed."""
    passwords = Passwords(workers=2, waiting=20, memory_kib=8, rounds=1)
    accounts = Accounts(store, passwords)
    ann = await accounts.add("ann@example.org", password="the right one")
    flood = [asyncio.create_task(accounts.sign_in("ann", "wrong")) for _ in range(500)]
    refused = await asyncio.gather(*flood, return_exceptions=True)
    assert {type(each) for each in refused} == {WrongPassword, TooMany}
    assert sum(isinstance(each, WrongPassword) for each in refused) >= 22
    assert await accounts.sign_in("ann", "the right one") == ann, "afterwards all is as it was"
    passwords.close()
