"""The one delta: all that a reader must learn between its place and now. Every protocol encodes this."""

from collections.abc import Collection, Sequence
from typing import Any

from syncline.core.deltas import Delta, Place, ZoneDelta
from syncline.core.ids import START, Id, Seq, ZoneId
from syncline.core.kinds import Kind
from syncline.core.objects import Departure
from syncline.core.zones import Grant, Zone
from syncline.services.sync.ends import FEW_ZONES, End, merged_end, walked_end
from syncline.services.sync.kinds import shown_kinds
from syncline.services.sync.pace import Pace
from syncline.services.sync.places import Jumps, jumps_of, start
from syncline.services.sync.sights import Had, facts_between, had, have, shown, targets
from syncline.services.sync.snapshot import own_zone
from syncline.services.sync.strands import Mine, Strands
from syncline.services.sync.wholes import entered_at, part_of
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
    jumps: Jumps | None = None,
) -> Delta:
    """What an account must learn after a place: about `limit` changes, and the place to go on from.

    Follow `until` while `more`. If nothing is visible after the place it stays where it is, so foreign
    traffic does not move a reader; `to_head` lets a caught-up one move to the head (Matrix). A page ends
    at the end of a work, so it may hold up to a work more than `limit`; after a long way through foreign
    traffic it may be empty with `more`. A place that cannot be starts anew (`reset`).

    `kinds` leaves all other kinds out of pages and cursor alike; zones entered and left are always told.
    Costs what changed for this account, never what exists. Raises NotFound without such an account.
    """
    if jumps is None:
        jumps = await jumps_of(view)
    place, reset = start(after, view.head, jumps)
    page = _Page(view, account, place, shown_kinds(kinds), max(1, limit))
    found = await (page.rows() if place.plain else page.rest_of_wholes())
    until, more = page.until, page.more
    if to_head and not more and until.plain:
        until = Place(view.head)
    return Delta(after=after, until=until, more=more, head=view.head, reset=reset, **found)


class _Page:
    """One page in the making."""

    def __init__(self, view: View, account: Id, place: Place, kinds: Sequence[Kind], limit: int) -> None:
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
        touched = await view.grants(self.account, touched_after=before)
        changed = await view.changed_zones(self.account, before)
        zones = [one for one in entered_at(touched, changed, before) if one[0] <= place.seq]
        entered = await self.wholes(zones, self.limit, place)
        # what came since is the next page's: a row of a zone must not come before the zone
        self.more = not self.until.plain or view.head > place.seq
        return {"entered": entered}

    async def rows(self) -> dict[str, Any]:
        """What changed after a plain place in the zones that the reader has, then the zones entered since."""
        view, account, after = self.view, self.account, self.place.seq
        own = await own_zone(view, account)
        if view.head == after:
            return {}
        changed = await view.changed_zones(account, after)
        touched = await view.grants(account, touched_after=after)
        entered = entered_at(touched, changed, after)
        left = await self.left(touched)
        await self.pace.rest()
        mine = Mine(view, account, own, self.kinds, after, self.pace)
        marks = [*(seq for seq, _ in entered), *(one.entered for one in left)]
        whole = {zone for _, zone in entered}
        rows = [zone for zone in changed if zone.id not in whole]
        if len(rows) <= FEW_ZONES:
            shared = await self.strands(rows)
            strands = [*mine.strands, *(strand for one in shared for strand in one.strands)]
            for strand in strands:
                await strand.begin(self.limit)
                await self.pace.rest()
            end = await merged_end(view, strands, marks, after, self.limit)
            end = await self.last_end(end, entered, changed, touched)
        else:
            marks += [one.seq for one in await mine.first_profiles(self.limit)]
            names = {zone.id for zone in rows}
            refused = names
            while refused:
                end = await walked_end(view, account, names, marks, after, self.limit, self.pace)
                shared = await self.strands([zone for zone in rows if zone.id in end.zones])
                # zones that are had, but show nothing new (an invitation), must not move the reader
                refused = names & end.zones - {one.one.zone.id for one in shared}
                names -= refused
            end = await self.last_end(end, entered, changed, touched)
            for strand in (*mine.strands, *(strand for one in shared for strand in one.strands)):
                await strand.fill(end.until)
                await self.pace.rest()
        self.until, self.more = Place(end.until), end.more
        found = await self.told(mine, shared, lean=True)
        found["left"] = tuple(one for one in left if one.entered <= end.until)
        inside = [one for one in entered if one[0] <= end.until]
        if inside:
            left_over = max(
                1, self.limit - mine.count(end.until) - sum(one.count for one in found["changed"])
            )
            found["entered"] = await self.wholes(inside, left_over, self.until)
            self.more = self.more or not self.until.plain
        elif end.until > after and Delta(self.place, self.until, more=False, head=view.head, **found).empty:
            # all that happened are things that came and went: said, or a caught-up reader would be read again
            found = {**found, **await self.told(mine, shared, lean=False)}
        return found

    async def strands(self, zones: Sequence[Zone]) -> list[Strands]:
        """The strands of those zones that the reader has, and that show what is added now."""
        found = []
        for one in await have(self.view, self.account, zones):
            if one.open and one.entered <= self.place.seq:
                found.append(Strands(self.view, one, self.kinds, self.place.seq))
            await self.pace.rest()
        return found

    async def last_end(
        self,
        end: End,
        entered: Sequence[tuple[Seq, ZoneId]],
        changed: Sequence[Zone],
        touched: Sequence[Grant],
    ) -> End:
        """Move the end of the last page on to what is the account's and no row of this page.

        That is what was added to a zone after it was granted, since the zone comes whole; and zones that
        came and went since the reader's place, of which it need not hear.
        """
        if end.more:
            return end
        until = max(end.until, *(max(grant.given, grant.ended or START) for grant in touched), START)
        heads = {zone.id: zone for zone in changed}
        for _, id in entered:
            zone = heads.get(id)
            if zone is not None and zone.head > until:
                one = had(zone, await self.view.grants(self.account, zone=id))
                if one is not None and one.open:
                    until = zone.head
                await self.pace.rest()
        return end._replace(until=until)

    async def left(self, touched: Sequence[Grant]) -> list[ZoneDelta]:
        """The zones that the reader may hold and may not see any more, told where the last grant ended.

        Any grant given before its place counts, ended then or not: its last page may have passed an end in
        silence because the zone was granted anew, which it never came to see.
        """
        after = self.place.seq
        found = []
        for id in {grant.zone: None for grant in touched if grant.ended is not None}:
            grants = await self.view.grants(self.account, zone=id)
            ended = max((grant.ended or START for grant in grants), default=START)
            if all(not grant.alive for grant in grants) and any(grant.given <= after for grant in grants):
                zone = await self.view.zone(id)
                if zone is not None:
                    found.append(ZoneDelta(zone, tuple(grants), ended))
            await self.pace.rest()
        return sorted(found, key=lambda one: one.entered)

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
        self, zones: Sequence[tuple[Seq, ZoneId]], limit: int, place: Place
    ) -> tuple[ZoneDelta, ...]:
        """These zones whole, up to the place's seq, as far as the page goes; moves `until` along.

        A zone that was granted anew, or ended, since the last page is passed over: it is told where its
        grant's later change stands.
        """
        parts: list[ZoneDelta] = []
        for entered, id in zones:
            upto = place.upto if entered == place.zone_given else START
            if limit <= 0:
                self.until = Place(place.seq, entered, upto)
                return tuple(parts)
            zone = await self.view.zone(id)
            one = None if zone is None else had(zone, await self.view.grants(self.account, zone=id))
            if one is None or one.entered != entered:
                continue
            part, end = await part_of(self.view, one, self.kinds, after=upto, until=place.seq, limit=limit)
            parts.append(part)
            await self.pace.rest()
            if part.partial:
                self.until = Place(place.seq, entered, end)
                return tuple(parts)
            limit -= part.count + 1
        self.until = Place(place.seq)
        return tuple(parts)
