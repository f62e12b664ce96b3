"""The reply of a write ("conv-sync", Fleep reference 2.4): the conversation's header, and what the call made.

What a client that merges must clear is in the header only where this call cleared it: the exact key sets of
the reference hold otherwise, and everything else comes by poll.
"""

import asyncio
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

import msgspec

from syncline.core.entries import Entry
from syncline.core.errors import Conflict, Invalid, TooLarge
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import EntryKind
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.markup import mentioned_names
from syncline.protocols.fleep.records.activity import activity
from syncline.protocols.fleep.records.conv import Init
from syncline.protocols.fleep.serving import Call
from syncline.protocols.fleep.streams import Stream
from syncline.protocols.fleep.syncing.init import begin
from syncline.protocols.fleep.syncing.sync import place_in
from syncline.protocols.fleep.syncing.walking import forward
from syncline.services.conversations import Answer
from syncline.services.conversations.subscriptions import private_of
from syncline.services.overviews import Overview
from syncline.services.people import Profile

LONGEST_MESSAGE: Final = 307_200
"""Characters of a message, as the web clients have it (reference 4.7)."""

LONG: Final = 8_000
"""Characters of a text that is looked through off the loop."""

LONGEST_TOPIC: Final = 1_000

NOTHING: Final[Mapping[str, Any]] = {}


class Shape(StrEnum):
    """The shape of a reply's header (reference 3.1)."""

    FLOW = "flow"
    """after a message, a read mark, a label, an alert or a task"""
    STATE = "state"
    """after a change of topic or members"""


class Wrote(msgspec.Struct, frozen=True, kw_only=True):
    """What a call wrote, as far as its reply tells.

    `entries`: those it added. `result`: the number of the message that it made or changed, None: that of the
    last entry. `added`: who became a member. `cleared`: keys of the header that it emptied.
    """

    shape: Shape = Shape.FLOW
    entries: Sequence[Id] = ()
    result: int | None = None
    added: Sequence[Id] = ()
    cleared: Mapping[str, Any] = NOTHING


def wrote(*answers: Answer, **more: Any) -> Wrote:
    """What these acts wrote."""
    return Wrote(entries=[one.entry for one in answers if one.entry is not None], **more)


async def opened(fleep: Fleep, call: Call) -> Overview:
    """The conversation of a call as its account has it: the gate of every call that writes in one.

    No SQL where it is in memory. Raises NotFound, Missing; who has left passes, and is refused by what he
    does.
    """
    place_in(call)  # refused before anything is written
    conv = call.conv(fleep)
    known = fleep.overviews.known(call.account, conv)
    if known is not None:
        return known
    async with fleep.store.view() as view:
        return await fleep.overviews.of(view, call.account, conv)


def require_talk(of: Overview) -> None:
    """Raises Conflict for a thread of mails, whose subject and members are those of its mails."""
    if of.common.mail:
        raise Conflict("This is a thread of mails: its topic and members are those of the mails.")


async def conv_sync(fleep: Fleep, call: Call, conv: ZoneId, did: Wrote) -> dict[str, Any]:
    """The reply of a write in a conversation.

    With `from_message_nr` its stream is a forward sync from there, and its header says how far that went;
    else it holds the messages that the call made, and the revisions.
    """
    after = place_in(call)
    async with fleep.store.view() as view:
        stream = call.stream(fleep, view)
        of = await fleep.overviews.of(view, call.account, conv)
        header = await (stream.flow if did.shape is Shape.FLOW else stream.state)(of, told=False)
        await stream.contacts(did.added)
        made = sorted(await view.entries_by_id(did.entries), key=lambda entry: entry.seq)
        if after is not None:
            header["fw_message_nr"] = await forward(stream, of, after)
        elif made:
            stream.records += await stream.told(await stream.sight(of), made)
        await _arrivals(stream, of, did.added, made)
        result = did.result
        if result is None and made:
            result = await _result(stream, made[-1])
    for key, empty in did.cleared.items():
        header.setdefault(key, empty)
    return replied(call, header, stream.records, result)


async def anew(
    fleep: Fleep, call: Call, conv: ZoneId, mode: Init, *, result: int | None = None
) -> dict[str, Any]:
    """The reply of a call after which the client begins the conversation anew."""
    async with fleep.store.view() as view:
        stream = call.stream(fleep, view)
        of = await fleep.overviews.of(view, call.account, conv)
        header = await begin(stream, of, mode)
    return replied(call, header, stream.records, result)


def replied(
    call: Call, header: dict[str, Any], stream: list[dict[str, Any]], result: int | None
) -> dict[str, Any]:
    """The frame of such a reply."""
    reply: dict[str, Any] = {"header": header, "stream": stream}
    if result is not None:
        reply["result_message_nr"] = result
    request = call.fields.text("client_req_id")
    if request is not None:
        reply["client_req_id"] = request
    return reply


async def _arrivals(stream: Stream, of: Overview, added: Sequence[Id], made: Sequence[Entry]) -> None:
    """For each new member the number from which on he is here (reference 3.8)."""
    came = next((entry for entry in made if entry.kind == EntryKind.MEMBER), None)
    for person in added:
        subscription = await stream.view.subscription(person, of.conv)
        nr = 1 if came is None or came.nr is None else came.nr
        if subscription is not None and came is not None:
            nr = private_of(subscription).joined_nr
        stream.records.append(activity(stream.names, of.conv, person, join_message_nr=nr))


async def _result(stream: Stream, entry: Entry) -> int | None:
    if entry.kind == EntryKind.AMENDMENT and entry.target is not None:
        target = await stream.view.entry(entry.target)
        return None if target is None else target.nr
    return entry.nr


async def is_private(fleep: Fleep, account: Id) -> bool:
    """Whether others are not shown what an account has read."""
    profile: Profile | None = fleep.profiles.known(account)
    if profile is None:
        async with fleep.store.view() as view:
            profile = await fleep.profiles.of(view, account)
    return profile.private


def text_in(call: Call, name: str = "message") -> str | None:
    """A message's text, None if there is none; raises TooLarge."""
    text = call.fields.text(name)
    if text is not None and len(text) > LONGEST_MESSAGE:
        raise TooLarge(f"A message has at most {LONGEST_MESSAGE:,} characters.", field=name)
    return text


async def mentions_in(text: str | None) -> tuple[str, ...]:
    """The local names that a text mentions; who has them is looked up in the work that writes it."""
    if text is None or "@" not in text:
        return ()
    if len(text) > LONG:
        return await asyncio.to_thread(mentioned_names, text)
    return mentioned_names(text)


def topic_in(call: Call) -> str | None:
    """The topic of a call on one line, None if there is none; raises Invalid."""
    topic = call.fields.text("topic")
    if topic is None:
        return None
    topic = " ".join(topic.split())
    if len(topic) > LONGEST_TOPIC:
        raise Invalid(f"A topic has at most {LONGEST_TOPIC:,} characters.", field="topic")
    return topic
