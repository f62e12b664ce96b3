"""POST /hook/KEY: other systems write into a conversation, without signing in.

These are no Fleep clients, so what goes wrong is told by HTTP's own statuses. Files in a form are passed
over: the message comes in without them.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from syncline.core.errors import Invalid, NotFound, SynclineError, TooLarge
from syncline.gateways.http.answers import Answer, send_answer, status_of
from syncline.gateways.http.forms import boundary_of, multipart, urlencoded
from syncline.gateways.http.routes import Route
from syncline.protocols.fleep.errors import JSON, told
from syncline.protocols.fleep.fields import Fields
from syncline.protocols.fleep.fleep import Fleep, fleep_of
from syncline.protocols.fleep.hooks.imports import imported
from syncline.protocols.fleep.needs import Needs
from syncline.protocols.fleep.serving import OWNER, body_of
from syncline.services.hooks import IMPORT, NO_HOOK, Hook, Posted

LARGEST_JSON: Final = 2 << 20
"""bytes of JSON: reading it holds the loop, and 2 MB take 3 ms"""

SMALL: Final = 1 << 16
"""bytes of a form that is read on the loop"""

ACCEPTED: Final = Answer(200, JSON, b"{}")

TEXTS: Final = ("message", "text")
"""Fleep's own name of a message's text, and the one that most other systems can be told to send."""

SENDERS: Final = ("user", "username", "sender_name")


def incoming(needs: Needs) -> ASGIApp:
    """The handler of all hooks' addresses."""
    fleep = fleep_of(needs)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await _take(fleep, scope, receive)
        except SynclineError as error:
            answer = told(error, scope["request_id"])
            await send_answer(send, Answer(status_of(error), answer.headers, answer.body))
            return
        await send_answer(send, ACCEPTED)

    return serve


async def _take(fleep: Fleep, scope: Scope, receive: Receive) -> None:
    hooks = fleep.needs.hooks
    try:
        hook = await hooks.get(fleep.names.hook_of_secret(scope["path_params"]["key"]))
    except NotFound:
        raise NotFound(NO_HOOK) from None
    # its own share: a system that writes too much must not keep the hook's owner from his own conversations
    fleep.needs.limiter.account(hook.id)
    given = await read(scope, receive)
    if hook.type == IMPORT and given.has("messages"):
        messages = imported(given.objects("messages") or [])
        await hooks.bring_in(hook.id, messages, read=given.flag("is_read", False) or False)
        return
    await hooks.post(hook.id, posted(hook, given))


def posted(hook: Hook, given: Fields) -> Posted:
    """The message in what came, whatever the hook's type: nothing is translated; raises Missing, Invalid."""
    text = next((name for name in TEXTS if given.has(name)), TEXTS[0])
    sender = next((name for name in SENDERS if given.has(name)), SENDERS[0])
    return Posted(given.need_text(text), given.text(sender) or None)


async def read(scope: Scope, receive: Receive) -> Fields:
    """What was posted: JSON, or a form of either kind; raises Invalid, TooLarge.

    Whatever begins like a JSON object is read as one: much software posts it under the name of a form.
    """
    kind, _, rest = scope["header"].get(b"content-type", b"").decode("latin-1").partition(";")
    kind = kind.strip().lower()
    body = await body_of(receive)
    boundary = boundary_of(rest) if kind == "multipart/form-data" else None
    if boundary is not None:
        small = len(body) <= SMALL
        found = multipart([body], boundary) if small else await asyncio.to_thread(multipart, [body], boundary)
        return _of_form(found)
    if kind == "application/json" or body.lstrip()[:1] == b"{":
        return _of_json(body)
    if kind in ("", "application/x-www-form-urlencoded"):
        small = len(body) <= SMALL
        return _of_form(urlencoded([body]) if small else await asyncio.to_thread(urlencoded, [body]))
    raise Invalid("Send JSON, or a form.")


def _of_json(body: bytes) -> Fields:
    if len(body) > LARGEST_JSON:
        raise TooLarge(f"JSON may have at most {LARGEST_JSON} bytes.")
    if not body.strip():
        raise Invalid("This is not a JSON object.", field="body")
    return Fields.parse(body)


def _of_form(found: Mapping[str, bytes]) -> Fields:
    payload = found.get("payload")
    if payload is not None and "message" not in found:
        return _of_json(payload)  # as Slack's and Trello's friends post
    given: dict[str, Any] = {}
    for name in (*TEXTS, *SENDERS):
        if name in found:
            given[name] = found[name].decode(errors="replace")
    return Fields(given)


ROUTES: Final = (Route(("POST",), "/hook/{key}", incoming, OWNER, cross_origin=True, slash=True),)
