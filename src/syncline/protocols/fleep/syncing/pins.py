"""Pins of a conversation, newest first: the pages that `pin_horizon` leads through."""

from collections.abc import Sequence
from typing import Final

import msgspec

from syncline.core.entries import Entry, Fact
from syncline.core.ids import Id, Nr
from syncline.core.rooms import facts as names
from syncline.protocols.fleep.streams import Stream
from syncline.services.conversations import Sight
from syncline.services.conversations.visibility import as_seen
from syncline.services.overviews import Overview

LOOKED: Final = 100
"""Pins looked at for one page: those that a member may not see are passed over."""


async def pinned_ids(stream: Stream, seen: Sight, of: Overview) -> Sequence[Id]:
    """The entries pinned now, or when the account left, newest first; no statement where nothing is."""
    if not of.common.pinned:
        return ()
    view = stream.view
    fact: Fact | None
    if seen.present:
        fact = await view.fact(of.conv, names.PINNED, "")
    else:
        until = max((last for _, last in seen.ranges() if last is not None), default=None)
        known = await view.state(of.conv, at=until, types=(names.PINNED,))
        fact = next((one for one in known if not one.name), None)
    if fact is None:
        return ()
    pinned = msgspec.json.decode(fact.content).get("pinned", ())
    return sorted((Id(one) for one in pinned), reverse=True)  # ids rise with time


async def pins_below(
    stream: Stream, seen: Sight, of: Overview, nr: int | None, *, limit: int
) -> tuple[list[Entry], int]:
    """The newest pins below a nr (None: of all) in order, and the horizon from which there are more, or 0."""
    ids = await pinned_ids(stream, seen, of)
    if nr is not None and ids:
        at = await stream.view.entry_by_nr(of.conv, Nr(nr)) if nr <= seen.zone.nr else None
        if at is not None:
            ids = [id for id in ids if id < at.id]
    found: list[Entry] = []
    lowest = 0
    for place, id in enumerate(ids):
        if len(found) == limit or place == LOOKED:
            return found[::-1], lowest
        entry = await stream.view.entry(id)
        if entry is None or entry.nr is None:
            continue
        lowest = entry.nr
        board = entry.seq >= seen.zone.floor
        if await as_seen(stream.view, seen, entry, board=board) is not None:
            found.append(entry)
    return found[::-1], 0
