"""What concerns notifications by mail and push: it is kept where it can be, and nothing is sent."""

from typing import Final

import msgspec

from syncline.core.errors import Missing
from syncline.protocols.fleep.account.preferences import change_preferences
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.records.contact import INTERVALS
from syncline.protocols.fleep.serving import Call, Reply, Spec, known_word


async def configure_email_interval(fleep: Fleep, call: Call) -> Reply:
    """account/configure_email_interval: as the same field of account/configure."""
    interval = known_word(call.fields.need_text("email_interval"), INTERVALS, "email_interval")
    if interval is None:
        raise Missing("email_interval is missing.", field="email_interval")
    return await _interval(fleep, call, interval)


async def unsubscribe(fleep: Fleep, call: Call) -> Reply:
    """account/unsubscribe: no mails, from now on."""
    return await _interval(fleep, call, "never")


async def accepted(fleep: Fleep, call: Call) -> Reply:
    """A call that may be made, and changes nothing: nothing is pushed, and nobody is reminded."""
    return {}


async def _interval(fleep: Fleep, call: Call, interval: str) -> Reply:
    await change_preferences(
        fleep, call.account, lambda known: msgspec.structs.replace(known, email_interval=interval)
    )
    return {}


CALLS: Final = (
    Spec("account/configure_email_interval", configure_email_interval),
    Spec("account/unsubscribe", unsubscribe),
    Spec("account/configure_apn", accepted),
    Spec("account/configure_android", accepted),
    Spec("account/click_reminder", accepted),
)
