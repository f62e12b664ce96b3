"""Reading entries and amendments."""

from collections.abc import Sequence

from syncline.core.entries import Entry
from syncline.core.ids import START, Id, Nr, Seq, ZoneId
from syncline.core.kinds import EntryKind, Rel
from syncline.store.sqlite.reading.base import Reading, Row, bound

ENTRY = "id, conv, seq, nr, kind, author, at, body, form, target, rel, root, alert_nr, session, request"


def entry(row: Row) -> Entry:
    """An entry from its row."""
    id, conv, seq, nr, kind, author, at, body, form, target, rel, root, alert_nr, session, request = row
    return Entry(
        id,
        conv,
        seq,
        nr,
        EntryKind(kind),
        author,
        at,
        body,
        form,
        target,
        None if rel is None else Rel(rel),
        root,
        alert_nr,
        session,
        request,
    )


class EntryReading(Reading):
    """Entries at one moment."""

    __slots__ = ()

    async def entries(
        self,
        conv: ZoneId,
        *,
        after: Seq = START,
        before: Seq | None = None,
        limit: int | None = None,
        newest: bool = False,
    ) -> Sequence[Entry]:
        """Entries with `after` < seq < `before`, in seq order; the `limit` oldest, or newest, of them."""
        order = "DESC" if newest else "ASC"
        rows = self._all(
            f"SELECT {ENTRY} FROM entry WHERE conv = ? AND seq > ? AND seq < ? ORDER BY seq {order} LIMIT ?",
            (conv, after, bound(before), bound(limit)),
        )
        if newest:
            rows.reverse()
        return [entry(row) for row in rows]

    async def entry(self, id: Id) -> Entry | None:
        """An entry by its id."""
        row = self._one(f"SELECT {ENTRY} FROM entry WHERE id = ?", (id,))
        return None if row is None else entry(row)

    async def entries_by_id(self, ids: Sequence[Id]) -> Sequence[Entry]:
        """Entries by id, in the order asked; unknown ones are left out."""
        found = []
        for id in ids:
            row = self._one(f"SELECT {ENTRY} FROM entry WHERE id = ?", (id,))
            if row is not None:
                found.append(entry(row))
        return found

    async def entry_by_nr(self, conv: ZoneId, nr: Nr) -> Entry | None:
        """An entry by the number that people count."""
        row = self._one(f"SELECT {ENTRY} FROM entry WHERE conv = ? AND nr = ? AND nr IS NOT NULL", (conv, nr))
        return None if row is None else entry(row)

    async def entry_by_alert(self, conv: ZoneId, alert_nr: int) -> Entry | None:
        """The n-th alerting entry."""
        row = self._one(
            f"SELECT {ENTRY} FROM entry WHERE conv = ? AND alert_nr = ? AND alert_nr > 0", (conv, alert_nr)
        )
        return None if row is None else entry(row)

    async def related(
        self, target: Entry, rel: Rel | None = None, *, after: Seq = START, limit: int, newest: bool = False
    ) -> Sequence[Entry]:
        """The amendments of an entry, in seq order; the `limit` oldest, or newest, of them."""
        # left to itself SQLite walks the whole conversation, for that is in order already; and the index of
        # targets alone says which amendments are wanted, so that no other's body is read
        which, values = ("", ()) if rel is None else ("AND rel = ?", (rel,))
        order = "DESC" if newest else "ASC"
        rows = self._all(
            f"""SELECT {ENTRY} FROM entry WHERE conv = ? AND seq IN (
                SELECT seq FROM entry INDEXED BY entry_target
                WHERE conv = ? AND target = ? {which} AND seq > ? ORDER BY seq {order} LIMIT ?)
            ORDER BY seq""",
            (target.conv, target.conv, target.id, *values, after, limit),
        )
        return [entry(row) for row in rows]

    async def thread(self, conv: ZoneId, root: Id, *, after: Seq = START, limit: int) -> Sequence[Entry]:
        """The entries whose root is this one, in seq order."""
        rows = self._all(
            f"""SELECT {ENTRY} FROM entry INDEXED BY entry_root
            WHERE conv = ? AND root = ? AND seq > ? ORDER BY seq LIMIT ?""",
            (conv, root, after, limit),
        )
        return [entry(row) for row in rows]
