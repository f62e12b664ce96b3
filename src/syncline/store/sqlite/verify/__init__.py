"""`syncline verify`: every promise that can be checked on a store at rest, or a snapshot of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import apsw

from syncline.core.errors import NotFound
from syncline.store.sqlite.connection import open_reader
from syncline.store.sqlite.verify import blobs as blob_checks
from syncline.store.sqlite.verify import entries, files, grants, log, mails, objects, readers, zones
from syncline.store.sqlite.verify.looking import Check, Damage, Jump, Looking

__all__ = ["CHECKS", "Check", "Damage", "Jump", "Looking", "verify"]

CHECKS: Final[tuple[Check, ...]] = (
    *files.CHECKS,
    *log.CHECKS,
    *zones.CHECKS,
    *entries.CHECKS,
    *objects.CHECKS,
    *grants.CHECKS,
    *readers.CHECKS,
    *mails.CHECKS,
    *blob_checks.CHECKS,
)

SHOWN: Final = 20
"""Sentences a check may say; a torn file could otherwise fill a screen with millions."""


def verify(
    directory: Path, *, progress: Callable[[int, int], None] = lambda done, total: None
) -> Iterator[Damage]:
    """Say all that is wrong with a store, in the order of the checks; nothing said means all is well.

    Blocking: run it in a thread beside a server. It reads one snapshot and writes nothing. `progress` hears
    how many of the checks are done. Raises NotFound where there is no store.
    """
    store_file, blobs_file = directory / "store.db", directory / "blobs.db"
    for file in (store_file, blobs_file):
        if not file.exists():
            raise NotFound(f"There is no {file.name} in {directory}; name the data directory with --data.")
    try:
        with closing(open_reader(store_file)) as store, closing(open_reader(blobs_file)) as blob_store:
            # this order: a blob is there before the commit that names it
            for connection in (store, blob_store):
                connection.execute("BEGIN")
                connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
            at = Looking(directory, store, blob_store, now=int(time.time() * 1000))
            for done, check in enumerate(CHECKS):
                progress(done, len(CHECKS))
                yield from _run(check, at)
            progress(len(CHECKS), len(CHECKS))
    except UNREADABLE as error:
        yield Damage("store_file_is_whole", f"the store cannot be read to its end: {error}.")


UNREADABLE: Final = (apsw.Error, ValueError, TypeError)
"""What a damaged file makes of reading it: errors of SQLite, text that is none, numbers where bytes were."""


def _run(check: Check, at: Looking) -> Iterator[Damage]:
    name = getattr(check, "__name__", str(check))
    said = 0
    try:
        for sentence in check(at):
            said += 1
            if said > SHOWN:
                yield Damage(name, "… and more of the same.")
                return
            yield Damage(name, sentence)
    except UNREADABLE as error:
        yield Damage(name, f"the check met a damaged file and could not go on: {error}.")
