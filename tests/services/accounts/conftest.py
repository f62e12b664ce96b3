"""Accounts over a real store, with passwords that cost next to nothing to hash."""

from collections.abc import AsyncIterator, Iterator

import pytest

from syncline.services.accounts import Accounts, Passwords, Sessions, Tokens
from syncline.store.contract import Store


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    """Real argon2id at its lowest cost."""
    passwords = Passwords(memory_kib=8, rounds=1)
    yield passwords
    passwords.close()


@pytest.fixture
async def accounts(store: Store, passwords: Passwords) -> Accounts:
    """Accounts with closed registration."""
    return Accounts(store, passwords)


@pytest.fixture
async def tokens(store: Store) -> AsyncIterator[Tokens]:
    """Tokens that listen to the store."""
    tokens = Tokens(store)
    yield tokens
    tokens.close()


@pytest.fixture
async def sessions(store: Store) -> AsyncIterator[Sessions]:
    """Sessions that listen to the store."""
    sessions = Sessions(store)
    yield sessions
    sessions.close()
