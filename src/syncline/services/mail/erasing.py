"""Forgetting the ways to erased mails and threads."""

from syncline.core.entries import Entry
from syncline.core.ids import Hash, Id
from syncline.core.kinds import Space
from syncline.core.mail import read_body
from syncline.services.mail import keys
from syncline.services.mail.copies import copies_of
from syncline.services.mail.trees import is_mail
from syncline.store.contract import Lane, Store, Tx

CHUNK = 200
"""Threads forgotten in one work."""


async def forget_mail(tx: Tx, account: Id, entry: Entry) -> None:
    """Unbind all keys that lead to a mail of this account; its entry is erased in the same work."""
    if not is_mail(entry):
        return
    body = read_body(entry.body)
    bound = await tx.key(Space.MAIL, keys.mail_key(account, body.no))
    if bound is None or bound.object != entry.id:
        return  # it lies in a thread that took this one's mails, and goes when the walk comes there
    for copy in await copies_of(tx, entry, body):
        await tx.unbind(Space.RAW, keys.raw_key(account, Hash(copy.hash)))
    await tx.unbind(Space.MAIL, keys.mail_key(account, body.no))
    await tx.unbind(Space.MESSAGE_ID, keys.message_key(account, body.message_id))
    for id in (body.message_id, *body.refs):
        await tx.unbind(Space.REFERENCE, keys.message_key(account, id))


async def forget_threads(store: Store, account: Id) -> None:
    """Unbind the numbers of an erased account's threads."""
    async with store.view() as view:
        last = await view.counter(keys.threads(account))
    for start in range(1, last + 1, CHUNK):

        async def work(tx: Tx, start: int = start) -> None:
            for number in range(start, min(start + CHUNK, last + 1)):
                await tx.unbind(Space.THREAD, keys.thread_key(account, number))

        await store.write(work, lane=Lane.BULK)
