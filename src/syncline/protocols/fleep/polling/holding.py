"""The frame of the long polls: plain ASGI, for nothing else is called as often."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeAlias, TypeVar

from starlette.types import ASGIApp, Receive, Scope, Send

from syncline.core.errors import SynclineError
from syncline.gateways.http.answers import send_answer
from syncline.gateways.http.disconnect import on_disconnect
from syncline.protocols.fleep.errors import JSON, told
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.polling.asking import Ask, read_ask
from syncline.protocols.fleep.serving import body_of, signed_in, still_signed_in
from syncline.services.accounts import Auth
from syncline.services.delivery import Wake

T = TypeVar("T")

HOLD: Final = 55.0
"""seconds that a poll waits: the shortest timeout of a client is 80 s, and proxies cut after 60 (4.3)"""


class Reading(Protocol[T]):
    """What one request reads from the event log."""

    async def look(self) -> T:
        """What there is now."""

    def said(self, found: T) -> bool:
        """Whether that is an answer: without one a request that waits goes on waiting."""

    def more(self, found: T) -> bool:
        """Whether looking again at once gives more."""

    def write(self, found: T) -> bytes:
        """The body of the answer."""


Answer: TypeAlias = Callable[[Ask, Auth, Scope, Receive], bytes | Awaitable[bytes | None]]
"""What is answered to a request: at once, or later (None: nobody reads that). A plain function, because each
coroutine of a request that waits costs half a KB."""


def waiting(fleep: Fleep, answer: Answer) -> ASGIApp:
    """Read what is asked and answer it; errors in the protocol's shape."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            ask = read_ask(await body_of(receive) or b"{}")
            auth = await signed_in(fleep, scope, ask.ticket)
            auth.need("read")
            answered = answer(ask, auth, scope, receive)
            body = answered if isinstance(answered, bytes) else await answered
        except SynclineError as error:
            await send_answer(send, told(error, scope["request_id"]))
            return
        if body is not None:
            length = (b"Content-Length", b"%d" % len(body))
            await send({"type": "http.response.start", "status": 200, "headers": [*JSON, length]})
            await send({"type": "http.response.body", "body": body})

    return serve


async def at_once(reading: Reading[T]) -> bytes:
    """The answer of now."""
    return reading.write(await reading.look())


async def held(
    fleep: Fleep, what: str, reading: Reading[T], ask: Ask, auth: Auth, scope: Scope, receive: Receive
) -> bytes | None:
    """Look again and again until something is said or the time is up; None if nobody reads the answer.

    A newer request of the same session for the same thing (`what`) releases this one. A wake-up that comes
    to nothing goes back to waiting.
    """
    parked = fleep.needs.delivery.park(auth.account, (what, auth.session))
    unwatch = None
    try:
        deadline = asyncio.get_running_loop().time() + HOLD
        while True:
            found = await reading.look()
            if reading.said(found):
                return reading.write(found)
            if reading.more(found):
                continue
            if unwatch is None:
                unwatch = on_disconnect(scope, receive, lambda: parked.wake(Wake.GONE))
            why = await parked.wait(deadline)
            if why is Wake.GONE:
                return None
            if why > Wake.SIGNAL:
                return reading.write(found)
            await still_signed_in(fleep, scope, ask.ticket)
    finally:
        if unwatch is not None:
            unwatch()
        parked.release()
