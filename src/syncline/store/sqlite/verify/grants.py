"""Checks of grants: who may see what, since when, told when."""

from collections.abc import Iterator
from typing import Final

from syncline.core.kinds import Act, Kind
from syncline.store.sqlite.verify.looking import Check, Looking

NOT_TOLD: Final = """SELECT account, grants.zone, {column} FROM grants LEFT JOIN change ON change.seq =
           {column}
    WHERE {column} IS NOT NULL AND (change.seq IS NULL OR change.zone <> account OR change.kind <> ?
      OR change.object <> grants.zone OR change.act <> ?)"""


def givings_are_in_the_log(at: Looking) -> Iterator[str]:
    """Each grant was given by a change in its account's zone: that is how its readers learn of it."""
    for account, zone, given in at.rows(NOT_TOLD.format(column="given"), int(Kind.GRANT), int(Act.GIVE)):
        yield f"account {account} was given zone {zone} at {given}, but the log does not say so."


def endings_are_in_the_log(at: Looking) -> Iterator[str]:
    """Each ended grant was ended by a change in its account's zone."""
    for account, zone, ended in at.rows(NOT_TOLD.format(column="ended"), int(Kind.GRANT), int(Act.END)):
        yield f"account {account}'s grant of zone {zone} ended at {ended}, but the log does not say so."


def given_grants_are_kept(at: Looking) -> Iterator[str]:
    """Each grant that the log says was given is there."""
    for seq, account, zone in at.rows(
        """SELECT seq, zone, object FROM change WHERE kind = ? AND act = ? AND NOT EXISTS
           (SELECT 1 FROM grants WHERE account = change.zone AND grants.zone = change.object AND given =
           change.seq)""",
        int(Kind.GRANT),
        int(Act.GIVE),
    ):
        yield f"change {seq} gave zone {zone} to account {account}, but there is no such grant."


def grants_end_after_they_began(at: Looking) -> Iterator[str]:
    """A grant ends after it was given, and an ended grant says up to where it may be read."""
    for account, zone, given in at.rows(
        "SELECT account, zone, given FROM grants WHERE ended IS NOT NULL AND (ended <= given OR last IS NULL)"
    ):
        yield f"account {account}'s grant of zone {zone}, given at {given}, has an impossible end."


def grants_show_the_past_only(at: Looking) -> Iterator[str]:
    """No grant begins or ends beyond the end of the log: it would show what nobody has written yet."""
    for account, zone, given in at.rows(
        "SELECT account, zone, given FROM grants WHERE first > ?1 + 1 OR first < 0 OR last > ?1", at.head
    ):
        yield f"account {account}'s grant of zone {zone}, given at {given}, reaches beyond the log's end."


def grants_lead_to_zones(at: Looking) -> Iterator[str]:
    """A grant is one of an account that exists, to a zone that exists."""
    for account, zone in at.rows(
        """SELECT DISTINCT account, zone FROM grants WHERE zone NOT IN (SELECT id FROM zone)
           OR account NOT IN (SELECT id FROM zone)"""
    ):
        yield f"a grant leads from account {account} to zone {zone}, and one of them does not exist."


CHECKS: Final[tuple[Check, ...]] = (
    givings_are_in_the_log,
    endings_are_in_the_log,
    given_grants_are_kept,
    grants_end_after_they_began,
    grants_show_the_past_only,
    grants_lead_to_zones,
)
