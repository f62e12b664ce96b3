"""Zones, numbers and grants in a draft."""

from collections.abc import Collection, Sequence

from syncline.core.errors import Invalid, NotFound
from syncline.core.ids import START, Id, Nr, Seq, ZoneId
from syncline.core.kinds import Act, Kind, Why, ZoneKind
from syncline.core.zones import Grant, Touch, Zone
from syncline.store.draft.base import DraftBase, ZoneEdit


class ZoneDraft(DraftBase):
    """Reading and writing zones and grants."""

    async def zone(self, id: ZoneId) -> Zone | None:
        """One zone."""
        edit = self._edits.get(id)
        head = self._heads.get(id)
        if edit is not None:
            if head is not None:
                edit.head = head
            return edit.freeze()
        found = self._batch.zones.get(id)
        if found is None:
            self._batch.reads.add(id)
            found = await self._below.zone(id)
        if found is not None and head is not None:
            edit = await self._edit(id)
            edit.head = head
            return edit.freeze()
        return found

    async def zones(self, ids: Sequence[ZoneId]) -> Sequence[Zone]:
        """These zones, in the order asked; unknown ones are left out."""
        return [zone for id in ids if (zone := await self.zone(id)) is not None]

    async def _edit(self, id: ZoneId) -> ZoneEdit:
        edit = self._edits.get(id)
        if edit is None:
            zone = self._batch.zones.get(id)
            if zone is None:
                self._batch.reads.add(id)
                zone = await self._below.zone(id)
            if zone is None:
                raise NotFound(f"there is no zone {id}")
            edit = self._edits[id] = ZoneEdit(zone)
        return edit

    def open_zone(self, kind: ZoneKind, *, owner: Id | None = None, id: ZoneId | None = None) -> ZoneId:
        """Make a zone; its id is fresh unless given (an account's zone has its person's id)."""
        made = ZoneId(self.new_id()) if id is None else id
        if id is not None:
            self._opened_as.append(id)
        self._edits[made] = ZoneEdit(Zone(made, kind, owner))
        return made

    async def number(self, zone: ZoneId) -> Nr:
        """Take the zone's next nr: for a site one per work, for a conversation `add` does it."""
        taken = self._numbered.get(zone)
        if taken is not None:
            return taken
        edit = await self._edit(zone)
        edit.nr = Nr(edit.nr + 1)
        if edit.kind == ZoneKind.SITE:
            self._numbered[zone] = edit.nr
        return edit.nr

    async def counter(self, name: str) -> int:
        """The last value of a named counter, 0 before its first."""
        known = self._batch.counters.get(name)
        return await self._below.counter(name) if known is None else known

    async def count(self, counter: str, step: int = 1) -> int:
        """Raise a named counter and return its new value; undone with the work."""
        value = await self.counter(counter) + step
        self._batch.counters[counter] = value
        return value

    async def merge(self, zone: ZoneId, into: ZoneId, *, actor: Id | None = None) -> None:
        """Leave a pointer from a zone to the one that took its entries."""
        edit = await self._edit(zone)
        edit.merged = into
        self._change(zone, Kind.ZONE, into, Act.MERGE, None, actor)

    async def raise_floor(self, zone: ZoneId, floor: Seq, *, actor: Id | None = None) -> None:
        """Forget what lies before a seq: readers below it get the zone as if newly entered."""
        edit = await self._edit(zone)
        if floor < edit.floor:
            raise Invalid(f"the floor of zone {zone} is {edit.floor} already")
        edit.floor = floor
        self._change(zone, Kind.ZONE, zone, Act.FLOOR, None, actor)

    async def changed_zones(
        self,
        account: Id,
        after: Seq,
        *,
        until: Seq | None = None,
        limit: int | None = None,
        newest: bool = False,
    ) -> Sequence[Zone]:
        """The zones with an alive grant of this account whose head is beyond `after`, the first by id."""
        alive = {grant.zone for grant in await self.grants(account) if grant.alive}
        if until is not None:
            alive &= await self._named(after, until)
        zones = [zone for zone in await self.zones(sorted(alive)) if zone.head > after]
        return (sorted(zones, key=lambda zone: -zone.head) if newest else zones)[:limit]

    async def _named(self, after: Seq, until: Seq) -> set[ZoneId]:
        """The zones that a part of the log names."""
        found: set[ZoneId] = set()
        while page := await self._below.changes(after, until=until, limit=1000):
            found.update(change.zone for change in page)
            after = page[-1].seq
        return found

    async def raised_zones(
        self, account: Id, after: Seq, *, until: Seq | None = None, limit: int | None = None
    ) -> Sequence[Zone]:
        """The zones with an alive grant of this account whose floor is beyond `after`, by floor and id."""
        alive = {grant.zone for grant in await self.grants(account) if grant.alive}
        found = [
            zone
            for zone in await self.zones(sorted(alive))
            if zone.floor > after and (until is None or zone.floor <= until)
        ]
        found.sort(key=lambda zone: (zone.floor, zone.id))
        if limit is None or len(found) <= limit:
            return found
        return [zone for zone in found if zone.floor <= found[limit - 1].floor]

    async def touches(
        self, account: Id, after: Seq, *, until: Seq | None = None, limit: int | None = None
    ) -> Sequence[Touch]:
        """Where an account was given a zone or lost it after a seq, up to and with `until`, in order."""
        found: set[Touch] = set()
        for grant in await self.grants(account):
            found.add(Touch(grant.given, grant.zone))
            if grant.ended is not None:
                found.add(Touch(grant.ended, grant.zone))
        return sorted(one for one in found if after < one.seq and (until is None or one.seq <= until))[:limit]

    async def grants(
        self,
        account: Id,
        *,
        zone: ZoneId | None = None,
        after: Seq = START,
        limit: int | None = None,
    ) -> Sequence[Grant]:
        """An account's grants given after a seq, ended ones included, by `given`; the first of them."""
        # grants written here replace those below in their place, or come after all of them
        below = await self._below.grants(account, zone=zone, after=after, limit=limit)
        found = {(grant.zone, grant.given): grant for grant in below}
        for (holder, granted, given), grant in self._batch.grants.items():
            if holder == account and given > after and (zone is None or granted == zone):
                found[granted, given] = grant
        return sorted(found.values(), key=lambda grant: grant.given)[:limit]

    async def holders(self, zone: ZoneId) -> Collection[Id]:
        """The accounts that see what is added to this zone now (alive, open grants)."""
        found = set(await self._below.holders(zone))
        touched = {account for account, granted, _ in self._batch.grants if granted == zone}
        for account in touched:
            if any(grant.open for grant in await self.grants(account, zone=zone)):
                found.add(account)
            else:
                found.discard(account)
        return found

    async def grant(
        self,
        account: Id,
        zone: ZoneId,
        *,
        first: Seq | None,
        last: Seq | None = None,
        why: Why,
        actor: Id | None = None,
    ) -> None:
        """Let an account see a zone from a seq (None: from this grant on) to a seq (None: for good)."""
        given = self._change(ZoneId(account), Kind.GRANT, zone, Act.GIVE, None, actor)
        self._batch.grants[account, zone, given] = Grant(
            account, zone, given, None, given if first is None else first, last, why
        )

    async def end(
        self, account: Id, zone: ZoneId, *, last: Seq | None = None, actor: Id | None = None
    ) -> None:
        """End an account's alive grants of a zone; it may go on reading up to `last` (None: all so far)."""
        alive = [grant for grant in await self.grants(account, zone=zone) if grant.alive]
        if not alive:
            return
        ended = self._change(ZoneId(account), Kind.GRANT, zone, Act.END, None, actor)
        until = ended if last is None else last
        for grant in alive:
            self._batch.grants[account, zone, grant.given] = Grant(
                account,
                zone,
                grant.given,
                ended,
                grant.first,
                until if grant.last is None else min(grant.last, until),
                grant.why,
            )
