"""What all reading shares: the connection, and how rows become values."""

from collections.abc import Iterable
from typing import Any, Final

import apsw

from syncline.core.ids import Seq

UNBOUNDED: Final = (1 << 63) - 1
"""The largest integer of the store: an open end of a range, or no limit."""

Row = tuple[Any, ...]


class Reading:
    """One connection and the head of its moment."""

    __slots__ = ("_connection", "head")

    _connection: apsw.Connection
    head: Seq

    def _all(self, sql: str, bindings: Iterable[Any] = ()) -> list[Row]:
        return self._connection.execute(sql, tuple(bindings)).fetchall()

    def _one(self, sql: str, bindings: Iterable[Any] = ()) -> Row | None:
        for row in self._connection.execute(sql, tuple(bindings)):
            return tuple(row)
        return None


def bound(value: int | None) -> int:
    """A value for SQL where None means no bound."""
    return UNBOUNDED if value is None else value


def placeholders(count: int) -> str:
    """`?, ?, ?` for a list of this length."""
    return ", ".join("?" * count)
