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

AT_ONCE: Final = 32
"""Entries read by one statement: a page of ten and what usually lies between."""

MOST: Final = 8
"""Reads of AT_ONCE entries after which a page ends early: among thousands of reactions, say."""


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


class _Pages:
    """The shown entries that have a nr, a few at a time, in one direction from a place."""

    def __init__(self, view: View, seen: Sight, *, after: Seq, before: Seq | None, newest: bool) -> None:
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

    @classmethod
    async def after(cls, view: View, seen: Sight, nr: int) -> "_Pages":
        """From a nr on, itself excluded."""
        if nr >= seen.zone.nr:
            return cls(view, seen, after=view.head, before=START, newest=False)
        at = await view.entry_by_nr(seen.zone.id, Nr(nr)) if nr > 0 else None
        return cls(view, seen, after=START if at is None else at.seq, before=None, newest=False)

    @classmethod
    async def before(cls, view: View, seen: Sight, nr: int) -> "_Pages":
        """From a nr back, itself excluded."""
        if nr <= 1:
            return cls(view, seen, after=view.head, before=START, newest=True)
        at = await view.entry_by_nr(seen.zone.id, Nr(nr)) if nr <= seen.zone.nr else None
        return cls(view, seen, after=START, before=None if at is None else at.seq, newest=True)

    async def next(self) -> Sequence[Entry]:
        """The next of them, in their order; none at the end."""
        while self._spans:
            low, high = self._spans[0]
            page = await self._view.entries(
                self._zone.id, after=low, before=high, limit=AT_ONCE, newest=self._newest
            )
            numbered = [entry for entry in page if entry.nr is not None]
            if len(page) < AT_ONCE:
                self._spans.pop(0)
            elif self._newest:
                self._spans[0] = (low, await self._back(page, numbered))
            else:
                self._spans[0] = (await self._on(page, numbered), high)
            if numbered:
                return numbered
        return ()

    async def _on(self, page: Sequence[Entry], numbered: Sequence[Entry]) -> Seq:
        """Where to read on after a page: at once before the next entry with a nr."""
        last = page[-1]
        if last.nr is not None:
            return last.seq
        known = numbered[-1].nr or 0 if numbered else await self._taken(last.seq)
        following = await self._view.entry_by_nr(self._zone.id, Nr(known + 1))
        return self._view.head if following is None else Seq(following.seq - 1)

    async def _back(self, page: Sequence[Entry], numbered: Sequence[Entry]) -> Seq:
        """The same backward: at once after the entry with a nr before."""
        first = page[0]
        if first.nr is not None:
            return first.seq
        known = numbered[0].nr or 0 if numbered else await self._taken(first.seq) + 1
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
