"""Opening SQLite files the way this store needs them, and the pool of reading connections."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import apsw
import apsw.bestpractice

PAGE_SIZE: Final = 8192
WRITER_CACHE_KB: Final = 16_384
READER_CACHE_KB: Final = 2_048
IDLE_READERS: Final = 8
"""Reading connections kept open while nobody uses them; each costs its page cache."""

statement_hook: Callable[[str], None] | None = None
"""Called with each statement while a test counts them; see `tracing`."""
work_hook: Callable[[str, int], None] | None = None
"""Called with each finished statement and the steps that SQLite took for it, while a test counts them."""


def _pragmas(connection: apsw.Connection, *pragmas: str) -> None:
    for pragma in pragmas:
        # apsw runs a statement only as far as its rows are fetched
        connection.execute(f"PRAGMA {pragma}").fetchall()


def open_writer(path: Path, *, synchronous: str = "FULL", vfs: str | None = None) -> apsw.Connection:
    """Open (or make) a file for the one connection that writes to it.

    WAL with synchronous=FULL: a commit is visible to others only after its flush, so that readers never
    see what a power cut could still take. Checkpoints are made by a thread (`checkpoint.py`), not inside a
    COMMIT. secure_delete: what an erase overwrites does not stay in free pages (see also `overwriting.py`).
    Who opens a file that a server owns says by which file layer (`vfs`).
    """
    connection = apsw.Connection(str(path), vfs=vfs)
    connection.set_busy_timeout(0)
    _pragmas(
        connection,
        f"page_size={PAGE_SIZE}",
        "journal_mode=WAL",
        f"synchronous={synchronous}",
        "wal_autocheckpoint=0",
        f"cache_size=-{WRITER_CACHE_KB}",
        "secure_delete=ON",
        "temp_store=MEMORY",
    )
    return connection


def open_owner(path: Path) -> apsw.Connection:
    """Open (or make) a file for the owner of its data directory, where only `overwriting` brings pages home.

    So closing it makes no checkpoint.
    """
    connection = open_writer(path)
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    return connection


def open_reader(path: Path) -> apsw.Connection:
    """Open a file for reading only."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    connection.set_busy_timeout(1000)
    _pragmas(connection, f"cache_size=-{READER_CACHE_KB}", "query_only=ON", "temp_store=MEMORY")
    return connection


class ReaderPool:
    """Reading connections, handed out one snapshot at a time."""

    def __init__(self, path: Path) -> None:
        """Open nothing yet."""
        self._path = path
        self._idle: list[apsw.Connection] = []
        self._out: set[apsw.Connection] = set()
        self._closed = False

    def take(self) -> apsw.Connection:
        """A connection that nobody else uses until it is given back."""
        connection = self._idle.pop() if self._idle else open_reader(self._path)
        if statement_hook is not None:
            connection.set_exec_trace(_traced)
        if work_hook is not None:
            connection.trace_v2(apsw.SQLITE_TRACE_PROFILE, _profiled)
        self._out.add(connection)
        return connection

    def give(self, connection: apsw.Connection) -> None:
        """Take a connection back, and end its snapshot."""
        self._out.discard(connection)
        connection.set_exec_trace(None)
        connection.trace_v2(0)
        try:
            if connection.in_transaction:
                connection.execute("COMMIT")
        except apsw.Error:  # it met a damaged file, and its reader was told so
            close_quietly(connection)
            return
        if self._closed or len(self._idle) >= IDLE_READERS:
            connection.close()
        else:
            self._idle.append(connection)

    def close(self) -> None:
        """Close what is idle now, and the rest when it comes back."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def reopen(self) -> None:
        """Use fresh connections from now on (after a fault of the disk)."""
        while self._idle:
            close_quietly(self._idle.pop())


def _traced(_cursor: apsw.Cursor, sql: str, _bindings: object) -> bool:
    if statement_hook is not None:
        statement_hook(sql)
    return True


def _profiled(event: dict[str, Any]) -> None:
    if work_hook is not None:
        work_hook(event["sql"], event["stmt_status"]["SQLITE_STMTSTATUS_VM_STEP"])


def close_quietly(connection: apsw.Connection) -> None:
    """Close a connection whose file may be broken; there is nothing left to lose on it."""
    with contextlib.suppress(apsw.Error):
        connection.close(force=True)
