"""Joining long threads: a chain of works that moves most of one before the mail that joins them is added."""

from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Space
from syncline.core.mail import ReadMail
from syncline.services.conversations.access import conversation
from syncline.services.mail import keys
from syncline.services.mail.joining import SLICE, longest_first, move_ahead
from syncline.store.contract import Lane, Store, Tx, View


async def prepare(store: Store, account: Id, mail: ReadMail, *, lane: Lane) -> None:
    """Move all but the last few entries of the threads that this mail will join to the longest of them.

    Nothing is done for a mail that joins no threads, or short ones: those are joined in the mail's own work.
    While the chain runs, mails already moved are found in the longer thread; killed in between, the same
    mail goes on where it stopped.
    """
    async with store.view() as view:
        convs = await _threads(view, account, mail)
        if len(convs) < 2 or sum(zone.nr for zone in await view.zones(convs)) <= SLICE:
            return

    async def work(tx: Tx) -> bool:
        into, *others = await longest_first(tx, await _threads(tx, account, mail))
        # what is left must fit into the mail's own work, all threads together
        left = SLICE // max(1, len(others))
        for other in others:
            if not await move_ahead(tx, account, other, into, slice=left):
                return False
        return True

    while not (await store.write(work, lane=lane)).value:
        pass


async def _threads(view: View, account: Id, mail: ReadMail) -> list[ZoneId]:
    found: dict[ZoneId, None] = {}
    for id in (mail.message_id, *mail.refs):
        bound = await view.key(Space.REFERENCE, keys.message_key(account, id))
        if bound is not None:
            found[(await conversation(view, ZoneId(bound.object))).id] = None
    return list(found)
