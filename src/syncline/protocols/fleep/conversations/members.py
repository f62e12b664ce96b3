"""The older calls for one change each: members, topic, history, leaving."""

from collections.abc import Sequence
from typing import Final

from syncline.core.errors import Missing
from syncline.protocols.fleep.conversations.changing import Change, change
from syncline.protocols.fleep.conversations.people import Named, named_in
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.serving import Call, Reply, Spec
from syncline.protocols.fleep.writing import opened, topic_in

EMAILS: Final = "emails"
IDS: Final = "account_ids"


async def add_members(fleep: Fleep, call: Call) -> Reply:
    """`emails`: make persons members; those who are already are passed over."""
    of = await opened(fleep, call)
    return await change(fleep, call, of, Change(add=await _persons(fleep, call)))


async def remove_members(fleep: Fleep, call: Call) -> Reply:
    """`emails`: take members out; the message that tells of it is the last that they see."""
    of = await opened(fleep, call)
    return await change(fleep, call, of, Change(remove=await _persons(fleep, call, known=True)))


async def leave(fleep: Fleep, call: Call) -> Reply:
    """No more of it: everything up to now stays readable."""
    of = await opened(fleep, call)
    return await change(fleep, call, of, Change(leave=True))


async def set_topic(fleep: Fleep, call: Call) -> Reply:
    """`topic`: "" takes it away."""
    topic = topic_in(call)
    if topic is None:
        raise Missing("topic is missing.", field="topic")
    of = await opened(fleep, call)
    return await change(fleep, call, of, Change(topic=topic))


async def disclose(fleep: Fleep, call: Call) -> Reply:
    """`emails`, `message_nr`: let members see what was said from a message on."""
    since = call.fields.need_number("message_nr")
    of = await opened(fleep, call)
    return await change(fleep, call, of, Change(disclose=await _persons(fleep, call), since=max(since, 1)))


async def disclose_all(fleep: Fleep, call: Call) -> Reply:
    """`emails`: let members see everything that was said."""
    of = await opened(fleep, call)
    return await change(fleep, call, of, Change(disclose=await _persons(fleep, call)))


async def _persons(fleep: Fleep, call: Call, *, known: bool = False) -> Sequence[Named]:
    async with fleep.store.view() as view:
        found = await named_in(fleep, view, call, [EMAILS], [IDS], known=known)
    if not found:
        raise Missing("emails are missing.", field=EMAILS)
    return found


CALLS: Final = (
    Spec("conversation/add_members", add_members, on_id=True),
    Spec("conversation/remove_members", remove_members, on_id=True),
    Spec("conversation/leave", leave, on_id=True),
    Spec("conversation/set_topic", set_topic, on_id=True),
    Spec("conversation/disclose", disclose, on_id=True),
    Spec("conversation/disclose_all", disclose_all, on_id=True),
)
