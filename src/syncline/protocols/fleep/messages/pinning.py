"""The older calls for the pinboard: message/pin, message/repin, message/unpin."""

from typing import Final

from syncline.core.errors import Conflict, Missing
from syncline.core.rooms.forms import read_form
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.messages.changing import revised
from syncline.protocols.fleep.messages.finding import message_at, number_in
from syncline.protocols.fleep.serving import Call, Reply, Spec
from syncline.protocols.fleep.writing import conv_sync, opened, wrote
from syncline.services.conversations import Answer, board
from syncline.services.conversations.revising import Board, Revision
from syncline.store.contract import Tx

NUMBERS: Final = ("pin_message_nr", "message_nr")


async def pin(fleep: Fleep, call: Call) -> Reply:
    """`message_nr`, and `pin_weight`: from now on anybody may edit the message."""
    weight = call.fields.weight("pin_weight")
    return await revised(
        fleep, call, number_in(call, "message_nr"), Revision(board=Board.PINNED, weight=weight)
    )


async def repin(fleep: Fleep, call: Call) -> Reply:
    """`pin_message_nr`, `pin_weight`: move a pin."""
    nr, weight = number_in(call, *NUMBERS), call.fields.weight("pin_weight")
    if weight is None:
        raise Missing("pin_weight is missing.", field="pin_weight")
    await _require_pinned(fleep, call, nr)
    return await revised(fleep, call, nr, Revision(board=Board.PINNED, weight=weight))


async def unpin(fleep: Fleep, call: Call) -> Reply:
    """`pin_message_nr`: off the board; the message stays shared."""
    nr = number_in(call, *NUMBERS)
    of = await opened(fleep, call)
    request = call.request()

    async def work(tx: Tx) -> Answer:
        entry = await message_at(tx, call.account, of.conv, nr)
        return await board.unpin(tx, call.account, of.conv, entry.id, request=request)

    answer = (await fleep.store.write(work)).value
    return await conv_sync(fleep, call, of.conv, wrote(answer, result=nr))


async def _require_pinned(fleep: Fleep, call: Call, nr: int) -> None:
    of = await opened(fleep, call)
    async with fleep.store.view() as view:
        entry = await message_at(view, call.account, of.conv, nr)
    if "pin" not in read_form(entry.current):
        raise Conflict("This message is not pinned.")


CALLS: Final = (
    Spec("message/pin", pin, on_id=True),
    Spec("message/repin", repin, on_id=True),
    Spec("message/unpin", unpin, on_id=True),
)
