"""The operator's tail: every change of the log, as a stream of lines."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from syncline.core.errors import Invalid
from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.kinds import HIDDEN, Kind
from syncline.core.log import Change
from syncline.core.zones import Zone, covered
from syncline.server.admin.answers import Lines, account_named, control
from syncline.server.admin.control import Control
from syncline.server.admin.lines import TailLine
from syncline.store.contract import View

PAGE = 200

LOOK_UP = 1.0
"""Seconds after which a silent tail looks whether the server stops."""


async def tail(request: Request) -> Response:
    """GET /tail?account=&since=&newest=&follow=: the log after a seq, or its newest; then what comes."""
    query = request.query_params
    here = control(request)
    account = (await account_named(request, query["account"])).id if "account" in query else None
    head = here.services.store.head
    if "newest" in query:
        after = max(0, head - _number(query["newest"]))
    else:
        after = _number(query.get("since", "0"))
    return Lines(_follow(here, account, Seq(after), follow=query.get("follow") == "1"))


def _number(text: str) -> int:
    if not text.isdecimal():
        raise Invalid(f"{text} is not a seq: it is a whole number, 0 for the beginning.")
    return int(text)


async def _follow(
    here: Control, account: Id | None, after: Seq, *, follow: bool
) -> AsyncGenerator[TailLine, None]:
    store = here.services.store
    moved = asyncio.Event()
    end = store.watch(lambda _commit: moved.set())
    try:
        while True:
            # cleared before the read: a commit in between sets it again
            moved.clear()
            while True:
                async with store.view() as view:
                    changes = await view.changes(after, limit=PAGE)
                    shown = await _lines(view, account, changes)
                for line in shown:
                    yield line
                if not changes:
                    break
                after = changes[-1].seq
                await asyncio.sleep(0)
            if not follow or here.stopping.now:
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(moved.wait(), LOOK_UP)
    finally:
        end()


async def _lines(view: View, account: Id | None, changes: Sequence[Change]) -> list[TailLine]:
    """Changes with the newest bodies of what they are about; with an account, those that it may see."""
    zones = {zone.id: zone for zone in await view.zones(sorted({change.zone for change in changes}))}
    if account is not None:
        changes = [
            change for change in changes if await _visible(view, account, zones.get(change.zone), change)
        ]
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


async def _visible(view: View, account: Id, zone: Zone | None, change: Change) -> bool:
    """Whether an account sees a change: in its own zones, or within the range of one of its grants."""
    if zone is None or change.kind in HIDDEN:
        return False
    if zone.id == account or zone.owner == account:
        return True
    grants = await view.grants(account, zone=ZoneId(zone.id))
    if change.kind == Kind.ENTRY:
        return covered(grants, change.seq)
    return any(grant.open or (grant.last is not None and change.seq <= grant.last) for grant in grants)


ROUTES = (Route("/tail", tail),)
