"""Counting statements and their work: what a noisy clock cannot hide."""

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


@contextmanager
def count_steps() -> Iterator[Counter[str]]:
    """Count what statements on reading connections taken while this is open cost, by their text.

    In steps of SQLite's own machine: about 10 for a row that is looked at, found or passed over.
    """
    counted: Counter[str] = Counter()
    before = connection.work_hook
    connection.work_hook = lambda sql, steps: counted.update({sql: steps})
    try:
        yield counted
    finally:
        connection.work_hook = before
