"""Contacts as one account knows them, looked up for their records."""

from typing import Any

from syncline.core.ids import Id
from syncline.protocols.fleep.fleep import Fleep
from syncline.store.contract import View


async def contact_record(fleep: Fleep, view: View, account: Id, person: Id) -> dict[str, Any]:
    """ContactInfo of somebody, as an account knows him."""
    profile = await fleep.profiles.of(view, person)
    return {
        "mk_rec_type": "contact",
        "account_id": fleep.names.person(person),
        "email": profile.email or "",
        "display_name": profile.name or profile.email or "",
        "mk_account_status": "active" if profile.account else "new",
        "dialog_id": None,
        "organisation_id": None,
        "is_hidden_for_add": False,
    }


async def own_record(fleep: Fleep, view: View, account: Id) -> dict[str, Any]:
    """ContactInfo of the account itself."""
    return await contact_record(fleep, view, account, account)
