"""Strands: the lists in which things lie in seq order. A page is cut from all strands at one seq."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from syncline.core.entries import Entry
from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.kinds import Kind
from syncline.core.objects import Departure, Object, Subscription
from syncline.core.zones import Zone
from syncline.services.sync.pace import Pace
from syncline.services.sync.profiles import Known, known_profiles
from syncline.services.sync.sights import Had
from syncline.store.contract import View


class Placed(Protocol):
    """Anything that has its place in the log."""

    @property
    def seq(self) -> Seq:
        """Where it is told."""


T = TypeVar("T", bound=Placed)


class Part(NamedTuple, Generic[T]):
    """What was found in a part of a list. Nothing is missing up to `upto` (None: as far as was asked)."""

    found: Sequence[T]
    upto: Seq | None


Read = Callable[[Seq, Seq | None, int | None], Awaitable[Part[T]]]
"""Reads what lies after a seq, up to and with another (None: the head); of so many rows at most."""


def known_to(upto: Seq | None, rows: Sequence[Placed], limit: int | None) -> Seq | None:
    """Up to where rows read in order tell everything, where `upto` is what is known otherwise."""
    if limit is None or len(rows) < limit:
        return upto
    return rows[-1].seq if upto is None else min(upto, rows[-1].seq)


class Strand(Generic[T]):
    """One list, of which the part after a cursor is read as far as a page needs it."""

    __slots__ = ("_read", "found", "known")

    def __init__(self, read: Read[T], after: Seq) -> None:
        """Nothing is read yet."""
        self._read = read
        self.found: list[T] = []
        self.known: Seq | None = after
        """nothing is missing up to here; None: all is read"""

    async def begin(self, limit: int, until: Seq | None = None) -> None:
        """Read one more than a page can hold, of what lies up to `until`."""
        if self.known is not None:
            part = await self._read(self.known, until, limit + 1)
            self.found += part.found
            self.known = until if part.upto is None else part.upto

    async def follow(self, until: Seq) -> None:
        """Read everything up to this seq."""
        if self.known is not None and self.known < until:
            self.found += (await self._read(self.known, until, None)).found
            self.known = until

    async def reach(self, until: Seq) -> None:
        """Read everything up to this seq, and learn whether there may be more."""
        await self.follow(until)
        if self.known == until:
            await self.begin(0)

    def upto(self, until: Seq) -> tuple[T, ...]:
        """What lies up to this seq."""
        return tuple(one for one in self.found if one.seq <= until)

    def beyond(self, until: Seq) -> bool:
        """Whether something may lie after this seq."""
        return self.known is not None or (bool(self.found) and self.found[-1].seq > until)


class Strands:
    """The strands of a zone that the reader has."""

    __slots__ = ("departed", "entries", "objects", "one", "strands")

    def __init__(self, view: View, one: Had, kinds: Sequence[Kind], after: Seq) -> None:
        """Prepare to read the zone after a seq."""
        id = one.zone.id

        async def entries(low: Seq, high: Seq | None, limit: int | None) -> Part[Entry]:
            before = None if high is None else Seq(high + 1)
            rows = await view.entries(id, after=low, before=before, limit=limit)
            return Part(rows, known_to(None, rows, limit))

        self.one = one
        self.entries: Strand[Entry] = Strand(entries, after)
        self.objects, self.departed = _object_strands(view, id, kinds, after)
        self.strands: list[Strand[Any]] = [self.objects, self.departed]
        if Kind.ENTRY in kinds:
            self.strands.append(self.entries)

    def named(self, *, objects: bool) -> Sequence[Strand[Any]]:
        """The strands of which the log named something: objects and departures only where it did."""
        return self.strands if objects else self.strands[2:]


class Mine:
    """The strands of what is the account's alone: its own zone, its subscriptions, the profiles it knows."""

    __slots__ = ("departed", "objects", "profiles", "strands", "subscriptions", "zone")

    def __init__(
        self, view: View, account: Id, zone: Zone, kinds: Sequence[Kind], after: Seq, pace: Pace
    ) -> None:
        """Prepare to read after a seq."""

        async def private(low: Seq, high: Seq | None, limit: int | None) -> Part[Subscription]:
            rows = await view.subscriptions(account, after=low, until=high, limit=limit)
            return Part(rows, known_to(None, rows, limit))

        async def people(low: Seq, high: Seq | None, limit: int | None) -> Part[Known]:
            return Part(*await known_profiles(view, account, low, high, limit, pace))

        self.zone = zone
        self.objects, self.departed = _object_strands(view, zone.id, kinds, after)
        self.subscriptions: Strand[Subscription] = Strand(private, after)
        self.profiles: Strand[Known] = Strand(people, after)
        self.strands: list[Strand[Any]] = [self.objects, self.departed]
        if Kind.SUBSCRIPTION in kinds:
            self.strands.append(self.subscriptions)
        if Kind.PROFILE not in kinds:
            self.profiles.known = None

    def count(self, until: Seq) -> int:
        """How many things lie up to a seq."""
        return sum(len(strand.upto(until)) for strand in (*self.strands, self.profiles))


def _object_strands(
    view: View, zone: ZoneId, kinds: Sequence[Kind], after: Seq
) -> tuple[Strand[Object], Strand[Departure]]:
    wanted = [kind for kind in kinds if kind > Kind.ZONE]

    async def objects(low: Seq, high: Seq | None, limit: int | None) -> Part[Object]:
        rows = await view.objects(zone, wanted, after=low, until=high, limit=limit)
        return Part(rows, known_to(None, rows, limit))

    async def departed(low: Seq, high: Seq | None, limit: int | None) -> Part[Departure]:
        rows = await view.departures(zone, wanted, after=low, until=high, limit=limit)
        return Part(rows, known_to(None, rows, limit))

    return Strand(objects, after), Strand(departed, after)
