"""account/dialog: the conversation of two."""

from typing import Final

from syncline.core.errors import Invalid, NotFound
from syncline.core.ids import Id, ZoneId
from syncline.core.rooms.presets import Preset
from syncline.core.rooms.rules import Membership
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.records.conv import Init
from syncline.protocols.fleep.serving import Call, Reply, Spec
from syncline.protocols.fleep.writing import anew
from syncline.services.conversations.access import membership
from syncline.services.conversations.create import Beginning
from syncline.services.people import find_contact, profile_of


async def dialog(fleep: Fleep, call: Call) -> Reply:
    """account/dialog: opens the newest conversation with somebody alone, or makes one.

    The header is a full init, as that of a conversation just made: with less a client that drops what it had
    could not go on from there.
    """
    account = call.account
    person = fleep.names.person_of(call.fields.need_text("contact_id"))
    if person == account:
        raise Invalid("A dialog is with somebody else.", field="contact_id")
    conv = await _newest(fleep, account, person)
    if conv is None:
        beginning = Beginning(preset=Preset.FLEEP, members=[person])
        made = await fleep.needs.conversations.create(account, beginning, request=call.request())
        conv = made.value.conv
    return await anew(fleep, call, conv, Init.FULL)


async def _newest(fleep: Fleep, account: Id, person: Id) -> ZoneId | None:
    """The conversation of two, as long as both are in it and nobody else is."""
    async with fleep.store.view() as view:
        if (await profile_of(view, person)).erased:
            raise NotFound("There is no such person.")
        known = await find_contact(view, account, person)
        zone = None if known is None or known.dialog is None else await view.zone(known.dialog)
        if zone is None or zone.joined != 2:
            return None
        for each in (account, person):
            if await membership(view, zone.id, each) is not Membership.JOIN:
                return None
        return zone.id


CALLS: Final = (Spec("account/dialog", dialog),)
