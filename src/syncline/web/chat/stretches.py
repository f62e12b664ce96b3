"""The entries that one page shows, and what lies before and behind them."""

from collections.abc import Sequence
from typing import Final

import msgspec

from syncline.core.entries import Entry
from syncline.services.conversations import Sight, as_seen
from syncline.services.conversations.paging import Part, messages_after, messages_before
from syncline.services.sync.pace import Pace
from syncline.store.contract import View
from syncline.web.chat.lines import size_of

PAGE: Final = 50
"""Entries of a page."""

MOST_TEXT: Final = 200_000
"""Characters after which a page ends early: telephones stall on more."""


class Stretch(msgspec.Struct, frozen=True):
    """Entries in order, as the account may know them.

    `earlier`, `later`: the number before or after which there is more, None where there is not. `upto`:
    whoever has read this page has read up to this number.
    """

    entries: tuple[Entry, ...]
    earlier: int | None
    later: int | None
    upto: int


async def stretch(
    view: View, seen: Sight, *, last: int, before: int | None = None, after: int | None = None
) -> Stretch:
    """The newest entries, or those before or after a number; `last`: the newest number the account knows."""
    if after is not None:
        part = await messages_after(view, seen, after, limit=PAGE)
        kept = _bearable(part.entries)
        cut = len(kept) < len(part.entries)
        place = kept[-1].nr or part.place if cut else part.place
        first = kept[0].nr or after + 1 if kept else after + 1
        earlier = await messages_before(view, seen, first, limit=1)
        return Stretch(
            await _as_seen(view, seen, kept),
            first if _any(earlier) else None,
            place if cut or part.more else None,
            place if cut or part.more else last,
        )
    beyond = last + 1 if before is None else min(before, last + 1)
    part = await messages_before(view, seen, beyond, limit=PAGE)
    kept = _bearable(part.entries[::-1])[::-1]
    cut = len(kept) < len(part.entries)
    later = None
    if beyond <= last and _any(await messages_after(view, seen, beyond - 1, limit=1)):
        later = beyond - 1
    return Stretch(
        await _as_seen(view, seen, kept),
        (kept[0].nr if cut else part.place) if cut or part.more else None,
        later,
        last if later is None else later,
    )


def _any(part: Part) -> bool:
    return bool(part.entries) or part.more


def _bearable(entries: Sequence[Entry]) -> Sequence[Entry]:
    """The first of them that fit on a page; the very first always does."""
    left = MOST_TEXT
    for place, entry in enumerate(entries):
        left -= size_of(entry)
        if left < 0 and place:
            return entries[:place]
    return entries


async def _as_seen(view: View, seen: Sight, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    pace = Pace()
    found = []
    for entry in entries:
        await pace.rest()
        shown = await as_seen(view, seen, entry)
        if shown is not None:
            found.append(shown)
    return tuple(found)
