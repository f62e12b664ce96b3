"""Reading the log, counters and the store's own values."""

from collections.abc import Sequence

from syncline.core.ids import Seq
from syncline.core.kinds import Act, Kind
from syncline.core.log import Change
from syncline.store.sqlite.reading.base import Reading, Row, bound

COLUMNS = "seq, zone, kind, object, act, nr, actor, at, work"


def change(row: Row) -> Change:
    """A change from its row."""
    seq, zone, kind, object_, act, nr, actor, at, work = row
    return Change(seq, zone, Kind(kind), object_, Act(act), nr, actor, at, work)


class LogReading(Reading):
    """The log at one moment."""

    __slots__ = ()

    async def meta(self, name: str) -> str | None:
        """A named value of the whole store."""
        row = self._one("SELECT value FROM meta WHERE name = ?", (name,))
        return None if row is None else str(row[0])

    async def counter(self, name: str) -> int:
        """The last value of a named counter, 0 before its first."""
        row = self._one("SELECT value FROM counter WHERE name = ?", (name,))
        return 0 if row is None else int(row[0])

    async def changes(
        self, after: Seq, *, until: Seq | None = None, kind: Kind | None = None, limit: int
    ) -> Sequence[Change]:
        """The log after a seq (up to and with `until`), in order."""
        if kind is None:
            rows = self._all(
                f"SELECT {COLUMNS} FROM change WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
                (after, bound(until), limit),
            )
        else:
            # the index of record kinds is partial: SQLite uses it only where it can see kind >= 100
            wanted = "kind = ? AND kind >= 100" if kind >= Kind.RECORD else "kind = ?"
            rows = self._all(
                f"SELECT {COLUMNS} FROM change WHERE {wanted} AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
                (kind, after, bound(until), limit),
            )
        return [change(row) for row in rows]

    async def change(self, seq: Seq) -> Change | None:
        """One row of the log."""
        row = self._one(f"SELECT {COLUMNS} FROM change WHERE seq = ?", (seq,))
        return None if row is None else change(row)
