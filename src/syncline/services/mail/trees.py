"""The trees of threads lately looked at, kept in memory and brought up to date by what was added since."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final, TypeAlias

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


SLICE: Final = 256
"""Mails put into a tree between two pauses of the loop: about 1 ms."""

_Links: TypeAlias = tuple[int, str, tuple[str, ...]]
"""A mail's number, Message-ID and references."""


class _Known:
    """A tree, and the seq of the last entry that it has seen."""

    __slots__ = ("late", "mails", "tree", "upto")

    def __init__(self) -> None:
        self.tree = Tree()
        self.upto: Seq = START
        self.mails: list[_Links] = []
        self.late = False
        """a mail of a joined thread came, with a lower number than others here: the tree must be made anew"""

    def take(self, entries: Sequence[Entry]) -> None:
        """See further entries of the thread."""
        for entry in entries:
            self.upto = entry.seq
            if not is_mail(entry):
                continue
            body = read_body(entry.body)
            self.late = self.late or bool(self.mails and body.no < self.mails[-1][0])
            self.mails.append((body.no, body.message_id, body.refs))
            if not self.late:
                self.tree.add(body.no, body.message_id, body.refs)

    async def settle(self) -> None:
        """Make the tree anew where that is needed."""
        if self.late:
            self.mails.sort()
            self.tree = await _tree(self.mails)
            self.late = False


class Trees:
    """Trees by thread, the least used ones forgotten first."""

    def __init__(self, most: int = MOST) -> None:
        """Keep the links of about this many mails."""
        self._most = most
        self._known: OrderedDict[ZoneId, _Known] = OrderedDict()
        self.size = 0
        """mails whose links are kept"""

    async def tree(self, view: View, conv: ZoneId) -> Tree:
        """The tree of a thread at the moment of this view, or a later one; it grows while others ask."""
        return (await self._read(view, conv)).tree

    async def numbers(self, view: View, conv: ZoneId) -> list[int]:
        """The numbers of a thread's mails, rising."""
        return [no for no, _, _ in (await self._read(view, conv)).mails]

    async def _read(self, view: View, conv: ZoneId) -> _Known:
        # Out of the cache while it is brought up to date: who asks meanwhile reads for himself.
        known = self._pop(conv) or _Known()
        while page := await view.entries(conv, after=known.upto, limit=PAGE):
            known.take(page)
            if len(page) < PAGE:
                break
            await asyncio.sleep(0)
        await known.settle()
        other = self._pop(conv)
        self._keep(conv, known if other is None or other.upto <= known.upto else other)
        return known

    def _pop(self, conv: ZoneId) -> _Known | None:
        known = self._known.pop(conv, None)
        self.size -= 0 if known is None else len(known.mails)
        return known

    def _keep(self, conv: ZoneId, known: _Known) -> None:
        self._known[conv] = known
        self.size += len(known.mails)
        while self.size > self._most and len(self._known) > 1:
            _, oldest = self._known.popitem(last=False)
            self.size -= len(oldest.mails)


async def tree_of(mails: dict[int, MailEntry]) -> Tree:
    """The tree of exactly these mails, made in slices."""
    return await _tree([(no, mails[no].body.message_id, mails[no].body.refs) for no in sorted(mails)])


async def _tree(mails: Sequence[_Links]) -> Tree:
    tree = Tree()
    for start in range(0, len(mails), SLICE):
        for no, message_id, refs in mails[start : start + SLICE]:
            tree.add(no, message_id, refs)
        await asyncio.sleep(0)
    return tree


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
