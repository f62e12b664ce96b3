"""The trees of threads lately looked at, kept in memory and brought up to date by what was added since."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from syncline.core.entries import ERASED, Entry
from syncline.core.ids import START, Seq, ZoneId
from syncline.core.kinds import EntryKind
from syncline.core.mail import read_body
from syncline.core.threads import Tree
from syncline.services.mail.forms import MailEntry
from syncline.store.contract import View

MOST: Final = 50_000
"""Mails whose links are kept; each takes about 0.5 KB."""

PAGE: Final = 64
"""Entries read between two pauses of the loop: about 1 ms."""


class _Known:
    """A tree, and the seq of the last entry that it has seen."""

    __slots__ = ("mails", "tree", "upto")

    def __init__(self) -> None:
        self.tree = Tree()
        self.upto: Seq = START
        self.mails: list[tuple[int, str, tuple[str, ...]]] = []

    def take(self, entries: Sequence[Entry]) -> None:
        """See further entries of the thread. A joined thread's mails may have lower numbers: then anew."""
        late = False
        for entry in entries:
            self.upto = entry.seq
            if not is_mail(entry):
                continue
            body = read_body(entry.body)
            late = late or bool(self.mails and body.no < self.mails[-1][0])
            self.mails.append((body.no, body.message_id, body.refs))
            if not late:
                self.tree.add(body.no, body.message_id, body.refs)
        if late:
            self.mails.sort()
            self.tree = Tree(self.mails)


class Trees:
    """Trees by thread, the least used ones forgotten first."""

    def __init__(self, most: int = MOST) -> None:
        """Keep the links of about this many mails."""
        self._most = most
        self._size = 0
        self._known: OrderedDict[ZoneId, _Known] = OrderedDict()

    async def tree(self, view: View, conv: ZoneId) -> Tree:
        """The tree of a thread at the moment of this view, or a later one."""
        known = self._known.pop(conv, None) or _Known()
        before = len(known.mails)
        while page := await view.entries(conv, after=known.upto, limit=PAGE):
            known.take(page)
            if len(page) < PAGE:
                break
            await asyncio.sleep(0)
        self._known[conv] = known
        self._size += len(known.mails) - before
        while self._size > self._most and len(self._known) > 1:
            _, oldest = self._known.popitem(last=False)
            self._size -= len(oldest.mails)
        return known.tree

    async def numbers(self, view: View, conv: ZoneId) -> list[int]:
        """The numbers of a thread's mails, rising."""
        await self.tree(view, conv)
        return [no for no, _, _ in self._known[conv].mails]


async def mails_of(view: View, conv: ZoneId) -> dict[int, MailEntry]:
    """All mails of a thread by number, read in slices."""
    found: dict[int, MailEntry] = {}
    after = START
    while page := await view.entries(conv, after=after, limit=PAGE):
        after = page[-1].seq
        for entry in page:
            if is_mail(entry):
                body = read_body(entry.body)
                found[body.no] = MailEntry(entry, body)
        if len(page) < PAGE:
            break
        await asyncio.sleep(0)
    return found


def is_mail(entry: Entry) -> bool:
    """Whether an entry is a mail that was not erased."""
    return entry.kind == EntryKind.MAIL and entry.body != ERASED
