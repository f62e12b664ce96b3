"""Snoozing: a conversation is quiet for its account for a while, and a timer ends that."""

from typing import Final

import msgspec

from syncline.core.errors import Invalid, NotFound
from syncline.core.ids import Id, ZoneId
from syncline.services.conversations.subscriptions import FOR_EVER, Private, mark, private_of, subscription_of
from syncline.services.timers import set_timer
from syncline.store.contract import Tx

SNOOZE: Final = "conversations.snooze"
"""The name of the timer's act."""

LONGEST: Final = 366 * 24 * 3600
"""Seconds of a snooze; whoever wants it longer mutes for ever."""


async def set_alerts(tx: Tx, account: Id, conv: ZoneId, alerts: str) -> Private:
    """How loud a conversation is: `default`, `never` (muted for ever) or `passive`. Ends a snooze."""
    until = FOR_EVER if alerts == "never" else 0
    return await mark(tx, account, conv, alerts=alerts, muted_until=until, muted_for=0)


async def snooze(tx: Tx, account: Id, conv: ZoneId, seconds: int) -> Private:
    """Let nothing of a conversation alert for some seconds; how loud it is otherwise stays.

    Raises Invalid for a time that is none, NotFound for a stranger.
    """
    if not 0 < seconds <= LONGEST:
        raise Invalid(f"A snooze takes 1 to {LONGEST} seconds.", field="snooze_interval")
    until = tx.now + seconds * 1000
    private = private_of(await subscription_of(tx, account, conv))
    alerts = "default" if private.alerts == "never" else private.alerts
    after = await mark(tx, account, conv, alerts=alerts, muted_until=until, muted_for=seconds)
    due = {"account": account, "conv": conv, "until": until}
    set_timer(tx, until, SNOOZE, due, account=account)
    return after


async def snooze_due(tx: Tx, body: bytes) -> None:
    """End a snooze whose time is over, unless it ended before or was set anew (the timer's act)."""
    due = msgspec.json.decode(body, type=dict[str, int])
    account, conv = Id(due["account"]), ZoneId(Id(due["conv"]))
    if private_of(await subscription_of(tx, account, conv)).muted_until != due["until"]:
        return
    try:
        await mark(tx, account, conv, muted_until=0, muted_for=0)
    except NotFound:
        return  # he has no part in the conversation any more
