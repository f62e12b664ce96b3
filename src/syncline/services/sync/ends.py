"""Where a page of a long delta ends: in the log's order over all zones, at the end of a work.

Two ways, the cheaper one is taken: few changed zones are read and merged; else the log is walked, as far
as the page goes. A long log is walked a little in any case: where much of it is the account's, that is all.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

from syncline.core.ids import Seq, ZoneId
from syncline.core.kinds import Kind
from syncline.core.log import Change
from syncline.core.zones import Zone
from syncline.services.sync.marks import Marks
from syncline.services.sync.pace import Pace
from syncline.services.sync.profiles import Known
from syncline.services.sync.sights import Had
from syncline.services.sync.strands import Strand
from syncline.store.contract import View

FEW_ZONES: Final = 64
"""Up to so many changed zones are merged (3 short statements and one a kind of object for each)."""

CHUNK: Final = 1000
"""Rows of the log read at a time, at most: about 1.5 ms. A walk begins with about a page of them."""

WALKED: Final = 20_000
"""Rows of the log walked for one page; one that finds nothing in them is empty, but moves on."""


class End(NamedTuple):
    """Where a page ends, and whether more may follow."""

    until: Seq
    more: bool
    zones: tuple[Had, ...] = ()
    """those that the log named on the way"""
    objects: frozenset[ZoneId] = frozenset()
    """those among them in which more than entries were named"""


async def end_of_work(view: View, seq: Seq) -> Seq:
    """The last seq of the work that a seq belongs to: nothing is cut inside a move or a merge."""
    change = await view.change(seq)
    return seq if change is None else max(seq, change.work)


async def merged_end(
    view: View, strands: Sequence[Strand[Any]], people: Strand[Known], after: Seq, limit: int
) -> End:
    """The end of a page whose strands were begun.

    The profiles are read last, only as far as the page can go without them: in the directory they lie
    among those of people whom the account does not know.
    """
    places = sorted(one.seq for strand in strands for one in strand.found)
    await people.begin(limit, places[limit - 1] if len(places) > limit else None)
    places = sorted([*places, *(one.seq for one in people.found)])
    ends = [places[limit - 1]] if len(places) > limit else []
    if people.known is not None:
        ends.append(people.known)
    if not ends and not places:
        return End(after, more=False)
    until = await end_of_work(view, min(ends)) if ends else places[-1]
    for strand in strands:
        await strand.reach(until)
    await people.follow(until)
    if any(strand.beyond(until) for strand in strands):
        return End(until, more=True)
    told = [one.seq for strand in (*strands, people) for one in strand.upto(until)]
    await people.begin(limit)
    if people.beyond(until):
        return End(until, more=True)
    # looked through, but not to be told: profiles of strangers do not move a caught-up reader
    return End(max(told, default=after), more=False)


class Walk:
    """The end of a page by walking the log: it looks at no more zones than it meets on its way."""

    def __init__(
        self, marks: Marks, people: Strand[Known], kinds: Collection[Kind], after: Seq, limit: int, pace: Pace
    ) -> None:
        """Prepare to walk from a seq on."""
        self._marks = marks
        self._people = people
        self._kinds = frozenset(kinds) - {Kind.ZONE}
        self._limit = limit
        self._pace = pace
        self._zones: dict[ZoneId, Had] = {}
        self._objects: set[ZoneId] = set()
        self._count = 0
        self._walked, self._size = 0, limit
        self._at = self._last = self._whole = after

    async def begin(self, view: View) -> End | None:
        """The page's end if it is found in the first rows of a long log; of a short one nothing is read."""
        return await self._go(view, CHUNK) if view.head - self._at > CHUNK else None

    async def finish(self, view: View) -> End:
        """The page's end. A walk that met nothing moves on all the same, or it would never come through."""
        most = WALKED
        while (end := await self._go(view, most)) is None:
            if self._last <= self._whole:
                return self._end(self._last if self._count else self._whole, more=True)
            most += CHUNK  # the work that was met last is walked to its end
        return end

    async def _go(self, view: View, most: int) -> End | None:
        while self._walked < most:
            size = min(max(self._size, 1), CHUNK, most - self._walked)
            page = await view.changes(self._at, limit=size)
            await self._pace.rest()
            if page and await self._over(view, page):
                return self._end(self._last, more=self._last < view.head)
            if len(page) < size:
                return self._end(self._last, more=False)
            self._walked += size
            self._size = 2 * size
        return None

    def _end(self, until: Seq, *, more: bool) -> End:
        return End(until, more, tuple(self._zones.values()), frozenset(self._objects))

    async def _over(self, view: View, page: Sequence[Change]) -> bool:
        """Walk over a part of the log; whether the page is full."""
        account, begin, end = self._marks.account, self._at, page[-1].seq
        alive = {zone.id: zone for zone in await view.changed_zones(account, begin, until=end)}
        pending = sorted(await self._elsewhere(begin, end), reverse=True)
        for change in page:
            self._at = change.seq
            if change.zone == account:
                visible = change.kind == Kind.GRANT or change.kind in self._kinds
            else:
                visible = change.kind in self._kinds and await self._followed(alive.get(change.zone))
                if visible and change.kind != Kind.ENTRY:
                    self._objects.add(change.zone)
            while pending and pending[-1] <= self._at:
                pending.pop()
                visible = True
            if visible:
                self._count += 1
                self._last = self._at
            if self._at == change.work:
                self._whole = self._at
                if self._count >= self._limit:
                    return True
        return False

    async def _elsewhere(self, begin: Seq, end: Seq) -> list[Seq]:
        """The places of what is not told where it stands in the log: raised floors, profiles."""
        await self._people.follow(end)
        floors = [floor.seq for floor in await self._marks.raised(begin, end)]
        return floors + [one.seq for one in self._people.found if one.seq > begin]

    async def _followed(self, zone: Zone | None) -> bool:
        """Whether the reader follows a zone; looked up where the walk first meets it."""
        if zone is None:
            return False
        if zone.id not in self._zones:
            one = await self._marks.followed(zone)
            if one is None:
                return False
            self._zones[zone.id] = one
        return True
