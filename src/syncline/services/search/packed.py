"""Many rows as one JSON text, on the way into SQLite and out of it.

The interpreter's lock is passed once a statement and not once a row.
"""

from collections.abc import Sequence
from typing import Any, Final

import apsw
import msgspec

_NUMBERS: Final = msgspec.json.Decoder(list[int])


def packed(rows: Any) -> str:
    """Rows for `json_each(?)`."""
    return msgspec.json.encode(rows).decode()


def unpacked(text: str) -> list[int]:
    """The numbers of a `json_group_array`."""
    return _NUMBERS.decode(text)


def numbers(connection: apsw.Connection, sql: str, bindings: Sequence[Any]) -> list[int]:
    """The numbers that a statement with one `json_group_array` finds."""
    return unpacked(value(connection, sql, bindings))


def value(connection: apsw.Connection, sql: str, bindings: Sequence[Any] = ()) -> Any:
    """The one value of a statement's one row."""
    return connection.execute(sql, tuple(bindings)).get


def first(connection: apsw.Connection, sql: str, bindings: Sequence[Any] = ()) -> Any:
    """The first row, or None."""
    return connection.execute(sql, tuple(bindings)).fetchone()


def rows(connection: apsw.Connection, sql: str, bindings: Sequence[Any] = ()) -> list[Any]:
    """All rows: for few of them."""
    return connection.execute(sql, tuple(bindings)).fetchall()
