"""Fixtures for all tests: a real store in a folder of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from syncline.store.sqlite import open_store
from syncline.store.sqlite.store import SqliteStore


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    """A fresh store on the embedded database."""
    store = await open_store(tmp_path / "data")
    yield store
    await store.close()
