"""conversation/mark_read: everything is read; the client begins the conversation anew."""

from typing import Final

from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.labels import mode_of
from syncline.protocols.fleep.serving import Call, Reply, Spec
from syncline.protocols.fleep.writing import anew, is_private, opened
from syncline.services.conversations.reading import mark_read as read_upto
from syncline.store.contract import Tx


async def mark_read(fleep: Fleep, call: Call) -> Reply:
    """`mk_init_mode`: the shape of the header, `ic_tiny` unless another one is asked for."""
    mode = mode_of(call)
    of = await opened(fleep, call)
    public = not await is_private(fleep, call.account)

    async def work(tx: Tx) -> None:
        await read_upto(tx, call.account, of.conv, public=public)

    await fleep.store.write(work)
    return await anew(fleep, call, of.conv, mode)


CALLS: Final = (Spec("conversation/mark_read", mark_read, on_id=True),)
