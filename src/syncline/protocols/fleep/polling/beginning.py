"""account/sync: where the event log stands now, and whose session this is (reference 4.4)."""

from typing import Final

from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.serving import Call, Reply, Spec


async def sync(fleep: Fleep, call: Call) -> Reply:
    """account/sync: the horizon from which a poll returns only what happens from now on; no effect."""
    account = await fleep.needs.accounts.get(call.account)
    return {
        "event_horizon": max(1, await fleep.needs.delivery.newest(account.id)),
        "email": account.email,
        "display_name": account.name,
        "account_id": fleep.names.person(account.id),
        "mk_account_status": "active",
        "is_in_org": False,
        "is_org_admin": False,
    }


CALLS: Final = (Spec("account/sync", sync, write=False),)
