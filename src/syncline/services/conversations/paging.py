"""Pages of a conversation by the numbers that people count, as one account sees it.

Whatever lies between is passed over at a bounded cost: entries without a number by the index of numbers,
and what the account may not see by its ranges. So a page costs the same in a conversation of any size.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from syncline.core.entries import Entry
from syncline.core.ids import START, Nr, Seq
from syncline.core.kinds import EntryKind
from syncline.services.conversations.visibility import Sight
from syncline.store.contract import View

FIRST: Final = 32
"""Entries that the first statement reads: a page of ten and what usually lies between."""

NEAR: Final = 16
"""The same where one message is looked for."""

LARGEST: Final = 256
"""Entries of a later statement: each reads twice as many as the one before, up to these."""

MOST: Final = 5
"""Statements after which a page ends early: among thousands of reactions, say."""


class Part(msgspec.Struct, frozen=True):
    """A part of the messages of a conversation, in order, as stored.

    `place`: whoever goes on from this number misses nothing. `more`: whether there may be messages beyond
    it. `next`: the first of these, if it was looked at.
    """

    entries: tuple[Entry, ...]
    place: int
    more: bool
    next: Entry | None = None


async def numbered_after(view: View, seen: Sight, nr: int, *, limit: int) -> Sequence[Entry]:
    """The first entries with a nr beyond this one that are shown, amendments among them, as stored."""
    found: list[Entry] = []
    pages = await _Pages.after(view, seen, nr)
    while len(found) < limit and (page := await pages.next()):
        found += page
    return found[:limit]


async def messages_after(view: View, seen: Sight, nr: int, *, limit: int) -> Part:
    """The first messages beyond a nr that are shown."""
    found: list[Entry] = []
    place = nr
    pages = await _Pages.after(view, seen, nr)
    for _ in range(MOST):
        page = await pages.next()
        for entry in page:
            if entry.kind != EntryKind.AMENDMENT:
                if len(found) == limit:
                    return Part(tuple(found), place, more=True, next=entry)
                found.append(entry)
            place = entry.nr or place
        if not page:
            return Part(tuple(found), place, more=False)
    return Part(tuple(found), place, more=True)


async def messages_before(view: View, seen: Sight, nr: int, *, limit: int) -> Part:
    """The last messages below a nr that are shown."""
    found: list[Entry] = []
    place = nr
    pages = await _Pages.before(view, seen, nr)
    for _ in range(MOST):
        page = await pages.next()
        for entry in reversed(page):
            if entry.kind != EntryKind.AMENDMENT:
                if len(found) == limit:
                    return Part(tuple(reversed(found)), found[-1].nr or place, more=True, next=entry)
                found.append(entry)
            place = entry.nr or place
        if not page:
            return Part(tuple(reversed(found)), place, more=False)
    return Part(tuple(reversed(found)), place, more=True)


async def last_message(view: View, seen: Sight, before: Seq) -> Entry | None:
    """The newest message before a seq that is shown, as stored."""
    pages = _Pages(view, seen, after=START, before=before, newest=True, first=NEAR)
    while page := await pages.next():
        for entry in reversed(page):
            if entry.kind != EntryKind.AMENDMENT:
                return entry
    return None


class _Pages:
    """The shown entries that have a nr, a few at a time, in one direction from a place."""

    def __init__(
        self,
        view: View,
        seen: Sight,
        *,
        after: Seq,
        before: Seq | None,
        newest: bool,
        known: int | None = None,
        first: int = FIRST,
    ) -> None:
        self._limit = first
        self._view = view
        self._zone = seen.zone
        self._newest = newest
        spans: list[tuple[Seq, Seq | None]] = []
        for first, last in seen.ranges():
            low = max(after, Seq(first - 1))
            high = before
            if last is not None and (high is None or last < high):
                high = Seq(last + 1)
            if high is None or high > low + 1:
                spans.append((low, high))
        self._spans = spans[::-1] if newest else spans
        """what is still to be looked at, the ends themselves excluded"""
        begin = self._spans[0][1 if newest else 0] if spans else None
        self._known = known if begin == (before if newest else after) else None
        """the nr that was come by last; None where one range ended and the next begins"""

    @classmethod
    async def after(cls, view: View, seen: Sight, nr: int) -> "_Pages":
        """From a nr on, itself excluded."""
        if nr >= seen.zone.nr:
            return cls(view, seen, after=view.head, before=START, newest=False)
        at = await view.entry_by_nr(seen.zone.id, Nr(nr)) if nr > 0 else None
        return cls(
            view, seen, after=START if at is None else at.seq, before=None, newest=False, known=max(nr, 0)
        )

    @classmethod
    async def before(cls, view: View, seen: Sight, nr: int) -> "_Pages":
        """From a nr back, itself excluded."""
        if nr <= 1:
            return cls(view, seen, after=view.head, before=START, newest=True)
        nr = min(nr, int(seen.zone.nr) + 1)
        at = await view.entry_by_nr(seen.zone.id, Nr(nr))
        before = None if at is None else at.seq
        return cls(view, seen, after=START, before=before, newest=True, known=nr)

    async def next(self) -> Sequence[Entry]:
        """The next of them, in their order; none at the end."""
        while self._spans:
            low, high = self._spans[0]
            limit, self._limit = self._limit, min(2 * self._limit, LARGEST)
            page = await self._view.entries(
                self._zone.id, after=low, before=high, limit=limit, newest=self._newest
            )
            numbered = [entry for entry in page if entry.nr is not None]
            if numbered:
                self._known = numbered[0 if self._newest else -1].nr
            if len(page) < limit:
                self._spans.pop(0)
                self._known = None
            elif self._newest:
                self._spans[0] = (low, await self._back(page[0]))
            else:
                self._spans[0] = (await self._on(page[-1]), high)
            if numbered:
                return numbered
        return ()

    async def _on(self, last: Entry) -> Seq:
        """Where to read on after a page: at once before the next entry with a nr."""
        if last.nr is not None:
            return last.seq
        known = await self._taken(last.seq) if self._known is None else self._known
        following = await self._view.entry_by_nr(self._zone.id, Nr(known + 1))
        return self._view.head if following is None else Seq(following.seq - 1)

    async def _back(self, first: Entry) -> Seq:
        """The same backward: at once after the entry with a nr before."""
        if first.nr is not None:
            return first.seq
        known = await self._taken(first.seq) + 1 if self._known is None else self._known
        previous = await self._view.entry_by_nr(self._zone.id, Nr(known - 1)) if known > 1 else None
        return START if previous is None else Seq(previous.seq + 1)

    async def _taken(self, seq: Seq) -> int:
        """The last nr taken up to a seq, found by halving: numbers rise with seqs and have no gaps."""
        low, high = 0, int(self._zone.nr)
        while low < high:
            middle = (low + high + 1) // 2
            found = await self._view.entry_by_nr(self._zone.id, Nr(middle))
            if found is not None and found.seq <= seq:
                low = middle
            else:
                high = middle - 1
        return low
