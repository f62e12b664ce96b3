"""Finding blobs that nothing names: left by a work that failed after its blobs were kept, or by a crash."""

import time
from pathlib import Path
from typing import Any, Final

from syncline.core.ids import Hash
from syncline.store.sqlite.connection import open_reader

SPARED: Final = 3_600_000
"""Milliseconds for which a blob that nothing names is kept: its work may still come."""


def unnamed(directory: Path) -> list[Hash]:
    """The blobs that nothing names and that were kept an hour ago; run it in a thread.

    The names are read after the blobs: one that is named in between is found named.
    """
    blobs = open_reader(directory / "blobs.db")
    store = open_reader(directory / "store.db")
    try:
        before = int(time.time() * 1000) - SPARED
        old: list[tuple[Any, ...]] = blobs.execute("SELECT hash FROM blob WHERE at < ?", (before,)).fetchall()
        names: list[tuple[Any, ...]] = store.execute("SELECT DISTINCT hash FROM blob_ref").fetchall()
        named = {hash for (hash,) in names}
        return [Hash(hash) for (hash,) in old if hash not in named]
    finally:
        blobs.close()
        store.close()
