"""Pages of the boards: by message numbers, and pins (newer clients) by weights (Fleep reference 2.1, 4.5)."""

from typing import Final

import msgspec

from syncline.core.entries import Entry
from syncline.core.errors import Invalid
from syncline.core.rooms.forms import read_form
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.records.message import FIRST_WEIGHT
from syncline.protocols.fleep.serving import Call, Reply, Spec
from syncline.protocols.fleep.streams import Stream
from syncline.protocols.fleep.syncing.init import add
from syncline.protocols.fleep.syncing.pins import pinned_ids, pins_below, tasks_below
from syncline.protocols.fleep.syncing.walking import PAGE, header
from syncline.services.conversations import Sight
from syncline.services.conversations.pins import on_board
from syncline.services.overviews import Overview
from syncline.services.sync.pace import Pace

PINS: Final = 30
MOST: Final = 100
"""Pins of a page by weight, unless the client says otherwise; and at most."""


async def pin_page(stream: Stream, of: Overview, nr: int | None) -> int:
    """Add the pins below a number (None, 0: the newest); returns the next pin_horizon, 0 at the end."""
    seen = await stream.sight(of)
    pins, horizon = await pins_below(stream, seen, of, nr or None, limit=PAGE)
    await add(stream, seen, pins)
    return horizon


async def task_page(stream: Stream, of: Overview, nr: int | None) -> int:
    """The same for tasks; returns the next task_horizon."""
    seen = await stream.sight(of)
    tasks, horizon = await tasks_below(stream, seen, of, nr or None, limit=PAGE)
    await add(stream, seen, tasks)
    return horizon


async def sync_pinboard(fleep: Fleep, call: Call) -> Reply:
    """account/sync_pinboard: pins by weight, the heaviest (the newest, unless moved) first.

    `pin_cursor` of the header holds the `pin_weight` to go on with, null at the end. Pins of one weight are
    never torn apart, for the cursor has no other place.
    """
    conv = call.conv(fleep)
    weight, limit = call.fields.weight("pin_weight"), call.fields.number("pin_limit", PINS)
    if limit is None or limit < 1:
        raise Invalid("pin_limit is 1 or more.", field="pin_limit")
    limit = min(limit, MOST)
    async with fleep.store.view() as view:
        stream = call.stream(fleep, view)
        of = await fleep.overviews.of(view, call.account, conv)
        seen = await stream.sight(of)
        pins = [one for one in await _weighed(stream, seen, of) if weight is None or one[0] < weight]
        while limit < len(pins) and pins[limit][0] == pins[limit - 1][0]:
            limit += 1
        await add(stream, seen, [entry for _, entry in pins[:limit]])
        cursor = (
            msgspec.json.encode({"pin_weight": pins[limit - 1][0]}).decode() if limit < len(pins) else None
        )
        record = await header(stream, of, pin_cursor=cursor)
    return {"header": record, "stream": stream.records}


async def _weighed(stream: Stream, seen: Sight, of: Overview) -> list[tuple[float, Entry]]:
    """All pins that the account sees with their weights, the heaviest first. At most 1,000, in slices."""
    pace = Pace()
    found: list[tuple[float, Entry]] = []
    for id in await pinned_ids(stream, seen, of):
        await pace.rest()
        entry = await stream.view.entry(id)
        if entry is None or entry.nr is None:
            continue
        shown = await on_board(stream.view, seen, entry)
        if shown is not None:
            pin = read_form(shown.current).get("pin", {})
            found.append((pin.get("weight", FIRST_WEIGHT), entry))
    return sorted(found, key=lambda one: (one[0], one[1].seq), reverse=True)


CALLS: Final = (Spec("account/sync_pinboard", sync_pinboard, write=False),)
