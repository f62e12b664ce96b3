"""Changing some states of a thread's mails while the others stay."""

from collections.abc import Collection
from typing import Final

from syncline.core.errors import Invalid
from syncline.core.ids import Id, ZoneId
from syncline.core.mail import MUTABLE
from syncline.core.ranges import holds
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
    _check(add, remove)
    known = await mails.thread(account, thread)
    newest = newest_of(known)
    before = {no: states(known, no) for no in known.mails}
    after = dict(before)
    for no, state in before.items():
        added = {name for name in add if name in OF_ALL or no == newest}
        removed = set(remove) if upto is None or no <= upto else set()
        after[no] = (state | added) - removed
    changed = [no for no in after if after[no] != before[no]]
    if not changed:
        return known.conv
    first = after[changed[0]]
    if all(state == first for state in after.values()):
        return await mails.set_thread_state(account, thread, first)
    for no in changed:
        await mails.set_message_state(account, no, after[no])
    return known.conv


async def mark_message(
    mails: Mails, account: Id, no: int, *, add: Collection[str] = (), remove: Collection[str] = ()
) -> int:
    """Give one mail states, or take them; returns the id of its thread. Raises Invalid, NotFound."""
    _check(add, remove)
    known = await mails.message(account, no)
    state = {name for name in known.state if name in MUTABLE}
    wanted = (state | set(add)) - set(remove)
    if wanted != state:
        await mails.set_message_state(account, no, wanted)
    return known.thread


def states(thread: Thread, no: int) -> frozenset[str]:
    """The mutable states of a mail of a thread."""
    return frozenset(name for name in MUTABLE if holds(getattr(thread.marks, name), no))


def newest_of(thread: Thread) -> int:
    """The number of a thread's mail with the latest date; 0 where all were erased."""

    def date(one: MailEntry) -> tuple[int, int]:
        return one.entry.at, one.body.no

    return max(thread.mails.values(), key=date).body.no if thread.mails else 0


def _check(add: Collection[str], remove: Collection[str]) -> None:
    for name in (*add, *remove):
        if name not in MUTABLE:
            raise Invalid("Only starred, unread and deleted can be changed.", field="state")
