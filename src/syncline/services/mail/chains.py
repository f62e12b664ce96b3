"""Joining long threads: a chain of works that moves most of one before the mail that joins them is added."""

from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Space
from syncline.core.mail import ReadMail
from syncline.services.conversations.access import conversation
from syncline.services.mail import keys
from syncline.services.mail.joining import SLICE, THREADS, join, left_of, longest_first, move_ahead
from syncline.store.contract import Lane, Store, Tx, View


async def prepare(store: Store, account: Id, mail: ReadMail, *, lane: Lane) -> None:
    """Move all but the last few entries of the threads that this mail will join to the longest of them.

    Nothing is done for a mail that joins no threads, or short ones: those are joined in the mail's own work.
    Nor for one whose id is known: a copy's references count for nothing.
    While the chain runs, mails already moved are found in the longer thread; killed in between, the same
    mail goes on where it stopped. Of hundreds of threads the shortest are joined before the mail is there.
    """
    async with store.view() as view:
        if len(await _threads(view, account, mail)) < 2:
            return

    async def work(tx: Tx) -> bool:
        threads = await _threads(tx, account, mail)
        if len(threads) < 2:
            return True
        into, *others = await longest_first(tx, threads)
        if len(others) > THREADS:
            await _join_shortest(tx, account, others, into)
            return False
        # what is left must fit into the mail's own work, all threads together
        left = SLICE // max(1, len(others))
        for other in others:
            if not await move_ahead(tx, account, other, into, slice=left):
                return False
        return True

    while not (await store.write(work, lane=lane)).value:
        pass


async def _join_shortest(tx: Tx, account: Id, others: list[ZoneId], into: ZoneId) -> None:
    """Join as many threads as fit into one work, or move a part of the shortest."""
    left = SLICE
    for other in others[: -THREADS - 1 : -1]:
        left -= await left_of(tx, other, into)
        if left < 0:
            break
        await join(tx, account, other, into)
    if left < 0:
        await move_ahead(tx, account, other, into, slice=SLICE)


async def _threads(view: View, account: Id, mail: ReadMail) -> list[ZoneId]:
    found: dict[ZoneId, None] = {}
    if await view.key(Space.MESSAGE_ID, keys.message_key(account, mail.message_id)) is not None:
        return []
    for id in (mail.message_id, *mail.refs):
        bound = await view.key(Space.REFERENCE, keys.message_key(account, id))
        if bound is not None:
            found[(await conversation(view, ZoneId(bound.object))).id] = None
    return list(found)
