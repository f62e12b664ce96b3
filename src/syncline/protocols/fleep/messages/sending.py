"""message/send: the one call that has to be quick, however many send."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from syncline.core.entries import Entry
from syncline.core.errors import Missing
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import EntryKind
from syncline.core.rooms.forms import read_form
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.messages.finding import refuse_files
from syncline.protocols.fleep.records.conv import Convs
from syncline.protocols.fleep.records.message import message
from syncline.protocols.fleep.serving import Call, Reply, Spec
from syncline.protocols.fleep.texts import is_long, told
from syncline.protocols.fleep.writing import conv_sync, mentions_in, opened, replied, text_in, wrote
from syncline.services.conversations import Answer, Request
from syncline.services.conversations.mentions import named
from syncline.services.conversations.send import send as post
from syncline.store.contract import Tx, Work


async def send(fleep: Fleep, call: Call) -> Reply:
    """`message`, and `from_message_nr`, `client_req_id`: a new message.

    Where the conversation is in memory, nothing is read but what the write itself needs.
    """
    text = text_in(call)
    refuse_files(call)
    if not text:
        raise Missing("message is missing.", field="message")
    of = await opened(fleep, call)
    fleep.velocity.send(call.account)
    work = posting(call.account, of.conv, {"text": text}, await mentions_in(text), call.request())
    answer, entry = (await fleep.store.write(work)).value
    if entry is not None and not call.fields.has("from_message_nr"):
        ready = _from_memory(fleep, call, entry)
        if ready is not None:
            return ready
    return await conv_sync(fleep, call, of.conv, wrote(answer))


def posting(
    account: Id,
    conv: ZoneId,
    content: dict[str, Any],
    names: Sequence[str],
    request: Request | None,
) -> Work[tuple[Answer, Entry | None]]:
    """The work that adds a message with this content; who has the `names` in it is looked up within it."""

    async def work(tx: Tx) -> tuple[Answer, Entry | None]:
        persons = await named(tx, names)
        body = {**content, "mentions": persons} if persons else content
        answer = await post(tx, account, conv, msgspec.json.encode(body), request=request)
        return answer, None if answer.entry is None else await tx.entry(answer.entry)

    return work


def _from_memory(fleep: Fleep, call: Call, entry: Entry) -> Reply | None:
    """The reply about a message just sent, None where something of it has to be read."""
    account, names = call.account, fleep.names
    of = fleep.overviews.known(account, entry.conv)
    labels = fleep.labels.known(account)
    place = fleep.overviews.place_of(entry)
    if of is None or labels is None or place is None or entry.nr is None:
        return None
    if entry.kind != EntryKind.MESSAGE or entry.form is not None or is_long(entry):
        return None
    header = Convs(names, fleep.host, fleep.base(call.scope)).flow(of, labels)
    record = message(
        names,
        entry,
        told(entry, names),
        read_form(entry.body),
        profile=names.person(account),
        author=account,
        previous=place[0],
        alerts=place[1],
    )
    if "<a " in record["message"]:  # its links have previews
        return None
    if not call.fields.has("api_version"):
        record["is_edit"] = False
    return replied(call, header, [record], entry.nr)


CALLS: Final = (Spec("message/send", send, on_id=True),)
