"""The floor: a bare ASGI callable on the product's uvicorn settings that returns ready bytes.

    GET  /bytes?SIZE         SIZE ready bytes
    POST /bytes?SIZE         the same (what it is sent is read and thrown away)
    GET  /park?SIZE          waits on a future of its own; SIZE bytes when woken
    POST /wake?0             wakes all that are parked
    GET  /stream?SIZE*COUNT  COUNT pieces of SIZE bytes, chunked

Nothing cheaper can be written in Python on this server, so a product's figure divided by this one says what
the product itself costs. `python -m bench.floor --port 8099` serves it.
"""

import argparse
import asyncio
from collections.abc import Mapping

import uvicorn
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

from bench.harness.settings import uvicorn_settings

POLL_SECONDS = 300
"""a parked request's own timeout: every product has one, so the floor pays for it too"""


class Floor:
    """The bare application; `scope["query_string"]` is the size wanted, so a look-up finds ready messages."""

    def __init__(self) -> None:
        """Begin with nobody parked."""
        self._ready: dict[bytes, tuple[object, object]] = {}
        self._parked: set[asyncio.Future[None]] = set()

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        path, size = scope["path"], scope["query_string"]
        if path == "/stream":
            await _stream(size, send)
            return
        if path == "/park":
            await self._park()
        elif scope["method"] == "POST":
            await _drain(receive)
            if path == "/wake":
                self._wake()
        start, body = self._ready.get(size) or self._prepare(size)
        await send(start)  # type: ignore[arg-type]  # ready messages, not built again for each answer
        await send(body)  # type: ignore[arg-type]

    def _prepare(self, size: bytes) -> tuple[object, object]:
        text = b"x" * int(size or b"0")
        start: Mapping[str, object] = {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(text))],
        }
        ready = (start, {"type": "http.response.body", "body": text})
        self._ready[size] = ready
        return ready

    async def _park(self) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._parked.add(future)
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await future
        finally:
            self._parked.discard(future)

    def _wake(self) -> None:
        parked, self._parked = self._parked, set()
        for future in parked:
            if not future.done():
                future.set_result(None)


async def _drain(receive: ASGIReceiveCallable) -> None:
    while True:
        message = await receive()
        if message["type"] != "http.request" or not message["more_body"]:
            return


async def _stream(what: bytes, send: ASGISendCallable) -> None:
    size, _, count = what.partition(b"*")
    piece = b"x" * int(size)
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", b"text/event-stream")],
            "trailers": False,
        }
    )
    for _ in range(int(count or b"1")):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _lifespan(receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        else:
            await send({"type": "lifespan.shutdown.complete"})
            return


def main() -> None:
    """Serve the floor until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    port: int = parser.parse_args().port
    uvicorn.run(Floor(), host="127.0.0.1", port=port, **uvicorn_settings())


if __name__ == "__main__":
    main()
