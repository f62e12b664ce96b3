"""Reading the store at one moment: the View over one SQLite connection, a file a noun."""

import apsw

from syncline.core.ids import Seq
from syncline.store.sqlite.reading.entries import EntryReading
from syncline.store.sqlite.reading.keys import KeyReading
from syncline.store.sqlite.reading.log import LogReading
from syncline.store.sqlite.reading.objects import ObjectReading
from syncline.store.sqlite.reading.readers import ReaderReading
from syncline.store.sqlite.reading.state import StateReading
from syncline.store.sqlite.reading.subscriptions import SubscriptionReading
from syncline.store.sqlite.reading.zones import ZoneReading


class SqliteView(
    LogReading,
    ZoneReading,
    EntryReading,
    StateReading,
    ObjectReading,
    SubscriptionReading,
    KeyReading,
    ReaderReading,
):
    """A view on one connection: for readers inside a read transaction, for the writer inside its own.

    Its methods are coroutines that never suspend: each is a few short statements on the loop (10–180 µs).
    """

    __slots__ = ()

    def __init__(self, connection: apsw.Connection, head: Seq) -> None:
        """Read through a connection whose transaction began at this head."""
        self._connection = connection
        self.head = head
