"""message/copy, and the forwarding of a message with a new one or a new conversation."""

from typing import Any, Final

from syncline.core.entries import Entry
from syncline.core.errors import Conflict, Gone
from syncline.core.ids import ZoneId
from syncline.core.kinds import EntryKind
from syncline.core.rooms.forms import deleted, read_form
from syncline.protocols.fleep.errors import NotAvailable
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.messages.finding import message_at, number_in
from syncline.protocols.fleep.messages.sending import posting
from syncline.protocols.fleep.serving import Call, Reply, Spec
from syncline.protocols.fleep.texts import text_of
from syncline.protocols.fleep.writing import conv_sync, mentions_in, opened, wrote
from syncline.services.conversations import visible_entry
from syncline.services.overviews.overview import chat_sight

FORWARD: Final = ("fwd_conversation_id", "fwd_message_nr")


async def copy(fleep: Fleep, call: Call) -> Reply:
    """`message_nr`, `to_conv_id`: the message once more, in another conversation, by whoever copies it.

    The header is that of the conversation in the path; the stream holds the other one, and the new message.
    """
    nr = number_in(call, "message_nr")
    to = fleep.names.conv_of(call.fields.need_text("to_conv_id"))
    of = await opened(fleep, call)
    async with fleep.store.view() as view:
        content = _content(await message_at(view, call.account, of.conv, nr))
        target = (await chat_sight(view, call.account, to)).zone.id
    fleep.velocity.send(call.account)
    names = await mentions_in(content["text"])
    work = posting(call.account, target, content, names, call.request())
    answer, _ = (await fleep.store.write(work)).value
    if target == of.conv:
        return await conv_sync(fleep, call, of.conv, wrote(answer))
    reply = await conv_sync(fleep, call, of.conv, wrote())
    reply["stream"] += await _there(fleep, call, target, answer.entry)
    if answer.nr is not None:
        reply["result_message_nr"] = answer.nr
    return reply


async def forwarded(fleep: Fleep, call: Call) -> str | None:
    """The text of the message that a call forwards, None if it forwards none; raises NotFound, Gone."""
    if not any(call.fields.has(name) for name in FORWARD):
        return None
    conv = fleep.names.conv_of(call.fields.need_text(FORWARD[0]))
    nr = number_in(call, FORWARD[1])
    async with fleep.store.view() as view:
        seen = await chat_sight(view, call.account, conv)
        text: str = _content(await message_at(view, call.account, seen.zone.id, nr))["text"]
    return text


def _content(entry: Entry) -> dict[str, Any]:
    """What a copy of a message says; raises Gone for a deleted one, Conflict for what nobody wrote."""
    form = read_form(entry.current)
    if deleted(form):
        raise Gone("This message was deleted.")
    if entry.kind == EntryKind.MAIL:
        raise NotAvailable("Mails cannot be copied into conversations yet.")
    if entry.kind != EntryKind.MESSAGE:
        raise Conflict("Only messages can be copied.", field="message_nr")
    subject = form.get("subject")
    return {"text": text_of(form), **({"subject": subject} if isinstance(subject, str) and subject else {})}


async def _there(fleep: Fleep, call: Call, conv: ZoneId, entry: Any) -> list[dict[str, Any]]:
    """The other conversation as it is now, and the new message in it."""
    async with fleep.store.view() as view:
        stream = call.stream(fleep, view)
        of = await fleep.overviews.of(view, call.account, conv)
        stream.records.append(await stream.flow(of, told=False))
        made = await visible_entry(view, call.account, conv, id=entry)
        stream.records += await stream.told(await stream.sight(of), [made])
    return stream.records


CALLS: Final = (Spec("message/copy", copy, on_id=True),)
