"""Checks of the log itself."""

from collections.abc import Iterator
from enum import IntEnum
from typing import Final

from syncline.core.kinds import Act, EntryKind, Kind, ReaderKind, Rel, Space, Why, ZoneKind
from syncline.store.sqlite.verify.looking import Check, Looking


def log_is_dense(at: Looking) -> Iterator[str]:
    """Seqs follow one another; only a restore's jump leaves some out."""
    leads = {jump.before: jump.to for jump in at.jumps}
    for before, seq in at.rows(
        """SELECT before, seq FROM (SELECT lag(seq, 1, 0) OVER (ORDER BY seq) AS before, seq FROM change)
           WHERE seq <> before + 1"""
    ):
        end = before
        while end in leads:
            end = leads[end]
        if seq != end + 1:
            yield f"the changes {end + 1} to {seq - 1} are missing from the log."


def works_are_whole(at: Looking) -> Iterator[str]:
    """The changes of a work stand together, and each names the last of them."""
    for seq, work in at.rows(
        """SELECT seq, work FROM (SELECT seq, work, lead(work) OVER (ORDER BY seq) AS next FROM change)
           WHERE work < seq OR (work > seq AND (next IS NULL OR next <> work)) OR (work = seq AND next =
           work)"""
    ):
        yield f"change {seq} says that its work ends at {work}, but the changes beside it say otherwise."


def changes_lie_in_zones(at: Looking) -> Iterator[str]:
    """Each change lies in a zone that exists."""
    for seq, zone in at.rows(
        "SELECT min(seq), zone FROM change WHERE zone NOT IN (SELECT id FROM zone) GROUP BY zone"
    ):
        yield f"change {seq} lies in zone {zone}, which does not exist."


NUMBERS: Final[tuple[tuple[str, str, type[IntEnum]], ...]] = (
    ("change", "kind", Kind),
    ("change", "act", Act),
    ("zone", "kind", ZoneKind),
    ("entry", "kind", EntryKind),
    ("entry", "rel", Rel),
    ("object", "kind", Kind),
    ("departure", "kind", Kind),
    ("grants", "why", Why),
    ("key", "space", Space),
    ("term", "space", Space),
    ("reader", "kind", ReaderKind),
)


def numbers_have_meanings(at: Looking) -> Iterator[str]:
    """Every small number in a table is one that this version knows."""
    for table, column, meanings in NUMBERS:
        known = ", ".join(str(int(meaning)) for meaning in meanings)
        for number, count in at.rows(
            f"SELECT {column}, count(*) FROM {table} WHERE {column} NOT IN ({known}) GROUP BY {column}"
        ):
            yield f"{count} rows of {table} have {column} {number}, which means nothing to this version."


def ids_are_given_once(at: Looking) -> Iterator[str]:
    """The counter of ids is at or beyond every id in use, so that none is given twice."""
    counter = at.store.execute("SELECT value FROM counter WHERE name = 'id'").get or 0
    highest = at.store.execute(
        """SELECT max(id) FROM (SELECT max(id) AS id FROM zone UNION ALL SELECT max(id) FROM entry
           UNION ALL SELECT max(id) FROM object UNION ALL SELECT max(id) FROM reader UNION ALL SELECT
           max(id) FROM timer)"""
    ).get
    if highest is not None and highest > max(counter, 999):
        yield f"id {highest} is in use, but the counter of ids stands at {counter} and would give it again."


CHECKS: Final[tuple[Check, ...]] = (
    log_is_dense,
    works_are_whole,
    changes_lie_in_zones,
    numbers_have_meanings,
    ids_are_given_once,
)
