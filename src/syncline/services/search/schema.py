"""The index's own file: its tables, and what it takes to open it or to begin anew."""

import contextlib
from pathlib import Path
from typing import Final

import apsw
import apsw.bestpractice

FILE: Final = "search.db"

VERSION: Final = "1"
"""Raised with every change of the tables or of how texts are cut: an older file is made again."""

MARKER: Final = "\ue001"
"""A word (a private character, in no text) that stands in every mail: what `-word` is taken away from."""

SLOT_BITS: Final = 32
"""A mail's row id is its account's slot, then its number: newest first costs nothing, and other accounts'
mails lie outside the range that is searched."""

DAMAGED: Final = (apsw.CorruptError, apsw.NotADBError)
"""What SQLite says of a file that is not what it was."""

COLUMNS: Final = ("sender", "recipients", "cc", "bcc", "subject", "body", "files", "lists", "ids")
"""The columns of the text index: the fields of core.mail.Words."""

_TABLES: Final = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID",
    # `last`: the highest mail number; `shuffled`: how often known mails changed their thread or went
    "CREATE TABLE box (slot INTEGER PRIMARY KEY, account INTEGER UNIQUE, last INTEGER, shuffled INTEGER)",
    "CREATE TABLE mail (id INTEGER PRIMARY KEY, conv INTEGER, date INTEGER, flags INTEGER, entry INTEGER)",
    "CREATE INDEX mail_entry ON mail (entry)",
    # apart, so that the rows which a search walks over stay narrow
    "CREATE TABLE note (id INTEGER PRIMARY KEY, snippet TEXT)",
    f"CREATE VIRTUAL TABLE text USING fts5({', '.join(COLUMNS)},"
    " content='', contentless_delete=1, tokenize='ascii')",
    "CREATE TABLE thread (conv INTEGER PRIMARY KEY, slot INTEGER, newest INTEGER, date INTEGER,"
    " private TEXT)",
    "CREATE INDEX thread_newest ON thread (slot, newest)",
    "CREATE INDEX thread_date ON thread (slot, date, conv)",
    "CREATE TABLE card (conv INTEGER PRIMARY KEY, card TEXT)",
    "CREATE TABLE info (conv INTEGER PRIMARY KEY, info TEXT)",
    "CREATE TABLE name (id INTEGER PRIMARY KEY, slot INTEGER, name TEXT, threads INTEGER,"
    " UNIQUE (slot, name))",
    "CREATE TABLE label (name INTEGER, conv INTEGER, PRIMARY KEY (name, conv)) WITHOUT ROWID",
    "CREATE INDEX label_conv ON label (conv)",
    # `address` and `face` are the folded mail address and name, which are looked in by their beginning
    "CREATE TABLE person (id INTEGER PRIMARY KEY, slot INTEGER, address TEXT, face TEXT, mail TEXT,"
    " name TEXT, stamp INTEGER, UNIQUE (slot, address))",
    "CREATE INDEX person_face ON person (slot, face)",
    "CREATE TABLE heard (person INTEGER, id INTEGER, stamp INTEGER, mail TEXT, name TEXT, face TEXT,"
    " PRIMARY KEY (person, id)) WITHOUT ROWID",
)


def open_writer(directory: Path) -> apsw.Connection:
    """Open the file for the one connection that writes; a missing, old or damaged one is made anew, empty."""
    try:
        connection = _connect(directory / FILE)
        if _version(connection) == VERSION:
            return connection
        connection.close(force=True)
    except DAMAGED:
        pass  # what it held can be made again
    return make_anew(directory)


def make_anew(directory: Path) -> apsw.Connection:
    """Throw the file away and make an empty one."""
    for ending in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            (directory / (FILE + ending)).unlink()
    connection = _connect(directory / FILE)
    with connection:
        for table in _TABLES:
            connection.execute(table)
        connection.execute("INSERT INTO meta VALUES ('version', ?), ('progress', 0)", (VERSION,))
    return connection


def open_reader(directory: Path) -> apsw.Connection:
    """Open the file for searching."""
    connection = apsw.Connection(str(directory / FILE), flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(1000)
    _pragmas(connection, "cache_size=-2048", "query_only=ON", "temp_store=MEMORY")
    return connection


def progress(connection: apsw.Connection) -> int:
    """The seq up to which the file holds everything."""
    return int(connection.execute("SELECT value FROM meta WHERE name = 'progress'").get)


def untidy(connection: apsw.Connection) -> bool:
    """Whether words of erased mails may still stand in the file."""
    return connection.execute("SELECT 1 FROM meta WHERE name = 'untidy'").fetchone() is not None


def _connect(path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path))
    connection.set_busy_timeout(5000)
    _pragmas(
        connection,
        "page_size=8192",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "wal_autocheckpoint=0",
        "cache_size=-8192",
        "secure_delete=ON",
        "temp_store=MEMORY",
    )
    return connection


def _version(connection: apsw.Connection) -> str | None:
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone()
    if known is None:
        return None
    return str(connection.execute("SELECT value FROM meta WHERE name = 'version'").get)


def _pragmas(connection: apsw.Connection, *pragmas: str) -> None:
    for pragma in pragmas:
        # apsw runs a statement only as far as its rows are fetched
        connection.execute(f"PRAGMA {pragma}").fetchall()
