"""The operator's tail: every change of the log, whoever may see it, as a stream of lines."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from syncline.core.ids import Seq
from syncline.core.kinds import HIDDEN, Kind
from syncline.core.log import Change
from syncline.server.admin.answers import Lines, control, whole_number
from syncline.server.admin.control import Control
from syncline.server.admin.lines import TailLine
from syncline.services.delivery import LOG, Delivery, Wake
from syncline.store.contract import View

PAGE: Final = 200

LOOK_UP: Final = 60.0
"""Seconds after which a silent tail reads again, though nothing woke it."""


async def tail(request: Request) -> Response:
    """GET /tail?since=&newest=&follow=: the log after a seq, or its newest; then what comes."""
    query = request.query_params
    here = control(request)
    if "newest" in query:
        after = max(0, here.services.store.head - whole_number(query["newest"]))
    else:
        after = whole_number(query.get("since", "0"))
    return Lines(_follow(here, Seq(after), follow=query.get("follow") == "1"))


async def _follow(here: Control, after: Seq, *, follow: bool) -> AsyncGenerator[TailLine, None]:
    store = here.services.store
    delivery: Delivery = here.services.delivery
    loop = asyncio.get_running_loop()
    # parked before the first read, so that no commit can fall between
    parked = delivery.park(LOG, object())
    try:
        while True:
            while True:
                async with store.view() as view:
                    changes = await view.changes(after, limit=PAGE)
                    shown = await _lines(view, changes)
                for line in shown:
                    yield line
                if not changes:
                    break
                after = changes[-1].seq
                await asyncio.sleep(0)
            if not follow or await parked.wait(loop.time() + LOOK_UP) > Wake.EXPIRED:
                return
    finally:
        parked.release()


async def _lines(view: View, changes: Sequence[Change]) -> list[TailLine]:
    """Changes with the newest bodies of what they are about."""
    zones = {zone.id: zone for zone in await view.zones(sorted({change.zone for change in changes}))}
    entries = {
        entry.id: entry.current
        for entry in await view.entries_by_id([c.object for c in changes if c.kind == Kind.ENTRY])
    }
    wanted = [c.object for c in changes if c.kind > Kind.ZONE and c.kind not in HIDDEN]
    objects = {one.id: one.body for one in await view.get(list(dict.fromkeys(wanted)))}
    return [
        TailLine(
            seq=change.seq,
            at=change.at,
            zone=change.zone,
            zone_kind=zones[change.zone].kind.name.lower() if change.zone in zones else "unknown",
            kind=change.kind.name.lower(),
            id=change.object,
            act=change.act.name.lower(),
            nr=change.nr,
            actor=change.actor,
            body=msgspec.Raw((entries if change.kind == Kind.ENTRY else objects).get(change.object, b"{}")),
        )
        for change in changes
    ]


ROUTES = (Route("/tail", tail),)
