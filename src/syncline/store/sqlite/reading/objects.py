"""Reading objects, their second places, what they left behind, and their versions."""

from collections.abc import Collection, Sequence
from functools import lru_cache

from syncline.core.ids import START, Hash, Id, Nr, Seq, ZoneId
from syncline.core.kinds import Act, Kind
from syncline.core.objects import Departure, Object, Version
from syncline.store.sqlite.reading.base import Reading, Row, bound, placeholders

OBJECT = "id, kind, zone, body, seq, made, entered"
SHARED = "o.id, o.kind, s.zone, o.body, s.seq, o.made, s.entered"
FEW_KINDS = 2
"""Up to so many kinds are read one by one, each in its index; more are filtered from the zone's newest
(13 kinds: 234 µs one by one)."""
VERSION = "object, seq, zone, nr, act, body, previous"


def object_(row: Row) -> Object:
    """An object from its row."""
    id, kind, zone, body, seq, made, entered = row
    return Object(id, Kind(kind), zone, body, seq, made, entered)


@lru_cache(maxsize=64)
def _listed(kinds: tuple[Kind, ...]) -> str:
    return ", ".join(str(int(kind)) for kind in kinds)


class ObjectReading(Reading):
    """Objects at one moment."""

    __slots__ = ()

    async def get(self, ids: Sequence[Id]) -> Sequence[Object]:
        """Objects by id, in the order asked; dropped and unknown ones are left out."""
        found = []
        for id in ids:
            row = self._one(f"SELECT {OBJECT} FROM object WHERE id = ?", (id,))
            if row is not None:
                found.append(object_(row))
        return found

    async def objects(
        self,
        zone: ZoneId,
        kinds: Collection[Kind],
        *,
        after: Seq = START,
        until: Seq | None = None,
        limit: int | None = None,
    ) -> Sequence[Object]:
        """A zone's objects by the seq of their newest version, shares included (seq, entered as there)."""
        if len(kinds) > FEW_KINDS:
            rows = self._of_all_kinds(zone, _listed(tuple(kinds)), after, bound(until), bound(limit))
        else:
            rows = []
            for kind in kinds:
                rows += self._of_kind(zone, kind, after, bound(until), bound(limit))
        found = [object_(row) for row in rows]
        found.sort(key=lambda one: one.seq)
        return found if limit is None else found[:limit]

    def _of_kind(self, zone: ZoneId, kind: Kind, after: Seq, until: int, limit: int) -> list[Row]:
        place = (zone, kind, after, until, limit)
        rows = self._all(
            f"""SELECT {OBJECT} FROM object WHERE zone = ? AND kind = ? AND seq > ? AND seq <= ?
            ORDER BY seq LIMIT ?""",
            place,
        )
        if kind >= Kind.RECORD:  # nothing else can be shared
            rows += self._all(
                f"""SELECT {SHARED} FROM share s JOIN object o ON o.id = s.object
                WHERE s.zone = ? AND s.kind = ? AND s.seq > ? AND s.seq <= ? ORDER BY s.seq LIMIT ?""",
                place,
            )
        return rows

    def _of_all_kinds(self, zone: ZoneId, listed: str, after: Seq, until: int, limit: int) -> list[Row]:
        place = (zone, after, until, limit)
        rows = self._all(
            f"""SELECT {OBJECT} FROM object INDEXED BY object_seq
            WHERE zone = ? AND seq > ? AND seq <= ? AND kind IN ({listed}) ORDER BY seq LIMIT ?""",
            place,
        )
        rows += self._all(
            f"""SELECT {SHARED} FROM share s JOIN object o ON o.id = s.object
            WHERE s.zone = ? AND s.seq > ? AND s.seq <= ? AND s.kind IN ({listed}) ORDER BY s.seq LIMIT ?""",
            place,
        )
        return rows

    async def departures(
        self,
        zone: ZoneId,
        kinds: Collection[Kind],
        *,
        after: Seq = START,
        until: Seq | None = None,
        limit: int | None = None,
    ) -> Sequence[Departure]:
        """What left a zone, in seq order."""
        rows = self._all(
            f"""SELECT zone, kind, seq, object, entered, gone_to FROM departure
            WHERE zone = ? AND kind IN ({placeholders(len(kinds))}) AND seq > ? AND seq <= ?
            ORDER BY seq LIMIT ?""",
            (zone, *kinds, after, bound(until), bound(limit)),
        )
        return [Departure(row[0], Kind(row[1]), *row[2:]) for row in rows]

    async def places(self, object: Id) -> Sequence[ZoneId]:
        """The zones in which an object can be seen: its own first, then its shares."""
        rows = self._all(
            """SELECT zone, 0 FROM object WHERE id = ?1 UNION ALL SELECT zone, 1 FROM share WHERE object = ?1
            ORDER BY 2, 1""",
            (object,),
        )
        return [row[0] for row in rows]

    async def place(self, object: Id, zone: ZoneId) -> Object | None:
        """An object as it stands in its second place."""
        row = self._one(
            f"""SELECT {SHARED}
            FROM share s JOIN object o ON o.id = s.object WHERE s.object = ? AND s.zone = ?""",
            (object, zone),
        )
        return None if row is None else object_(row)

    async def versions(
        self, *, object: Id | None = None, zone: ZoneId | None = None, nr: Nr | None = None
    ) -> Sequence[Version]:
        """Kept versions of an object, or of all that a site's work `nr` touched, in seq order."""
        if object is not None:
            rows = self._all(f"SELECT {VERSION} FROM version WHERE object = ? ORDER BY seq", (object,))
        else:
            rows = self._all(
                f"""SELECT {VERSION} FROM version WHERE zone = ? AND nr = ? AND nr IS NOT NULL
                ORDER BY seq""",
                (zone, nr),
            )
        return [Version(row[0], row[1], row[2], row[3], Act(row[4]), row[5], row[6]) for row in rows]

    async def named_blobs(self, object: Id) -> Sequence[Hash]:
        """The blobs that an entry or object names."""
        return [row[0] for row in self._all("SELECT hash FROM blob_ref WHERE object = ?", (object,))]
