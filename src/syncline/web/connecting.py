"""How a client is pointed here: the address of each protocol that is served, and a command that tries it."""

import re
from typing import Final

import msgspec
from starlette.requests import Request

from syncline.web.needs import Needs

_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?|\[[0-9a-fA-F:.]+\](:[0-9]+)?")
"""A host as it may stand in a command to paste."""


class Protocol(msgspec.Struct, frozen=True):
    """One protocol for people: where it is, what speaks it, and a command whose answer shows that it works.

    In `example` stand `{url}` for the server's address and `{token}` for a token.
    """

    name: str
    path: str
    what: str
    example: str


PROTOCOLS: Final = (
    Protocol(
        "Changes",
        "/changes",
        "Syncline's own protocol, for scripts: everything that you can see, as it changes.",
        'curl -H "Authorization: Bearer {token}" {url}/changes',
    ),
    Protocol(
        "Fleep",
        "/api",
        "The API of the Fleep messenger, for its clients and bots: conversations, as they change.",
        'curl -H "Authorization: Bearer {token}" -H "Content-Type: application/json" '
        """-d '{{"event_horizon": 0, "wait": false}}' {url}/api/account/poll""",
    ),
    Protocol(
        "Heliotrope",
        "/",
        "Mail over HTTP, for its clients and for scripts: threads, labels, search.",
        'curl -H "Authorization: Bearer {token}" "{url}/search.json?q=~inbox"',
    ),
)
"""What there is now. A protocol that is added gets its line here."""

PLACEHOLDER: Final = "YOUR_TOKEN"


class Connection(msgspec.Struct, frozen=True):
    """A protocol at this server's address."""

    name: str
    url: str
    what: str
    example: str


def address(request: Request, needs: Needs) -> str:
    """The server's address without a path: the public one, else as this browser reached it."""
    if needs.public_url is not None:
        return needs.public_url
    host = request.scope["host"]
    return f"{request.scope['scheme']}://{host if _HOST.fullmatch(host) else 'localhost'}"


def connections(url: str, token: str = PLACEHOLDER) -> list[Connection]:
    """All protocols at this address, their examples with this token."""
    return [
        Connection(one.name, url + one.path, one.what, one.example.format(url=url, token=token))
        for one in PROTOCOLS
    ]
