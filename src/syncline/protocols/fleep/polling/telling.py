"""A delta as a stream: what a client that stood at one horizon gets to stand at the next."""

from collections.abc import Collection, Sequence
from typing import Any

from syncline.core.deltas import Delta, ZoneDelta
from syncline.core.entries import Entry
from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.kinds import EntryKind, Kind, Rel, ZoneKind
from syncline.core.rooms import facts as names
from syncline.core.rooms.facts import person_of
from syncline.protocols.fleep.contacting import own_record
from syncline.protocols.fleep.polling.objects import tell_gone, tell_hooks, tell_object, tell_own
from syncline.protocols.fleep.records.activity import activity
from syncline.protocols.fleep.records.conv import Init, unhidden
from syncline.protocols.fleep.records.lock import lock
from syncline.protocols.fleep.records.request import request
from syncline.protocols.fleep.streams import Stream
from syncline.protocols.fleep.syncing.init import init
from syncline.services.conversations import Sight
from syncline.services.conversations.receipts import Receipt, read_receipt
from syncline.services.conversations.visibility import as_seen, visible_entries
from syncline.services.overviews import Overview, had, has, shows
from syncline.services.people import read_profile
from syncline.services.settings import read_setting
from syncline.services.sync import Pace

OWN_SETTINGS = "fleep/account"
"""The document whose change is told by the account's own contact."""

PAGE = 200

UNREAD = 50
"""Messages beyond the read horizon that come with a conversation which a live client gets: some clients only
poll, and would never ask for the rest."""

_TELLING = frozenset({EntryKind.MEMBER, EntryKind.CREATE, EntryKind.STATE, EntryKind.MAIL})
"""Entries after which topic or members may be others."""


class Telling:
    """Makes the records of a delta."""

    def __init__(
        self, stream: Stream, delta: Delta, *, active: Collection[ZoneId] = (), anew: bool = False
    ) -> None:
        """`active`: the conversations whose activity the session is shown. `anew`: at the end of a first
        sync, what changed since its start is told in full."""
        self.stream = stream
        self.delta = delta
        self.active = active
        self.anew = anew
        self.pace = Pace()

    async def tell(self) -> list[dict[str, Any]]:
        """All records: persons, then zones left, changed and entered; a conversation before what is in it."""
        stream, delta = self.stream, self.delta
        await self.persons()
        for left in delta.left:
            await self.left(left)
            await self.pace.rest()
        changed = {zone.zone.id: zone for zone in delta.changed}
        touched = dict.fromkeys(subscription.conv for subscription in delta.subscriptions)
        done = {zone.zone.id for zone in (*delta.entered, *delta.left)}
        for conv in (*changed, *(conv for conv in touched if conv not in changed)):
            of = None if conv in done else await self.overview(conv)
            # an old thread's side leads to the thread that took its mails
            if of is not None and of.conv not in done:
                done.add(of.conv)
                await self.changed(of, changed.get(of.conv), own=conv in touched)
            await self.pace.rest()
        for zone in delta.entered:
            await self.entered(zone)
            await self.pace.rest()
        if delta.own is not None:
            for object in delta.own.objects:
                await tell_own(stream, object)
        return stream.records

    async def persons(self) -> None:
        """Contacts whose profile changed, or who became known; the account's own if its settings changed."""
        stream = self.stream
        own = self.delta.own
        mine = own is not None and any(
            object.kind == Kind.SETTING and read_setting(object).name == OWN_SETTINGS
            for object in own.objects
        )
        persons = [read_profile(profile).person for profile in self.delta.profiles]
        if mine or stream.account in persons:
            stream.records.append(await own_record(stream.fleep, stream.view, stream.account))
        await stream.contacts(persons)

    async def left(self, zone: ZoneDelta) -> None:
        """A conversation that the account left keeps what it saw; anything else is gone."""
        stream = self.stream
        if zone.zone.kind != ZoneKind.CONVERSATION:
            return
        if not has(zone.zone, zone.grants):
            if had(zone.grants, self.delta.after.seq):
                stream.records.append(stream.convs.gone(stream.account, zone.zone.id))
            return
        of = await self.overview(zone.zone.id)
        if of is None:
            return
        if of.deleted:
            stream.records.append(stream.convs.gone(stream.account, of.conv))
            return
        await self.frozen(of)

    async def frozen(self, of: Overview) -> None:
        """A conversation that the account is in no more, as it saw it last."""
        stream, after = self.stream, self.delta.after.seq
        seen = await stream.sight(of)
        page = await visible_entries(stream.view, stream.account, of.conv, after=after, limit=PAGE)
        again = any(grant.given > after and shows(grant) for grant in seen.grants)
        if again or await self.returned(of, seen, page) or not had(seen.grants, after):
            await init(stream, of, Init.TINY if self.anew else Init.FULL, after=UNREAD)
        else:
            stream.records.append(await stream.state(of))
        while page:
            stream.records += await stream.told(seen, self.shown(of, page))
            locked = (entry.target for entry in page if entry.rel == Rel.LOCK and entry.target is not None)
            for id in dict.fromkeys(locked):
                for entry in await stream.view.entries_by_id([id]):
                    held = await as_seen(stream.view, seen, entry)
                    if held is not None:
                        stream.records.append(lock(stream.names, held))
            after = page[-1].seq
            page = await visible_entries(stream.view, stream.account, of.conv, after=after, limit=PAGE)

    async def changed(self, of: Overview, zone: ZoneDelta | None, *, own: bool) -> None:
        """A conversation in which something happened, or its account's side of it changed (`own`)."""
        stream = self.stream
        if of.deleted:
            if own or zone is None:
                stream.records.append(stream.convs.gone(stream.account, of.conv))
            return
        seen = await stream.sight(of)
        if not of.present and not had(seen.grants, self.delta.after.seq):
            await self.frozen(of)  # came and left since: nothing else tells of it
            return
        entries = () if zone is None else zone.entries
        numbers = (entry.nr for entry in entries if entry.nr is not None)
        if self.anew or unhidden(of, next(numbers, None)) or await self.returned(of, seen, entries):
            await init(stream, of, Init.TINY if self.anew else Init.FULL, after=UNREAD)
            await tell_hooks(stream, of)
            await self.told_in(of, zone, entries)
            return
        if any(entry.kind in _TELLING or entry.rel == Rel.MEMBERS for entry in entries) or (
            zone is not None and zone.state
        ):
            await stream.contacts(self.concerned(zone))
            stream.records.append(await stream.state(of))
        elif own or any(entry.nr is not None for entry in entries):
            stream.records.append(await stream.flow(of))
        await self.told_in(of, zone, entries)

    async def told_in(self, of: Overview, zone: ZoneDelta | None, entries: Sequence[Entry]) -> None:
        """What happened in a conversation, in the order of its numbers."""
        if zone is None:
            return
        stream = self.stream
        if entries:
            seen = await stream.sight(of)
            stream.records += await stream.told(seen, self.shown(of, entries))
            self.locks(zone, entries)
            self.requests(entries, zone.targets)
        for object in zone.objects:
            if object.kind == Kind.RECEIPT:
                await self.receipt(of, read_receipt(object))
            else:
                await tell_object(stream, of, object)
        for one in zone.departed:
            tell_gone(stream, of, one)

    def locks(self, zone: ZoneDelta, entries: Sequence[Entry]) -> None:
        """Who began or ended editing what all may edit; the newest of each message counts."""
        targets = {entry.id: entry for entry in zone.targets}
        for id in dict.fromkeys(entry.target for entry in entries if entry.rel == Rel.LOCK):
            if id in targets:
                self.stream.records.append(lock(self.stream.names, targets[id]))

    def requests(self, entries: Sequence[Entry], targets: Sequence[Entry] = ()) -> None:
        """The account's own requests of which everything has been told now."""
        stream = self.stream
        known = {entry.id: entry for entry in (*entries, *targets)}
        stream.records += [
            request(stream.names, entry, None if entry.target is None else known.get(entry.target))
            for entry in entries
            if entry.request is not None and entry.author == stream.account
        ]

    async def receipt(self, of: Overview, receipt: Receipt) -> None:
        """How far somebody else has read, where the session looks at it."""
        stream = self.stream
        if of.conv not in self.active or receipt.account == stream.account or receipt.thread:
            return
        entry = await stream.view.entry(receipt.entry)
        if entry is not None and entry.nr is not None:
            stream.records.append(activity(stream.names, of.conv, receipt.account, read_message_nr=entry.nr))

    async def entered(self, zone: ZoneDelta) -> None:
        """A conversation that the account did not have, or has otherwise than before."""
        stream = self.stream
        if not has(zone.zone, zone.grants):
            return
        of = await self.overview(zone.zone.id)
        if of is None or of.deleted:
            return
        await init(stream, of, Init.FULL, after=UNREAD)
        await tell_hooks(stream, of)
        # what was written since the grant is not told once more, but its requests are
        self.requests(await stream.view.entries(of.conv, after=Seq(zone.entered - 1), limit=PAGE))

    async def overview(self, conv: ZoneId) -> Overview | None:
        """The account's overview of a conversation, None if its chat clients do not have it."""
        return await self.stream.overview(conv)

    def shown(self, of: Overview, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Those of these entries that the account has not deleted with the conversation."""
        gone = of.private.deleted_nr
        return [entry for entry in entries if (entry.nr or 0) > gone] if gone else entries

    async def returned(self, of: Overview, seen: Sight, entries: Sequence[Entry]) -> bool:
        """Whether a conversation that the account had deleted comes back, with its first message since."""
        gone = of.private.deleted_nr
        first = next(
            (one for one in self.shown(of, entries) if one.kind != EntryKind.AMENDMENT and one.nr), None
        )
        return bool(gone) and first is not None and await self.stream.last_shown(seen, first.seq) is None

    def concerned(self, zone: ZoneDelta | None) -> list[Id]:
        """Whose membership changed, and who sent the mails."""
        if zone is None:
            return []
        members = [person_of(fact.name) for fact in zone.state if fact.type == names.MEMBER]
        mails = (entry.author for entry in zone.entries if entry.kind == EntryKind.MAIL)
        return [*members, *(author for author in mails if author is not None)]
