"""How loud a conversation is for its account, in Fleep's words: levels, and intervals (reference 3.1)."""

from typing import Final

from syncline.core.ids import Id, ZoneId
from syncline.protocols.fleep.records.conv import MUTED, PASSIVE
from syncline.protocols.fleep.serving import Call, known_word
from syncline.services.conversations.snoozing import set_alerts, snooze
from syncline.services.conversations.subscriptions import ALERTS
from syncline.store.contract import Tx

LEVELS: Final = {0: "default", MUTED: "never", PASSIVE: "passive"}
"""What a `snooze_interval` stands for that is no time."""


async def mute(tx: Tx, account: Id, conv: ZoneId, seconds: int) -> None:
    """Do what a `snooze_interval` asks for: -1 for ever, -3 passive, 0 as loud as before, else seconds."""
    if seconds in LEVELS:
        await set_alerts(tx, account, conv, LEVELS[seconds])
    else:
        await snooze(tx, account, conv, seconds)


def level_in(call: Call) -> str | None:
    """`mk_alert_level` of a call."""
    return known_word(call.fields.text("mk_alert_level"), ALERTS, "mk_alert_level")
