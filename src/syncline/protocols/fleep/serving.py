"""The frame of every call: who asks, what he sent, and the answer."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

import msgspec
from starlette.types import ASGIApp, Receive, Scope, Send

from syncline.core.errors import Invalid, SynclineError
from syncline.core.ids import Id, ZoneId
from syncline.gateways.http.answers import Answer, send_answer
from syncline.gateways.http.routes import Route
from syncline.protocols.fleep.encoding import reply_as_json
from syncline.protocols.fleep.errors import JSON, Expired, told
from syncline.protocols.fleep.fields import Fields
from syncline.protocols.fleep.fleep import Fleep, fleep_of
from syncline.protocols.fleep.needs import Needs
from syncline.protocols.fleep.streams import Stream
from syncline.services.accounts import Auth
from syncline.services.conversations import Request
from syncline.store.contract import View

OWNER: Final = "fleep"

LARGEST: Final = 4 << 20
"""bytes of a call's body: a message has at most 307,200 characters, four bytes each, and its frame"""

SMALL: Final = 64 << 10
"""bytes of a body that is taken apart before it is known who sent it"""

EXPIRED: Final = "Expired token, please relogin."

_TOKENS: Final = re.compile(rb"token_id=\"?([0-9A-Za-z-]{36})")
_TICKET: Final = re.compile(rb"\"ticket\"\s*:\s*\"([0-9a-f]{1,64})\"")


class Call(msgspec.Struct, frozen=True):
    """One call. `target` is the id at the end of the path; `auth` whose session it is.

    Calls that need no session have `auth` None.
    """

    name: str
    fields: Fields
    scope: Scope
    target: str | None = None
    auth: Auth | None = None

    @property
    def account(self) -> Id:
        """Who asks."""
        if self.auth is None:
            raise Expired(EXPIRED)
        return self.auth.account

    def conv(self, fleep: Fleep) -> ZoneId:
        """The conversation in the path, or in `conversation_id`; raises NotFound, Missing."""
        text = self.target if self.target is not None else self.fields.need_text("conversation_id")
        return fleep.names.conv_of(text)

    def stream(self, fleep: Fleep, view: View) -> Stream:
        """An empty stream for this client, at one moment."""
        edits = not self.fields.has("api_version")
        return Stream(fleep, view, self.account, fleep.base(self.scope), edits=edits)

    def request(self, name: str = "client_req_id") -> Request | None:
        """The request id that makes this call repeat-safe, counted for this call and its target."""
        id = self.fields.text(name)
        if not id or self.auth is None:
            return None
        return Request(id, self.auth.session, f"fleep/{self.name}/{self.target or ''}")


class Cookie(msgspec.Struct, frozen=True):
    """A reply with the session's cookie."""

    reply: Any
    cookie: str


Reply: TypeAlias = Any
"""What becomes the JSON body: a dict, ready bytes, or a `Cookie` around either."""

Act: TypeAlias = Callable[[Fleep, Call], Awaitable[Reply]]


class Spec(msgspec.Struct, frozen=True):
    """One call: its path below /api/, what it does, and what it needs.

    `on_id`: the path ends in an id. `write`: needs the scope `write` of a token. `open`: needs no session.
    """

    path: str
    act: Act
    on_id: bool = False
    write: bool = True
    open: bool = False


def path_of(spec: Spec) -> str:
    """The path of a call below /api/, its id included."""
    return f"{spec.path}/{{id}}" if spec.on_id else spec.path


def routes(specs: tuple[Spec, ...]) -> tuple[Route, ...]:
    """The routes of these calls. A path with a slash at its end is the same call (reference 1.1)."""
    return tuple(
        Route(
            ("POST",),
            f"/api/{path_of(spec)}",
            _served(spec),
            OWNER,
            max_body=SMALL if spec.open else LARGEST,
            slash=True,
        )
        for spec in specs
    )


def _served(spec: Spec) -> Callable[[Any], ASGIApp]:
    def handler(needs: Needs) -> ASGIApp:
        fleep = fleep_of(needs)

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            try:
                body = await body_of(receive)
                auth = None
                if len(body) > SMALL:  # reading it takes a while: not for anybody
                    auth = await signed_in(fleep, scope, ticket_in(body))
                fields = Fields.parse(body)
                if auth is None and not spec.open:
                    auth = await signed_in(fleep, scope, fields.text("ticket"))
                if auth is not None:
                    auth.need("write" if spec.write else "read")
                target = scope["path_params"]["id"] if spec.on_id else None
                reply = await spec.act(fleep, Call(spec.path, fields, scope, target, auth))
            except SynclineError as error:
                await send_answer(send, told(error, scope["request_id"]))
                return
            await send_reply(send, reply)

        return serve

    handler.__doc__ = spec.act.__doc__
    return handler


async def signed_in(fleep: Fleep, scope: Scope, ticket: str | None) -> Auth:
    """Whose session ticket and cookie belong to, both of the same; or whose bearer token it is.

    Raises Expired; TooMany by the account's rate. No SQL for a session or token known in memory.
    """
    auth = await still_signed_in(fleep, scope, ticket)
    scope["account"] = auth.account
    fleep.needs.limiter.account(auth.account)
    fleep.needs.last_seen.touch(auth.account)
    return auth


async def still_signed_in(fleep: Fleep, scope: Scope, ticket: str | None) -> Auth:
    """The same after a wait, which counts as no request: sessions end meanwhile. Raises Expired."""
    needs = fleep.needs
    auth: Auth | None = None
    if ticket:
        first = _TOKENS.search(scope["header"].get(b"cookie", b""))
        # nearly always: one cookie, of a session in memory
        auth = None if first is None else needs.sessions.known_pair(first[1].decode(), ticket)
        if auth is None:
            auth = await _paired(needs, scope, ticket)
    elif b"authorization" in scope["header"]:
        auth = await _bearer(needs, scope)
    if auth is None:
        raise Expired(EXPIRED)
    return auth


async def _paired(needs: Needs, scope: Scope, ticket: str) -> Auth | None:
    """By the first of all `token_id`s that belongs to the ticket."""
    for token in tokens_of(scope):
        try:
            return await needs.sessions.authenticate_pair(token, ticket)
        except SynclineError:
            continue
    return None


async def _bearer(needs: Needs, scope: Scope) -> Auth | None:
    """By a personal token: bots need no password and no cookie (ours, see docs/fleep.md)."""
    header: bytes = scope["header"][b"authorization"]
    if header[:7].lower() != b"bearer ":
        return None
    secret = header[7:].strip().decode("latin-1")
    try:
        return needs.tokens.known(secret) or await needs.tokens.authenticate(secret)
    except SynclineError as error:
        raise Expired(error.message) from error


def tokens_of(scope: Scope) -> list[str]:
    """All `token_id`s that a request brings.

    Java, Ruby and Node clients send the text of Set-Cookie back, attributes and all, some in several
    header lines (reference 1.2).
    """
    found: list[str] = []
    for name, value in scope["headers"]:
        if name == b"cookie":
            found += (one.decode() for one in _TOKENS.findall(value))
    return found


def ticket_in(body: bytes) -> str | None:
    """The ticket in a body that nobody has taken apart yet, None where there is none to be seen."""
    found = _TICKET.search(body)
    return None if found is None else found[1].decode()


async def body_of(receive: Receive) -> bytes:
    """The whole body of a request."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body
    parts = [body]
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
    return b"".join(parts)


async def send_reply(send: Send, reply: Reply) -> None:
    """Send what a call answers."""
    headers = JSON
    if isinstance(reply, Cookie):
        headers = (*JSON, (b"Set-Cookie", reply.cookie.encode()))
        reply = reply.reply
    body = reply if isinstance(reply, bytes) else await reply_as_json(reply)
    await send_answer(send, Answer(200, headers, body))


def known_word(word: str | None, words: tuple[str, ...], field: str) -> str | None:
    """One of the words that a field takes; raises Invalid."""
    if word is not None and word not in words:
        raise Invalid(f"{field} is one of {', '.join(words)}.", field=field)
    return word
