"""The desk at which the tests of the search sit."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.services.search.desk import Desk

from syncline.store.contract import Store


@pytest.fixture
async def desk(store: Store, tmp_path: Path) -> AsyncIterator[Desk]:
    """An empty mailbox."""
    (tmp_path / "index").mkdir()
    desk = Desk(store, tmp_path / "index")
    yield desk
    await desk.closed()
