"""Changing some states of a thread's mails while the others stay."""

from collections.abc import Collection
from typing import Final

from syncline.core.ids import Id, ZoneId
from syncline.core.mail import MUTABLE
from syncline.core.ranges import holds, ranges
from syncline.services.mail import MailEntry, Mails, Thread

OF_ALL: Final = frozenset({"deleted"})
"""States that a whole thread gets; the others go to its newest mail, which is what one then looks for."""


async def mark_thread(
    mails: Mails,
    account: Id,
    thread: int,
    *,
    add: Collection[str] = (),
    remove: Collection[str] = (),
    upto: int | None = None,
) -> ZoneId:
    """Give a thread states, or take them from all of its mails (those with numbers up to `upto`).

    `upto` keeps what came in after somebody looked from counting as read. Raises Invalid, NotFound.
    """
    known = await mails.thread(account, thread)
    every, newest = ranges(known.mails), ranges({newest_of(known)} & known.mails.keys())
    looked = ranges(no for no in known.mails if upto is None or no <= upto)
    return await mails.mark(
        account,
        thread,
        add={name: every if name in OF_ALL else newest for name in add},
        remove=dict.fromkeys(remove, looked),
    )


async def mark_message(
    mails: Mails, account: Id, no: int, *, add: Collection[str] = (), remove: Collection[str] = ()
) -> int:
    """Give one mail states, or take them; returns the id of its thread. Raises Invalid, NotFound."""
    await mails.mark_message(account, no, add=add, remove=remove)
    return (await mails.message(account, no)).thread


def states(thread: Thread, no: int) -> frozenset[str]:
    """The mutable states of a mail of a thread."""
    return frozenset(name for name in MUTABLE if holds(getattr(thread.marks, name), no))


def newest_of(thread: Thread) -> int:
    """The number of a thread's mail with the latest date; 0 where all were erased."""

    def date(one: MailEntry) -> tuple[int, int]:
        return one.entry.at, one.body.no

    return max(thread.mails.values(), key=date).body.no if thread.mails else 0
