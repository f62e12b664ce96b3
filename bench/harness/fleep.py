"""The Fleep protocol as the scripts use it: account/poll and message/send, signed in as its clients are."""

from functools import cached_property
from typing import Any, ClassVar

import msgspec

from bench.harness.protocol import Protocol, words
from bench.harness.seed import Member
from bench.harness.waiters import WIDE_CURSOR
from bench.harness.wire import SLOT, request
from syncline.core.handles import Handles
from syncline.core.ids import Id, ZoneId
from syncline.protocols.fleep.naming import Names

POLL = "/api/account/poll"
VERSION = 4
"""api_version: what the last clients said"""


class Page(msgspec.Struct, frozen=True):
    """An answer of account/poll."""

    event_horizon: int
    stream: list[dict[str, Any]]
    sync_progress: float | None = None


def page(answer: bytes) -> Page:
    """What an answer holds."""
    return msgspec.json.decode(answer, type=Page)


class Fleep(Protocol):
    """POST to /api, the ticket in the body and its other half in a cookie."""

    name: ClassVar[str] = "fleep"

    @cached_property
    def names(self) -> Names:
        """The names that this store gives to its ids."""
        return Names(Handles(self.found.secret))

    def poll(self, member: Member, place: str) -> str:
        """account/poll that does not wait."""
        return call(member, POLL, event_horizon=int(place), wait=False, api_version=VERSION)

    def waiting_poll(self, member: Member) -> str:
        """account/poll."""
        return call(
            member, POLL, event_horizon=msgspec.Raw(WIDE_CURSOR.encode()), wait=True, api_version=VERSION
        )

    def send(self, member: Member, conversation: int, name: str) -> str:
        """message/send."""
        path = f"/api/message/send/{self.names.conv(ZoneId(Id(conversation)))}"
        return call(member, path, message=words(name), client_req_id=f"{name}-{SLOT}", api_version=VERSION)

    def place(self, answer: bytes) -> str:
        """`event_horizon`."""
        return str(page(answer).event_horizon)

    def news(self, answer: bytes) -> int:
        """Records of messages."""
        return sum(record["mk_rec_type"] == "message" for record in page(answer).stream)


def call(member: Member, path: str, **fields: Any) -> str:
    """A call of a member's session."""
    body = msgspec.json.encode({"ticket": member.pair.ticket, **fields}).decode()
    return request("POST", path, cookie=f"token_id={member.pair.token}", body=body)
