"""The protocol behind the server's own edge, over a real store, with people who hold tokens."""

from collections.abc import AsyncIterator

import pytest
from tests.protocols.changes.place import Place

from syncline.store.contract import Store


@pytest.fixture
async def place(store: Store) -> AsyncIterator[Place]:
    """Everything that a client of the protocol meets."""
    place = Place(store)
    yield place
    await place.close()
