"""Calls: held elsewhere, at an address that the operator names. Google's hangouts, for which these calls
were made, are gone."""

from typing import Any, Final
from urllib.parse import quote

from syncline.core.errors import Invalid, NotFound
from syncline.core.handles import short_of
from syncline.core.ids import ZoneId
from syncline.protocols.fleep.errors import NotAvailable
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.polling.shared import polling_of
from syncline.protocols.fleep.records.hangout import hangout_activity
from syncline.protocols.fleep.serving import Call, Reply, Spec
from syncline.protocols.fleep.writing import Wrote, conv_sync
from syncline.services.conversations.access import present

LASTS: Final = 10 * 60 * 1000
"""ms for which others are told of a call after the last word of it"""

MOST: Final = 1000
"""Participants that a call may name."""

NOWHERE: Final = "This server has no place for calls: its operator may name one (fleep.call_url)."


async def create_hangout(fleep: Fleep, call: Call) -> Reply:
    """Call the members of a conversation: they are told the address now, and nothing is kept of it."""
    return await _call(fleep, call, call.conv(fleep), [])


async def hangout(fleep: Fleep, call: Call) -> Reply:
    """`hangout_id`, `participants`: who is in a call. `hangout_url` is passed over: it is the operator's."""
    participants = call.fields.texts("participants") or []
    if len(participants) > MOST or any(len(one) > 255 for one in participants):
        raise Invalid(f"A call has at most {MOST} participants.", field="participants")
    try:
        conv = fleep.names.hangout_of(call.fields.need_text("hangout_id"))
    except NotFound:
        raise NotFound("There is no such call.", field="hangout_id") from None
    return await _call(fleep, call, conv, participants)


async def _call(fleep: Fleep, call: Call, conv: ZoneId, participants: list[str]) -> Reply:
    url = call_url(fleep, conv)
    async with fleep.store.view() as view:
        zone, _ = await present(view, call.account, conv)
        members = await view.holders(zone.id)
    record = hangout_activity(fleep.names, zone.id, call.account, url=url, participants=participants)
    activities = polling_of(fleep).activities
    for member in members:
        activities.note(member, fleep.store.head, record, lasts=LASTS)
    reply: dict[str, Any] = await conv_sync(fleep, call, zone.id, Wrote())
    reply["stream"].append(record)
    reply["hangout_url"] = url
    return reply


def call_url(fleep: Fleep, conv: ZoneId) -> str:
    """The address of a conversation's calls; raises NotAvailable where the operator named none.

    `{key}` in it stands for 22 characters that nobody outside the conversation can guess.
    """
    pattern = fleep.options.call_url
    if pattern is None:
        raise NotAvailable(NOWHERE)
    key = quote(short_of(fleep.names.hangout(conv)), safe="")
    return pattern.replace("{key}", key) if "{key}" in pattern else f"{pattern.rstrip('/')}/{key}"


CALLS: Final = (
    Spec("conversation/create_hangout", create_hangout, on_id=True),
    Spec("hangout", hangout),
)
