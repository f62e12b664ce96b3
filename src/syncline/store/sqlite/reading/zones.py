"""Reading zones and grants."""

from collections.abc import Collection, Sequence

import msgspec

from syncline.core.ids import START, Id, Seq, ZoneId
from syncline.core.kinds import Why, ZoneKind
from syncline.core.zones import Grant, Touch, Zone
from syncline.store.sqlite.reading.base import UNBOUNDED, Reading, Row, bound

ZONE = "id, kind, owner, head, nr, alert_nr, bumped, bumped_at, joined, invited, floor, merged"
GRANT = "account, zone, given, ended, first, last, why"

TAIL = 1000
"""How much of the log's tail is scanned before the account's own grants are (measured: 0.24–0.7 ms)."""

FEW = 8
"""Up to so many zones are read by a statement each: 8 µs. A list of them costs 3 µs each, and 20 once."""


ZONE_KINDS = {int(kind): kind for kind in ZoneKind}
WHYS = {int(why): why for why in Why}
"""A look-up is ten times quicker than a call of the enum, and lists read thousands."""


def zone(row: Row) -> Zone:
    """A zone from its row."""
    return Zone(row[0], ZONE_KINDS[row[1]], *row[2:])


def grant(row: Row) -> Grant:
    """A grant from its row."""
    account, zone_, given, ended, first, last, why = row
    return Grant(account, zone_, given, ended, first, last, WHYS[why])


class ZoneReading(Reading):
    """Zones and grants at one moment."""

    __slots__ = ()

    async def zone(self, id: ZoneId) -> Zone | None:
        """One zone."""
        row = self._one(f"SELECT {ZONE} FROM zone WHERE id = ?", (id,))
        return None if row is None else zone(row)

    async def zones(self, ids: Sequence[ZoneId]) -> Sequence[Zone]:
        """These zones, in the order asked; unknown ones are left out."""
        if len(ids) > FEW:
            rows = self._all(
                f"SELECT {ZONE} FROM zone WHERE id IN (SELECT value FROM json_each(?))",
                (msgspec.json.encode(list(ids)).decode(),),
            )
            known = {row[0]: zone(row) for row in rows}
            return [known[id] for id in ids if id in known]
        found: list[Zone] = []
        for id in ids:
            row = self._one(f"SELECT {ZONE} FROM zone WHERE id = ?", (id,))
            if row is not None:
                found.append(zone(row))
        return found

    async def changed_zones(
        self,
        account: Id,
        after: Seq,
        *,
        until: Seq | None = None,
        limit: int | None = None,
        newest: bool = False,
    ) -> Sequence[Zone]:
        """The zones with an alive grant of this account whose head is beyond `after`, the first by id.

        `newest`: those with the newest heads, these first. Found by the smaller of two scans: the log's tail,
        or the account's own grants.
        """
        if self.head <= after:
            return []
        order = "zone.head DESC" if newest else "zone.id"
        if until is not None or self.head - after <= TAIL:
            rows = self._all(
                f"""SELECT {ZONE} FROM zone
                WHERE id IN (SELECT DISTINCT zone FROM change WHERE seq > ? AND seq <= ?)
                AND EXISTS (SELECT 1 FROM grants WHERE grants.account = ? AND grants.zone = zone.id
                            AND ended IS NULL) ORDER BY {order} LIMIT ?""",
                (after, bound(until), account, bound(limit)),
            )
        else:
            # the grants are walked in their order, so few zones are found without looking at the rest
            rows = self._all(
                f"""SELECT {ZONE} FROM grants CROSS JOIN zone ON zone.id = grants.zone
                WHERE grants.account = ? AND grants.ended IS NULL AND zone.head > ?
                GROUP BY grants.zone ORDER BY {order if newest else "grants.zone"} LIMIT ?""",
                (account, after, bound(limit)),
            )
        return [zone(row) for row in rows]

    async def raised_zones(
        self, account: Id, after: Seq, *, until: Seq | None = None, limit: int | None = None
    ) -> Sequence[Zone]:
        """The zones with an alive grant of this account whose floor is beyond `after`, by floor and id."""
        raised = f"""SELECT {ZONE} FROM zone INDEXED BY zone_floor WHERE floor > 0 AND floor > ?
            AND floor <= ? AND EXISTS (SELECT 1 FROM grants WHERE grants.account = ?
            AND grants.zone = zone.id AND ended IS NULL) ORDER BY floor, id LIMIT ?"""
        found = [zone(row) for row in self._all(raised, (after, bound(until), account, bound(limit)))]
        if limit is not None and 0 < limit == len(found):
            last = found[-1].floor
            found = [one for one in found if one.floor < last]
            found += [zone(row) for row in self._all(raised, (last - 1, last, account, UNBOUNDED))]
        return found

    async def touches(
        self, account: Id, after: Seq, *, until: Seq | None = None, limit: int | None = None
    ) -> Sequence[Touch]:
        """Where an account was given a zone or lost it after a seq, up to and with `until`, in order."""
        rows = self._all(
            """SELECT given, zone FROM grants WHERE account = ?1 AND given > ?2 AND given <= ?3
            UNION SELECT ended, zone FROM grants
            WHERE account = ?1 AND ended IS NOT NULL AND ended > ?2 AND ended <= ?3 ORDER BY 1 LIMIT ?4""",
            (account, after, bound(until), bound(limit)),
        )
        return [Touch(*row) for row in rows]

    async def grants(
        self,
        account: Id,
        *,
        zone: ZoneId | None = None,
        after: Seq = START,
        limit: int | None = None,
    ) -> Sequence[Grant]:
        """An account's grants given after a seq, ended ones included, by `given`; the first of them."""
        where, values = "account = ? AND given > ?", [account, after]
        if zone is not None:
            where, values = f"{where} AND zone = ?", [*values, zone]
        rows = self._all(
            f"SELECT {GRANT} FROM grants WHERE {where} ORDER BY given LIMIT ?", (*values, bound(limit))
        )
        return [grant(row) for row in rows]

    async def holders(self, zone: ZoneId) -> Collection[Id]:
        """The accounts that see what is added to this zone now (alive, open grants)."""
        rows = self._all(
            "SELECT DISTINCT account FROM grants WHERE zone = ? AND ended IS NULL AND last IS NULL", (zone,)
        )
        return {row[0] for row in rows}
