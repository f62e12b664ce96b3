"""What an account's mailbox holds, read from its data directory."""

import asyncio
from pathlib import Path
from typing import NamedTuple

from syncline.core.ids import Id
from syncline.services.accounts import Accounts, Passwords
from syncline.services.mail import Mails
from syncline.store.sqlite import open_store


class Kept(NamedTuple):
    """One mail, and everything about it that an import decides."""

    no: int
    message_id: str
    subject: str
    thread: int
    labels: tuple[str, ...]
    state: tuple[str, ...]
    raws: tuple[bytes, ...]
    """all its copies"""


def mailbox(data: Path, email: str = "ann@example.org") -> list[Kept]:
    """All mails of an account, by number."""
    return asyncio.run(_mailbox(data, email))


async def _mailbox(data: Path, email: str) -> list[Kept]:
    store = await open_store(data)
    try:
        account = (await Accounts(store, Passwords()).by_email(email)).id
        mails = Mails(store)
        return [await _kept(mails, account, no) for no in range(1, await mails.size(account) + 1)]
    finally:
        await store.close()


async def _kept(mails: Mails, owner: Id, no: int) -> Kept:
    message = await mails.message(owner, no)
    copies = len(await mails.copies(owner, no))
    return Kept(
        no,
        message.body.message_id,
        message.body.subject,
        message.thread,
        message.labels,
        message.state,
        tuple([await mails.raw(owner, no, copy) for copy in range(1, copies + 1)]),
    )
