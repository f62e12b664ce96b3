"""Checks of blobs: what is named is there and is what it was; what nothing names does not stay for ever."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from syncline.store.sqlite.connection import open_reader
from syncline.store.sqlite.verify.looking import Check, Looking

FORGOTTEN: Final = 2 * 24 * 3600 * 1000
"""Milliseconds after which a blob that nothing names should have been collected (an hour is spared)."""

PIECE: Final = 1 << 20


def blob_file(directory: Path, hash: bytes) -> Path:
    """Where a large blob lies."""
    name = hash.hex()
    return directory / "blobs" / name[:2] / name


def named_blobs_exist(at: Looking) -> Iterator[str]:
    """Each blob that a thing names is there: its row, and the file of a large one."""
    for hash, object in at.rows("SELECT hash, min(object) FROM blob_ref GROUP BY hash"):
        row = at.blobs.execute("SELECT body IS NULL FROM blob WHERE hash = ?", (hash,)).fetchone()
        if row is None:
            if not _erased_meanwhile(at, hash):
                yield f"thing {object} names the blob {hash.hex()}, which is not there."
        elif row[0] and not blob_file(at.directory, hash).exists() and not _erased_meanwhile(at, hash):
            yield f"the file of the blob {hash.hex()}, named by thing {object}, is missing."


def blobs_are_what_they_were(at: Looking) -> Iterator[str]:
    """Each blob's bytes have the hash that is its name, and the size that is noted."""
    for hash, size, body in at.blobs.execute("SELECT hash, size, body FROM blob"):
        digest = hashlib.sha256()
        length = 0
        if body is not None:
            digest.update(body)
            length = len(body)
        else:
            try:
                with blob_file(at.directory, hash).open("rb") as file:
                    while piece := file.read(PIECE):
                        digest.update(piece)
                        length += len(piece)
            except FileNotFoundError:
                continue  # `named_blobs_exist` speaks of it, if anything names it
        if digest.digest() != hash or length != size:
            yield f"the blob {hash.hex()} is not what it was."


def blobs_are_named(at: Looking) -> Iterator[str]:
    """Nothing that no thing names is kept for ever."""
    unnamed = 0
    for (hash,) in at.blobs.execute("SELECT hash FROM blob WHERE at < ?", (at.now - FORGOTTEN,)):
        if at.store.execute("SELECT 1 FROM blob_ref WHERE hash = ?", (hash,)).get is None:
            unnamed += 1
    if unnamed:
        yield f"{unnamed} blobs are kept that nothing has named for two days."


def blob_files_have_rows(at: Looking) -> Iterator[str]:
    """Each file of a large blob has its row; a crash leaves one at most until the next start."""
    for file in sorted((at.directory / "blobs").glob("??/*")):
        if at.now - file.stat().st_mtime * 1000 < FORGOTTEN:
            continue
        try:
            hash = bytes.fromhex(file.name)
        except ValueError:
            yield f"{file.name} lies among the blobs and is none."
            continue
        if at.blobs.execute("SELECT 1 FROM blob WHERE hash = ?", (hash,)).get is None:
            yield f"the file of the blob {file.name} belongs to no row."


def names_come_from_things(at: Looking) -> Iterator[str]:
    """Whatever names a blob exists: else it would be kept for nothing."""
    for (object,) in at.rows(
        """SELECT DISTINCT object FROM blob_ref WHERE object NOT IN (SELECT id FROM entry)
           AND object NOT IN (SELECT id FROM object)"""
    ):
        yield f"thing {object} names blobs, but there is no such entry or object."


def _erased_meanwhile(at: Looking, hash: bytes) -> bool:
    """Beside a running server: whether the name went away after this snapshot was taken."""
    with closing(open_reader(at.directory / "store.db")) as now:
        return now.execute("SELECT 1 FROM blob_ref WHERE hash = ?", (hash,)).get is None


CHECKS: Final[tuple[Check, ...]] = (
    named_blobs_exist,
    blobs_are_what_they_were,
    blobs_are_named,
    blob_files_have_rows,
    names_come_from_things,
)
