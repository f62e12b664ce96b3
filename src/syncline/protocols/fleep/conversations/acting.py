"""What nobody needs tomorrow: pokes, and who is writing (reference 3.8, 3.13)."""

from typing import Any, Final

import msgspec

from syncline.core.errors import Conflict, Forbidden, NotFound, NotMember
from syncline.core.ids import Id, Nr
from syncline.core.kinds import Rel
from syncline.core.rooms.forms import read_form, shared
from syncline.core.signals import SignalKind
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.polling.shared import polling_of
from syncline.protocols.fleep.records.activity import activity
from syncline.protocols.fleep.records.poke import poke as poke_record
from syncline.protocols.fleep.serving import Call, Reply, Spec
from syncline.protocols.fleep.streams import Stream
from syncline.protocols.fleep.writing import Wrote, conv_sync, is_private, opened
from syncline.services.conversations import visible_entry
from syncline.services.conversations.subscriptions import private_of
from syncline.services.overviews import Overview

WRITING: Final = 30_000
"""ms for which others are told that somebody is writing."""

MOST: Final = 100
"""Members whose activity one reply tells."""


async def poke(fleep: Fleep, call: Call) -> Reply:
    """`message_nr`: comes back by the caller's own poll, after all that was written before."""
    number = call.fields.need_number("message_nr")
    call.fields.flag("is_bg_poke")  # nothing is done in the background that a poll could overtake
    of = await opened(fleep, call)
    _require_present(of)
    record = poke_record(fleep.names, of.conv, call.account, number)
    polling_of(fleep).activities.note(call.account, fleep.store.head, record)
    return await conv_sync(fleep, call, of.conv, Wrote())


async def show_activity(fleep: Fleep, call: Call) -> Reply:
    """`is_writing`, `message_nr` (of the message being edited): exactly `{"stream": [ActivityInfo …]}`.

    Any call lets this session be shown what others do in the conversation. Editing what all may edit locks
    it, and an end of writing lets it go.
    """
    writing, number = call.fields.flag("is_writing"), call.fields.number("message_nr")
    of = await opened(fleep, call)
    _require_present(of)
    if call.auth is not None:
        polling_of(fleep).activities.watch(call.auth.session, of.conv)
    if writing is not None and not await is_private(fleep, call.account):
        said: dict[str, Any] = {"is_writing": writing}
        if number is not None:
            said["message_nr"] = number
        await fleep.needs.delivery.signal(
            of.conv, SignalKind.TYPING, call.account, msgspec.json.encode(said), lasts=WRITING
        )
    if writing is not None and number is not None:
        await _lock(fleep, call.account, of, number, on=writing)
    async with fleep.store.view() as view:
        stream = call.stream(fleep, view)
        return {"stream": await _others(stream, of)}


async def _lock(fleep: Fleep, account: Id, of: Overview, number: int, *, on: bool) -> None:
    """Lock a shared message, or let it go. What cannot be locked is passed over: nothing is edited yet."""
    async with fleep.store.view() as view:
        try:
            entry = await visible_entry(view, account, of.conv, nr=Nr(number), board=True)
        except NotFound:
            return
    form = read_form(entry.current)
    if not shared(form) or (form.get("lock", {}).get("by") == account) is on:
        return
    try:
        await fleep.needs.conversations.amend(account, of.conv, entry.id, Rel.LOCK, {"on": on})
    except (Conflict, Forbidden, NotFound):
        return


async def _others(stream: Stream, of: Overview) -> list[dict[str, Any]]:
    """What the other members do and have read; nothing of those who keep that private."""
    found = []
    for person in of.others[:MOST]:
        profile = await stream.fleep.profiles.of(stream.view, person)
        if profile.private:
            continue
        subscription = await stream.view.subscription(person, of.conv)
        private = private_of(subscription)
        read = 0 if subscription is None else subscription.read_nr
        found.append(
            activity(
                stream.names,
                of.conv,
                person,
                read_message_nr=read,
                join_message_nr=private.joined_nr,
            )
        )
    return found


def _require_present(of: Overview) -> None:
    if not of.present:
        raise NotMember("You have left the conversation.")


CALLS: Final = (
    Spec("conversation/poke", poke, on_id=True),
    Spec("conversation/show_activity", show_activity, on_id=True),
)
