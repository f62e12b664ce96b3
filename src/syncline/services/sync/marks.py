"""Marks: where in the log a reader is told that it has a zone now, or has it no more.

A mark stands at the newest of the changes that made it: where a zone was given or taken last, or at the
floor it was raised to. So each place in the log can be judged by itself, without reading those after it.
"""

from collections.abc import Iterable

from syncline.core.deltas import ZoneDelta
from syncline.core.ids import START, Id, Seq, ZoneId
from syncline.core.zones import Grant, Touch, Zone
from syncline.services.sync.pace import Pace
from syncline.services.sync.sights import Had, had
from syncline.services.sync.strands import Part, known_to
from syncline.store.contract import View


class Marks:
    """What one account has of zones; each zone is looked up once for a page."""

    def __init__(self, view: View, account: Id, after: Seq, pace: Pace) -> None:
        """Prepare to read after a seq."""
        self._view = view
        self._after = after
        self._pace = pace
        self._had: dict[ZoneId, Had | None] = {}
        self._grants: dict[ZoneId, tuple[Grant, ...]] = {}
        self.account = account

    async def places(self, low: Seq, high: Seq | None, limit: int | None) -> Part[Touch]:
        """Where marks can stand. Not all are marks: a zone may have been given or taken again since."""
        touches = await self._view.touches(self.account, low, until=high, limit=limit)
        raised = await self.raised(low, high, limit)
        upto = known_to(known_to(None, touches, limit), raised, limit)
        found = sorted({*touches, *raised})
        return Part([one for one in found if upto is None or one.seq <= upto], upto)

    async def raised(self, low: Seq, high: Seq | None, limit: int | None = None) -> list[Touch]:
        """The floors at which zones may have to be shown anew."""
        zones = await self._view.raised_zones(self.account, low, until=high, limit=limit)
        return [Touch(zone.floor, zone.id) for zone in zones]

    async def grants(self, zone: ZoneId) -> tuple[Grant, ...]:
        """All grants of the account for a zone."""
        known = self._grants.get(zone)
        if known is None:
            known = self._grants[zone] = tuple(await self._view.grants(self.account, zone=zone))
            await self._pace.rest()
        return known

    async def had(self, zone: Zone) -> Had | None:
        """The zone as the account has it; None if it has not."""
        if zone.id not in self._had:
            self._had[zone.id] = had(zone, await self.grants(zone.id))
        return self._had[zone.id]

    async def followed(self, zone: Zone) -> Had | None:
        """The zone if the reader has it since before its place, and is shown what is added now."""
        one = await self.had(zone)
        if one is not None and one.open and one.entered <= self._after:
            return one
        return None

    async def entered(self, place: Touch) -> Had | None:
        """The zone that is told as entered at a place, if one is."""
        if place.zone in self._had:
            one = self._had[place.zone]
        elif any(grant.alive for grant in await self.grants(place.zone)):
            zone = await self._view.zone(place.zone)
            one = None if zone is None else await self.had(zone)
        else:
            one = None
        return one if one is not None and one.entered == place.seq else None

    async def left(self, place: Touch) -> ZoneDelta | None:
        """The zone that is told as left at a place: the reader may hold it, and may not see it any more.

        Any grant given before the reader's place counts, ended then or not: its last page may have passed
        an end in silence because the zone was granted anew, which it never came to see.
        """
        grants = await self.grants(place.zone)
        if any(grant.alive or (grant.ended or START) > place.seq for grant in grants):
            return None
        if all(grant.ended != place.seq for grant in grants):  # its floor was raised there
            return None
        if all(grant.given > self._after for grant in grants):
            return None
        zone = await self._view.zone(place.zone)
        return None if zone is None else ZoneDelta(zone, grants, place.seq)

    async def told(self, places: Iterable[Touch]) -> tuple[list[Had], list[ZoneDelta]]:
        """The zones entered and left at these places, in order."""
        entered, left = [], []
        for place in places:
            one = await self.entered(place)
            if one is not None:
                entered.append(one)
                continue
            gone = await self.left(place)
            if gone is not None:
                left.append(gone)
        return entered, left
