"""A town with delivery in it."""

from collections.abc import AsyncIterator

import pytest
from tests.services.conversations.town import Town

from syncline.services.delivery import Delivery
from syncline.store.contract import Store


@pytest.fixture
def town(store: Store) -> Town:
    """People and conversations over a real store."""
    return Town(store)


@pytest.fixture
async def delivery(store: Store) -> AsyncIterator[Delivery]:
    """Delivery that has learned of the store's restores, as it does with the first delta that is read."""
    delivery = Delivery(store)
    async with store.view() as view:
        await delivery.jumps(view)
    yield delivery
    delivery.close()
