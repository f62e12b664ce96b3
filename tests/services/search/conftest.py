"""The desk at which the tests of the search sit."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.services.search.desk import Desk, settle_in

from syncline.store.contract import Store


@pytest.fixture
async def desk(store: Store, tmp_path: Path) -> AsyncIterator[Desk]:
    """An empty mailbox."""
    (tmp_path / "index").mkdir()
    await settle_in(store)
    desk = await Desk.opened(store, tmp_path / "index")
    yield desk
    await desk.closed()
