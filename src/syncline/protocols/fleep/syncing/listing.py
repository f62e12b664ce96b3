"""conversation/list: all conversations of an account, a page a call (Fleep reference 2.4)."""

from typing import Final

from syncline.core.errors import Invalid
from syncline.core.ids import Seq
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.serving import Call, Reply, Spec
from syncline.services.overviews import listed
from syncline.services.sync.pace import Pace

PAGE: Final = 50
"""Conversations of a page: about 5 ms."""

BITS: Final = 13
"""Bits of the page's number in a horizon; the rest is the seq at which the list was begun."""

MOST_PAGES: Final = (1 << BITS) - 1


async def conversations(fleep: Fleep, call: Call) -> Reply:
    """The next conversations in the order that the list had when it was begun, newest first.

    `sync_horizon` says when that was and which page comes next, so nothing is remembered for it, and none
    that moves up meanwhile is missed. At the end the page is empty, and the horizon stays.
    """
    horizon = call.fields.number("sync_horizon", 0) or 0
    if horizon < 0:
        raise Invalid("sync_horizon is the number that came with the last page.", field="sync_horizon")
    async with fleep.store.view() as view:
        start, place = (Seq(horizon >> BITS), horizon & MOST_PAGES) if horizon else (view.head, 0)
        stream = call.stream(fleep, view)
        every = await listed(view, call.account, at=min(start, view.head))
        pace = Pace()
        found: list[object] = []
        while not found and place * PAGE < len(every):
            for one in every[place * PAGE : (place + 1) * PAGE]:
                of = await stream.overview(one.conv)
                if of is not None and not of.deleted:
                    found.append(await stream.state(of, told=False))
                await pace.rest()
            place += 1
    reached = (start << BITS) | min(place, MOST_PAGES)
    return {"conversations": found, "sync_horizon": reached if found or not horizon else horizon}


CALLS: Final = (Spec("conversation/list", conversations, write=False),)
