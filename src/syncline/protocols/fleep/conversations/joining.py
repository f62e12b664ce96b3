"""conversation/autojoin: becoming a member by a conversation's link (reference 1.6)."""

from typing import Final

from syncline.core.errors import NotFound
from syncline.core.ids import ZoneId
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.records.conv import Init
from syncline.protocols.fleep.serving import Call, Reply, Spec
from syncline.protocols.fleep.writing import anew
from syncline.services.conversations import Answer
from syncline.services.conversations.linking import DEAD, join_by_link
from syncline.store.contract import Tx


async def autojoin(fleep: Fleep, call: Call) -> Reply:
    """`conv_url_key`: KEY of `/chat/KEY`, or the whole link. A member gets the conversation anew."""
    conv = _conv(fleep, call.fields.need_text("conv_url_key"))
    request = call.request()

    async def work(tx: Tx) -> Answer:
        return await join_by_link(tx, call.account, conv, request=request)

    answer = (await fleep.store.write(work)).value
    return await anew(fleep, call, answer.conv, Init.FULL, result=answer.nr)


def _conv(fleep: Fleep, text: str) -> ZoneId:
    key = text.strip().rstrip("/").partition("?")[0].rpartition("/")[2]
    try:
        return fleep.names.autojoin_of(key)
    except NotFound:
        raise NotFound(DEAD, field="conv_url_key") from None


CALLS: Final = (Spec("conversation/autojoin", autojoin),)
