"""Reading the state of conversations, now and at any seq."""

from collections.abc import Collection, Sequence

from syncline.core.entries import Fact
from syncline.core.ids import Seq, ZoneId
from syncline.store.sqlite.reading.base import Reading, placeholders

FACT = "conv, type, name, content, since, part, until, entry"


class StateReading(Reading):
    """State at one moment of the store, as of any seq before it."""

    __slots__ = ()

    async def state(
        self, conv: ZoneId, *, at: Seq | None = None, types: Collection[str] | None = None
    ) -> Sequence[Fact]:
        """All facts of a conversation as they are now, or as they were right after a seq; by since, part."""
        moment, when = (
            ("until IS NULL", ())
            if at is None
            else (
                "since <= ? AND (until IS NULL OR until > ?)",
                (at, at),
            )
        )
        wanted = "" if types is None else f" AND type IN ({placeholders(len(types))})"
        rows = self._all(
            f"SELECT {FACT} FROM state WHERE conv = ? AND {moment}{wanted} ORDER BY since, part",
            (conv, *when, *(types or ())),
        )
        return [Fact(*row) for row in rows]

    async def fact(self, conv: ZoneId, type: str, name: str) -> Fact | None:
        """One fact as it is now."""
        row = self._one(
            f"SELECT {FACT} FROM state WHERE conv = ? AND type = ? AND name = ? AND until IS NULL",
            (conv, type, name),
        )
        return None if row is None else Fact(*row)

    async def state_changes(self, conv: ZoneId, after: Seq, until: Seq) -> Sequence[Fact]:
        """The facts set after one seq, up to and with another, replaced ones included."""
        rows = self._all(
            f"SELECT {FACT} FROM state WHERE conv = ? AND since > ? AND since <= ? ORDER BY since, part",
            (conv, after, until),
        )
        return [Fact(*row) for row in rows]
