"""What can be told of a store's files before anything is read from them: lost, cut short, or with a torn log.

SQLite takes an empty file for a new database, and stops at the first damaged frame of a write-ahead log as if
nothing came after it. Both would be acknowledged writes lost without a word.
"""

from contextlib import closing
from pathlib import Path
from typing import Final, Literal

from syncline.core.errors import Damaged
from syncline.store.sqlite.overwriting import open_checkpointer

LOG_HEADER: Final = 32
FRAME_HEADER: Final = 24
"""Sizes in a write-ahead log, see https://sqlite.org/fileformat2.html, section 4."""


def check_present(directory: Path) -> None:
    """Raise Damaged where `store.db` is gone or empty and what was made after it is not."""
    store = directory / "store.db"
    if (directory / "blobs.db").exists() and (not store.exists() or store.stat().st_size == 0):
        raise Damaged(f"{store} is missing or empty, but {directory} held a store: restore a backup")


def take_in_log(path: Path) -> None:
    """Bring home what an unclean end left in the write-ahead log; raise Damaged if it or the file is torn.

    At most the last commit may have been torn by a power cut, since each was flushed before the next began.
    """
    log = path.with_name(path.name + "-wal")
    if not path.exists() or not path.stat().st_size:
        return
    with closing(open_checkpointer(path)) as connection:
        if log.exists() and log.stat().st_size > LOG_HEADER:
            _, whole, _ = connection.execute("PRAGMA wal_checkpoint(NOOP)").fetchone() or (0, 0, 0)
            _check_log(log, whole)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        page_size, pages = (connection.execute(f"PRAGMA {name}").get for name in ("page_size", "page_count"))
        size = path.stat().st_size
        if (not log.exists() or not log.stat().st_size) and size != page_size * pages:
            raise Damaged(f"{path} has {size} bytes of {page_size * pages}: restore a backup")


def _check_log(log: Path, whole: int) -> None:
    """Look behind the frames that SQLite found whole: two more commits of this log mean that it is torn."""
    with log.open("rb") as file:
        header = file.read(LOG_HEADER)
        if any(header) and not _is_header(header):
            raise Damaged(
                f"the head of {log} is damaged: restore a backup, or remove it to lose what it holds"
            )
        frame = FRAME_HEADER + int.from_bytes(header[8:12], "big")
        salts = header[16:24]
        commits = 0
        file.seek(LOG_HEADER + whole * frame)
        while len(found := file.read(FRAME_HEADER)) == FRAME_HEADER:
            commits += found[8:16] == salts and any(found[4:8])
            file.seek(frame - FRAME_HEADER, 1)
    if commits > 1:
        raise Damaged(
            f"{log} is damaged behind frame {whole}, and {commits} commits follow: restore a backup"
        )


def _is_header(header: bytes) -> bool:
    """Whether the checksum of a log's header is right."""
    order: Literal["big", "little"] = "big" if header[3] & 1 else "little"
    one = two = 0
    for place in range(0, 24, 8):
        one = (one + int.from_bytes(header[place : place + 4], order) + two) & 0xFFFFFFFF
        two = (two + int.from_bytes(header[place + 4 : place + 8], order) + one) & 0xFFFFFFFF
    return header[24:32] == one.to_bytes(4, "big") + two.to_bytes(4, "big")
