"""The floor: a bare ASGI callable on uvicorn, with the product's settings, that returns ready bytes.

    GET  /bytes?SIZE         SIZE ready bytes
    POST /bytes?SIZE         the same (what it is sent is read and thrown away)
    GET  /park?SIZE          waits on a future of its own; SIZE bytes when woken
    POST /park?SIZE          the same, after its body was read
    POST /wake?SIZE          wakes all that are parked
    GET  /stream?SIZE*COUNT  COUNT pieces of SIZE bytes, chunked

Nothing cheaper can be written in Python on this server, so a product's figure divided by this one says what
the product itself costs. `python -m bench.floor --port 8099` serves it.
"""

import argparse
import asyncio

import uvicorn
from starlette.types import Message, Receive, Scope, Send

from bench.harness.settings import floor_settings

POLL_SECONDS = 300
"""a parked request's own timeout: every product has one, so the floor pays for it too"""


class Floor:
    """The bare application; `scope["query_string"]` is the size wanted, so a look-up finds ready messages."""

    def __init__(self) -> None:
        """Begin with nobody parked."""
        self._ready: dict[bytes, tuple[Message, Message]] = {}
        self._parked: set[asyncio.Future[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
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
        if scope["method"] == "POST":
            await _drain(receive)
        if path == "/park":
            await self._park()
        elif path == "/wake":
            self._wake()
        start, body = self._ready.get(size) or self._prepare(size)
        await send(start)
        await send(body)

    def _prepare(self, size: bytes) -> tuple[Message, Message]:
        text = b"x" * int(size or b"0")
        start: Message = {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(text))],
        }
        body: Message = {"type": "http.response.body", "body": text}
        self._ready[size] = (start, body)
        return start, body

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


async def _drain(receive: Receive) -> None:
    while True:
        message = await receive()
        if message["type"] != "http.request" or not message.get("more_body"):
            return


async def _stream(what: bytes, send: Send) -> None:
    size, _, count = what.partition(b"*")
    piece = b"x" * int(size)
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", b"text/event-stream")],
        }
    )
    for _ in range(int(count or b"1")):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _lifespan(receive: Receive, send: Send) -> None:
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
    uvicorn.Server(floor_settings(Floor(), port)).run()


if __name__ == "__main__":
    main()
