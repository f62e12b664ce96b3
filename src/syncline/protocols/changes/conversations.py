"""The small writing side: conversations, members, entries and amendments, for scripts."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal, TypeVar

import msgspec
from starlette.types import ASGIApp, Receive, Scope, Send

from syncline.core.errors import Invalid, NotFound, TooLarge
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Rel
from syncline.core.rooms.presets import Preset
from syncline.gateways.http import answers
from syncline.protocols.changes.bearer import READ, WRITE, admitted
from syncline.protocols.changes.errors import JSON, bad_json
from syncline.protocols.changes.needs import Needs
from syncline.protocols.changes.rows import facts
from syncline.services.accounts import Auth
from syncline.services.conversations import Answer, Beginning, Request, sight
from syncline.store.contract import Written

T = TypeVar("T")

LARGEST: int = 1 << 20
"""bytes of a request's body"""

MOST_MEMBERS: int = 1000
"""persons that one request names"""

AMENDMENTS = ("edit", "delete", "erase", "pin", "unpin", "reaction", "unreact", "task", "lock")


class NewConversation(msgspec.Struct, forbid_unknown_fields=True):
    """`members` are in it at once, `invited` are asked; ids of persons."""

    name: str | None = None
    topic: str | None = None
    members: list[int] = []
    invited: list[int] = []
    preset: str = Preset.PRIVATE.value
    request: str | None = None


class MemberAct(msgspec.Struct, forbid_unknown_fields=True):
    """`persons` for add, invite and kick; join and leave are for oneself."""

    act: Literal["add", "invite", "join", "leave", "kick"]
    persons: list[int] = []
    request: str | None = None


class NewMessage(msgspec.Struct, forbid_unknown_fields=True):
    """A message: any JSON object, of which the key `text` is shown everywhere."""

    body: msgspec.Raw
    root: int | None = None
    request: str | None = None


class NewAmendment(msgspec.Struct, forbid_unknown_fields=True):
    """What an entry is to become; `body` as the kind of amendment takes it."""

    rel: str
    body: dict[str, Any] = {}
    request: str | None = None


def create(needs: Needs) -> ASGIApp:
    """POST /conversations: make a conversation."""

    async def act(auth: Auth, scope: Scope, body: bytes) -> Written[Answer]:
        asked = _decode(body, NewConversation)
        begin = Beginning(
            preset=_preset(asked.preset),
            name=asked.name,
            topic=asked.topic,
            members=_persons(asked.members, "members"),
            invited=_persons(asked.invited, "invited"),
        )
        request = _request(auth, scope, asked.request)
        return await needs.conversations.create(auth.account, begin, request=request)

    return _writing(needs, act, 201)


def members(needs: Needs) -> ASGIApp:
    """POST /conversations/{id}/members: add, invite, join, leave, kick."""

    async def act(auth: Auth, scope: Scope, body: bytes) -> Written[Answer]:
        asked = _decode(body, MemberAct)
        conv = _conv(scope)
        persons = _persons(asked.persons, "persons")
        request = _request(auth, scope, asked.request)
        service, account = needs.conversations, auth.account
        if asked.act in ("join", "leave"):
            if persons:
                raise Invalid("One joins and leaves for oneself only.", field="persons")
            own = service.join if asked.act == "join" else service.leave
            return await own(account, conv, request=request)
        if not persons:
            raise Invalid("Name at least one person.", field="persons")
        acts = {"add": service.add, "invite": service.invite, "kick": service.kick}
        return await acts[asked.act](account, conv, persons, request=request)

    return _writing(needs, act, 200)


def entries(needs: Needs) -> ASGIApp:
    """POST /conversations/{id}/entries: send a message."""

    async def act(auth: Auth, scope: Scope, body: bytes) -> Written[Answer]:
        asked = _decode(body, NewMessage)
        return await needs.conversations.send(
            auth.account,
            _conv(scope),
            bytes(asked.body),
            root=_root(asked.root),
            request=_request(auth, scope, asked.request),
        )

    return _writing(needs, act, 201)


def amendments(needs: Needs) -> ASGIApp:
    """POST /conversations/{id}/entries/{entry}/amendments: edit, delete, pin, react …"""

    async def act(auth: Auth, scope: Scope, body: bytes) -> Written[Answer]:
        asked = _decode(body, NewAmendment)
        if asked.rel not in AMENDMENTS:
            raise Invalid(f"`rel` is one of {', '.join(AMENDMENTS)}.", field="rel")
        return await needs.conversations.amend(
            auth.account,
            _conv(scope),
            _id(scope, "entry"),
            Rel[asked.rel.upper()],
            asked.body,
            request=_request(auth, scope, asked.request),
        )

    return _writing(needs, act, 201)


def state(needs: Needs) -> ASGIApp:
    """GET /conversations/{id}: the state of it now, for a member."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        auth = await admitted(needs, scope, READ)
        async with needs.store.view() as view:
            seen = await sight(view, auth.account, _conv(scope))
            if not seen.present:
                raise NotFound("You are not in this conversation.")
            zone = seen.zone
            known = {
                "id": zone.id,
                "nr": zone.nr,
                "head": zone.head,
                "joined": zone.joined,
                "invited": zone.invited,
                "state": facts(tuple(await view.state(zone.id))),
            }
        await _send(send, 200, known)

    return serve


def _writing(
    needs: Needs, act: Callable[[Auth, Scope, bytes], Awaitable[Written[Answer]]], status: int
) -> ASGIApp:
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        auth = await admitted(needs, scope, WRITE)
        written = await act(auth, scope, await _body(receive))
        answer = written.value
        known: dict[str, Any] = {"conversation": answer.conv, "seq": written.seq}
        for name, value in (("entry", answer.entry), ("nr", answer.nr), ("target", answer.target)):
            if value is not None:
                known[name] = value
        await _send(send, status, known)

    return serve


async def _send(send: Send, status: int, known: Any) -> None:
    headers = ((b"Content-Type", JSON), (b"Cache-Control", b"no-store"))
    await answers.send_answer(send, answers.Answer(status, headers, msgspec.json.encode(known)))


async def _body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body
    parts = [body]
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
    return b"".join(parts)


def _decode(body: bytes, type: type[T]) -> T:
    try:
        return msgspec.json.decode(body or b"{}", type=type)
    except RecursionError as error:
        raise TooLarge("This body is nested too deeply.", field="body") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise bad_json(str(error)) from error


def _conv(scope: Scope) -> ZoneId:
    return ZoneId(_id(scope, "id"))


def _id(scope: Scope, name: str) -> Id:
    text: str = scope["path_params"][name]
    # written in one way only: a request id counts for its path, and `/conversations/07` is no other place
    if not (text.isascii() and text.isdigit() and len(text) < 19) or text.startswith("0"):
        raise NotFound("There is no such thing.")
    return Id(int(text))


def _root(id: int | None) -> Id | None:
    if id is not None and not 0 < id < 1 << 63:
        raise Invalid("This is not the id of an entry.", field="root")
    return None if id is None else Id(id)


def _persons(ids: list[int], field: str) -> list[Id]:
    if len(ids) > MOST_MEMBERS:
        raise Invalid(f"At most {MOST_MEMBERS} persons a request.", field=field)
    if any(not 0 < id < 1 << 63 for id in ids):
        raise Invalid("These are not ids of persons.", field=field)
    return [Id(id) for id in ids]


def _preset(name: str) -> Preset:
    try:
        return Preset(name)
    except ValueError:
        raise Invalid(f"`preset` is one of {', '.join(Preset)}.", field="preset") from None


def _request(auth: Auth, scope: Scope, id: str | None) -> Request | None:
    return None if id is None else Request(id, auth.session, scope["path"])
