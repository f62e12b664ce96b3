"""The client of GET /changes: all that one account sees since a cursor, then what comes, page by page."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Final

import httpx
import msgspec

from syncline.cli.answers import Lost, lines, refusal
from syncline.cli.failures import Failure

PAGE: Final = 500
"""Changes a page while there are more."""

PATIENCE: Final = httpx.Timeout(10, read=60)
"""Seconds. A stream with nothing to say beats every 15."""

BUSY: Final = frozenset({429, 502, 503, 504})
"""Statuses of a server, or of a proxy before it, that has no time now, or is about to start."""


class Page(msgspec.Struct, frozen=True):
    """An answer of /changes; `changes` are rows as they came, each a JSON object on one line."""

    changes: list[msgspec.Raw]
    next: str
    more: bool
    reset: bool = False


class Row(msgspec.Struct, frozen=True):
    """One change, as docs/changes.md says."""

    seq: int
    zone: int
    kind: str
    id: int
    act: str
    at: int
    body: msgspec.Raw
    nr: int | None = None


class Said(msgspec.Struct, frozen=True):
    """The body of an entry's row, as far as people are shown it."""

    kind: str
    body: msgspec.Raw = msgspec.Raw(b"")
    target: int | None = None
    rel: str | None = None


class Changes:
    """/changes of one server. Raises Refused with its own sentence, Lost where one may come back."""

    def __init__(self, client: httpx.AsyncClient, who: str, **query: str) -> None:
        """Ask through this client, with these parameters each time; `who` answers, in words."""
        self._client = client
        self._who = who
        self._query = {"limit": str(PAGE), **query}

    async def pages(
        self, since: str | None, *, newest: int | None = None, live: bool
    ) -> AsyncGenerator[Page, None]:
        """The pages after a cursor, empty ones too; `live`: then those that come, until the server stops.

        Without a cursor from the beginning, or (an owner's socket only) `newest` changes before the end.
        """
        query: dict[str, str] = {}
        if since is not None:
            query["since"] = since
        elif newest is not None:
            query["newest"] = str(newest)
        while True:
            async with self._asked(query) as response:
                page = self._page(await response.aread())
            yield page
            query = {"since": page.next}
            if not page.more:
                break
        if live:
            async with aclosing(self._events(page.next)) as events:
                async for page in events:
                    yield page

    async def _events(self, cursor: str) -> AsyncGenerator[Page, None]:
        headers = {"Accept": "text/event-stream", "Last-Event-ID": cursor}
        async with self._asked({}, headers) as response, aclosing(lines(response)) as told:
            async for line in told:
                # an event is its id, which the page holds too, its name, and its data on one line
                if line.startswith(b"data: "):
                    yield self._page(line[6:])

    @asynccontextmanager
    async def _asked(
        self, query: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[httpx.Response]:
        try:
            async with self._client.stream(
                "GET", "changes", params={**self._query, **query}, headers=headers, timeout=PATIENCE
            ) as response:
                status = response.status_code
                if status in BUSY:
                    raise Lost(f"{self._who} has no time now (it answered {status}).")
                if response.is_redirect:
                    raise Failure(f"{self._who} says to ask {response.headers.get('location')} instead.")
                if status != httpx.codes.OK:
                    raise refusal(status, await response.aread(), self._who)
                yield response
        except httpx.TransportError as broken:
            raise Lost(f"{self._who} does not answer ({broken or type(broken).__name__}).") from broken

    def _page(self, body: bytes) -> Page:
        try:
            # bodies may hold line breaks between their tokens, never inside a text
            return msgspec.json.decode(body.replace(b"\n", b" ").replace(b"\r", b" "), type=Page)
        except msgspec.MsgspecError as strange:
            raise Failure(
                f"{self._who} does not answer as Syncline's /changes does ({strange})."
            ) from strange
