"""The client of the owner's admin routes: the same calls whether that is a server or this very process."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx
import msgspec

from syncline.cli.failures import Failure
from syncline.core.errors import SynclineError
from syncline.server.admin.lines import Line, TailLine

T = TypeVar("T")

Query = Mapping[str, str | int]
LONG = httpx.Timeout(10, read=None)
"""A followed log may be silent for days; everything else answers or says how far it is."""


class Refused(SynclineError):
    """The owner refused a command; `code` is that of the error which it raised."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the owner's own words."""
        super().__init__(message)
        self.refusal = code


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

    async def send(self, path: str, answer: type[T], body: bytes, **query: str | int) -> T:
        """Hand over bytes."""
        return await self._call("POST", path, answer, body=body, query=query)

    async def delete(self, path: str, answer: type[T]) -> T:
        """Take something away."""
        return await self._call("DELETE", path, answer)

    async def work(self, path: str, body: object = None) -> AsyncIterator[Line]:
        """Start a long work and hear how far it is."""
        async with self._stream("POST", path, body=msgspec.json.encode(body)) as response:
            async for text in response.aiter_lines():
                yield msgspec.json.decode(text, type=Line)

    async def tail(self, **query: str | int) -> AsyncIterator[TailLine]:
        """The log, change by change."""
        async with self._stream("GET", "/tail", query=query) as response:
            async for text in response.aiter_lines():
                if text:
                    yield msgspec.json.decode(text, type=TailLine)

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
        self, method: str, path: str, *, body: bytes | None = None, query: Query | None = None
    ) -> AsyncIterator[httpx.Response]:
        try:
            async with self._client.stream(
                method, path, content=body, params=dict(query or {}), timeout=LONG
            ) as response:
                if response.is_error:
                    raise _refusal(response.status_code, await response.aread())
                yield response
        except httpx.TransportError as broken:
            raise Failure(
                f"The server ended in the middle ({broken or type(broken).__name__}). "
                "Start it, or run the command without it."
            ) from broken


def _refusal(status: int, body: bytes) -> Exception:
    try:
        error: dict[str, Any] = msgspec.json.decode(body, type=dict[str, Any])["error"]
    except (msgspec.MsgspecError, KeyError):
        return Failure(
            f"The owner of the directory answered {status} and no reason; its log says more "
            "(perhaps it is of another version: restart it)."
        )
    return Refused(error["code"], error["message"])
