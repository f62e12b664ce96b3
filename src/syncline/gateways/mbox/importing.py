"""Writing read mails into an account's mailbox: one conversation, one entry a mail, nothing twice."""

import hashlib
from collections.abc import Sequence
from typing import Final

import msgspec

from syncline.core.entries import NewEntry
from syncline.core.ids import Hash, Id, ZoneId
from syncline.core.kinds import EntryKind, Space, Why, ZoneKind
from syncline.gateways.mbox.mail import ReadMail
from syncline.store.contract import Lane, Store, Tx, Work

WORK: Final = 8
"""Mails a work: with their blobs about 2 ms of the writer's time, so that live works between feel nothing."""

MAILBOX: Final = b"import"


class MailBody(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    """The body of an imported mail's entry. `blob` is the hash of the raw mail in hex; `date` in ms."""

    subject: str
    sender: str
    date: int | None
    message_id: str
    text: str
    size: int
    blob: str


async def mailbox(store: Store, account: Id) -> ZoneId:
    """The conversation that takes an account's imported mails; made on the first call."""
    return (await store.write(_open_mailbox(account))).value


async def import_mails(store: Store, account: Id, conv: ZoneId, mails: Sequence[ReadMail]) -> int:
    """Add the mails that the account does not have yet; returns how many were added.

    Works on the bulk lane, one after the other: a group never holds more than one of them. After a crash each
    is there whole or not at all, and running the import again adds what is missing.
    """
    added = 0
    for start in range(0, len(mails), WORK):
        some = mails[start : start + WORK]
        hashes = [await store.blobs.put(mail.raw) for mail in some]
        work = _add(account, conv, list(zip(some, hashes, strict=True)))
        added += (await store.write(work, lane=Lane.BULK)).value
    return added


def _open_mailbox(account: Id) -> Work[ZoneId]:
    async def work(tx: Tx) -> ZoneId:
        name = b"%d/" % account + MAILBOX
        known = await tx.key(Space.THREAD, name)
        if known is not None:
            return ZoneId(known.object)
        conv = tx.open_zone(ZoneKind.CONVERSATION, owner=account)
        await tx.grant(account, conv, first=None, why=Why.OWNER, actor=account)
        await tx.bind(Space.THREAD, name, conv)
        return conv

    return work


def _add(account: Id, conv: ZoneId, mails: Sequence[tuple[ReadMail, Hash]]) -> Work[int]:
    async def work(tx: Tx) -> int:
        added = 0
        for mail, blob in mails:
            name = message_key(account, mail.message_id)
            if await tx.key(Space.MESSAGE_ID, name) is not None:
                continue
            body = MailBody(
                subject=mail.subject,
                sender=mail.sender,
                date=mail.date,
                message_id=mail.message_id,
                text=mail.text,
                size=len(mail.raw),
                blob=blob.hex(),
            )
            entry = await tx.add(
                NewEntry(
                    conv=conv,
                    kind=EntryKind.MAIL,
                    author=None,
                    body=msgspec.json.encode(body),
                    at=tx.now if mail.date is None else mail.date,
                    alerts=True,
                ),
                actor=account,
            )
            await tx.bind(Space.MESSAGE_ID, name, entry.id)
            tx.names(blob, entry.id)
            added += 1
        return added

    return work


def message_key(account: Id, message_id: str) -> bytes:
    """The key of a mail: its Message-ID within one account. Hashed, because some are kilobytes long."""
    return b"%d/" % account + hashlib.sha256(message_id.encode()).digest()
