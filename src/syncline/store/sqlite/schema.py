"""The tables of `store.db` and `blobs.db`, and how an older store becomes a current one.

Integers are 64-bit, times are milliseconds, small numbers are those of `core/kinds.py`. `docs/store.md`
says what each table is for.
"""

from typing import Final

import apsw

STORE: Final = (
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    """CREATE TABLE zone(
        id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, owner INTEGER, head INTEGER NOT NULL,
        nr INTEGER NOT NULL, alert_nr INTEGER NOT NULL, bumped INTEGER NOT NULL, bumped_at INTEGER NOT NULL,
        joined INTEGER NOT NULL, invited INTEGER NOT NULL, floor INTEGER NOT NULL, merged INTEGER) STRICT""",
    "CREATE INDEX zone_floor ON zone(floor) WHERE floor > 0",
    """CREATE TABLE change(
        seq INTEGER PRIMARY KEY, zone INTEGER NOT NULL, kind INTEGER NOT NULL, object INTEGER NOT NULL,
        act INTEGER NOT NULL, nr INTEGER, actor INTEGER, at INTEGER NOT NULL,
        work INTEGER NOT NULL) STRICT""",
    "CREATE INDEX change_kind ON change(kind, seq) WHERE kind >= 100",
    """CREATE TABLE entry(
        conv INTEGER NOT NULL, seq INTEGER NOT NULL, id INTEGER NOT NULL, nr INTEGER, kind INTEGER NOT NULL,
        author INTEGER, at INTEGER NOT NULL, target INTEGER, rel INTEGER, root INTEGER,
        alert_nr INTEGER NOT NULL, session INTEGER, request TEXT, body BLOB NOT NULL, form BLOB,
        PRIMARY KEY(conv, seq)) STRICT, WITHOUT ROWID""",
    "CREATE UNIQUE INDEX entry_id ON entry(id)",
    "CREATE UNIQUE INDEX entry_nr ON entry(conv, nr) WHERE nr IS NOT NULL",
    "CREATE INDEX entry_alert ON entry(conv, alert_nr) WHERE alert_nr > 0",
    "CREATE INDEX entry_target ON entry(conv, target, rel, seq) WHERE target IS NOT NULL",
    "CREATE INDEX entry_root ON entry(conv, root, seq) WHERE root IS NOT NULL",
    """CREATE TABLE state(
        conv INTEGER NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL, since INTEGER NOT NULL,
        part INTEGER NOT NULL, until INTEGER, entry INTEGER NOT NULL, content BLOB NOT NULL,
        PRIMARY KEY(conv, type, name, since, part)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX state_now ON state(conv, type, name) WHERE until IS NULL",
    "CREATE INDEX state_since ON state(conv, since)",
    """CREATE TABLE object(
        id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, zone INTEGER NOT NULL, seq INTEGER NOT NULL,
        made INTEGER NOT NULL, entered INTEGER NOT NULL, body BLOB NOT NULL) STRICT""",
    "CREATE UNIQUE INDEX object_place ON object(zone, kind, seq)",
    "CREATE UNIQUE INDEX object_seq ON object(zone, seq)",
    """CREATE TABLE share(
        object INTEGER NOT NULL, zone INTEGER NOT NULL, kind INTEGER NOT NULL, seq INTEGER NOT NULL,
        entered INTEGER NOT NULL, PRIMARY KEY(object, zone)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX share_place ON share(zone, kind, seq)",
    """CREATE TABLE departure(
        zone INTEGER NOT NULL, kind INTEGER NOT NULL, seq INTEGER NOT NULL, object INTEGER NOT NULL,
        entered INTEGER NOT NULL, gone_to INTEGER, PRIMARY KEY(zone, kind, seq)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE version(
        object INTEGER NOT NULL, seq INTEGER NOT NULL, zone INTEGER NOT NULL, nr INTEGER,
        act INTEGER NOT NULL, body BLOB NOT NULL, previous INTEGER,
        PRIMARY KEY(object, seq)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX version_nr ON version(zone, nr) WHERE nr IS NOT NULL",
    """CREATE TABLE grants(
        account INTEGER NOT NULL, zone INTEGER NOT NULL, given INTEGER NOT NULL, ended INTEGER,
        first INTEGER NOT NULL, last INTEGER, why INTEGER NOT NULL,
        PRIMARY KEY(account, zone, given)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX grants_zone ON grants(zone, account) WHERE ended IS NULL AND last IS NULL",
    "CREATE INDEX grants_given ON grants(account, given)",
    "CREATE INDEX grants_ended ON grants(account, ended) WHERE ended IS NOT NULL",
    """CREATE TABLE subscription(
        account INTEGER NOT NULL, conv INTEGER NOT NULL, seq INTEGER NOT NULL, read_nr INTEGER NOT NULL,
        read_alert INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY(account, conv)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX subscription_seq ON subscription(account, seq)",
    """CREATE TABLE key(
        space INTEGER NOT NULL, value BLOB NOT NULL, object INTEGER NOT NULL, answer BLOB, expires INTEGER,
        PRIMARY KEY(space, value)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX key_expires ON key(expires) WHERE expires IS NOT NULL",
    """CREATE TABLE term(
        space INTEGER NOT NULL, value BLOB NOT NULL, object INTEGER NOT NULL,
        PRIMARY KEY(space, value, object)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE queue(
        reader INTEGER NOT NULL, seq INTEGER NOT NULL, body BLOB NOT NULL,
        PRIMARY KEY(reader, seq)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE timer(
        due INTEGER NOT NULL, id INTEGER NOT NULL, act BLOB NOT NULL,
        PRIMARY KEY(due, id)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE reader(
        id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, account INTEGER, name TEXT NOT NULL,
        cursor INTEGER NOT NULL, seen_at INTEGER NOT NULL, body BLOB NOT NULL) STRICT""",
    "CREATE UNIQUE INDEX reader_name ON reader(kind, ifnull(account, 0), name)",
    """CREATE TABLE mark(
        reader INTEGER NOT NULL, zone INTEGER NOT NULL, kind INTEGER NOT NULL, upto INTEGER NOT NULL,
        full INTEGER NOT NULL, PRIMARY KEY(reader, zone, kind)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE mark_exception(
        reader INTEGER NOT NULL, object INTEGER NOT NULL, seq INTEGER NOT NULL, owed INTEGER NOT NULL,
        had INTEGER NOT NULL, PRIMARY KEY(reader, object)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE blob_ref(
        hash BLOB NOT NULL, object INTEGER NOT NULL, PRIMARY KEY(hash, object)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX blob_ref_object ON blob_ref(object)",
)

BLOBS: Final = (
    "CREATE TABLE blob(hash BLOB PRIMARY KEY, size INTEGER NOT NULL, at INTEGER NOT NULL, body BLOB) STRICT",
)
"""`body` is NULL for a large blob, which is a file."""

VERSION: Final = 1
"""Raised by each migration. A store with a higher one was written by a newer Syncline and is refused."""

MIGRATIONS: Final[dict[int, tuple[str, ...]]] = {1: STORE}
"""The statements that lead to each version from the one before; an empty store starts at 0."""


def migrate(connection: apsw.Connection) -> int:
    """Bring `store.db` to the current version in one transaction; returns the version that it had.

    Raises ValueError for a store written by a newer version.
    """
    found: int = connection.execute("PRAGMA user_version").get
    if found > VERSION:
        raise ValueError(f"the store has schema version {found}, this Syncline knows {VERSION}")
    if found < VERSION:
        with connection:
            for version in range(found + 1, VERSION + 1):
                for statement in MIGRATIONS[version]:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version={VERSION}")
    return found
