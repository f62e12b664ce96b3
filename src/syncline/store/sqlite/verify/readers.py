"""Checks of keys, terms, readers, queues and timers: whatever leads to things."""

from collections.abc import Iterator
from typing import Final

from syncline.core.kinds import Kind, ReaderKind, Space
from syncline.store.sqlite.verify.looking import Check, Looking

THINGS: Final = """SELECT id FROM zone UNION SELECT id FROM entry UNION SELECT id FROM object
    UNION SELECT id FROM reader"""


def keys_lead_to_things(at: Looking) -> Iterator[str]:
    """Each key leads to something that exists. (A request's key keeps its answer when the thing is gone.)

    A person without an account, who wrote a mail, is known by its profile.
    """
    for space, count, id in at.rows(
        f"""SELECT space, count(*), min(object) FROM key WHERE space <> ? AND object NOT IN ({THINGS})
           AND (expires IS NULL OR expires > ?) AND NOT (space = ? AND EXISTS (SELECT 1 FROM key AS profile
           WHERE profile.space = ? AND profile.value = unhex(printf('%016X', key.object)))) GROUP BY space""",
        int(Space.REQUEST),
        at.now,
        int(Space.EMAIL),
        int(Space.PROFILE),
    ):
        yield f"{count} keys of space {_name(space)} lead to things that do not exist, such as {id}."


def terms_lead_to_things(at: Looking) -> Iterator[str]:
    """Each thing listed under a term exists."""
    for space, count, id in at.rows(
        f"SELECT space, count(*), min(object) FROM term WHERE object NOT IN ({THINGS}) GROUP BY space"
    ):
        yield f"{count} terms of space {_name(space)} list things that do not exist, such as {id}."


def _name(space: int) -> str:
    return Space(space).name.lower() if space in set(Space) else str(space)


def cursors_are_in_the_log(at: Looking) -> Iterator[str]:
    """No reader stands beyond the end of the log."""
    for id, cursor in at.rows("SELECT id, cursor FROM reader WHERE cursor > ?", at.head):
        yield f"reader {id} stands at {cursor}, but the log ends at {at.head}."


def marks_are_in_the_log(at: Looking) -> Iterator[str]:
    """No device has acknowledged what nobody has written."""
    for reader, zone in at.rows(
        "SELECT DISTINCT reader, zone FROM mark WHERE upto > ?1 OR full > ?1 OR upto < 0 OR full < 0", at.head
    ):
        yield f"device {reader} has marks in zone {zone} beyond the end of the log."


def marks_have_readers(at: Looking) -> Iterator[str]:
    """Marks and their exceptions are those of readers that exist."""
    for table in ("mark", "mark_exception"):
        for (reader,) in at.rows(
            f"SELECT DISTINCT reader FROM {table} WHERE reader NOT IN (SELECT id FROM reader)"
        ):
            yield f"there are rows of {table} for reader {reader}, which does not exist."


def devices_belong_to_accounts(at: Looking) -> Iterator[str]:
    """A device is the reader of an account that exists."""
    for id, account in at.rows(
        """SELECT id, account FROM reader WHERE kind = ? AND (account IS NULL OR account NOT IN (SELECT id
           FROM zone))""",
        int(ReaderKind.DEVICE),
    ):
        yield f"device {id} belongs to account {account}, which does not exist."


def queues_are_in_the_log(at: Looking) -> Iterator[str]:
    """Whatever waits for a reader was queued by a change."""
    for reader, seq in at.rows(
        """SELECT reader, queue.seq FROM queue LEFT JOIN change USING (seq)
           WHERE change.seq IS NULL OR change.kind <> ? OR change.object <> reader""",
        int(Kind.QUEUED),
    ):
        yield f"something waits for reader {reader} since change {seq}, but the log does not say so."


def timers_have_a_time(at: Looking) -> Iterator[str]:
    """Each act that is due has a time at which it can be due: ms since 1970, before the year 3000."""
    for id, due in at.rows("SELECT id, due FROM timer WHERE due <= 0 OR due > 32503680000000"):
        yield f"timer {id} is due at {due}, which is no time."


CHECKS: Final[tuple[Check, ...]] = (
    keys_lead_to_things,
    terms_lead_to_things,
    cursors_are_in_the_log,
    marks_are_in_the_log,
    marks_have_readers,
    devices_belong_to_accounts,
    queues_are_in_the_log,
    timers_have_a_time,
)
