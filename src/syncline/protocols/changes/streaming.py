"""The same pages as server-sent events: one event a page, its id the cursor to come back with."""

import asyncio
import contextlib
from typing import Final

from starlette.types import Receive, Scope, Send

from syncline.core.deltas import Place
from syncline.core.errors import Unauthorized
from syncline.gateways.http.disconnect import on_disconnect
from syncline.protocols.changes.asking import Ask
from syncline.protocols.changes.bearer import still_admitted
from syncline.protocols.changes.cursors import read_cursor
from syncline.protocols.changes.needs import Needs
from syncline.protocols.changes.pages import Page, Pages
from syncline.services.accounts import Auth
from syncline.services.delivery import Parked, Wake

HEARTBEAT: Final = 15.0
"""seconds between comments on a stream with nothing to say: it finds out clients that have gone"""

SLOW: Final = 60.0
"""seconds that a reader has to take an event; the stream ends then, and the reader comes back with its id"""

_HEADERS: Final = (
    (b"Content-Type", b"text/event-stream"),
    (b"Cache-Control", b"no-store"),
    (b"X-Accel-Buffering", b"no"),  # nginx would hold events back otherwise
)


class Streams:
    """Serves streams. A page is made when the one before it was taken, so a slow reader holds one page."""

    def __init__(
        self, needs: Needs, pages: Pages, *, heartbeat: float = HEARTBEAT, slow: float = SLOW
    ) -> None:
        """Serve over these services."""
        self._needs = needs
        self._pages = pages
        self._heartbeat = heartbeat
        self._slow = slow

    async def serve(self, scope: Scope, receive: Receive, send: Send, auth: Auth, ask: Ask) -> None:
        """One stream, until the client goes, its token is revoked, or the server stops."""
        place = ask.place
        last: bytes = scope["header"].get(b"last-event-id", b"").strip()
        if last:
            place = read_cursor(last.decode("latin-1"), tag=self._pages.tag)
        parked = self._needs.delivery.park(auth.account, object())
        unwatch = on_disconnect(scope, receive, lambda: parked.wake(Wake.GONE))
        await send({"type": "http.response.start", "status": 200, "headers": [*_HEADERS]})
        try:
            # who may not read any more has its end without a word: it is told when it comes back
            with contextlib.suppress(TimeoutError, Unauthorized):
                await self._write(send, b"retry: 1000\n\n")
                await self._events(scope, send, auth, parked, place, ask)
        finally:
            unwatch()
            parked.release()
        # a client that went, or takes nothing, has no use for the end either
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._slow):
                await send({"type": "http.response.body", "body": b""})

    async def _events(
        self, scope: Scope, send: Send, auth: Auth, parked: Parked, place: Place | None, ask: Ask
    ) -> None:
        loop = asyncio.get_running_loop()
        while True:
            page = await self._pages.page(auth.account, place, ask)
            place = page.place
            if page.rows or page.reset:
                await self._write(send, self._event(page))
            if page.more:
                continue
            why = await parked.wait(loop.time() + self._heartbeat)
            if why is Wake.EXPIRED:
                await self._write(send, b":\n\n")
            elif why > Wake.SIGNAL:
                return
            await still_admitted(self._needs, scope)

    async def _write(self, send: Send, data: bytes) -> None:
        """Send a part; raises TimeoutError if the client takes too long to take it."""
        async with asyncio.timeout(self._slow):
            await send({"type": "http.response.body", "body": data, "more_body": True})

    def _event(self, page: Page) -> bytes:
        # bodies may hold line breaks between their tokens (never inside a text), which would end the event
        body = self._pages.body(page).replace(b"\n", b" ").replace(b"\r", b" ")
        return b"id: %b\nevent: changes\ndata: %b\n\n" % (self._pages.cursor(page).encode(), body)
