"""Strands: the lists in which things lie in seq order. A page is cut from all strands at one seq."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from syncline.core.entries import Entry
from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.kinds import Kind
from syncline.core.objects import Departure, Object, Subscription
from syncline.core.zones import Zone
from syncline.services.sync.pace import Pace
from syncline.services.sync.profiles import Known, known_profiles
from syncline.services.sync.sights import Had
from syncline.store.contract import CHANGES_A_WORK, View


class Placed(Protocol):
    """Anything that has its place in the log."""

    @property
    def seq(self) -> Seq:
        """Where it is told."""


T = TypeVar("T", bound=Placed)
Read = Callable[[Seq, Seq | None, int | None], Awaitable[Sequence[T]]]
"""Reads what lies after a seq, up to and with another (None: the head), so many at most."""


class Strand(Generic[T]):
    """One list, of which the part after a cursor is read as far as a page needs it."""

    __slots__ = ("_after", "_read", "_whole", "found")

    def __init__(self, read: Read[T], after: Seq) -> None:
        """Nothing is read yet."""
        self._read = read
        self._after = after
        self._whole = False
        self.found: list[T] = []

    async def begin(self, limit: int) -> None:
        """Read one more than a page can hold."""
        self.found = list(await self._read(self._after, None, limit + 1))
        self._whole = len(self.found) <= limit

    async def reach(self, until: Seq) -> None:
        """Read on until what lies up to this seq is there, and whether there is more is known."""
        while not self._whole and self.found[-1].seq <= until:
            more = await self._read(self.found[-1].seq, None, CHANGES_A_WORK + 1)
            self.found += more
            self._whole = len(more) <= CHANGES_A_WORK

    async def fill(self, until: Seq) -> None:
        """Read everything up to this seq."""
        self.found = list(await self._read(self._after, until, None))
        self._whole = True

    def upto(self, until: Seq) -> tuple[T, ...]:
        """What lies up to this seq."""
        return tuple(one for one in self.found if one.seq <= until)

    def beyond(self, until: Seq) -> bool:
        """Whether something is known to lie after this seq."""
        return bool(self.found) and self.found[-1].seq > until


class Strands:
    """The strands of a zone that the reader has."""

    __slots__ = ("departed", "entries", "objects", "one", "strands")

    def __init__(self, view: View, one: Had, kinds: Sequence[Kind], after: Seq) -> None:
        """Prepare to read the zone after a seq."""
        id = one.zone.id

        async def entries(low: Seq, high: Seq | None, limit: int | None) -> Sequence[Entry]:
            before = None if high is None else Seq(high + 1)
            return await view.entries(id, after=low, before=before, limit=limit)

        self.one = one
        self.entries: Strand[Entry] = Strand(entries, after)
        self.objects, self.departed = _object_strands(view, id, kinds, after)
        self.strands: list[Strand[Any]] = [self.objects, self.departed]
        if Kind.ENTRY in kinds:
            self.strands.append(self.entries)


class Mine:
    """The strands of what is the account's alone: its own zone, its subscriptions, the profiles it knows."""

    __slots__ = ("_kinds", "departed", "objects", "profiles", "strands", "subscriptions", "zone")

    def __init__(
        self, view: View, account: Id, zone: Zone, kinds: Sequence[Kind], after: Seq, pace: Pace
    ) -> None:
        """Prepare to read after a seq."""

        async def private(low: Seq, high: Seq | None, limit: int | None) -> Sequence[Subscription]:
            return await view.subscriptions(account, after=low, until=high, limit=limit)

        async def people(low: Seq, high: Seq | None, limit: int | None) -> Sequence[Known]:
            found = await known_profiles(view, account, low, view.head if high is None else high, pace)
            return found if limit is None else found[:limit]

        self.zone = zone
        self._kinds = kinds
        self.objects, self.departed = _object_strands(view, zone.id, kinds, after)
        self.subscriptions: Strand[Subscription] = Strand(private, after)
        self.profiles: Strand[Known] = Strand(people, after)
        self.strands: list[Strand[Any]] = [self.objects, self.departed]
        if Kind.SUBSCRIPTION in kinds:
            self.strands.append(self.subscriptions)
        if Kind.PROFILE in kinds:
            self.strands.append(self.profiles)

    async def first_profiles(self, limit: int) -> Sequence[Known]:
        """The first profiles to be told, which stand elsewhere in the log than where they are told."""
        if Kind.PROFILE not in self._kinds:
            return ()
        await self.profiles.begin(limit)
        return self.profiles.found

    def count(self, until: Seq) -> int:
        """How many things lie up to a seq."""
        return sum(len(strand.upto(until)) for strand in self.strands)


def _object_strands(
    view: View, zone: ZoneId, kinds: Sequence[Kind], after: Seq
) -> tuple[Strand[Object], Strand[Departure]]:
    wanted = [kind for kind in kinds if kind > Kind.ZONE]

    async def objects(low: Seq, high: Seq | None, limit: int | None) -> Sequence[Object]:
        return await view.objects(zone, wanted, after=low, until=high, limit=limit)

    async def departed(low: Seq, high: Seq | None, limit: int | None) -> Sequence[Departure]:
        return await view.departures(zone, wanted, after=low, until=high, limit=limit)

    return Strand(objects, after), Strand(departed, after)
