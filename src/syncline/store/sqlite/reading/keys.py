"""Reading unique keys, terms and timers."""

import time
from collections.abc import Collection, Sequence
from typing import Final

from syncline.core.ids import NO_ID, Id
from syncline.core.kinds import Space
from syncline.core.objects import Bound, Timer
from syncline.store.sqlite.reading.base import UNBOUNDED, Reading, bound, placeholders

AT_ONCE: Final = 256
"""Keys asked for in one statement."""


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

    async def look_up(self, wanted: Collection[tuple[Space, bytes]]) -> Sequence[Bound]:
        """What these keys lead to, in any order; those that lead nowhere are left out."""
        spaces: dict[Space, list[bytes]] = {}
        for space, value in wanted:
            spaces.setdefault(space, []).append(value)
        now = time.time() * 1000
        found = []
        for space, values in spaces.items():
            for start in range(0, len(values), AT_ONCE):
                some = values[start : start + AT_ONCE]
                # few lengths, so that the statements stay prepared: the last value is asked for again
                some += some[-1:] * ((1 << (len(some) - 1).bit_length()) - len(some))
                rows = self._all(
                    "SELECT space, value, object, answer, expires FROM key WHERE space = ?"
                    f" AND value IN ({placeholders(len(some))})",
                    (space, *some),
                )
                found += [Bound(space, *row[1:]) for row in rows if row[4] is None or row[4] > now]
        return found

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
