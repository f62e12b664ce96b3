"""The store kit: what every implementation of the store's contract must pass.

A test class of an implementation inherits `StoreKit` and says how a store is opened:

    class TestSqlite(StoreKit):
        async def open(self, directory: Path) -> Store:
            return await open_store(directory)

        def over(self, directory: Path, wrap: Wrap) -> LogStore:
            backend = SqliteBackend(directory)
            return LogStore(wrap(backend), backend.head)

The parts can be inherited one by one, too.
"""

from syncline.testing.store.blobs import BlobKit
from syncline.testing.store.entries import EntryKit
from syncline.testing.store.erasing import EraseKit
from syncline.testing.store.faults import FaultKit
from syncline.testing.store.grants import GrantKit
from syncline.testing.store.grouping import GroupKit
from syncline.testing.store.keys import KeyKit
from syncline.testing.store.log import LogKit
from syncline.testing.store.merging import MergeKit
from syncline.testing.store.objects import ObjectKit
from syncline.testing.store.opening import Opening, Wrap
from syncline.testing.store.readers import ReaderKit
from syncline.testing.store.shares import ShareKit
from syncline.testing.store.state import StateKit
from syncline.testing.store.subscriptions import SubscriptionKit
from syncline.testing.store.timers import TimerKit
from syncline.testing.store.works import WorkKit
from syncline.testing.store.zones import ZoneKit

__all__ = [
    "BlobKit",
    "EntryKit",
    "EraseKit",
    "FaultKit",
    "GrantKit",
    "GroupKit",
    "KeyKit",
    "LogKit",
    "MergeKit",
    "ObjectKit",
    "Opening",
    "ReaderKit",
    "ShareKit",
    "StateKit",
    "StoreKit",
    "SubscriptionKit",
    "TimerKit",
    "WorkKit",
    "Wrap",
    "ZoneKit",
]


class StoreKit(
    BlobKit,
    EntryKit,
    EraseKit,
    FaultKit,
    GrantKit,
    GroupKit,
    KeyKit,
    LogKit,
    MergeKit,
    ObjectKit,
    ReaderKit,
    ShareKit,
    StateKit,
    SubscriptionKit,
    TimerKit,
    WorkKit,
    ZoneKit,
):
    """All parts of the kit."""
