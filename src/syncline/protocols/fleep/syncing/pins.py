"""Pins and tasks of a conversation, newest first: what `pin_horizon` and `task_horizon` lead through."""

from collections.abc import Callable, Sequence
from typing import Final

from syncline.core.entries import Entry
from syncline.core.ids import NO_ID, Id, Nr
from syncline.core.kinds import Space
from syncline.core.rooms.forms import Form, read_form
from syncline.protocols.fleep.streams import Stream
from syncline.services.conversations import Sight, pins
from syncline.services.conversations.amend import board_term
from syncline.services.overviews import Overview

LOOKED: Final = 100
"""Pins or tasks looked at for one page: those that a member may not see are passed over."""


async def pinned_ids(stream: Stream, seen: Sight, of: Overview) -> Sequence[Id]:
    """The entries pinned now, or when the account left, newest first; no statement where nothing is."""
    if not of.common.pinned:
        return ()
    return await pins.pinned_ids(stream.view, seen)


async def pins_below(
    stream: Stream, seen: Sight, of: Overview, nr: int | None, *, limit: int
) -> tuple[list[Entry], int]:
    """The newest pins below a nr (None: of all) in order, and the horizon from which there are more, or 0."""
    ids = await pinned_ids(stream, seen, of)
    below = await _id_at(stream, seen, nr) if ids else None
    if below is not None:
        ids = [id for id in ids if id < below]
    return await _shown(stream, seen, ids, limit=limit, wanted=lambda form: True)


async def tasks_below(
    stream: Stream, seen: Sight, of: Overview, nr: int | None, *, limit: int
) -> tuple[list[Entry], int]:
    """The same for tasks: to do, done, and archived."""
    if not (of.common.tasks or of.common.task_archive):
        return [], 0
    below = await _id_at(stream, seen, nr)
    ids = await stream.view.find(
        Space.BOARD, board_term(of.conv), after=below or NO_ID, limit=LOOKED + 1, descending=True
    )
    return await _shown(stream, seen, ids, limit=limit, wanted=_is_task)


def _is_task(form: Form) -> bool:
    return "task" in form or form.get("archived") == "task"


async def _id_at(stream: Stream, seen: Sight, nr: int | None) -> Id | None:
    """The id of the entry with a nr; None beyond the last one."""
    if nr is None or nr > seen.zone.nr:
        return None
    at = await stream.view.entry_by_nr(seen.zone.id, Nr(nr))
    return None if at is None else at.id


async def _shown(
    stream: Stream, seen: Sight, ids: Sequence[Id], *, limit: int, wanted: Callable[[Form], bool]
) -> tuple[list[Entry], int]:
    found: list[Entry] = []
    lowest = 0
    for place, id in enumerate(ids):
        if len(found) == limit or (place >= LOOKED and lowest):
            return found[::-1], lowest
        entry = await stream.view.entry(id)
        if entry is None or entry.nr is None:
            continue
        lowest = entry.nr
        shown = await pins.on_board(stream.view, seen, entry)
        if shown is not None and wanted(read_form(shown.current)):
            found.append(entry)
    return found[::-1], 0
