"""Reading unique keys, terms and timers."""

import time
from collections.abc import Sequence

from syncline.core.ids import NO_ID, Id
from syncline.core.kinds import Space
from syncline.core.objects import Bound, Timer
from syncline.store.sqlite.reading.base import UNBOUNDED, Reading, bound


class KeyReading(Reading):
    """Keys and terms at one moment."""

    __slots__ = ()

    async def key(self, space: Space, value: bytes) -> Bound | None:
        """What a unique key leads to; an expired key is not found."""
        row = self._one(
            "SELECT space, value, object, answer, expires FROM key WHERE space = ? AND value = ?",
            (space, value),
        )
        if row is None or (row[4] is not None and row[4] <= time.time() * 1000):
            return None
        return Bound(Space(row[0]), *row[1:])

    async def find(
        self,
        space: Space,
        value: bytes,
        *,
        after: Id = NO_ID,
        limit: int | None = None,
        descending: bool = False,
    ) -> Sequence[Id]:
        """The things indexed under a term, by id; `after` continues in the order asked."""
        if descending:
            before = after or UNBOUNDED
            rows = self._all(
                """SELECT object FROM term WHERE space = ? AND value = ? AND object < ?
                ORDER BY object DESC LIMIT ?""",
                (space, value, before, bound(limit)),
            )
        else:
            rows = self._all(
                """SELECT object FROM term WHERE space = ? AND value = ? AND object > ?
                ORDER BY object LIMIT ?""",
                (space, value, after, bound(limit)),
            )
        return [row[0] for row in rows]

    async def due(self, until: int, *, limit: int) -> Sequence[Timer]:
        """Timers due at or before a time (ms), earliest first."""
        rows = self._all(
            "SELECT id, due, act FROM timer WHERE due <= ? ORDER BY due, id LIMIT ?", (until, limit)
        )
        return [Timer(*row) for row in rows]
