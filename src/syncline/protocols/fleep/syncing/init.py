"""Conversations anew, as polls, labels and conversation/sync begin them (Fleep reference 4.4)."""

from collections.abc import Sequence
from typing import Any, Final

from syncline.core.entries import Entry
from syncline.core.ids import Nr
from syncline.core.kinds import EntryKind
from syncline.protocols.fleep.records.conv import Init
from syncline.protocols.fleep.streams import Stream
from syncline.protocols.fleep.syncing.pins import pins_below
from syncline.services.conversations import Sight
from syncline.services.conversations.paging import Part, messages_after, messages_before
from syncline.services.overviews import Overview

DEEP: Final = 5
"""Messages before the read horizon, and after it, that come with a full beginning."""

PINS: Final = 5
"""Pins that come with it; the others are fetched from `pin_horizon` on."""

HEAVY: Final = 256 * 1024
"""Bytes of messages, as they are stored, that come with a beginning; XML can be ten times as long."""

NEAR: Final = 16


async def init(
    stream: Stream, of: Overview, mode: Init, *, deep: int = DEEP, after: int | None = None
) -> None:
    """Add a conversation anew: its record, then the contacts it names, then what comes with the mode.

    `ic_header`: the record alone. `ic_tiny`: the message that a list shows. `ic_full`: `deep` messages up
    to the read horizon, `after` (or as many) beyond it, that message, and some pins.
    """
    place = len(stream.records)
    record = await begin(stream, of, mode, deep=deep, after=after)
    stream.records.insert(place, record)


async def begin(
    stream: Stream, of: Overview, mode: Init, *, deep: int = DEEP, after: int | None = None
) -> dict[str, Any]:
    """The record of a conversation anew; what comes with it is added to the stream (see `init`)."""
    if mode is Init.HEADER:
        return await stream.init(mode, of)
    if mode is Init.TINY:
        return await _tiny(stream, of)
    return await begin_around(stream, of, of.read_nr, deep=deep, after=after)


async def begin_around(
    stream: Stream, of: Overview, nr: int, *, deep: int = DEEP, after: int | None = None
) -> dict[str, Any]:
    """The same in full, around any number: `deep` messages up to it, `after` (or as many) beyond it."""
    seen = await stream.sight(of)
    view = stream.view
    earlier = await messages_before(view, seen, nr + 1, limit=deep)
    later = _bounded(await messages_after(view, seen, nr, limit=deep if after is None else after), deep)
    window = (*earlier.entries, *later.entries)
    rest: dict[int, Entry] = {}
    if of.inbox_nr and not any(entry.nr == of.inbox_nr for entry in window):
        inbox = await view.entry_by_nr(of.conv, Nr(of.inbox_nr))
        if inbox is not None and inbox.kind != EntryKind.AMENDMENT:
            rest[of.inbox_nr] = inbox
    pins, horizon = await pins_below(stream, seen, of, None, limit=PINS)
    shown = {entry.nr for entry in window}
    rest |= {entry.nr: entry for entry in pins if entry.nr is not None and entry.nr not in shown}
    record = await stream.init(
        Init.FULL,
        of,
        forward=later.place if later.more else end_of(seen, of),
        backward=backward_place(of, earlier),
    )
    if horizon:
        record["pin_horizon"] = horizon
    await _contacts(stream, of, (*window, *rest.values()))
    await add(stream, seen, [rest[number] for number in sorted(rest)])
    await add(stream, seen, window, before=earlier.next, joined=True)
    return record


def _bounded(part: Part, least: int) -> Part:
    """A part without what goes beyond HEAVY, but for its first messages."""
    size = 0
    for place, entry in enumerate(part.entries):
        size += len(entry.current)
        if place >= least and size > HEAVY:
            kept = part.entries[:place]
            return Part(kept, int(kept[-1].nr or part.place), more=True, next=entry)
    return part


async def _tiny(stream: Stream, of: Overview) -> dict[str, Any]:
    seen = await stream.sight(of)
    entry = await stream.view.entry_by_nr(of.conv, Nr(of.inbox_nr)) if of.inbox_nr else None
    if entry is None or not seen.covers(entry.seq):
        # it was taken off the list, or lies where the account may not look: the newest stands for it
        newest = await messages_before(stream.view, seen, seen.zone.nr + 1, limit=1)
        entry = newest.entries[-1] if newest.entries else None
    message = None if entry is None else await stream.message(seen, entry)
    if entry is None or message is None:
        end = end_of(seen, of)
        record = await stream.init(Init.TINY, of, forward=end, backward=end)
        await _contacts(stream, of, ())
        return record
    nr = int(message["message_nr"])
    forward = await _flow_nr(stream, seen, entry, int(message.get("revision_message_nr", 0)))
    record = await stream.init(Init.TINY, of, forward=forward, backward=nr)
    await _contacts(stream, of, (entry,))
    stream.records.append(message)
    stream.records += await stream.previews(message, entry)
    return record


async def _flow_nr(stream: Stream, seen: Sight, entry: Entry, revision: int) -> int:
    """The number of a message's newest revision, unless other messages came before that: its own then.

    Those would be lost to a client that counts on from the revision.
    """
    own = int(entry.nr or 0)
    if not revision:
        return own
    near = await stream.view.entries(seen.zone.id, after=entry.seq, limit=NEAR)
    for one in near:
        if one.nr is None:
            continue
        if one.kind != EntryKind.AMENDMENT or not seen.covers(one.seq):
            return own
        if one.nr >= revision:
            return revision
    return own


def backward_place(of: Overview, part: Part) -> int:
    """bw_message_nr after a part: where it begins, and where the account came in once all is sent."""
    return max(part.place, of.private.joined_nr) if part.more else of.private.joined_nr


def end_of(seen: Sight, of: Overview) -> int:
    """The last number that the account may know at the stream's moment.

    An overview may be newer than the view: what came in between is not in this stream.
    """
    return min(of.last_nr, int(seen.zone.nr)) if seen.present else of.last_nr


async def _contacts(stream: Stream, of: Overview, entries: Sequence[Entry]) -> None:
    await stream.contacts(of.common.members)
    await stream.contacts(entry.author for entry in entries if entry.author is not None)


async def add(
    stream: Stream,
    seen: Sight,
    entries: Sequence[Entry],
    *,
    before: Entry | None = None,
    joined: bool = False,
) -> None:
    """Add messages. `joined`: nothing that is shown lies between them; `before`: what is before the first."""
    for entry in entries:
        record = await stream.message(seen, entry, before=before)
        if record is not None:
            stream.records.append(record)
            stream.records += await stream.previews(record, entry)
        before = entry if joined else None
