"""message/edit and message/delete."""

from typing import Final

from syncline.core.errors import Missing
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.messages.finding import message_at, number_in, refuse_files
from syncline.protocols.fleep.serving import Call, Reply, Spec
from syncline.protocols.fleep.writing import conv_sync, mentions_in, opened, text_in, wrote
from syncline.services.conversations import Answer
from syncline.services.conversations.amend import delete as delete_entry
from syncline.services.conversations.revising import Revision, revise
from syncline.store.contract import Tx


async def edit(fleep: Fleep, call: Call) -> Reply:
    """`message_nr`, `message`: new text, by the author, or by anybody where the message is shared."""
    text, nr = text_in(call), number_in(call, "message_nr")
    refuse_files(call)
    if text is None:
        raise Missing("message is missing.", field="message")
    wanted = Revision(content={"text": text}, named=await mentions_in(text))
    return await revised(fleep, call, nr, wanted)


async def delete(fleep: Fleep, call: Call) -> Reply:
    """`message_nr`: by any member."""
    nr = number_in(call, "message_nr")
    refuse_files(call)
    of = await opened(fleep, call)
    request = call.request()

    async def work(tx: Tx) -> Answer:
        entry = await message_at(tx, call.account, of.conv, nr)
        return await delete_entry(tx, call.account, of.conv, entry.id, request=request)

    answer = (await fleep.store.write(work)).value
    return await conv_sync(fleep, call, of.conv, wrote(answer, result=nr))


async def revised(fleep: Fleep, call: Call, nr: int, wanted: Revision) -> Reply:
    """Make a message what is wanted, and the reply of it."""
    of = await opened(fleep, call)
    request = call.request()

    async def work(tx: Tx) -> Answer:
        entry = await message_at(tx, call.account, of.conv, nr)
        return await revise(tx, call.account, of.conv, entry.id, wanted, request=request)

    answer = (await fleep.store.write(work)).value
    return await conv_sync(fleep, call, of.conv, wrote(answer, result=nr))


CALLS: Final = (
    Spec("message/edit", edit, on_id=True),
    Spec("message/delete", delete, on_id=True),
)
