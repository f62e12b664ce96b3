"""The mailbox in which these tests play."""

import pytest
from tests.services.mail.letters import Mailbox, new_account

from syncline.services.mail import Mails
from syncline.store.contract import Store


@pytest.fixture
async def box(store: Store) -> Mailbox:
    """An empty mailbox."""
    return Mailbox(Mails(store), store, await new_account(store))
