"""The pages for mail, signed in."""

from collections.abc import AsyncIterator

import pytest
from tests.web.conftest import Site, open_site

from syncline.store.contract import Store


@pytest.fixture
async def site(store: Store) -> AsyncIterator[Site]:
    """A site where Ann is signed in."""
    async with open_site(store) as site:
        await site.sign_in()
        yield site
