"""What of a conversation is not read, and reading it."""

import msgspec

from syncline.core.ids import Id, ZoneId
from syncline.services.conversations.reading import mark_read
from syncline.services.conversations.subscriptions import subscription_of
from syncline.services.overviews import Overview
from syncline.store.contract import Store, Tx
from syncline.web.chat.links import NEW, chat_path


class Unread(msgspec.Struct, frozen=True):
    """How many messages are not read, up to which number a page goes, and where the first of them stands.

    `nr` is the first one's number. `here`: it stands on this page, so that whoever looked at the page has
    seen what is new.
    """

    count: int
    upto: int
    nr: int
    first: str
    here: bool


def unread_of(of: Overview, cid: str, upto: int, shown: range) -> Unread | None:
    """What is not read, for a page with the messages of these numbers; None where all is read."""
    if not of.unread or not of.present:
        return None
    first = of.inbox_nr
    path = chat_path(cid, after=max(first - 1, 0)) + NEW
    return Unread(of.unread, upto, first, path, first in shown)


async def read_upto(store: Store, account: Id, conv: ZoneId, upto: int, *, public: bool) -> None:
    """Move a read position forward to a number; one that is further already stays.

    A page may have stood open for days: what it says must not make unread what was read meanwhile.
    """

    async def work(tx: Tx) -> None:
        known = await subscription_of(tx, account, conv)
        if upto > known.read_nr:
            await mark_read(tx, account, conv, upto, public=public)

    await store.write(work)
