"""Walks through a conversation, a page a call (Fleep reference 4.5).

Forward is the flow: every number the account may see, messages and revisions. The other ways show messages
in their newest form. Each way says in its own key how far the client is, and never the other's: a header
with both makes clients drop what they have.
"""

from typing import Any, Final

from syncline.core.entries import Entry
from syncline.core.kinds import EntryKind
from syncline.protocols.fleep.streams import Stream
from syncline.protocols.fleep.syncing.init import add, backward_place, end_of
from syncline.services.conversations.paging import messages_after, messages_before, numbered_after
from syncline.services.overviews import Overview

PAGE: Final = 10
"""Records of a page (reference 4.5)."""


async def forward(stream: Stream, of: Overview, after_nr: int, limit: int = PAGE) -> int:
    """Add the flow after a number; returns the new fw_message_nr, the last number once all is sent.

    Numbers outside what the account may see are passed over.
    """
    seen = await stream.sight(of)
    entries = await numbered_after(stream.view, seen, after_nr, limit=limit)
    before: Entry | None = None
    for entry in entries:
        if entry.kind == EntryKind.AMENDMENT:
            record = await stream.revision(seen, entry)
        else:
            record = await stream.message(seen, entry, before=before)
            before = entry
        if record is not None:
            stream.records.append(record)
            stream.records += await stream.previews(record, entry)
    if len(entries) < limit:
        return end_of(seen, of)
    return int(entries[-1].nr or after_nr)


async def backward(stream: Stream, of: Overview, before_nr: int | None) -> int:
    """Add the messages before a number (None: the last ones); returns the new bw_message_nr."""
    seen = await stream.sight(of)
    number = int(seen.zone.nr) + 1 if before_nr is None else before_nr
    part = await messages_before(stream.view, seen, number, limit=PAGE)
    await add(stream, seen, part.entries, before=part.next, joined=True)
    return backward_place(of, part)


async def messages_on(stream: Stream, of: Overview, after_nr: int) -> int:
    """Add the messages after a number, without revisions; returns the new fw_message_nr."""
    seen = await stream.sight(of)
    part = await messages_after(stream.view, seen, after_nr, limit=PAGE)
    await add(stream, seen, part.entries, joined=True)
    return part.place if part.more else end_of(seen, of)


async def header(stream: Stream, of: Overview, **places: Any) -> dict[str, Any]:
    """The header of a reply that goes on: the state, and the places that this way of walking knows."""
    record = await stream.state(of, told=False)
    return {**record, **places}
