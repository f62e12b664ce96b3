"""Counting statements: what a noisy clock cannot hide."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from syncline.store.sqlite import connection


@contextmanager
def count_statements() -> Iterator[Counter[str]]:
    """Count the statements that run on reading connections taken while this is open, by their text."""
    counted: Counter[str] = Counter()
    before = connection.statement_hook
    connection.statement_hook = lambda sql: counted.update((sql,))
    try:
        yield counted
    finally:
        connection.statement_hook = before
