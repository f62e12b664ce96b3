"""The embedded store: SQLite through apsw, one process, one directory."""

from syncline.store.sqlite.store import open_store

__all__ = ["open_store"]
