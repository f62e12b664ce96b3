"""How far one has read: message/mark_read, message/mark_unread; and message/snooze."""

from typing import Final

from syncline.core.errors import NotFound
from syncline.core.ids import Nr
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.messages.finding import NO_MESSAGE, message_at, number_in
from syncline.protocols.fleep.muting import mute
from syncline.protocols.fleep.serving import Call, Reply, Spec
from syncline.protocols.fleep.writing import Wrote, conv_sync, is_private, opened
from syncline.services.conversations.access import present
from syncline.services.conversations.reading import mark_read as read_upto
from syncline.store.contract import Tx


async def mark_read(fleep: Fleep, call: Call) -> Reply:
    """`message_nr`: read up to it, going back as well."""
    return await _read(fleep, call, number_in(call, "message_nr"))


async def mark_unread(fleep: Fleep, call: Call) -> Reply:
    """`message_nr`: read up to what comes before it."""
    return await _read(fleep, call, number_in(call, "message_nr") - 1, unread=True)


async def _read(fleep: Fleep, call: Call, nr: int, *, unread: bool = False) -> Reply:
    of = await opened(fleep, call)
    public = not await is_private(fleep, call.account)

    async def work(tx: Tx) -> None:
        # a revision's number is a place to have read to, too
        await present(tx, call.account, of.conv)
        if nr < 0 or (nr > 0 and await tx.entry_by_nr(of.conv, Nr(nr)) is None):
            raise NotFound(NO_MESSAGE, field="message_nr")
        await read_upto(tx, call.account, of.conv, nr, public=public, unread=unread)

    await fleep.store.write(work)
    cleared = {"my_message_nr": 0} if of.mention_nr else {}
    return await conv_sync(fleep, call, of.conv, Wrote(cleared=cleared))


async def snooze(fleep: Fleep, call: Call) -> Reply:
    """`message_nr`, `snooze_interval`: let the message's conversation be quiet for a while."""
    nr, seconds = number_in(call, "message_nr"), call.fields.need_number("snooze_interval")
    of = await opened(fleep, call)

    async def work(tx: Tx) -> None:
        await message_at(tx, call.account, of.conv, nr)
        await mute(tx, call.account, of.conv, seconds)

    await fleep.store.write(work)
    return await conv_sync(fleep, call, of.conv, Wrote())


CALLS: Final = (
    Spec("message/mark_read", mark_read, on_id=True),
    Spec("message/mark_unread", mark_unread, on_id=True),
    Spec("message/snooze", snooze, on_id=True),
)
