"""Checks of zones and their counters."""

from collections.abc import Iterator
from typing import Final

from syncline.core.kinds import ZoneKind
from syncline.store.sqlite.verify.looking import Check, Looking

SITE_JUMP: Final = 128
"""A restore moves each site's nr ahead by this much, below the 200 at which old RIO clients give up."""


def heads_are_newest_changes(at: Looking) -> Iterator[str]:
    """A zone's head is the seq of its newest change."""
    for zone, head, newest in at.rows(
        """SELECT zone.id, zone.head, ifnull(newest.seq, 0) FROM zone
           LEFT JOIN (SELECT zone, max(seq) AS seq FROM change GROUP BY zone) AS newest ON newest.zone =
           zone.id
           WHERE zone.head <> ifnull(newest.seq, 0)"""
    ):
        yield f"zone {zone} says that its head is {head}, but its newest change is {newest}."


def numbers_are_dense(at: Looking) -> Iterator[str]:
    """What people count in a conversation is 1, 2, 3 … up to the zone's number, none missing."""
    for zone, nr, count, highest in at.rows(
        """SELECT zone.id, zone.nr, count(entry.nr), ifnull(max(entry.nr), 0) FROM zone
           LEFT JOIN entry ON entry.conv = zone.id AND entry.nr IS NOT NULL
           WHERE zone.kind = ? GROUP BY zone.id HAVING zone.nr <> count(entry.nr) OR zone.nr <>
           ifnull(max(entry.nr), 0)""",
        int(ZoneKind.CONVERSATION),
    ):
        yield (f"conversation {zone} counts to {nr}, but {count} entries have a number, up to {highest}.")


def site_numbers_are_dense(at: Looking) -> Iterator[str]:
    """The works of a site are numbered 1, 2, 3 …; only a restore leaves some out, 128 each time."""
    for zone, nr in at.rows("SELECT id, nr FROM zone WHERE kind = ?", int(ZoneKind.SITE)):
        before, before_seq = 0, 0
        numbered = at.rows(
            "SELECT nr, min(seq) FROM change WHERE zone = ? AND nr IS NOT NULL GROUP BY nr ORDER BY nr", zone
        )
        for taken, seq in (*numbered, (nr + 1, at.head + 1)):
            restores = sum(before_seq <= jump.before < seq for jump in at.jumps)
            # nobody knows whether a site without a number yet was there when a backup came back
            possible = range(restores + 1) if before == 0 else (restores,)
            if taken - before - 1 not in [jumped * SITE_JUMP for jumped in possible]:
                yield f"site {zone} goes from number {before} to {taken}."
            before, before_seq = taken, seq


def alerts_are_dense(at: Looking) -> Iterator[str]:
    """Alerting entries are numbered 1, 2, 3 … up to the zone's number: unread counts are made of it."""
    for zone, nr, count, distinct, highest in at.rows(
        """SELECT zone.id, zone.alert_nr, count(entry.alert_nr), count(DISTINCT entry.alert_nr),
                  ifnull(max(entry.alert_nr), 0) FROM zone
           LEFT JOIN entry ON entry.conv = zone.id AND entry.alert_nr > 0 GROUP BY zone.id
           HAVING zone.alert_nr <> count(entry.alert_nr) OR zone.alert_nr <> count(DISTINCT entry.alert_nr)
               OR zone.alert_nr <> ifnull(max(entry.alert_nr), 0)"""
    ):
        yield (
            f"conversation {zone} counts {nr} alerting entries, but {count} entries alert, "
            f"with {distinct} different numbers up to {highest}."
        )


def alerts_rise_with_the_log(at: Looking) -> Iterator[str]:
    """Of two alerting entries the later one has the higher number."""
    for conv, seq in at.rows(
        """SELECT conv, seq FROM (SELECT conv, seq, alert_nr,
                  lag(alert_nr, 1, 0) OVER (PARTITION BY conv ORDER BY seq) AS before
           FROM entry WHERE alert_nr > 0) WHERE alert_nr < before"""
    ):
        yield f"the alerting entry {seq} of conversation {conv} has a lower number than one before it."


def numbers_rise_with_the_log(at: Looking) -> Iterator[str]:
    """Of two numbered entries the later one has the higher number."""
    for conv, seq in at.rows(
        """SELECT conv, seq FROM (SELECT conv, seq, nr, lag(nr, 1, 0) OVER (PARTITION BY conv ORDER BY seq)
           AS before
           FROM entry WHERE nr IS NOT NULL) WHERE nr < before"""
    ):
        yield f"the entry {seq} of conversation {conv} has a lower number than one before it."


def bumps_are_entries(at: Looking) -> Iterator[str]:
    """A conversation stands in lists where an entry that people see put it."""
    for zone, bumped in at.rows(
        """SELECT id, bumped FROM zone WHERE bumped > 0 AND NOT EXISTS
           (SELECT 1 FROM entry WHERE conv = zone.id AND seq = zone.bumped AND nr IS NOT NULL)"""
    ):
        yield f"zone {zone} was last bumped by entry {bumped}, which it does not hold."


def members_are_counted(at: Looking) -> Iterator[str]:
    """A conversation's counts of joined and invited people are those of its state."""
    for zone, joined, invited, are_joined, are_invited in at.rows(
        """WITH member AS (
             SELECT conv, json_extract(CAST(content AS TEXT), '$.membership') AS word FROM state
             WHERE type = 'm.room.member' AND until IS NULL AND json_valid(CAST(content AS TEXT)))
           SELECT zone.id, joined, invited, total(word = 'join'), total(word = 'invite')
           FROM zone LEFT JOIN member ON member.conv = zone.id WHERE zone.kind = ? GROUP BY zone.id
           HAVING joined <> total(word = 'join') OR invited <> total(word = 'invite')""",
        int(ZoneKind.CONVERSATION),
    ):
        yield (
            f"conversation {zone} counts {joined} joined and {invited} invited people, but its state has "
            f"{are_joined:.0f} and {are_invited:.0f}."
        )


def merged_zones_lead_on(at: Looking) -> Iterator[str]:
    """A merged zone leads to one that exists, and never back to itself."""
    for zone, into in at.rows(
        "SELECT id, merged FROM zone WHERE merged IS NOT NULL AND merged NOT IN (SELECT id FROM zone)"
    ):
        yield f"zone {zone} was merged into zone {into}, which does not exist."
    for (zone,) in at.rows(
        """WITH RECURSIVE trail(start, at) AS (SELECT id, merged FROM zone WHERE merged IS NOT NULL
             UNION SELECT start, merged FROM trail JOIN zone ON zone.id = at WHERE merged IS NOT NULL)
           SELECT start FROM trail WHERE start = at"""
    ):
        yield f"zone {zone} was merged into itself."


CHECKS: Final[tuple[Check, ...]] = (
    heads_are_newest_changes,
    numbers_are_dense,
    numbers_rise_with_the_log,
    site_numbers_are_dense,
    alerts_are_dense,
    alerts_rise_with_the_log,
    bumps_are_entries,
    members_are_counted,
    merged_zones_lead_on,
)
