"""Calls at the message level that read one, or set its state."""

import re
from typing import Final

import msgspec
from starlette.types import ASGIApp, Receive, Scope, Send

from syncline.core.errors import Invalid, NotFound
from syncline.core.ids import Id
from syncline.gateways.http.access import READ, admitted
from syncline.gateways.http.answers import Headers
from syncline.gateways.http.foreign import foreign_headers
from syncline.gateways.mime.opening import HTML, content
from syncline.protocols.heliotrope.asking import given, message_no, part_no
from syncline.protocols.heliotrope.bodies import Fields
from syncline.protocols.heliotrope.infos import addresses, messageinfo
from syncline.protocols.heliotrope.needs import Needs
from syncline.protocols.heliotrope.searching import info_of
from syncline.protocols.heliotrope.serving import Told, off_loop, reading, send_pieces, writing
from syncline.protocols.heliotrope.shapes import Done, Messageinfo, answer, finished, with_extra
from syncline.protocols.heliotrope.wholes import whole
from syncline.services.accounts import Auth
from syncline.services.mail import Message

NO_STORE: Final[Headers] = ((b"Cache-Control", b"no-store"),)
_COPY: Final = re.compile(r"[0-9]{1,9}", re.ASCII)


def message(needs: Needs) -> ASGIApp:
    """GET /message/ID.json: a message with the texts of its parts, or (only_infos) in short."""

    async def act(auth: Auth, scope: Scope) -> Told:
        no = message_no(scope)
        found = await needs.mails.message(auth.account, no)
        info = await _info(needs, auth.account, found)
        if given(scope, "only_infos") is not None:
            return _short(info, found)
        raw = await needs.mails.raw(auth.account, no)
        body = found.body
        pieces = await off_loop(
            needs,
            whole,
            raw,
            given(scope, "mime_type_pref") or HTML,
            addresses(map(str, body.cc)),
            addresses(map(str, body.bcc)),
            body.refs,
            body.message_id,
        )
        kept = {key: value for key, value in msgspec.to_builtins(info).items() if key != "cc"}
        encoded = with_extra(msgspec.json.encode(kept), body.extra)
        return [encoded[:-1] + b",", *pieces, b"," + answer(Done())[1:]]

    return reading(needs, act)


def state(needs: Needs) -> ASGIApp:
    """POST /message/ID/state.json: give a message exactly these states."""

    async def act(auth: Auth, scope: Scope, fields: Fields) -> Told:
        no, wanted = message_no(scope), fields.names("state")
        await needs.mails.set_message_state(auth.account, no, wanted)
        found = await needs.mails.message(auth.account, no)
        return _short(await _info(needs, auth.account, found), found)

    return writing(needs, act)


async def _info(needs: Needs, account: Id, found: Message) -> Messageinfo:
    thread = await info_of(needs, account, found.body.no, found.entry.conv)
    return messageinfo(found.entry, found.body, found.state, thread.labels, found.thread)


def _short(info: Messageinfo, found: Message) -> bytes:
    return finished(with_extra(msgspec.json.encode(info), found.body.extra))


def part(needs: Needs) -> ASGIApp:
    """GET /message/ID/part/N: the decoded bytes of a part; `copy` as for raw."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        auth = await admitted(needs, scope, READ)
        raw = await needs.mails.raw(auth.account, message_no(scope), _copy(scope))
        prefer = given(scope, "mime_type_pref") or HTML
        found = await off_loop(needs, content, raw, part_no(scope), prefer)
        if found is None:
            raise NotFound("There is no such part.")
        headers = foreign_headers(found.kind, found.filename) + NO_STORE
        await send_pieces(scope, send, headers, found.data)

    return serve


def raw(needs: Needs) -> ASGIApp:
    """GET /message/ID/raw: a mail as it was received."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        auth = await admitted(needs, scope, READ)
        found = await needs.mails.raw(auth.account, message_no(scope), _copy(scope))
        await send_pieces(scope, send, foreign_headers("text/plain") + NO_STORE, found)

    return serve


def _copy(scope: Scope) -> int:
    text = given(scope, "copy") or "1"
    if not _COPY.fullmatch(text):
        raise Invalid("Copies are numbered from 1.", field="copy")
    return int(text)
