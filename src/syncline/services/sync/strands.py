"""Strands: the lists in which things lie in seq order. A page is cut from all strands at one seq."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from syncline.core.ids import Id, Seq
from syncline.core.kinds import Kind
from syncline.core.zones import Zone
from syncline.services.sync.pace import Pace
from syncline.services.sync.profiles import known_profiles
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
    """The strands of one zone; `entries` only where it has any."""

    __slots__ = ("departed", "entries", "objects", "one", "zone")

    def __init__(self, view: View, zone: Zone, kinds: Sequence[Kind], after: Seq, one: Had | None) -> None:
        """Prepare to read the zone after a seq. `one` None: the account's own zone."""
        id = zone.id
        self.zone = zone
        self.one = one

        async def entries(low: Seq, high: Seq | None, limit: int | None) -> Sequence[Any]:
            before = None if high is None else Seq(high + 1)
            return await view.entries(id, after=low, before=before, limit=limit)

        async def objects(low: Seq, high: Seq | None, limit: int | None) -> Sequence[Any]:
            return await view.objects(id, kinds, after=low, until=high, limit=limit)

        async def departed(low: Seq, high: Seq | None, limit: int | None) -> Sequence[Any]:
            return await view.departures(id, kinds, after=low, until=high, limit=limit)

        self.entries: Strand[Any] = Strand(entries, after)
        self.objects: Strand[Any] = Strand(objects, after)
        self.departed: Strand[Any] = Strand(departed, after)

    @property
    def all(self) -> tuple[Strand[Any], ...]:
        """Its strands."""
        if self.one is None:
            return (self.objects, self.departed)
        return (self.entries, self.objects, self.departed)


def subscriptions(view: View, account: Id, after: Seq) -> Strand[Any]:
    """The strand of an account's subscriptions."""

    async def read(low: Seq, high: Seq | None, limit: int | None) -> Sequence[Any]:
        return await view.subscriptions(account, after=low, until=high, limit=limit)

    return Strand(read, after)


def profiles(view: View, account: Id, after: Seq, pace: Pace) -> Strand[Any]:
    """The strand of the profiles that an account knows."""

    async def read(low: Seq, high: Seq | None, limit: int | None) -> Sequence[Any]:
        found = await known_profiles(view, account, low, view.head if high is None else high, pace)
        return found if limit is None else found[:limit]

    return Strand(read, after)


async def reading(strand: Strand[Any], pace: Pace, *, limit: int | None, until: Seq | None) -> None:
    """Begin a strand, in either of the two ways of finding a page's end."""
    if until is not None:
        await strand.fill(until)
    else:
        await strand.begin(limit or 1)
    await pace.rest()

