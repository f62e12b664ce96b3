"""Reading zones and grants."""

from collections.abc import Collection, Sequence

from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.kinds import Why, ZoneKind
from syncline.core.zones import Grant, Zone
from syncline.store.sqlite.reading.base import Reading, Row

ZONE = "id, kind, owner, head, nr, alert_nr, bumped, bumped_at, joined, invited, floor, merged"
GRANT = "account, zone, given, ended, first, last, why"

TAIL = 1000
"""How much of the log's tail is scanned before the account's own grants are (measured: 0.24–0.7 ms)."""


def zone(row: Row) -> Zone:
    """A zone from its row."""
    return Zone(row[0], ZoneKind(row[1]), *row[2:])


def grant(row: Row) -> Grant:
    """A grant from its row."""
    account, zone_, given, ended, first, last, why = row
    return Grant(account, zone_, given, ended, first, last, Why(why))


class ZoneReading(Reading):
    """Zones and grants at one moment."""

    __slots__ = ()

    async def zone(self, id: ZoneId) -> Zone | None:
        """One zone."""
        row = self._one(f"SELECT {ZONE} FROM zone WHERE id = ?", (id,))
        return None if row is None else zone(row)

    async def zones(self, ids: Sequence[ZoneId]) -> Sequence[Zone]:
        """These zones, in the order asked; unknown ones are left out."""
        found: list[Zone] = []
        for id in ids:
            row = self._one(f"SELECT {ZONE} FROM zone WHERE id = ?", (id,))
            if row is not None:
                found.append(zone(row))
        return found

    async def changed_zones(self, account: Id, after: Seq) -> Sequence[Zone]:
        """The zones with an alive grant of this account whose head is beyond `after`.

        Found by the smaller of two scans: the log's tail, or the account's own grants.
        """
        if self.head <= after:
            return []
        if self.head - after <= TAIL:
            rows = self._all(
                f"""SELECT {ZONE} FROM zone WHERE id IN (SELECT DISTINCT zone FROM change WHERE seq > ?)
                AND EXISTS (SELECT 1 FROM grants WHERE grants.account = ? AND grants.zone = zone.id
                            AND ended IS NULL) ORDER BY id""",
                (after, account),
            )
        else:
            rows = self._all(
                f"""SELECT {ZONE} FROM zone WHERE head > ? AND id IN
                (SELECT zone FROM grants WHERE account = ? AND ended IS NULL) ORDER BY id""",
                (after, account),
            )
        return [zone(row) for row in rows]

    async def grants(
        self, account: Id, *, zone: ZoneId | None = None, touched_after: Seq | None = None
    ) -> Sequence[Grant]:
        """An account's grants, ended ones included, by `given`; only those given or ended after a seq."""
        if zone is not None:
            rows = self._all(
                f"SELECT {GRANT} FROM grants WHERE account = ? AND zone = ? ORDER BY given", (account, zone)
            )
            if touched_after is not None:
                rows = [row for row in rows if max(row[2], row[3] or 0) > touched_after]
        elif touched_after is not None:
            rows = self._all(
                f"""SELECT {GRANT} FROM grants WHERE account = ?1 AND given > ?2
                UNION SELECT {GRANT} FROM grants WHERE account = ?1 AND ended IS NOT NULL AND ended > ?2
                ORDER BY given""",
                (account, touched_after),
            )
        else:
            rows = self._all(f"SELECT {GRANT} FROM grants WHERE account = ? ORDER BY given", (account,))
        return [grant(row) for row in rows]

    async def holders(self, zone: ZoneId) -> Collection[Id]:
        """The accounts that see what is added to this zone now (alive, open grants)."""
        rows = self._all(
            "SELECT DISTINCT account FROM grants WHERE zone = ? AND ended IS NULL AND last IS NULL", (zone,)
        )
        return {row[0] for row in rows}
