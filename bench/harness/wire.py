"""HTTP/1.1 by hand: requests as ready bytes, and where an answer ends. No library, so that the load stays
cheaper than the server that it measures."""

import contextlib
import http.client
import socket
import time
from collections.abc import Iterator

import msgspec

SLOT = "##########"
"""Ten characters in a request's text, replaced by ten digits of a rising number: its length never changes."""


PORTION = 1 << 18


def request(
    method: str, target: str, *, token: str | None = None, cookie: str | None = None, body: str | None = None
) -> str:
    """One keep-alive request as text; `body` is JSON text."""
    lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", "Accept: */*"]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}")
    if cookie is not None:
        lines.append(f"Cookie: {cookie}")
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body.encode())}"]
    return "\r\n".join(lines) + "\r\n\r\n" + (body or "")


def elsewhere(text: str, target: str) -> str:
    """The very request, head and body, to another path: what the floor gets beside the product."""
    method, _, rest = text.partition(" ")
    return f"{method} {target} {rest.partition(' ')[2]}"


def answer_end(data: bytes | bytearray) -> int:
    """Length of the first answer in `data`, 0 while it is not whole.

    Answers need Content-Length; one without raises ValueError, except those that never have a body.
    """
    head = data.find(b"\r\n\r\n")
    if head < 0:
        return 0
    names = data[:head].lower()
    at = names.find(b"\r\ncontent-length:")
    if at >= 0:
        end = names.find(b"\r", at + 2)
        length = head + 4 + int(names[at + 17 : end if end >= 0 else head])
        return length if len(data) >= length else 0
    if data[9:12] in (b"204", b"304"):
        return head + 4
    raise ValueError(f"an answer without Content-Length: {bytes(data[:head])!r}")


def body_of(data: bytes | bytearray) -> bytes:
    """The body of a whole answer."""
    return bytes(data[data.find(b"\r\n\r\n") + 4 :])


class Line:
    """One keep-alive connection that sends ready requests, one after the other."""

    def __init__(self, port: int) -> None:
        """Connect."""
        self._socket = socket.create_connection(("127.0.0.1", port), 60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, text: str) -> tuple[bytes, float]:
        """The body of the answer, and the milliseconds until all of it was there; RuntimeError if refused."""
        data, parts = text.encode(), bytearray()
        began = time.perf_counter()
        self._socket.sendall(data)
        while not answer_end(parts):
            part = self._socket.recv(PORTION)
            if not part:
                raise ConnectionError("the server closed the connection")
            parts += part
        took = 1000 * (time.perf_counter() - began)
        if parts[9:10] != b"2":
            raise RuntimeError(f"refused: {bytes(parts[:1000])!r}")
        return body_of(parts), took

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


@contextlib.contextmanager
def line(port: int) -> Iterator[Line]:
    """A connection for a while; raises OSError if nobody listens."""
    opened = Line(port)
    try:
        yield opened
    finally:
        opened.close()


def answered(port: int, text: str) -> bytes:
    """Send a ready request on a connection of its own; the answer's body. RuntimeError if refused."""
    with line(port) as opened:
        return opened.ask(text)[0]


class Asked(msgspec.Struct, frozen=True):
    """One answer to a request made outside the measurement."""

    status: int
    body: bytes


def ask(
    port: int, method: str, target: str, *, token: str | None = None, body: object | None = None
) -> Asked:
    """Make one request on a connection of its own, for set-up and probes. Never raises for a status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Content-Type": "application/json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    try:
        data = None if body is None else msgspec.json.encode(body)
        connection.request(method, target, body=data, headers=headers)
        answer = connection.getresponse()
        return Asked(answer.status, answer.read())
    finally:
        connection.close()
