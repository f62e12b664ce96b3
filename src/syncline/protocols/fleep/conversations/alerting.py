"""conversation/set_alerts: how loud a conversation is for its account."""

from typing import Final

from syncline.core.errors import Missing
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.muting import level_in
from syncline.protocols.fleep.serving import Call, Reply, Spec
from syncline.protocols.fleep.writing import Wrote, conv_sync, opened
from syncline.services.conversations.snoozing import set_alerts
from syncline.store.contract import Tx


async def alert(fleep: Fleep, call: Call) -> Reply:
    """`mk_alert_level`: default, never or passive."""
    level = level_in(call)
    if level is None:
        raise Missing("mk_alert_level is missing.", field="mk_alert_level")
    of = await opened(fleep, call)

    async def work(tx: Tx) -> None:
        await set_alerts(tx, call.account, of.conv, level)

    await fleep.store.write(work)
    return await conv_sync(fleep, call, of.conv, Wrote())


CALLS: Final = (Spec("conversation/set_alerts", alert, on_id=True),)
