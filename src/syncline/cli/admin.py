"""The client of the owner's admin routes: the same calls whether that is a server or this very process."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import TypeVar

import httpx
import msgspec

from syncline.cli.answers import Lost, lines, refusal
from syncline.cli.changes import Changes
from syncline.server.admin.lines import Line, TailLine

T = TypeVar("T")

Query = Mapping[str, str | int]
LONG = httpx.Timeout(10, read=None)
"""A followed log may be silent for days; everything else answers or says how far it is."""


class Admin:
    """Calls to the admin routes. Raises Refused with the owner's sentence."""

    def __init__(self, client: httpx.AsyncClient, *, here: bool) -> None:
        """Use this client; `here` says that the owner is this process."""
        self._client = client
        self.here = here

    async def get(self, path: str, answer: type[T], **query: str | int) -> T:
        """Ask for something."""
        return await self._call("GET", path, answer, query=query)

    async def post(self, path: str, answer: type[T], body: object = None) -> T:
        """Do something."""
        return await self._call("POST", path, answer, body=msgspec.json.encode(body))

    async def send(self, path: str, answer: type[T], parts: Sequence[bytes], **query: str | int) -> T:
        """Hand over bytes, which may be many."""
        size = sum(map(len, parts))
        async with self._stream("POST", path, body=_once(parts), size=size, query=query) as response:
            return msgspec.json.decode(await response.aread(), type=answer)

    async def delete(self, path: str, answer: type[T]) -> T:
        """Take something away."""
        return await self._call("DELETE", path, answer)

    async def work(self, path: str, body: object = None) -> AsyncGenerator[Line, None]:
        """Start a long work and hear how far it is."""
        sent = msgspec.json.encode(body)
        async with self._stream("POST", path, body=sent) as response, aclosing(lines(response)) as told:
            async for text in told:
                yield msgspec.json.decode(text, type=Line)

    async def tail(self, **query: str | int) -> AsyncGenerator[TailLine, None]:
        """The log, change by change."""
        async with self._stream("GET", "/tail", query=query) as response, aclosing(lines(response)) as told:
            async for text in told:
                yield msgspec.json.decode(text, type=TailLine)

    def changes(self, account: str) -> Changes:
        """GET /changes, as this account sees it."""
        return Changes(self._client, "The owner of the directory", account=account)

    async def _call(
        self,
        method: str,
        path: str,
        answer: type[T],
        *,
        body: bytes | None = None,
        query: Query | None = None,
    ) -> T:
        async with self._stream(method, path, body=body, query=query) as response:
            return msgspec.json.decode(await response.aread(), type=answer)

    @asynccontextmanager
    async def _stream(
        self,
        method: str,
        path: str,
        *,
        body: bytes | AsyncIterator[bytes] | None = None,
        size: int | None = None,
        query: Query | None = None,
    ) -> AsyncIterator[httpx.Response]:
        headers = {} if size is None else {"Content-Length": str(size)}
        try:
            async with self._client.stream(
                method, path, content=body, headers=headers, params=dict(query or {}), timeout=LONG
            ) as response:
                if response.is_error:
                    raise refusal(response.status_code, await response.aread())
                yield response
        except httpx.TransportError as broken:
            raise Lost(
                f"The server ended in the middle ({broken or type(broken).__name__}). "
                "Start it, or run the command without it."
            ) from broken


async def _once(parts: Sequence[bytes]) -> AsyncIterator[bytes]:
    """A body that is let go of when it was sent.

    httpx's request and response hold each other, and with them the body, until the collector comes by: for
    an import of 200 MB that was 200 MB.
    """
    for part in parts:
        yield part
