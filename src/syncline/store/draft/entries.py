"""Entries, amendments and state in a draft."""

from collections.abc import Collection, Sequence

import msgspec

from syncline.core.entries import ERASED, Entry, Fact, NewEntry, NewFact
from syncline.core.errors import Invalid, NotFound
from syncline.core.ids import START, Id, Nr, Seq, ZoneId
from syncline.core.kinds import Act, Kind, Rel
from syncline.core.rooms.erasing import kept, membership_of
from syncline.core.rooms.facts import MEMBER
from syncline.store.batch import FactKey, fact_key
from syncline.store.draft.keys import KeyDraft
from syncline.store.draft.zones import ZoneDraft


class EntryDraft(ZoneDraft, KeyDraft):
    """Reading and writing entries and the state that they set."""

    async def add(self, entry: NewEntry, facts: Sequence[NewFact] = (), *, actor: Id | None = None) -> Entry:
        """Add an entry; the facts it sets replace those of the same type and name. `actor`: author."""
        zone = await self._edit(entry.conv)
        nr: Nr | None = None
        alert_nr = 0
        if not entry.silent:
            nr = zone.nr = Nr(zone.nr + 1)
        if entry.alerts:
            alert_nr = zone.alert_nr = zone.alert_nr + 1
        if entry.target is not None:
            await self._target(entry.target, entry.conv)
        id = self.new_id()
        by = entry.author if actor is None else actor
        seq = self._change(entry.conv, Kind.ENTRY, id, Act.ADD, nr, by)
        at = self.now if entry.at is None else entry.at
        if nr is not None and entry.bumps:
            zone.bumped = seq
            zone.bumped_at = at
        added = Entry(
            id,
            entry.conv,
            seq,
            nr,
            entry.kind,
            entry.author,
            at,
            entry.body,
            None,
            entry.target,
            entry.rel,
            entry.root,
            alert_nr,
            entry.session,
            entry.request,
        )
        self._batch.entries[id] = added
        for part, fact in enumerate(facts):
            await self._set(added, part, fact)
        return added

    async def _target(self, id: Id, conv: ZoneId) -> Entry:
        target = await self.entry(id)
        if target is None or target.conv != conv:
            raise NotFound("the entry to amend is not in this conversation")
        if id not in self._batch.entries:
            self._batch.forms.setdefault(id, target)
        return target

    async def _set(self, entry: Entry, part: int, fact: NewFact) -> None:
        old = await self.fact(entry.conv, fact.type, fact.name)
        if old is not None:
            self._close(old, entry.seq)
        new = Fact(entry.conv, fact.type, fact.name, fact.content, entry.seq, part, None, entry.id)
        self._batch.facts[fact_key(new)] = new
        self._facts_now[entry.conv, fact.type, fact.name] = new
        if fact.type == MEMBER:
            zone = await self._edit(entry.conv)
            for content, step in ((old.content if old is not None else b"{}", -1), (fact.content, 1)):
                membership = membership_of.decode(content).membership
                if membership == "join":
                    zone.joined += step
                elif membership == "invite":
                    zone.invited += step

    def _close(self, old: Fact, until: Seq) -> None:
        closed = Fact(old.conv, old.type, old.name, old.content, old.since, old.part, until, old.entry)
        key = fact_key(old)
        own = self._batch.facts if key in self._batch.facts else self._batch.closed
        own[key] = closed

    async def form(self, target: Id, form: bytes) -> None:
        """Give an amendment's target its new current form; only in the work that adds the amendment."""
        if not any(entry.target == target for entry in self._batch.entries.values()):
            raise Invalid("a form comes with the amendment that made it")
        entry = await self.entry(target)
        if entry is None:
            raise NotFound("the entry to amend does not exist")
        self._rewrite(msgspec.structs.replace(entry, form=form))

    def _rewrite(self, entry: Entry) -> None:
        if entry.id in self._batch.entries:
            self._batch.entries[entry.id] = entry
        else:
            self._batch.forms[entry.id] = entry

    async def _erase_entry(self, entry: Entry) -> None:
        """Overwrite an entry, its amendments and the facts it set (rules stay, see core/rooms/erasing)."""
        related: list[Entry] = []
        while page := await self.related(entry, after=related[-1].seq if related else START, limit=1000):
            related.extend(page)
        for one in (entry, *related):
            # the form is written too: a reader of `current` must not fall back to anything older
            form = ERASED if one is entry else None
            self._rewrite(msgspec.structs.replace(one, body=ERASED, form=form))
            for hash in await self.named_blobs(one.id):
                self._batch.blob_refs[hash, one.id] = False
            for fact in await self.state_changes(one.conv, Seq(one.seq - 1), one.seq):
                self._overwrite(msgspec.structs.replace(fact, content=kept(fact.type, fact.content)))

    def _overwrite(self, fact: Fact) -> None:
        key = fact_key(fact)
        if key in self._batch.facts:
            self._batch.facts[key] = fact
        else:
            self._batch.rewritten[key] = fact
            if key in self._batch.closed:
                self._batch.closed[key] = fact
        now = self._facts_now.get(key[:3])
        if fact.until is None and (now is None or fact_key(now) == key):
            self._facts_now[key[:3]] = fact

    async def entry(self, id: Id) -> Entry | None:
        """An entry by its id."""
        found = self._batch.entries.get(id) or self._batch.forms.get(id)
        return await self._below.entry(id) if found is None else found

    async def entries_by_id(self, ids: Sequence[Id]) -> Sequence[Entry]:
        """Entries by id, in the order asked; unknown ones are left out."""
        return [entry for id in ids if (entry := await self.entry(id)) is not None]

    async def entries(
        self,
        conv: ZoneId,
        *,
        after: Seq = START,
        before: Seq | None = None,
        limit: int | None = None,
        newest: bool = False,
    ) -> Sequence[Entry]:
        """Entries with `after` < seq < `before`, in seq order; the `limit` oldest, or newest, of them."""
        self._batch.reads.add(conv)
        below = await self._below.entries(conv, after=after, before=before, limit=limit, newest=newest)
        found = [self._batch.forms.get(entry.id, entry) for entry in below]
        found += [
            entry
            for entry in self._batch.entries.values()
            if entry.conv == conv and entry.seq > after and (before is None or entry.seq < before)
        ]
        if limit is None:
            return found
        return found[max(0, len(found) - limit) :] if newest else found[:limit]

    async def entry_by_nr(self, conv: ZoneId, nr: Nr) -> Entry | None:
        """An entry by the number that people count."""
        for entry in self._batch.entries.values():
            if entry.conv == conv and entry.nr == nr:
                return entry
        below = await self._below.entry_by_nr(conv, nr)
        return None if below is None else self._batch.forms.get(below.id, below)

    async def entry_by_alert(self, conv: ZoneId, alert_nr: int) -> Entry | None:
        """The n-th alerting entry."""
        for entry in self._batch.entries.values():
            if entry.conv == conv and entry.alert_nr == alert_nr and alert_nr > 0:
                return entry
        below = await self._below.entry_by_alert(conv, alert_nr)
        return None if below is None else self._batch.forms.get(below.id, below)

    async def related(
        self, target: Entry, rel: Rel | None = None, *, after: Seq = START, limit: int, newest: bool = False
    ) -> Sequence[Entry]:
        """The amendments of an entry, in seq order; the `limit` oldest, or newest, of them."""
        below = await self._below.related(target, rel, after=after, limit=limit, newest=newest)
        found = [self._batch.forms.get(entry.id, entry) for entry in below]
        found += [
            entry
            for entry in self._batch.entries.values()
            if entry.target == target.id and entry.seq > after and (rel is None or entry.rel == rel)
        ]
        return found[-limit:] if newest else found[:limit]

    async def thread(self, conv: ZoneId, root: Id, *, after: Seq = START, limit: int) -> Sequence[Entry]:
        """The entries whose root is this one, in seq order."""
        below = await self._below.thread(conv, root, after=after, limit=limit)
        found = [self._batch.forms.get(entry.id, entry) for entry in below]
        found += [
            entry
            for entry in self._batch.entries.values()
            if entry.conv == conv and entry.root == root and entry.seq > after
        ]
        return found[:limit]

    async def fact(self, conv: ZoneId, type: str, name: str) -> Fact | None:
        """One fact as it is now."""
        known = self._facts_now.get((conv, type, name))
        if known is not None:
            return known
        self._batch.reads.add(conv)
        return await self._below.fact(conv, type, name)

    async def state(
        self, conv: ZoneId, *, at: Seq | None = None, types: Collection[str] | None = None
    ) -> Sequence[Fact]:
        """All facts of a conversation as they are now, or as they were right after a seq; by since, part."""
        self._batch.reads.add(conv)
        facts = {fact_key(fact): fact for fact in await self._below.state(conv, at=at, types=types)}
        facts.update(self._own_facts(conv))
        return sorted(
            (
                fact
                for fact in facts.values()
                if (types is None or fact.type in types)
                and (
                    fact.until is None
                    if at is None
                    else fact.since <= at and (fact.until is None or fact.until > at)
                )
            ),
            key=lambda fact: (fact.since, fact.part),
        )

    async def state_changes(self, conv: ZoneId, after: Seq, until: Seq) -> Sequence[Fact]:
        """The facts set after one seq, up to and with another, replaced ones included."""
        facts = {fact_key(fact): fact for fact in await self._below.state_changes(conv, after, until)}
        facts.update(
            (key, fact) for key, fact in self._own_facts(conv).items() if after < fact.since <= until
        )
        return sorted(facts.values(), key=lambda fact: (fact.since, fact.part))

    def _own_facts(self, conv: ZoneId) -> dict[FactKey, Fact]:
        batch = self._batch
        return {
            key: fact
            for written in (batch.rewritten, batch.closed, batch.facts)
            for key, fact in written.items()
            if key[0] == conv
        }
