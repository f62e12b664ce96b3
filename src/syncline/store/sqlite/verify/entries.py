"""Checks of entries, amendments and state."""

from collections.abc import Iterator
from typing import Final

from syncline.core.kinds import Act, Kind
from syncline.store.sqlite.verify.looking import Check, Looking


def entries_are_in_the_log(at: Looking) -> Iterator[str]:
    """Each entry has its change: same seq, zone, id and number."""
    for id, conv, seq in at.rows(
        """SELECT entry.id, entry.conv, entry.seq FROM entry LEFT JOIN change USING (seq)
           WHERE change.seq IS NULL OR change.zone <> entry.conv OR change.kind <> ? OR change.object <>
           entry.id
              OR change.act <> ? OR change.nr IS NOT entry.nr""",
        int(Kind.ENTRY),
        int(Act.ADD),
    ):
        yield f"entry {id} of conversation {conv} says that it is change {seq}, but the log does not."


def added_entries_are_kept(at: Looking) -> Iterator[str]:
    """Each entry that the log says was added is there."""
    for seq, conv, id in at.rows(
        """SELECT seq, zone, object FROM change WHERE kind = ? AND act = ?
           AND NOT EXISTS (SELECT 1 FROM entry WHERE entry.conv = zone AND entry.seq = change.seq)""",
        int(Kind.ENTRY),
        int(Act.ADD),
    ):
        yield f"change {seq} added entry {id} to conversation {conv}, but the entry is not there."


def amendments_have_targets(at: Looking) -> Iterator[str]:
    """An amendment's target is an earlier entry of the same conversation."""
    for id, target in at.rows(
        """SELECT id, target FROM entry AS amendment WHERE target IS NOT NULL AND NOT EXISTS
           (SELECT 1 FROM entry WHERE entry.id = amendment.target AND entry.conv = amendment.conv
            AND entry.seq < amendment.seq)"""
    ):
        yield f"entry {id} amends entry {target}, which is not before it in its conversation."


def amendments_say_how(at: Looking) -> Iterator[str]:
    """An entry with a target says how it relates to it, and one without a target does not."""
    for (id,) in at.rows("SELECT id FROM entry WHERE (target IS NULL) <> (rel IS NULL)"):
        yield f"entry {id} has only one of target and relation."


def roots_are_entries(at: Looking) -> Iterator[str]:
    """The root of a thread is an entry of the same conversation."""
    for id, root in at.rows(
        """SELECT id, root FROM entry AS reply WHERE root IS NOT NULL AND NOT EXISTS
           (SELECT 1 FROM entry WHERE entry.id = reply.root AND entry.conv = reply.conv)"""
    ):
        yield f"entry {id} belongs to the thread of entry {root}, which is not in its conversation."


def facts_have_one_present(at: Looking) -> Iterator[str]:
    """Of each fact of a conversation at most one row is open: what is true now."""
    for conv, type, name, count in at.rows(
        """SELECT conv, type, name, count(*) FROM state WHERE until IS NULL
           GROUP BY conv, type, name HAVING count(*) > 1"""
    ):
        yield f"{count} rows say what {type} ({name!r}) of conversation {conv} is now."


def facts_follow_one_another(at: Looking) -> Iterator[str]:
    """A replaced fact ends where the next one of its name begins: the state is known at every seq."""
    for conv, type, name, since, until in at.rows(
        """SELECT conv, type, name, since, until FROM
             (SELECT *, lead(since) OVER (PARTITION BY conv, type, name ORDER BY since, part) AS next FROM
           state)
           WHERE until IS NOT NULL AND until IS NOT next"""
    ):
        yield f"{type} ({name!r}) of conversation {conv}, set at {since}, ends at {until}, where none begins."


def facts_have_entries(at: Looking) -> Iterator[str]:
    """Each fact was set by an entry of its conversation, at that entry's seq."""
    for conv, type, name, since in at.rows(
        """SELECT conv, type, name, since FROM state WHERE NOT EXISTS
           (SELECT 1 FROM entry WHERE entry.conv = state.conv AND entry.seq = state.since AND entry.id =
           state.entry)"""
    ):
        yield f"{type} ({name!r}) of conversation {conv} was set at {since} by an entry that is not there."


BODIES: Final = (
    ("entry", "body", "id"),
    ("entry", "form", "id"),
    ("state", "content", "entry"),
    ("object", "body", "id"),
    ("version", "body", "object"),
    ("subscription", "body", "account"),
    ("reader", "body", "id"),
    ("timer", "act", "id"),
)


def bodies_are_json(at: Looking) -> Iterator[str]:
    """Every body in the store is JSON, so that every protocol can show it."""
    for table, column, name in BODIES:
        for (id,) in at.rows(f"SELECT {name} FROM {table} WHERE NOT json_valid(CAST({column} AS TEXT))"):
            yield f"the {column} of {table} {id} is not JSON."


CHECKS: Final[tuple[Check, ...]] = (
    entries_are_in_the_log,
    added_entries_are_kept,
    amendments_have_targets,
    amendments_say_how,
    roots_are_entries,
    facts_have_one_present,
    facts_follow_one_another,
    facts_have_entries,
    bodies_are_json,
)
