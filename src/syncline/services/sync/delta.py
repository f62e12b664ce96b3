"""The one delta: all that a reader must learn between its place and now. Every protocol encodes this."""

from collections.abc import Collection, Sequence
from typing import Any

from syncline.core.deltas import Delta, Place, ZoneDelta
from syncline.core.ids import START, Id, Seq, ZoneId
from syncline.core.kinds import Kind
from syncline.core.objects import Departure
from syncline.core.zones import Touch
from syncline.services.sync.ends import FEW_ZONES, End, Walk, merged_end
from syncline.services.sync.kinds import shown_kinds
from syncline.services.sync.marks import Marks
from syncline.services.sync.pace import Pace
from syncline.services.sync.places import Jumps, jumps_of, start
from syncline.services.sync.sights import Had, facts_between, shown, targets
from syncline.services.sync.snapshot import own_zone
from syncline.services.sync.strands import Mine, Strand, Strands
from syncline.services.sync.wholes import part_of
from syncline.store.contract import View

PAGE = 100
"""Changes a page unless asked otherwise."""


async def delta(
    view: View,
    account: Id,
    after: Place,
    *,
    kinds: Collection[Kind] | None = None,
    limit: int = PAGE,
    to_head: bool = False,
    contents: bool = True,
    jumps: Jumps | None = None,
) -> Delta:
    """What an account must learn after a place: about `limit` changes, and the place to go on from.

    Follow `until` while `more`. If nothing is visible after the place it stays where it is, so foreign
    traffic does not move a reader; `to_head` lets a caught-up one move to the head (Matrix). A page ends
    at the end of a work, so it may hold up to a work more than `limit`; after a long way through foreign
    traffic it may be empty with `more`. A place that cannot be starts anew (`reset`).

    `contents` False names the zones entered without what is in them, for protocols whose clients fetch that
    by calls of their own: then `until` is always plain.

    `kinds` leaves all other kinds out of pages and cursor alike; zones entered and left are always told.
    Costs what changed for this account, never what exists. Raises NotFound without such an account.
    """
    if jumps is None:
        jumps = await jumps_of(view)
    place, reset = start(after, view.head, jumps)
    page = _Page(view, account, place, shown_kinds(kinds), max(1, limit), contents=contents)
    found = await (page.rows() if place.plain else page.rest_of_wholes())
    until, more = page.until, page.more
    if to_head and not more and until.plain:
        until = Place(view.head)
    return Delta(after=after, until=until, more=more, head=view.head, reset=reset, **found)


class _Page:
    """One page in the making."""

    def __init__(
        self,
        view: View,
        account: Id,
        place: Place,
        kinds: Sequence[Kind],
        limit: int,
        *,
        contents: bool = True,
    ) -> None:
        self.contents = contents
        self.view = view
        self.account = account
        self.place = place
        self.kinds = kinds
        self.limit = limit
        self.pace = Pace()
        self.until = place
        self.more = False

    async def rest_of_wholes(self) -> dict[str, Any]:
        """Go on inside a zone shown whole, then with the zones entered after it up to the place's seq."""
        view, place = self.view, self.place
        before = Seq(place.zone_given - 1)
        marks = Marks(view, self.account, before, self.pace)
        part = await marks.places(before, place.seq, self.limit + 1)
        entered = await self.wholes(marks, part.found, self.limit, place)
        if self.until.plain and part.upto is not None and part.upto < place.seq:
            self.until = Place(place.seq, Seq(part.upto + 1))
        # what came since is the next page's: a row of a zone must not come before the zone
        self.more = not self.until.plain or view.head > place.seq
        return {"entered": entered}

    async def rows(self) -> dict[str, Any]:
        """What changed after a plain place in the zones that the reader has, then the zones entered since."""
        view, account, after = self.view, self.account, self.place.seq
        own = await own_zone(view, account)
        if view.head == after:
            return {}
        marks = Marks(view, account, after, self.pace)
        mine = Mine(view, account, own, self.kinds, after, self.pace)
        places = Strand(marks.places, after)
        walk = Walk(marks, mine.profiles, self.kinds, after, self.limit, self.pace)
        end = await walk.begin(view)
        if end is None:
            changed = await view.changed_zones(account, after, limit=FEW_ZONES + 1)
            if len(changed) > FEW_ZONES:
                end = await walk.finish(view)
        if end is None:
            mine = Mine(view, account, own, self.kinds, after, self.pace)
            followed = [one for zone in changed if (one := await marks.followed(zone)) is not None]
            shared = [Strands(view, one, self.kinds, after) for one in followed]
            strands = [places, *mine.strands, *(strand for one in shared for strand in one.strands)]
            for strand in strands:
                await strand.begin(self.limit)
                await self.pace.rest()
            end = await merged_end(view, strands, mine.profiles, after, self.limit)
        else:
            shared = [Strands(view, one, self.kinds, after) for one in end.zones]
            named = [strand for one in shared for strand in one.named(objects=one.one.zone.id in end.objects)]
            for strand in (places, *mine.strands, *named):
                await strand.follow(end.until)
                await self.pace.rest()
        entered, left = await marks.told(places.upto(end.until))
        end = last_end(end, entered)
        self.until, self.more = Place(end.until), end.more
        found = await self.told(mine, shared, lean=True)
        found["left"] = tuple(left)
        if entered:
            left_over = max(
                1, self.limit - mine.count(end.until) - sum(one.count for one in found["changed"])
            )
            inside = [Touch(one.entered, one.zone.id) for one in entered]
            found["entered"] = await self.wholes(marks, inside, left_over, self.until)
            self.more = self.more or not self.until.plain
        elif end.until > after and Delta(self.place, self.until, more=False, head=view.head, **found).empty:
            # all that happened are things that came and went: said, or a caught-up reader would be read again
            found = {**found, **await self.told(mine, shared, lean=False)}
        return found

    async def told(self, mine: Mine, shared: Sequence[Strands], *, lean: bool) -> dict[str, Any]:
        """The rows up to the page's end. `lean` leaves out departures of what the reader never had."""
        until = self.until.seq
        changed = []
        for one in shared:
            delta = await self.zone_rows(one.one, one, until, lean=lean)
            if delta.count:
                changed.append(delta)
            await self.pace.rest()
        own = await self.departed(mine.departed.upto(until), lean=lean)
        return {
            "changed": tuple(changed),
            "own": ZoneDelta(
                mine.zone, objects=mine.objects.upto(until), departed=own, elsewhere=await self.elsewhere(own)
            ),
            "subscriptions": mine.subscriptions.upto(until),
            "profiles": tuple(one.profile for one in mine.profiles.upto(until)),
        }

    async def zone_rows(self, one: Had, strands: Strands, until: Seq, *, lean: bool) -> ZoneDelta:
        """One zone's rows up to a seq."""
        entries = await shown(self.view, one, strands.entries.upto(until))
        departed = await self.departed(strands.departed.upto(until), lean=lean)
        return ZoneDelta(
            one.zone,
            one.sight.grants,
            one.entered,
            entries=entries,
            targets=await targets(self.view, one, entries),
            objects=strands.objects.upto(until),
            departed=departed,
            elsewhere=await self.elsewhere(departed),
            state=await facts_between(self.view, one, entries, self.place.seq, until),
        )

    async def departed(self, departures: Sequence[Departure], *, lean: bool) -> tuple[Departure, ...]:
        """Departures, without those of objects that came after the reader's place and went again."""
        return tuple(one for one in departures if not lean or one.entered <= self.place.seq)

    async def elsewhere(self, departed: Sequence[Departure]) -> frozenset[Id]:
        """The departed objects that the account sees in another zone now."""
        found = set()
        for one in departed:
            if one.gone_to is not None:
                for zone in await self.view.places(one.object):
                    if zone != one.zone and await self.sees(zone):
                        found.add(one.object)
        return frozenset(found)

    async def sees(self, zone: ZoneId) -> bool:
        """Whether the account sees the objects of a zone."""
        if zone == self.account:
            return True
        return any(grant.open for grant in await self.view.grants(self.account, zone=zone))

    async def wholes(
        self, marks: Marks, places: Sequence[Touch], limit: int, place: Place
    ) -> tuple[ZoneDelta, ...]:
        """The zones entered at these places, up to the place's seq, as far as the page goes; moves `until`.

        A zone that was granted anew, or ended, since the last page is passed over: it is told where its
        grant's later change stands.
        """
        parts: list[ZoneDelta] = []
        if not self.contents:
            found = [await marks.entered(entered) for entered in places]
            self.until = Place(place.seq)
            return tuple(
                ZoneDelta(one.zone, one.sight.grants, one.entered, first=True)
                for one in found
                if one is not None
            )
        for entered in places:
            upto = place.upto if entered.seq == place.zone_given else START
            if limit <= 0:
                self.until = Place(place.seq, entered.seq, upto)
                return tuple(parts)
            one = await marks.entered(entered)
            if one is None:
                continue
            part, end = await part_of(self.view, one, self.kinds, after=upto, until=place.seq, limit=limit)
            parts.append(part)
            await self.pace.rest()
            if part.partial:
                self.until = Place(place.seq, entered.seq, end)
                return tuple(parts)
            limit -= part.count + 1
        self.until = Place(place.seq)
        return tuple(parts)


def last_end(end: End, entered: Sequence[Had]) -> End:
    """Move the end of the last page on to what is the account's and no row of this page.

    That is what was added to a zone after it was granted, since the zone comes whole.
    """
    if end.more:
        return end
    return end._replace(until=max(end.until, *(one.zone.head for one in entered if one.open), START))
