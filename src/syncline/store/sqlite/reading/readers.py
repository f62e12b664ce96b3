"""Reading cursors kept by the server, with marks, exceptions and queues."""

from collections.abc import Sequence

from syncline.core.ids import START, Id, Seq
from syncline.core.kinds import Kind, ReaderKind
from syncline.core.readers import Mark, MarkException, Queued, Reader
from syncline.store.sqlite.reading.base import Reading


class ReaderReading(Reading):
    """Readers at one moment."""

    __slots__ = ()

    async def reader(self, kind: ReaderKind, account: Id | None, name: str) -> Reader | None:
        """A reader with a cursor kept by the server."""
        row = self._one(
            """SELECT id, kind, account, name, cursor, seen_at, body FROM reader
            WHERE kind = ? AND ifnull(account, 0) = ? AND name = ?""",
            (kind, account or 0, name),
        )
        return None if row is None else Reader(row[0], ReaderKind(row[1]), *row[2:])

    async def marks(self, reader: Id) -> Sequence[Mark]:
        """A device's acknowledgement marks."""
        rows = self._all(
            "SELECT reader, zone, kind, upto, full FROM mark WHERE reader = ? ORDER BY zone, kind", (reader,)
        )
        return [Mark(row[0], row[1], Kind(row[2]), row[3], row[4]) for row in rows]

    async def exceptions(self, reader: Id) -> Sequence[MarkException]:
        """The objects that differ from a device's marks."""
        rows = self._all(
            "SELECT reader, object, seq, owed, had FROM mark_exception WHERE reader = ? ORDER BY object",
            (reader,),
        )
        return [MarkException(row[0], row[1], row[2], bool(row[3]), bool(row[4])) for row in rows]

    async def queue(self, reader: Id, *, after: Seq = START, limit: int) -> Sequence[Queued]:
        """What waits for a reader, in order."""
        rows = self._all(
            "SELECT reader, seq, body FROM queue WHERE reader = ? AND seq > ? ORDER BY seq LIMIT ?",
            (reader, after, limit),
        )
        return [Queued(*row) for row in rows]
