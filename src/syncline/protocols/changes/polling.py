"""GET /changes: a page at once, or as soon as there is one; or a stream of pages."""

import asyncio
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from syncline.core.deltas import Place
from syncline.gateways.http.disconnect import on_disconnect
from syncline.protocols.changes.asking import Ask, read_ask, wants_stream
from syncline.protocols.changes.bearer import READ, admitted, still_admitted
from syncline.protocols.changes.needs import Needs
from syncline.protocols.changes.pages import Page, Pages
from syncline.protocols.changes.streaming import Streams
from syncline.services.accounts import Auth
from syncline.services.delivery import Wake

_HEADERS: Final = ((b"Content-Type", b"application/json"), (b"Cache-Control", b"no-store"))


def changes(needs: Needs) -> ASGIApp:
    """GET /changes: all that changed since a cursor, at once, when there is something, or as a stream."""
    pages = Pages(needs)
    streams = Streams(needs, pages)
    delivery = needs.delivery

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        auth = await admitted(needs, scope, READ)
        ask = read_ask(scope["query_string"], tag=pages.tag)
        if scope["method"] == "GET" and wants_stream(scope):
            await streams.serve(scope, receive, send, auth, ask)
            return
        place = ask.place
        if ask.wait and place is not None and place.plain:
            page = await _wait(scope, receive, auth, place, ask)
            if page is None:
                return
        else:
            page = await pages.page(auth.account, place, ask)
        body = pages.body(page)
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [*_HEADERS, (b"Content-Length", b"%d" % len(body))],
            }
        )
        await send({"type": "http.response.body", "body": body})

    async def _wait(scope: Scope, receive: Receive, auth: Auth, place: Place, ask: Ask) -> Page | None:
        """The first page with something in it; an empty one when the time is up, None if nobody reads it."""
        # one connection asks for one thing at a time, so a newer request on it means that the older is over
        parked = delivery.park(auth.account, (auth.session, scope.get("client")))
        unwatch = None
        reset = False
        try:
            deadline = asyncio.get_running_loop().time() + ask.wait
            while True:
                page = await pages.page(auth.account, place, ask)
                reset = reset or page.reset
                if page.rows or reset:
                    return page
                place = page.place
                if page.more:
                    continue
                if unwatch is None:
                    unwatch = on_disconnect(scope, receive, lambda: parked.wake(Wake.GONE))
                why = await parked.wait(deadline)
                if why is Wake.GONE:
                    return None
                if why > Wake.SIGNAL:
                    return Page([], place, more=False)
                auth = await still_admitted(needs, scope)
        finally:
            if unwatch is not None:
                unwatch()
            parked.release()

    return serve
