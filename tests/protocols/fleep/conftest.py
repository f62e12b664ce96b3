"""The protocol on a whole server, over a real store."""

from collections.abc import AsyncIterator

import pytest
from tests.protocols.fleep.place import Client, Place

from syncline.store.contract import Store


@pytest.fixture
async def place(store: Store) -> AsyncIterator[Place]:
    """Everything that a client of the protocol meets."""
    place = Place(store)
    yield place
    await place.close()


@pytest.fixture
async def ann(place: Place) -> Client:
    """Somebody with a client."""
    return await place.user("ann")


@pytest.fixture
async def bo(place: Place) -> Client:
    """Somebody else with a client."""
    return await place.user("bo")
