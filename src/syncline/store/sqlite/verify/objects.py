"""Checks of objects, second places, departures, versions and subscriptions."""

from collections.abc import Iterator
from typing import Final

from syncline.core.kinds import DEPARTING, OBJECT_KINDS, Act, Kind, keeps_versions
from syncline.store.sqlite.verify.looking import Check, Looking

VERSIONED: Final = ", ".join(str(int(kind)) for kind in OBJECT_KINDS if keeps_versions(kind))
DEPARTED: Final = ", ".join(str(int(act)) for act in DEPARTING)


def objects_are_in_the_log(at: Looking) -> Iterator[str]:
    """Each object's newest version has its change: same seq, zone, kind and id."""
    for id, seq in at.rows(
        """SELECT object.id, object.seq FROM object LEFT JOIN change USING (seq)
           WHERE change.seq IS NULL OR change.zone <> object.zone OR change.kind <> object.kind
              OR change.object <> object.id OR change.act NOT IN (?, ?)""",
        int(Act.PUT),
        int(Act.ERASE),
    ):
        yield f"object {id} says that it is change {seq}, but the log says something else there."


def put_objects_are_kept(at: Looking) -> Iterator[str]:
    """What the log last put into a zone is there, unless it departed from it."""
    for zone, id, seq in at.rows(
        """SELECT zone, object, seq FROM
             (SELECT zone, object, kind, act, max(seq) AS seq FROM change
              WHERE kind >= ? AND kind <> ? GROUP BY zone, object) AS newest
           WHERE act IN (?, ?)
             AND NOT EXISTS (SELECT 1 FROM object AS o WHERE o.id = newest.object AND o.zone = newest.zone)
             AND NOT EXISTS (SELECT 1 FROM share AS s WHERE s.object = newest.object AND s.zone =
           newest.zone)""",
        int(Kind.PROFILE),
        int(Kind.QUEUED),
        int(Act.PUT),
        int(Act.ERASE),
    ):
        yield f"change {seq} put object {id} into zone {zone}, but it is not there."


def objects_entered_before_they_changed(at: Looking) -> Iterator[str]:
    """An object came into its zone at or before the seq of its newest version."""
    for table, name in (("object", "id"), ("share", "object")):
        for id, entered, seq in at.rows(
            f"SELECT {name}, entered, seq FROM {table} WHERE entered > seq OR entered <= 0"
        ):
            yield f"object {id} came into its zone at {entered}, but its newest version is {seq}."


def second_places_hold_objects(at: Looking) -> Iterator[str]:
    """Each second place is one of an object that exists, and not its own zone."""
    for id, zone in at.rows(
        """SELECT share.object, share.zone FROM share LEFT JOIN object ON object.id = share.object
           WHERE object.id IS NULL OR object.zone = share.zone OR object.kind <> share.kind"""
    ):
        yield f"zone {zone} holds a second place of object {id}, which does not exist elsewhere."


def second_places_are_in_the_log(at: Looking) -> Iterator[str]:
    """Each second place has its change in its zone."""
    for id, zone, seq in at.rows(
        """SELECT share.object, share.zone, share.seq FROM share LEFT JOIN change USING (seq)
           WHERE change.seq IS NULL OR change.zone <> share.zone OR change.object <> share.object
              OR change.act <> ?""",
        int(Act.PUT),
    ):
        yield f"the second place of object {id} in zone {zone} says it is change {seq}; the log does not."


def departures_are_in_the_log(at: Looking) -> Iterator[str]:
    """Each departure has its change."""
    for id, zone, seq in at.rows(
        f"""SELECT departure.object, departure.zone, departure.seq FROM departure LEFT JOIN change USING (seq)
           WHERE change.seq IS NULL OR change.zone <> departure.zone OR change.kind <> departure.kind
              OR change.object <> departure.object OR change.act NOT IN ({DEPARTED})"""
    ):
        yield f"object {id} left zone {zone} at change {seq}, says its departure; the log does not."


def departures_are_kept(at: Looking) -> Iterator[str]:
    """Whatever the log says left a zone has its departure there: readers learn of it however late they
    come."""
    for seq, zone, id in at.rows(
        f"""SELECT seq, zone, object FROM change WHERE act IN ({DEPARTED}) AND NOT EXISTS
           (SELECT 1 FROM departure AS d WHERE d.zone = change.zone AND d.kind = change.kind AND d.seq =
           change.seq)"""
    ):
        yield f"change {seq} took object {id} out of zone {zone}, but no departure says so."


def versions_are_a_chain(at: Looking) -> Iterator[str]:
    """Each kept version names the one before it, which is kept too (none where the id was dropped before)."""
    for id, seq, previous in at.rows(
        """SELECT object, seq, previous FROM
             (SELECT *, lag(seq) OVER (PARTITION BY object ORDER BY seq) AS before,
                lag(act) OVER (PARTITION BY object ORDER BY seq) AS did FROM version)
           WHERE previous IS NOT before AND NOT (previous IS NULL AND did = ?)""",
        int(Act.DROP),
    ):
        yield f"version {seq} of object {id} names {previous} as the one before it, which is not so."


def newest_versions_are_versions(at: Looking) -> Iterator[str]:
    """A record or publication as it is now is its newest kept version."""
    for id, seq in at.rows(
        f"""SELECT id, seq FROM object WHERE kind IN ({VERSIONED}) AND body <> X'7B7D' AND NOT EXISTS
           (SELECT 1 FROM version WHERE version.object = object.id AND version.seq = object.seq)"""
    ):
        yield f"object {id} is at {seq}, but no version of that seq is kept."


def subscriptions_are_in_the_log(at: Looking) -> Iterator[str]:
    """Each subscription's newest change lies in its account's zone."""
    for account, conv, seq in at.rows(
        """SELECT account, conv, subscription.seq FROM subscription LEFT JOIN change USING (seq)
           WHERE change.seq IS NULL OR change.zone <> account OR change.kind <> ? OR change.object <> conv""",
        int(Kind.SUBSCRIPTION),
    ):
        yield f"account {account}'s side of conversation {conv} says it is change {seq}; the log does not."


def read_positions_exist(at: Looking) -> Iterator[str]:
    """Nobody has read further than there is."""
    for account, conv in at.rows(
        """SELECT account, conv FROM subscription LEFT JOIN zone ON zone.id = conv
           WHERE zone.id IS NULL OR read_nr > zone.nr OR read_alert > zone.alert_nr"""
    ):
        yield f"account {account} has read further in conversation {conv} than its entries go."


def subscriptions_have_grants(at: Looking) -> Iterator[str]:
    """An account has a side of those conversations only that it was given once, or owns."""
    for account, conv in at.rows(
        """SELECT account, conv FROM subscription WHERE NOT EXISTS
             (SELECT 1 FROM grants WHERE grants.account = subscription.account AND grants.zone = conv)
           AND NOT EXISTS (SELECT 1 FROM zone WHERE zone.id = conv AND zone.owner = account)"""
    ):
        yield f"account {account} has a side of conversation {conv}, which was never given to it."


CHECKS: Final[tuple[Check, ...]] = (
    objects_are_in_the_log,
    put_objects_are_kept,
    objects_entered_before_they_changed,
    second_places_hold_objects,
    second_places_are_in_the_log,
    departures_are_in_the_log,
    departures_are_kept,
    versions_are_a_chain,
    newest_versions_are_versions,
    subscriptions_are_in_the_log,
    read_positions_exist,
    subscriptions_have_grants,
)
