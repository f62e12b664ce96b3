"""Objects, shares, departures and subscriptions in a draft."""

from collections.abc import Collection, Sequence

import msgspec

from syncline.core.entries import ERASED
from syncline.core.errors import Conflict, Invalid, NotFound
from syncline.core.ids import START, Id, Nr, Seq, ZoneId
from syncline.core.kinds import Act, Kind, keeps_versions
from syncline.core.objects import Departure, Object, Subscription, Version
from syncline.store.draft.entries import EntryDraft

EMPTY = b"{}"


class ObjectDraft(EntryDraft):
    """Reading and writing objects."""

    async def _object(self, id: Id) -> Object | None:
        if id in self._batch.objects:
            return self._batch.objects[id]
        for found in await self._below.get([id]):
            return found
        return None

    async def _known(self, id: Id) -> Object:
        found = await self._object(id)
        if found is None:
            raise NotFound("there is no such object")
        return found

    async def get(self, ids: Sequence[Id]) -> Sequence[Object]:
        """Objects by id, in the order asked; dropped and unknown ones are left out."""
        return [found for id in ids if (found := await self._object(id)) is not None]

    async def put(self, object: Object, *, actor: Id | None = None, nr: Nr | None = None) -> Object:
        """Make an object or its next version (kept where its kind keeps versions); made, entered as known."""
        known = await self._object(object.id)
        if known is not None and (known.zone, known.kind) != (object.zone, object.kind):
            raise Invalid("an object keeps its kind, and goes to another zone only by a move")
        seq = self._change(object.zone, object.kind, object.id, Act.PUT, nr, actor)
        made = known.made if known is not None else object.made or self.now
        entered = known.entered if known is not None else seq
        put = Object(object.id, object.kind, object.zone, object.body, seq, made, entered)
        self._batch.objects[object.id] = put
        self._keep(put, Act.PUT, nr, known)
        if object.kind >= Kind.RECORD and known is not None:
            for place in (await self.places(object.id))[1:]:
                await self._put_share(put, place, nr, actor)
        return put

    def _keep(self, object: Object, act: Act, nr: Nr | None, before: Object | None) -> None:
        if keeps_versions(object.kind):
            previous = None if before is None else before.seq
            self._batch.versions.append(
                Version(object.id, object.seq, object.zone, nr, act, object.body, previous)
            )

    async def _put_share(self, object: Object, zone: ZoneId, nr: Nr | None, actor: Id | None) -> None:
        known = await self.place(object.id, zone)
        seq = self._change(zone, object.kind, object.id, Act.PUT, nr, actor)
        entered = seq if known is None else known.entered
        self._batch.shares[object.id, zone] = msgspec.structs.replace(
            object, zone=zone, seq=seq, entered=entered
        )

    async def move(self, object: Id, to: ZoneId, *, actor: Id | None = None) -> None:
        """Move an object into another zone; a departure stays."""
        known = await self._known(object)
        if known.zone == to:
            return
        left = self._change(known.zone, known.kind, object, Act.MOVE, None, actor)
        self._depart(known, left, to)
        second = await self.place(object, to)
        seq = self._change(to, known.kind, object, Act.PUT, None, actor)
        if second is not None:  # it stands there already: its second place becomes its own
            self._batch.shares[object, to] = None
        entered = seq if second is None else second.entered
        moved = Object(object, known.kind, to, known.body, seq, known.made, entered)
        self._batch.objects[object] = moved
        self._keep(moved, Act.MOVE, None, known)

    def _depart(self, object: Object, seq: Seq, gone_to: ZoneId | None) -> None:
        self._batch.departures.append(
            Departure(object.zone, object.kind, seq, object.id, object.entered, gone_to)
        )

    async def share(self, object: Id, zone: ZoneId, *, actor: Id | None = None) -> None:
        """Give an object a second place."""
        known = await self._known(object)
        if known.kind < Kind.RECORD:
            raise Invalid("only records can be shared")
        if known.zone == zone or await self.place(object, zone) is not None:
            raise Conflict("the object is there already")
        await self._put_share(known, zone, None, actor)

    async def unshare(self, object: Id, zone: ZoneId, *, actor: Id | None = None) -> None:
        """End a second place; a departure stays."""
        known = await self._known(object)
        place = await self.place(object, zone)
        if place is None:
            raise NotFound("the object is not shared there")
        seq = self._change(zone, known.kind, object, Act.UNSHARE, None, actor)
        self._depart(place, seq, known.zone)
        self._batch.shares[object, zone] = None

    async def drop(self, object: Id, *, actor: Id | None = None) -> None:
        """Delete an object everywhere; departures stay."""
        known = await self._known(object)
        if known.kind >= Kind.RECORD:
            for zone in (await self.places(object))[1:]:
                place = await self.place(object, zone)
                if place is not None:
                    seq = self._change(zone, known.kind, object, Act.DROP, None, actor)
                    self._depart(place, seq, None)
                    self._batch.shares[object, zone] = None
        seq = self._change(known.zone, known.kind, object, Act.DROP, None, actor)
        self._depart(known, seq, None)
        gone = Object(object, known.kind, known.zone, EMPTY, seq, known.made, known.entered)
        self._keep(gone, Act.DROP, None, known)
        self._batch.objects[object] = None

    async def erase(self, thing: Id, *, actor: Id | None = None) -> None:
        """Overwrite every kept body of an entry (content, form, amendments) or object (all versions).

        Numbers and rows stay. Blobs named by nothing else are deleted after the commit.
        """
        entry = await self.entry(thing)
        if entry is not None:
            await self._erase_entry(entry)
            return
        known = await self._object(thing)
        self._batch.erased_versions.append(thing)
        for index, version in enumerate(self._batch.versions):
            if version.object == thing:
                self._batch.versions[index] = msgspec.structs.replace(version, body=ERASED)
        for hash in await self.named_blobs(thing):
            self._batch.blob_refs[hash, thing] = False
        if known is not None:
            seq = self._change(known.zone, known.kind, thing, Act.ERASE, None, actor)
            erased = msgspec.structs.replace(known, body=ERASED, seq=seq)
            self._batch.objects[thing] = erased
            self._keep(erased, Act.ERASE, None, known)
            for zone in (await self.places(thing))[1:] if known.kind >= Kind.RECORD else ():
                await self._put_share(erased, zone, None, actor)

    async def places(self, object: Id) -> Sequence[ZoneId]:
        """The zones in which an object can be seen: its own first, then its shares."""
        own = await self._object(object)
        if own is None:
            return []
        below = await self._below.places(object)
        shares = set(below[1:])
        for (shared, zone), place in self._batch.shares.items():
            if shared == object:
                (shares.discard if place is None else shares.add)(zone)
        return [own.zone, *sorted(shares - {own.zone})]

    async def place(self, object: Id, zone: ZoneId) -> Object | None:
        """An object as it stands in its second place (seq, entered as there)."""
        if (object, zone) in self._batch.shares:
            return self._batch.shares[object, zone]
        return await self._below.place(object, zone)

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
        self._batch.reads.add(zone)
        own = self._batch.objects
        shares = self._batch.shares
        more = None if limit is None else limit + len(own) + len(shares)
        found = [
            one
            for one in await self._below.objects(zone, kinds, after=after, until=until, limit=more)
            if (one.id, zone) not in shares
            # written here: then what comes from below is out of date, unless it is an untouched second place
            and (one.id not in own or await self._below.place(one.id, zone) is not None)
        ]
        written = [one for one in own.values() if one is not None and one.zone == zone]
        written += [one for (_, place), one in shares.items() if place == zone and one is not None]
        found += [
            one
            for one in written
            if one.kind in kinds and one.seq > after and (until is None or one.seq <= until)
        ]
        found.sort(key=lambda one: one.seq)
        return found if limit is None else found[:limit]

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
        found = [*await self._below.departures(zone, kinds, after=after, until=until, limit=limit)]
        found += [
            one
            for one in self._batch.departures
            if one.zone == zone
            and one.kind in kinds
            and one.seq > after
            and (until is None or one.seq <= until)
        ]
        return found if limit is None else found[:limit]

    async def versions(
        self, *, object: Id | None = None, zone: ZoneId | None = None, nr: Nr | None = None
    ) -> Sequence[Version]:
        """Kept versions of an object, or of all that a site's work `nr` touched, in seq order."""
        erased = self._batch.erased_versions
        found = [
            msgspec.structs.replace(version, body=ERASED) if version.object in erased else version
            for version in await self._below.versions(object=object, zone=zone, nr=nr)
        ]
        found += [
            version
            for version in self._batch.versions
            if (version.object == object if object is not None else (version.zone, version.nr) == (zone, nr))
        ]
        return found

    async def subscription(self, account: Id, conv: ZoneId) -> Subscription | None:
        """An account's private side of a conversation."""
        known = self._batch.subscriptions.get((account, conv))
        return await self._below.subscription(account, conv) if known is None else known

    async def subscriptions(
        self, account: Id, *, after: Seq = START, until: Seq | None = None, limit: int | None = None
    ) -> Sequence[Subscription]:
        """An account's subscriptions changed after a seq, in seq order."""
        own = self._batch.subscriptions
        more = None if limit is None else limit + len(own)
        found = [
            one
            for one in await self._below.subscriptions(account, after=after, until=until, limit=more)
            if (account, one.conv) not in own
        ]
        found += [
            one
            for (holder, _), one in own.items()
            if holder == account and one.seq > after and (until is None or one.seq <= until)
        ]
        found.sort(key=lambda one: one.seq)
        return found if limit is None else found[:limit]

    async def subscribe(self, subscription: Subscription, *, actor: Id | None = None) -> None:
        """Write an account's private side of a conversation."""
        account, conv = subscription.account, subscription.conv
        by = account if actor is None else actor
        seq = self._change(ZoneId(account), Kind.SUBSCRIPTION, conv, Act.PUT, None, by)
        self._batch.subscriptions[account, conv] = Subscription(
            account, conv, seq, subscription.read_nr, subscription.read_alert, subscription.body
        )
