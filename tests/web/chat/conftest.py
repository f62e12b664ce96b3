"""The pages for conversations, signed in."""

from collections.abc import AsyncIterator

import pytest
from tests.web.chat.talking import Talk
from tests.web.conftest import open_site

from syncline.store.contract import Store


@pytest.fixture
async def talk(store: Store) -> AsyncIterator[Talk]:
    """A site where Ann is signed in, and Bo has an account."""
    async with open_site(store) as site:
        await site.sign_in()
        bo = await site.services.accounts.add("bo@example.org", name="Bo Ek", local="bo")
        yield Talk(site, bo.id)
