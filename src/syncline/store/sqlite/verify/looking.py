"""What a check is, and what it looks at: one snapshot of a store's files."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import apsw
import msgspec

from syncline.core.ids import Seq


class Damage(msgspec.Struct, frozen=True):
    """One thing that is not as it should be: the check that found it, and a sentence that names it."""

    check: str
    sentence: str


class Jump(msgspec.Struct, frozen=True, array_like=True):
    """A restore: the log went from one head to another without the changes between."""

    before: Seq
    to: Seq


class Looking:
    """A snapshot of `store.db`, and one of `blobs.db` that is at least as new."""

    def __init__(self, directory: Path, store: apsw.Connection, blobs: apsw.Connection, *, now: int) -> None:
        """Look through these connections; `now` in ms."""
        self.directory = directory
        self.store = store
        self.blobs = blobs
        self.now = now
        self.jumps = jumps(store)
        self.head: int = max(
            store.execute("SELECT ifnull(max(seq), 0) FROM change").get, *(jump.to for jump in self.jumps), 0
        )

    def rows(self, sql: str, *values: Any) -> Iterator[tuple[Any, ...]]:
        """The rows of a query of the store."""
        return iter(self.store.execute(sql, values))


Check: TypeAlias = Callable[[Looking], Iterator[str]]
"""One promise: says a sentence for each damage. Its function's name is the check's name."""


def jumps(store: apsw.Connection) -> tuple[Jump, ...]:
    """The restores that this log has seen, oldest first."""
    text = store.execute("SELECT value FROM meta WHERE name = 'jumps'").get
    return () if text is None else msgspec.json.decode(text, type=tuple[Jump, ...])
