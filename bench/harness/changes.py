"""Syncline's own small protocol as the scripts use it: `/changes` and `/conversations` over HTTP."""

from typing import ClassVar
from urllib.parse import urlencode

import msgspec

from bench.harness.protocol import Protocol, words
from bench.harness.seed import Member
from bench.harness.waiters import CURSOR
from bench.harness.wire import SLOT, request

PAGE = 100
LARGEST = 1000
"""rows of an answer, at most"""


class Page(msgspec.Struct, frozen=True):
    """An answer of GET /changes. `next` is the cursor as it stands in a query."""

    changes: list[msgspec.Raw]
    next: str
    more: bool


def target(since: str, *, wait: int = 0, limit: int = PAGE) -> str:
    """The path and query of a poll; `wait` in seconds."""
    return f"/changes?{urlencode({'since': since, 'wait': wait, 'limit': limit})}"


def page(answer: bytes) -> Page:
    """What an answer holds."""
    return msgspec.json.decode(answer, type=Page)


class Changes(Protocol):
    """GET /changes with a bearer token."""

    name: ClassVar[str] = "changes"

    def poll(self, member: Member, place: str) -> str:
        """GET /changes."""
        return request("GET", target(place), token=member.token)

    def walk(self, member: Member, place: str) -> str:
        """The same with the largest pages."""
        return request("GET", target(place, limit=LARGEST), token=member.token)

    def waiting_poll(self, member: Member) -> str:
        """The same with a wait."""
        text = target("CURSOR", wait=60).replace("CURSOR", CURSOR)
        return request("GET", text, token=member.token)

    def send(self, member: Member, conversation: int, name: str) -> str:
        """POST /conversations/{id}/entries."""
        text = {"body": {"text": words(name)}, "request": f"{name}-{SLOT}"}
        body = msgspec.json.encode(text).decode()
        return request("POST", f"/conversations/{conversation}/entries", token=member.token, body=body)

    def place(self, answer: bytes) -> str:
        """`next`."""
        return page(answer).next

    def news(self, answer: bytes) -> int:
        """Rows: in what the scripts write, each message is one."""
        return len(page(answer).changes)
