"""Contacts as one account knows them, looked up for their records."""

from typing import Any, Final

import msgspec

from syncline.core.ids import Id
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.records.contact import Preferences, contact, own_contact
from syncline.services.accounts.account import credential_of
from syncline.services.people import find_contact
from syncline.services.settings import setting
from syncline.store.contract import View

PREFERENCES: Final = "fleep/account"
"""The document of an account that holds its Preferences; a change of it is one of its own record."""


async def contact_record(fleep: Fleep, view: View, account: Id, person: Id) -> dict[str, Any]:
    """ContactInfo of somebody, as an account knows him; its own, if that is meant.

    Only to those who know him as a contact is told when he was active.
    """
    if person == account:
        return await own_record(fleep, view, account)
    profile = await fleep.profiles.of(view, person)
    known = await find_contact(view, account, person)
    seen: dict[Id, int] = {}
    if known is not None:
        seen = await fleep.needs.last_seen.shown(view, [profile])
    return contact(fleep.names, profile, known, seen_at=seen.get(person))


async def own_record(fleep: Fleep, view: View, account: Id) -> dict[str, Any]:
    """ContactInfo of the account itself."""
    held = await credential_of(view, account)
    return own_contact(
        fleep.names,
        await fleep.profiles.of(view, account),
        await preferences_of(view, account),
        activated=held.object.made,
        has_password=held.credential.password is not None,
    )


async def preferences_of(view: View, account: Id) -> Preferences:
    """What an account set for Fleep's clients."""
    document = await setting(view, account, PREFERENCES)
    return Preferences() if document is None else msgspec.json.decode(document, type=Preferences)
