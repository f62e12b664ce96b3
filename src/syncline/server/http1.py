"""HTTP/1.1 on uvicorn's httptools protocol, with three things that uvicorn leaves open.

- Header names go out in the letter case given (uvicorn lowers them; Base's Java client looks `Content-Type`
and `X-Request-Id` up in a case-sensitive map and else loses the error list). - Time and size: a head, a
body and a reading client each have a limit (uvicorn waits for ever and keeps any head). - A parked request
learns that its client left by a callback instead of a task of its own.
"""

import asyncio
import re
from collections.abc import Callable
from typing import Any, Final, cast
from urllib.parse import unquote

import httptools
from uvicorn._types import ASGISendEvent
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from syncline.gateways.http.disconnect import EXTENSION
from syncline.server.slow import Slow

_NAME: Final = re.compile(rb"[^!#$%&'*+.^_`|~0-9A-Za-z-]")
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?<!\r)\n")

IDLE, HEAD, BODY = 0, 1, 2

MAX_HEADERS: Final = 100
"""Header lines of a request; browsers send 15 to 25."""


_good_names: Final[set[bytes]] = set()
"""Header names seen and found good: there are a few dozen, all written in our own code."""


def _check_name(name: bytes) -> None:
    if not name or _NAME.search(name):
        raise RuntimeError("An answer has a header that could split it.")
    if len(_good_names) < 1000:
        _good_names.add(name)


class Exchange(RequestResponseCycle):
    """One request and its answer."""

    gone: Callable[[], None] | None = None
    endless = False
    head = b""
    """the answer's head, held back until its body comes or this turn of the loop is over"""

    async def run_asgi(self, app: Any) -> None:
        """Serve it, and leave no cycle behind: the scope holds us by `when_gone`, and we hold the scope.

        With the cycle, 3,500 answers were enough for the collector to hold the loop for 45 ms.
        """
        await super().run_asgi(app)
        self.scope.get("extensions", {}).clear()

    def when_gone(self, callback: Callable[[], None] | None) -> None:
        """Call back once if the client leaves before its answer is complete."""
        self.gone = callback

    async def send(self, message: ASGISendEvent) -> None:
        """Write the answer's head as it was given; bodies are uvicorn's affair, but for the usual one."""
        if self.response_started or message["type"] != "http.response.start":
            if self.head:
                head, self.head = self.head, b""
                if self._whole(head, message):
                    return
                self.transport.write(head)
            if self.endless and message["type"] == "http.response.body":
                self.expected_content_length = len(message.get("body", b""))
            await super().send(message)
            return
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        self.response_started = True
        self.waiting_for_100_continue = False
        status = message["status"]
        lines = [STATUS_LINE[status]]
        closes = False
        for name, value in (*self.default_headers, *message.get("headers", ())):
            if name not in _good_names:
                _check_name(name)
            lines.append(b"%s: %s\r\n" % (name, value))
            if len(name) == 14 and name.lower() == b"content-length":
                self.expected_content_length = int(value)
                self.chunked_encoding = False
            elif len(name) == 10 and name.lower() == b"connection" and b"close" in value.lower():
                self.keep_alive = False
                closes = True
        if self.chunked_encoding is None and status not in (204, 304) and self.scope["method"] != "HEAD":
            if self.scope["http_version"] == "1.1":
                self.chunked_encoding = True
                lines.append(b"Transfer-Encoding: chunked\r\n")
            else:  # HTTP/1.0 has no chunks: the end of the connection is the end of the body
                self.keep_alive = False
                self.endless = True
        if not self.keep_alive and not closes:
            lines.append(b"Connection: close\r\n")
        lines.append(b"\r\n")
        head = b"".join(lines)
        # one look at the whole head: as many line ends as lines, and no other control character
        if head.count(b"\r\n") != len(lines) or _CONTROL.search(head):
            raise RuntimeError("An answer has a header that could split it.")
        self.head = head
        asyncio.get_running_loop().call_soon(self._let_head_go)

    def _whole(self, head: bytes, message: ASGISendEvent) -> bool:
        """Write head and body at once, if that is all of it: one system call and one packet, not two."""
        body = cast("bytes", message.get("body", b""))
        if (
            message["type"] != "http.response.body"
            or message.get("more_body")
            or self.disconnected
            or self.flow.write_paused
            or self.chunked_encoding is not False
            or self.scope["method"] == "HEAD"
            or len(body) != self.expected_content_length
        ):
            return False
        self.transport.write(head + body)
        self.expected_content_length = 0
        self.response_complete = True
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()
        return True

    def _let_head_go(self) -> None:
        """The body takes its time (a stream): its client gets the head now."""
        if self.head and not self.disconnected:
            head, self.head = self.head, b""
            self.transport.write(head)


class Http1(HttpToolsProtocol):
    """One connection. `config.slow` (class Settings in run.py) has the limits that all connections share."""

    def __init__(self, config: Any, *args: Any, **named: Any) -> None:
        """Made by uvicorn's server for each connection."""
        super().__init__(config, *args, **named)
        self.slow: Slow = config.slow
        self.stage = IDLE
        self.head_bytes = 0
        self.body_bytes = 0
        self.begun = False
        self.arriving = 0
        self.refused: int | None = None
        self.head_due = 0.0
        self.body_due = 0.0
        self.write_due = 0.0
        self.unsent = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give the client its time for the first head."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell a waiting request."""
        self.slow.forget(self)
        cycle = self.cycle
        super().connection_lost(exc)
        if isinstance(cycle, Exchange) and cycle.gone is not None:
            gone, cycle.gone = cycle.gone, None
            if not cycle.response_complete:
                gone()

    def data_received(self, data: bytes) -> None:
        """Parse, and keep watch over what is incomplete."""
        self._unset_keepalive_if_required()
        self.begun = False
        self.arriving = len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # nobody here speaks another protocol: the request is served as HTTP/1.1
        except httptools.HttpParserError:
            self._refuse(self.refused or 400)
            return
        if self.stage == HEAD:
            self.head_bytes += len(data)
            if self.head_bytes > self.slow.max_head:
                self._refuse(431)
            elif not self.head_due:
                self._await_head()
        elif self.stage == BODY:
            self.body_bytes += len(data)
            if not self.body_due:
                self.body_due = self.loop.time() + self.slow.body_seconds
                self.slow.watch(self)
        elif not self.begun and not self.head_due:  # empty lines before a request are allowed, not for ever
            self._await_head()

    def on_message_begin(self) -> None:
        """Begin a scope."""
        self.stage = HEAD
        self.begun = True
        self.head_bytes = self.body_bytes = 0
        self.url = b""
        self.expect_100_continue = False
        self.headers = []

    def on_headers_complete(self) -> None:
        """Check the head, and start the application."""
        self.head_due = 0.0
        self.stage = BODY
        parser = self.parser
        size = self.head_bytes + self.arriving
        if size > self.slow.max_head:  # body bytes may have come along: count exactly
            size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > self.slow.max_head or len(self.headers) > MAX_HEADERS:
            self.refused = 431
            raise ValueError("The head is too large.")
        url = httptools.parse_url(self.url)
        raw_path = url.path
        path = raw_path.decode("ascii")
        version = parser.get_http_version()
        scope: Any = {
            "type": "http",
            "asgi": ASGI,
            "http_version": version,
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme,
            "method": parser.get_method().decode("ascii"),
            "root_path": "",
            "path": unquote(path) if "%" in path else path,
            "raw_path": raw_path,
            "query_string": url.query or b"",
            "headers": self.headers,
        }
        cycle = Exchange(
            scope=scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=version != "1.0" and parser.should_keep_alive() and not self.slow.stopping,
            on_response=self.on_response_complete,
        )
        scope["extensions"] = {EXTENSION: cycle.when_gone}
        self.scope = scope
        before = self.cycle
        self.cycle = cycle
        if before is None or before.response_complete:
            self._start_asgi_task(cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((cycle, self.app))

    def on_message_complete(self) -> None:
        """The request has wholly arrived."""
        self.stage = IDLE
        self.body_due = 0.0
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The client reads slower than we write: give it its time."""
        super().pause_writing()
        self.unsent = self.transport.get_write_buffer_size()
        self.write_due = self.loop.time() + self.slow.write_seconds
        self.slow.watch(self)

    def resume_writing(self) -> None:
        """The client has caught up."""
        super().resume_writing()
        self.write_due = 0.0

    def overdue(self, now: float) -> bool:
        """Whether anything is still awaited of a watched client; ends the connection if it took too long."""
        if self.write_due and now > self.write_due:
            unsent = self.transport.get_write_buffer_size()
            if unsent >= self.unsent:
                self.transport.abort()
                return False
            self.unsent = unsent
            self.write_due = now + self.slow.write_seconds
        if self.head_due and now > self.head_due:
            self._refuse(408)
            return False
        if self.body_due and now > self.body_due + self.body_bytes / self.slow.body_rate:
            self._refuse(408)
            return False
        return bool(self.write_due or self.head_due or self.body_due)

    def _await_head(self) -> None:
        self.head_due = self.loop.time() + self.slow.head_seconds
        self.slow.watch(self)

    def _refuse(self, status: int) -> None:
        """End the connection, with an answer if none is being written."""
        self.head_due = self.body_due = 0.0
        if self.transport.is_closing():
            return
        busy = self.cycle is not None and not self.cycle.response_complete
        if busy and self.cycle.response_started:
            self.transport.abort()
            return
        if self.stage != IDLE or self.begun or status == 400:  # silence gets silence
            words = REFUSALS[status]
            self.transport.write(
                b"%sContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
                % (STATUS_LINE[status], len(words), words)
            )
        self.transport.close()


ASGI: Final = {"version": "3.0", "spec_version": "2.3"}

REFUSALS: Final = {
    400: b"This is not a request that HTTP/1.1 allows.",
    408: b"The request took too long to arrive.",
    431: b"The request's head is too large.",
}
