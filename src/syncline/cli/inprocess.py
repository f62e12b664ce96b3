"""Calling an ASGI application from the same process, with answers that arrive piece by piece.

httpx's own ASGITransport collects the whole answer first, so progress and a followed log would never show.
"""

import asyncio
from collections.abc import AsyncIterator, MutableMapping, Sequence
from typing import Any

import httpx
from starlette.types import ASGIApp

SERVER_ERROR = 500

AHEAD = 64
"""Pieces of an answer that may wait for their reader; then the application waits."""

Message = MutableMapping[str, Any]


class InProcess(httpx.AsyncBaseTransport):
    """A transport that hands requests to an ASGI application as a task of this loop."""

    def __init__(self, application: ASGIApp) -> None:
        """Talk to this application."""
        self._application = application

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer with status and headers as soon as they are there; the body follows as it is made."""
        assert isinstance(request.stream, httpx.AsyncByteStream)
        call = _Call([part async for part in request.stream])
        task = asyncio.create_task(_run(self._application, _scope(request), call))
        start = await call.sent.get()
        if isinstance(start, BaseException):
            raise start
        assert start is not None
        if start["status"] == SERVER_ERROR:
            # the application has answered for itself and raises afterwards: here the reason is worth more
            await task
            while (message := call.sent.get_nowait()) is not None:
                if isinstance(message, BaseException):
                    raise message
        return httpx.Response(
            start["status"], headers=start.get("headers", []), stream=_Body(call, task), request=request
        )


def _scope(request: httpx.Request) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": request.url.raw_path.split(b"?")[0],
        "query_string": request.url.query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "server": (request.url.host, None),
        "client": None,
    }


class _Call:
    """One request: what the application receives, and what it has sent so far."""

    def __init__(self, parts: Sequence[bytes]) -> None:
        # from the end: each is let go of when it was received
        self._requests: list[Message] = [
            {"type": "http.request", "body": part, "more_body": more > 0}
            for more, part in enumerate(reversed(parts or [b""]))
        ]
        self._gone = asyncio.Event()
        self.sent: asyncio.Queue[Message | BaseException | None] = asyncio.Queue(AHEAD)

    async def receive(self) -> Message:
        if self._requests:
            return self._requests.pop()
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message | BaseException | None) -> None:
        if self._gone.is_set():
            await asyncio.sleep(0)  # an endless answer must let the one who notices the leaving run
        else:
            await self.sent.put(message)

    def leave(self) -> None:
        """Nobody reads any more: whoever waits to send goes on, into nothing."""
        self._gone.set()
        while not self.sent.empty():
            self.sent.get_nowait()


async def _run(application: ASGIApp, scope: dict[str, Any], call: _Call) -> None:
    """Run the application to its end; an error of its own goes to the caller instead of the log."""
    try:
        await application(scope, call.receive, call.send)
    except Exception as error:  # noqa: BLE001 — not swallowed: raised again in the caller
        await call.send(error)
    else:
        await call.send(None)


class _Body(httpx.AsyncByteStream):
    def __init__(self, call: _Call, task: asyncio.Task[None]) -> None:
        self._call = call
        self._task = task

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (message := await self._call.sent.get()) is not None:
            if isinstance(message, BaseException):
                raise message
            if body := message.get("body", b""):
                yield body
            if not message.get("more_body", False):
                return

    async def aclose(self) -> None:
        """Tell the application that nobody listens any more, and let it finish."""
        self._call.leave()
        await self._task
