"""account/reset_password and confirm_password."""

from typing import Final

from syncline.core.errors import NotFound
from syncline.protocols.fleep.errors import Refusal
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.serving import Call, Reply, Spec


async def reset_password(fleep: Fleep, call: Call) -> Reply:
    """account/reset_password: sends the notification_id by which a new password can be set."""
    email = call.fields.need_text("email")
    fleep.velocity.reset(email, call.scope["address"])
    try:
        await fleep.needs.confirmations.reset(email)
    except NotFound as error:  # 431, not 430, for this one (reference 2.2)
        raise Refusal(error.message) from error
    return {}


async def confirm_password(fleep: Fleep, call: Call) -> Reply:
    """account/confirm_password: sets it; all sessions of the account end."""
    link, password = call.fields.need_text("notification_id"), call.fields.need_text("password")
    await fleep.needs.confirmations.set_password(link, password)
    return {}


CALLS: Final = (
    Spec("account/reset_password", reset_password, open=True),
    Spec("account/confirm_password", confirm_password, open=True),
)
