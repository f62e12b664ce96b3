"""Where labels are tried: a town for conversations, a mailbox of one of its accounts for mails."""

import pytest
from tests.services.conversations.town import Town
from tests.services.labels.desk import Desk

from syncline.store.contract import Store


@pytest.fixture
async def desk(store: Store) -> Desk:
    """An account with nothing but the system's labels."""
    town = Town(store)
    (account,) = await town.people("Alice")
    return Desk(town, account)
