"""The frame of every call: who asks, what he sent, and the answer in JSON."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Final, TypeAlias, TypeVar

from starlette.types import ASGIApp, Receive, Scope, Send

from syncline.gateways.http.access import READ, WRITE, admitted
from syncline.gateways.http.answers import Headers
from syncline.gateways.mime.parsing import SMALL
from syncline.protocols.heliotrope.bodies import Fields, read_fields
from syncline.protocols.heliotrope.errors import JSON
from syncline.protocols.heliotrope.needs import Needs
from syncline.services.accounts import Auth

Told: TypeAlias = bytes | Sequence[bytes]
"""An answer's body, long ones in pieces."""

T = TypeVar("T")

PIECE: Final = 1 << 18
"""bytes sent at once"""

TURN: Final = 1 << 20
"""bytes sent between two pauses of the loop: 1 ms. A client near by takes 20 MB without a pause of its own"""


async def off_loop(needs: Needs, fn: Callable[..., T], raw: bytes, *args: object) -> T:
    """What a function says of a raw mail: small ones in a thread, large ones in the process that reads mails.

    Raises Unavailable where that process died of it.
    """
    if len(raw) <= SMALL:
        return await asyncio.to_thread(fn, raw, *args)
    return await needs.parsing.run(fn, raw, *args)


def reading(needs: Needs, act: Callable[[Auth, Scope], Awaitable[Told]]) -> ASGIApp:
    """A call that changes nothing."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        auth = await admitted(needs, scope, READ)
        await send_pieces(scope, send, JSON, await act(auth, scope))

    return serve


def writing(
    needs: Needs, act: Callable[[Auth, Scope, Fields], Awaitable[Told]], *, any_body: bool = False
) -> ASGIApp:
    """A call that changes something, with fields. `any_body`: it takes none, so anything may be sent."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        auth = await admitted(needs, scope, WRITE)
        fields = Fields({}) if any_body else await read_fields(scope, receive)
        await send_pieces(scope, send, JSON, await act(auth, scope, fields))

    return serve


async def send_pieces(scope: Scope, send: Send, headers: Headers, told: Told) -> None:
    """Send a whole answer, long ones piece by piece as the client takes them."""
    pieces = [told] if isinstance(told, bytes) else told
    length = b"%d" % sum(map(len, pieces))
    await send(
        {"type": "http.response.start", "status": 200, "headers": [*headers, (b"Content-Length", length)]}
    )
    parts = iter(()) if scope["method"] == "HEAD" else _parts(pieces)
    part = next(parts, b"")
    at_once = 0
    for following in parts:
        await send({"type": "http.response.body", "body": part, "more_body": True})
        at_once += len(part)
        if at_once >= TURN:
            await asyncio.sleep(0)
            at_once = 0
        part = following
    await send({"type": "http.response.body", "body": part})


def _parts(pieces: Sequence[bytes]) -> Iterator[bytes]:
    """All pieces, cut into what is sent at once; none is copied before its time."""
    return (piece[at : at + PIECE] for piece in pieces for at in range(0, len(piece), PIECE))
