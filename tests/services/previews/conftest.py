"""The town in which the tests of previews play."""

import pytest
from tests.services.conversations.town import Town

from syncline.store.contract import Store


@pytest.fixture
def town(store: Store) -> Town:
    """A store with nobody in it yet."""
    return Town(store)
