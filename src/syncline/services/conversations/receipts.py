"""Receipts: how far an account has read, for all members to see. One per (account, thread), newest only."""

from typing import Final

import msgspec

from syncline.core.entries import Entry
from syncline.core.errors import Invalid
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Kind, Space
from syncline.core.objects import Object
from syncline.services.conversations.access import present
from syncline.services.conversations.visibility import visible_entry
from syncline.store.contract import Tx, View

LONGEST_THREAD: Final = 255


class Receipt(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of a receipt. `thread`: "" unthreaded, "main", or the root's id as text. `at`: ms."""

    account: Id
    entry: Id
    at: int
    thread: str = ""


def receipt_key(conv: ZoneId, account: Id, thread: str) -> bytes:
    """The value under Space.RECEIPT that leads to the receipt object."""
    return conv.to_bytes(8, "big") + account.to_bytes(8, "big") + thread.encode()


def read_receipt(object: Object) -> Receipt:
    """The receipt in an object of Kind.RECEIPT."""
    return msgspec.json.decode(object.body, type=Receipt)


async def receipt_of(view: View, account: Id, conv: ZoneId, thread: str = "") -> Receipt | None:
    """An account's receipt, None before its first."""
    found = await _object(view, account, conv, thread)
    return None if found is None else read_receipt(found)


async def put_receipt(tx: Tx, account: Id, conv: ZoneId, entry: Id, *, thread: str = "") -> bool:
    """Say that a member has read up to an entry; returns whether that was news.

    A receipt never goes back. Raises NotFound for an entry that he may not see, NotMember.
    """
    if len(thread) > LONGEST_THREAD:
        raise Invalid("This thread has too long a name.", field="thread_id")
    zone, _ = await present(tx, account, conv)
    read = await visible_entry(tx, account, zone.id, id=entry)
    return await write_receipt(tx, account, read, thread=thread)


async def write_receipt(tx: Tx, account: Id, read: Entry, *, thread: str = "") -> bool:
    """The same for an entry that the caller has checked."""
    known = await _object(tx, account, read.conv, thread)
    if known is not None:
        before = await tx.entry(read_receipt(known).entry)
        if before is not None and before.seq >= read.seq:
            return False
    body = msgspec.json.encode(Receipt(account=account, entry=read.id, at=tx.now, thread=thread))
    if known is not None:
        await tx.put(msgspec.structs.replace(known, body=body), actor=account)
        return True
    id = tx.new_id()
    await tx.put(Object(id=id, kind=Kind.RECEIPT, zone=read.conv, body=body), actor=account)
    await tx.bind(Space.RECEIPT, receipt_key(read.conv, account, thread), id)
    return True


async def _object(view: View, account: Id, conv: ZoneId, thread: str) -> Object | None:
    bound = await view.key(Space.RECEIPT, receipt_key(conv, account, thread))
    if bound is None:
        return None
    found = await view.get([bound.object])
    return found[0] if found else None
