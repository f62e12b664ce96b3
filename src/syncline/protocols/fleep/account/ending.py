"""account/close: the end of an account."""

from typing import Final

from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.serving import Call, Reply, Spec


async def close(fleep: Fleep, call: Call) -> Reply:
    """account/close: leaves all conversations; nobody can sign in as this account any more."""
    await fleep.needs.accounts.leave(call.account)
    return {}


CALLS: Final = (Spec("account/close", close),)
