"""A server of the product on a free port, and clients that write raw bytes to it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from starlette.types import ASGIApp, Receive, Scope, Send

from syncline.config import Config
from syncline.gateways.http.answers import Shape, plain
from syncline.gateways.http.routes import Part, Route
from syncline.server.access_log import AccessLog
from syncline.server.application import Terms, edge
from syncline.server.limiter import Limiter
from syncline.server.metrics import Metrics
from syncline.server.run import Server, serve
from syncline.server.sockets import bind
from syncline.server.stopping import Stopping


class Running(msgspec.Struct):
    """A running server."""

    port: int
    server: Server
    stopping: Stopping
    ended: asyncio.Task[None]

    async def stop(self) -> None:
        """Stop it and wait for its end."""
        self.server.stop()
        await self.ended


@asynccontextmanager
async def running(
    app: ASGIApp, *, stopping: Stopping | None = None, **options: Any
) -> AsyncIterator[Running]:
    """Serve an application; `options` are those of the configuration's section `server`."""
    config = Config()
    config = msgspec.structs.replace(config, server=msgspec.structs.replace(config.server, **options))
    bound = bind("127.0.0.1", 0)
    port = bound.getsockname()[1]
    stopping = stopping or Stopping()
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[Server] = loop.create_future()
    ended = loop.create_task(serve(app, config, bound, stopping, ready=ready.set_result))
    ended.add_done_callback(lambda _: ready.done() or ready.cancel())
    try:
        await ready
    except asyncio.CancelledError:
        await ended  # it ended before it was ready: this raises why
        raise
    here = Running(port, ready.result(), stopping, ended)
    try:
        yield here
    finally:
        here.server.stop()
        await ended


def part(
    path: str, app: ASGIApp, *, owner: str = "changes", methods: Sequence[str] = ("GET",), **more: Any
) -> Part:
    """A part of one route."""
    shape: Shape = more.pop("shape", plain)
    return Part(owner, (Route(tuple(methods), path, lambda _: app, owner, **more),), shape)


def wrapped(
    *parts: Part,
    terms: Terms | None = None,
    limiter: Limiter | None = None,
    metrics: Metrics | None = None,
    access: AccessLog | None = None,
) -> ASGIApp:
    """The product's wrapper around these parts."""
    return edge(
        parts,
        None,
        terms or Terms(),
        limiter=limiter or Limiter(),
        metrics=metrics or Metrics(),
        access=access,
    )


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that reads the body and says hello."""
    while (await receive()).get("more_body"):
        pass
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"Content-Length", b"5"), (b"X-CasE", b"kept")],
        }
    )
    await send({"type": "http.response.body", "body": b"hello"})


async def raw(port: int, sent: bytes, *, timeout: float = 20.0) -> bytes:
    """Send bytes, and read until the server closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    try:
        async with asyncio.timeout(timeout):
            return await reader.read()
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


def get(path: str, *headers: str, method: str = "GET", body: bytes = b"") -> bytes:
    """The bytes of one request, after whose answer the server closes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def parsed(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers with their letter case, and body of a raw answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return int(first.split(" ")[1]), headers, body
