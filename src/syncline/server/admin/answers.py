"""Reading requests and writing answers of the admin routes."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from syncline.core.errors import Invalid, SynclineError
from syncline.core.ids import Id
from syncline.gateways.http.answers import status_of
from syncline.server.admin.control import Control

T = TypeVar("T")

JSON = "application/json"
LINES = "application/x-ndjson"


def control(request: Request) -> Control:
    """The process that the routes belong to."""
    found: Control = request.app.state.control
    return found


async def body(request: Request, type: type[T]) -> T:
    """The request's JSON body; raises Invalid."""
    try:
        return msgspec.json.decode(await request.body(), type=type)
    except msgspec.MsgspecError as error:
        raise Invalid(f"The request is not what this version expects: {error}.") from error


def answer(value: Any) -> Response:
    """A JSON answer."""
    return Response(msgspec.json.encode(value), media_type=JSON)


def whole_number(text: str) -> int:
    """A seq or a count of a query; raises Invalid."""
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Invalid(f"{text[:40]} is not a seq: it is a whole number, 0 for the beginning.")
    return int(text)


class Lines(StreamingResponse):
    """An answer of JSON lines, each sent as soon as it is there.

    When the listener goes away its source is closed at once, not when the collector comes by: a backup that
    nobody waits for has to stop.
    """

    media_type = LINES

    def __init__(self, values: AsyncGenerator[Any, None]) -> None:
        """Send what this generator yields."""
        super().__init__(_encoded(values))
        self._values = values

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send all, then close the source."""
        async with aclosing(self._values):
            await super().__call__(scope, receive, send)


async def _encoded(values: AsyncGenerator[Any, None]) -> AsyncGenerator[bytes, None]:
    async for value in values:
        yield msgspec.json.encode(value) + b"\n"


async def refused(_request: Request, error: Exception) -> Response:
    """A domain error in the shape that the command understands."""
    assert isinstance(error, SynclineError)
    said = {"error": {"code": error.code, "message": error.message}}
    return Response(msgspec.json.encode(said), status_code=status_of(error), media_type=JSON)


async def account_named(request: Request, name: str) -> Any:
    """The account with this e-mail address, local name or id; raises NotFound naming what to do."""
    from syncline.core.errors import NotFound

    accounts = control(request).services.accounts
    tries = [accounts.by_email] if "@" in name else [accounts.by_local]
    for look in tries:
        try:
            found = await look(name)
        except (NotFound, Invalid):
            continue
        if found is not None:
            return found
    if name.isascii() and name.isdecimal() and len(name) < 19:
        try:
            return await accounts.get(Id(int(name)))
        except NotFound:
            pass
    raise NotFound(f"There is no account {name}; `syncline account list` shows all.")
