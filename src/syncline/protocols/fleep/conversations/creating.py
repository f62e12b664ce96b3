"""conversation/create: a conversation with its members, and perhaps a first message (reference 2.4)."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from syncline.core.entries import NewFact
from syncline.core.rooms import facts
from syncline.core.rooms.presets import Preset
from syncline.protocols.fleep.conversations.people import Named, made, named_in
from syncline.protocols.fleep.errors import NotAvailable
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.later import TEAMS
from syncline.protocols.fleep.messages.copying import forwarded
from syncline.protocols.fleep.messages.finding import refuse_files
from syncline.protocols.fleep.messages.sending import posting
from syncline.protocols.fleep.messages.storing import subject_in
from syncline.protocols.fleep.records.conv import Init
from syncline.protocols.fleep.serving import Call, Reply, Spec, known_word
from syncline.protocols.fleep.writing import anew, mentions_in, text_in, topic_in
from syncline.services.conversations import Answer, Beginning, Request, members, once
from syncline.services.conversations.answers import part_of
from syncline.services.conversations.create import AT_ONCE
from syncline.services.conversations.create import create as begin
from syncline.store.contract import Tx, Work

TYPES: Final = ("cct_default", "cct_list", "cct_no_mail")
LIST: Final = "cct_list"
FORKS: Final = "This server does not make conversations out of others; name the members."


async def create(fleep: Fleep, call: Call) -> Reply:
    """Make a conversation; the header is a full init. Unknown e-mail addresses become persons."""
    fields = call.fields
    if fields.texts("team_ids"):
        raise NotAvailable(TEAMS)
    if fields.has("fork_conversation_id"):
        raise NotAvailable(FORKS)
    refuse_files(call)
    topic, text, subject = topic_in(call), text_in(call), subject_in(call)
    options = _options(call)
    copied = await forwarded(fleep, call)
    if copied is not None:
        text = f"{text}\n\n{copied}" if text else copied
    async with fleep.store.view() as view:
        named = await named_in(fleep, view, call, ["emails"], ["account_ids"])
    managed = fields.flag("is_managed", False)
    beginning = Beginning(
        preset=Preset.MANAGED if managed else Preset.FLEEP,
        name=topic or None,
        initial=[NewFact(facts.OPTIONS, "", msgspec.json.encode(options))] if options else [],
    )
    content = {"text": text, **({"subject": subject} if subject else {})} if text else None
    if content is not None:
        fleep.velocity.send(call.account)
    answer = await _made(fleep, call, beginning, named, content, await mentions_in(text))
    return await anew(fleep, call, answer.conv, Init.FULL, result=answer.nr)


async def _made(
    fleep: Fleep,
    call: Call,
    beginning: Beginning,
    named: list[Named],
    content: dict[str, Any] | None,
    names: Sequence[str],
) -> Answer:
    """Make it in one work, or where there are many members in a chain, its message last."""
    account, request = call.account, call.request()
    some, rest = named[:AT_ONCE], named[AT_ONCE:]

    def first(message: dict[str, Any] | None) -> Work[Answer]:
        async def work(tx: Tx) -> Answer:
            async def act() -> Answer:
                persons = await made(tx, account, some)
                begun = msgspec.structs.replace(beginning, members=persons)
                answer = await begin(tx, account, begun, request=part_of(request, "create"))
                if message is None:
                    return answer
                request_of_it = part_of(request, "message")
                return (await posting(account, answer.conv, message, names, request_of_it)(tx))[0]

            return await once(tx, account, request, act)

        return work

    if not rest:
        return (await fleep.store.write(first(content))).value
    answer = (await fleep.store.write(first(None))).value
    for start in range(0, len(rest), AT_ONCE):
        few = rest[start : start + AT_ONCE]
        await fleep.store.write(_bringing(call, answer, few, part_of(request, f"members/{start}")))
    if content is None:
        return answer
    work = posting(account, answer.conv, content, names, part_of(request, "message"))
    return (await fleep.store.write(work)).value[0]


def _bringing(call: Call, answer: Answer, few: list[Named], request: Request | None) -> Work[Answer]:
    async def work(tx: Tx) -> Answer:
        persons = await made(tx, call.account, few)
        return await members.add(tx, call.account, answer.conv, persons, request=request)

    return work


def _options(call: Call) -> dict[str, bool]:
    """What a new conversation is from the beginning; only what is given."""
    fields = call.fields
    kind = known_word(fields.text("mk_conv_type"), TYPES, "mk_conv_type")
    given = {
        "autojoin": fields.flag("is_autojoin"),
        "disclose": fields.flag("is_disclose"),
        "list": True if kind == LIST else fields.flag("is_list"),
    }
    fields.flag("is_invite")  # whoever is new is told nothing: there is no relay for that
    return {name: on for name, on in given.items() if on is not None}


CALLS: Final = (Spec("conversation/create", create),)
