"""Writing pages home without what splits left in them.

SQLite's secure_delete overwrites what a row frees. It does not overwrite what a split of a page leaves: the
rows that went to the page beside it still stand in the unused middle of the old one, and an erase of such a
row does not reach them (7 of 200 pages in the kit's test). So every checkpoint goes through a file layer
that overwrites the middles: no page in a file ever holds more than its rows.
"""

from pathlib import Path
from typing import Final

import apsw

from syncline.store.sqlite.connection import PAGE_SIZE, open_writer

BTREE_HEADERS: Final = {2: 12, 5: 12, 10: 8, 13: 8}
"""Kinds of pages with rows, and the bytes of their headers (https://sqlite.org/fileformat2.html, 1.6)."""
FILE_HEADER: Final = 100
OVERFLOW: Final = 1 << 25
"""From this page on (256 GB) an overflow page may begin like one with rows, and is left alone."""
NAME: Final = "syncline-overwriting"


def without_remains(page: bytes, number: int) -> bytes:
    """A page with its unused middle overwritten."""
    at = FILE_HEADER if number == 1 else 0
    header = BTREE_HEADERS.get(page[at])
    if header is None or number >= OVERFLOW:
        return page
    begin = at + header + 2 * int.from_bytes(page[at + 3 : at + 5], "big")
    end = int.from_bytes(page[at + 5 : at + 7], "big")
    if end <= begin or end > len(page) or page.count(0, begin, end) == end - begin:
        return page
    return b"".join((page[:begin], bytes(end - begin), page[end:]))


class _File(apsw.VFSFile):
    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        if len(data) == PAGE_SIZE and not offset % PAGE_SIZE:
            data = without_remains(data, offset // PAGE_SIZE + 1)
        super().xWrite(data, offset)


class _Layer(apsw.VFS):
    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        if flags[0] & apsw.SQLITE_OPEN_MAIN_DB:
            return _File("", name, flags)
        return super().xOpen(name, flags)


_layer: _Layer | None = None


def open_checkpointer(path: Path) -> apsw.Connection:
    """Open a file for a connection that does nothing but bring its write-ahead log home."""
    global _layer
    if _layer is None:
        _layer = _Layer(NAME, "")
    return open_writer(path, vfs=NAME)


def empty_log(path: Path) -> bool:
    """Bring the write-ahead log home and empty it; False while somebody reads an older moment or writes."""
    connection = open_checkpointer(path)
    try:
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() or (1, 0, 0)
    finally:
        connection.close()
    return not busy
