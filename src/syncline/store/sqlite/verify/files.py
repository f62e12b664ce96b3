"""Checks of the files themselves and of blobs."""

from collections.abc import Iterator
from typing import Final

import apsw

from syncline.store.sqlite.schema import VERSION
from syncline.store.sqlite.verify.looking import Check, Looking


def store_file_is_whole(at: Looking) -> Iterator[str]:
    """SQLite finds nothing wrong in `store.db`: pages, rows and every index."""
    yield from _integrity(at.store, "store.db")


def blobs_file_is_whole(at: Looking) -> Iterator[str]:
    """SQLite finds nothing wrong in `blobs.db`."""
    yield from _integrity(at.blobs, "blobs.db")


def _integrity(connection: apsw.Connection, name: str) -> Iterator[str]:
    for (text,) in connection.execute("PRAGMA integrity_check(20)"):
        if text != "ok":
            yield f"{name} is damaged: {text}."


def schema_is_current(at: Looking) -> Iterator[str]:
    """The tables are those of this version, with the values that every store has."""
    version = at.store.execute("PRAGMA user_version").get
    if version != VERSION:
        yield f"the store has schema version {version}, this Syncline expects {VERSION}."
    for name in ("epoch", "secret"):
        if at.store.execute("SELECT value FROM meta WHERE name = ?", (name,)).get in (None, ""):
            yield f"the store has lost its {name}."


CHECKS: Final[tuple[Check, ...]] = (store_file_is_whole, blobs_file_is_whole, schema_is_current)
