"""Syncline's own small protocol as the scripts use it: `/changes` and `/conversations` over HTTP."""

from urllib.parse import urlencode

import msgspec

from bench.harness.process import Server
from bench.harness.waiters import CURSOR
from bench.harness.wire import SLOT, Asked, ask, request

WORDS = "The quick brown fox jumps over the lazy dog, and twelve more words make a usual chat line. "
"""about as long as a chat message is"""


class Page(msgspec.Struct, frozen=True):
    """An answer of GET /changes. `next` is the cursor as it stands in a query."""

    changes: list[msgspec.Raw]
    next: int | str
    more: bool


def checked(answer: Asked) -> bytes:
    """The body of an answer; raises RuntimeError if it is a refusal."""
    if answer.status // 100 != 2:
        raise RuntimeError(f"refused with {answer.status}: {answer.body[:1000]!r}")
    return answer.body


def target(since: int | str, *, wait: int = 0, limit: int = 100) -> str:
    """The path and query of a poll; `wait` in seconds."""
    return f"/changes?{urlencode({'since': since, 'wait': wait, 'limit': limit})}"


def page(server: Server, token: str, since: int | str, *, limit: int = 1000) -> Page:
    """One page after a cursor."""
    answer = ask(server.port, "GET", target(since, limit=limit), token=token)
    return msgspec.json.decode(checked(answer), type=Page)


def caught_up(server: Server, token: str) -> str:
    """Walk a client from nothing to now; returns its cursor."""
    since: int | str = 0
    while True:
        found = page(server, token, since)
        if found.next == since and not found.more:
            return str(found.next)
        since = found.next


def poll(token: str, since: int | str, *, limit: int = 100) -> str:
    """A request that does not wait."""
    return request("GET", target(since, limit=limit), token=token)


def waiting_poll(token: str, *, wait: int = 60) -> str:
    """A request that waits; its cursor is filled in by the waiting client."""
    text = target("CURSOR", wait=wait).replace("CURSOR", CURSOR)
    return request("GET", text, token=token)


def send(token: str, conversation: int | str, name: str) -> str:
    """A POST of one message with a slot in its text and its request id; `name` keeps request ids apart."""
    text = {"body": {"text": f"{WORDS}{mark(name)}"}, "request": f"{name}-{SLOT}"}
    body = msgspec.json.encode(text).decode()
    return request("POST", f"/conversations/{conversation}/entries", token=token, body=body)


def mark(name: str) -> str:
    """What tells one message from all others, slot included."""
    return f"mark-{name}-{SLOT}"


def post(server: Server, token: str, conversation: int | str, name: str, number: int) -> None:
    """Send one message, outside the measurement."""
    digits = f"{number:010d}"
    body = {
        "body": {"text": f"{WORDS}{mark(name)}".replace(SLOT, digits)},
        "request": f"{name}-{digits}",
    }
    checked(ask(server.port, "POST", f"/conversations/{conversation}/entries", token=token, body=body))
