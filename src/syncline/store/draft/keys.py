"""Keys, terms, timers, blob names and the store's own values in a draft."""

from collections.abc import Collection, Sequence

from syncline.core.errors import Conflict
from syncline.core.ids import NO_ID, Hash, Id, Seq
from syncline.core.kinds import Kind, Space
from syncline.core.log import Change
from syncline.core.objects import Bound, Timer
from syncline.store.draft.base import DraftBase


class KeyDraft(DraftBase):
    """Reading and writing what leads to things."""

    async def meta(self, name: str) -> str | None:
        """A named value of the whole store."""
        known = self._batch.meta.get(name)
        return await self._below.meta(name) if known is None else known

    def set_meta(self, name: str, value: str) -> None:
        """Write a named value of the whole store."""
        self._batch.meta[name] = value

    async def changes(
        self, after: Seq, *, until: Seq | None = None, kind: Kind | None = None, limit: int
    ) -> Sequence[Change]:
        """The log after a seq; only what was committed before this group."""
        return await self._below.changes(after, until=until, kind=kind, limit=limit)

    async def change(self, seq: Seq) -> Change | None:
        """One row of the log; only what was committed before this group."""
        return await self._below.change(seq)

    async def key(self, space: Space, value: bytes) -> Bound | None:
        """What a unique key leads to; an expired key is not found."""
        if (space, value) in self._batch.keys:
            found = self._batch.keys[space, value]
        elif (space, value) in self._looked_up:
            found = self._looked_up[space, value]
        else:
            found = await self._below.key(space, value)
        if found is not None and found.expires is not None and found.expires <= self.now:
            return None
        return found

    async def look_up(self, wanted: Collection[tuple[Space, bytes]]) -> Sequence[Bound]:
        """What these keys lead to, in any order; remembered, because nobody writes below a draft."""
        missing = [one for one in wanted if one not in self._batch.keys and one not in self._looked_up]
        if missing:
            self._looked_up.update(dict.fromkeys(missing))
            for bound in await self._below.look_up(missing):
                self._looked_up[bound.space, bound.value] = bound
        found = [await self.key(*one) for one in dict.fromkeys(wanted)]
        return [bound for bound in found if bound is not None]

    async def bind(
        self,
        space: Space,
        value: bytes,
        to: Id,
        *,
        answer: bytes | None = None,
        expires: int | None = None,
        replace: bool = False,
    ) -> None:
        """Bind a unique key; raises Conflict if it leads somewhere already, unless `replace`."""
        if not replace and await self.key(space, value) is not None:
            raise Conflict(f"the {space.name.lower()} is bound already")
        self._batch.keys[space, value] = Bound(space, value, to, answer, expires)

    async def unbind(self, space: Space, value: bytes) -> None:
        """Free a key."""
        self._batch.keys[space, value] = None

    def index(self, space: Space, value: bytes, of: Id) -> None:
        """List a thing under a term."""
        self._batch.terms[space, value, of] = True

    def unindex(self, space: Space, value: bytes, of: Id) -> None:
        """Take a thing off a term."""
        self._batch.terms[space, value, of] = False

    async def find(
        self,
        space: Space,
        value: bytes,
        *,
        after: Id = NO_ID,
        limit: int | None = None,
        descending: bool = False,
    ) -> Sequence[Id]:
        """The things indexed under a term, by id; `after` continues in the order asked."""
        own = {of: listed for (s, v, of), listed in self._batch.terms.items() if (s, v) == (space, value)}
        # each own row may hide one that comes from below, so that many more are asked for
        more = None if limit is None else limit + len(own)
        found = set(await self._below.find(space, value, after=after, limit=more, descending=descending))
        for of, listed in own.items():
            if not listed:
                found.discard(of)
            elif after == NO_ID or (of < after if descending else of > after):
                found.add(of)
        return sorted(found, reverse=descending)[:limit]

    def at(self, due: int, act: bytes) -> Id:
        """Set a timer (ms)."""
        id = self.new_id()
        self._batch.timers[id] = Timer(id, due, act)
        return id

    def cancel(self, timer: Timer) -> None:
        """Delete a timer: because it was run, or is not wanted any more."""
        if self._batch.timers.pop(timer.id, None) is None:
            self._batch.cancelled[timer.id] = timer

    async def due(self, until: int, *, limit: int) -> Sequence[Timer]:
        """Timers due at or before a time (ms), earliest first."""
        below = await self._below.due(until, limit=limit + len(self._batch.cancelled))
        found = [timer for timer in below if timer.id not in self._batch.cancelled]
        found += [
            timer
            for timer in self._batch.timers.values()
            if timer.due <= until and timer.id not in self._batch.cancelled
        ]
        return sorted(found, key=lambda timer: (timer.due, timer.id))[:limit]

    def names(self, blob: Hash, object: Id) -> None:
        """Say that a thing names a blob: the commit waits until the blob would survive a power cut."""
        self._batch.blob_refs[blob, object] = True

    def unname(self, blob: Hash, object: Id) -> None:
        """Say that it does not any more."""
        self._batch.blob_refs[blob, object] = False

    async def named_blobs(self, object: Id) -> Sequence[Hash]:
        """The blobs that an entry or object names."""
        found = set(await self._below.named_blobs(object))
        for (hash, of), named in self._batch.blob_refs.items():
            if of == object:
                (found.add if named else found.discard)(hash)
        return sorted(found)
