"""The embedded store passes the kit."""

from pathlib import Path

from syncline.store.contract import Store
from syncline.store.group import LogStore
from syncline.store.sqlite import open_store
from syncline.store.sqlite.store import SqliteBackend
from syncline.testing.store import StoreKit, Wrap


class TestSqlite(StoreKit):
    """SQLite on a data directory."""

    async def open(self, directory: Path) -> Store:
        """One process owns it."""
        return await open_store(directory)

    def over(self, directory: Path, wrap: Wrap) -> LogStore:
        """The same without the lock."""
        backend = SqliteBackend(directory)
        return LogStore(wrap(backend), backend.head)
