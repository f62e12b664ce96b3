"""Joining threads: a late mail shows that two threads are one (design rule 3)."""

from collections.abc import Iterable
from typing import Final

import msgspec

from syncline.core.entries import ERASED, Entry, NewEntry
from syncline.core.ids import START, Id, Seq, ZoneId
from syncline.core.kinds import EntryKind, Space
from syncline.core.mail import read_body
from syncline.services.conversations.subscriptions import label_term, private_of, subscription_of
from syncline.services.mail import keys
from syncline.services.mail.marking import keep, marks_of, united_marks
from syncline.store.contract import Tx

SLICE: Final = 400
"""Entries moved in one work. A longer thread is moved by a chain of works, before the one that joins."""

THREADS: Final = 50
"""Threads that one work joins to another at most: each costs five changes besides its entries."""

AMENDMENTS: Final = 1000


class LongJoin(Exception):
    """The threads that a work's mails join are too long for one work: do these mails one by one."""


class Joins:
    """How many entries one work may still move, and how many threads it may still join."""

    def __init__(self) -> None:
        """Begin a work."""
        self._entries = SLICE
        self._threads = THREADS

    def take(self, entries: int) -> None:
        """Count one thread with so many entries to be moved; raises LongJoin."""
        self._entries -= entries
        self._threads -= 1
        if self._entries < 0 or self._threads < 0:
            raise LongJoin


async def longest_first(tx: Tx, convs: Iterable[ZoneId]) -> list[ZoneId]:
    """Threads by how many entries they have, the older first where that is equal."""
    zones = await tx.zones(list(convs))
    return [zone.id for zone in sorted(zones, key=lambda zone: (-zone.nr, zone.id))]


async def join(tx: Tx, account: Id, conv: ZoneId, into: ZoneId) -> None:
    """Make one thread of two: entries of the first are added to the second, which keeps its id.

    Labels and marks are united, the first one's grants end, and its id leads to the second for ever.
    """
    await move(tx, account, conv, into)
    old = await subscription_of(tx, account, conv)
    gone = private_of(old)
    known = await subscription_of(tx, account, into)
    private = private_of(known)
    labels = tuple(sorted({*private.labels, *gone.labels}))
    marks = united_marks(marks_of(private), marks_of(gone))
    zone = await tx.zone(into)
    assert zone is not None
    await keep(tx, known, zone, labels, marks)
    for label in gone.labels:
        tx.unindex(Space.LABELLED, label_term(account, label), conv)
    await tx.subscribe(msgspec.structs.replace(old, body=b"{}"), actor=account)
    await tx.end(account, conv, actor=account)
    await tx.unbind(Space.EXTERNAL, _moved_key(conv))
    await tx.merge(conv, into, actor=account)


async def move(tx: Tx, account: Id, conv: ZoneId, into: ZoneId) -> None:
    """Add the entries of one thread to another, from where a chain of works stopped (see `move_ahead`).

    Each keeps its date, author and words, and gets a new id, seq and nr. Amendments follow their targets.
    """
    moved: dict[Id, Id] = {}
    for entry in await tx.entries(conv, after=await _moved(tx, conv, into)):
        await _add_anew(tx, account, entry, into, moved)


async def move_ahead(tx: Tx, account: Id, conv: ZoneId, into: ZoneId, *, slice: int) -> bool:
    """Move that many entries if more are left than that; says whether the rest fits into one work now."""
    page = await tx.entries(conv, after=await _moved(tx, conv, into), limit=slice + 1)
    if len(page) <= slice:
        return True
    moved: dict[Id, Id] = {}
    for entry in page[:slice]:
        await _add_anew(tx, account, entry, into, moved)
    answer = b"%d" % page[slice - 1].seq
    await tx.bind(Space.EXTERNAL, _moved_key(conv), into, answer=answer, replace=True)
    return False


async def left_of(tx: Tx, conv: ZoneId, into: ZoneId) -> int:
    """How many entries of a thread are to be moved, at most SLICE + 1."""
    return len(await tx.entries(conv, after=await _moved(tx, conv, into), limit=SLICE + 1))


async def _moved(tx: Tx, conv: ZoneId, into: ZoneId) -> Seq:
    known = await tx.key(Space.EXTERNAL, _moved_key(conv))
    return START if known is None or known.object != into else Seq(int(known.answer or b"0"))


async def _add_anew(tx: Tx, account: Id, entry: Entry, into: ZoneId, moved: dict[Id, Id]) -> None:
    """Add an entry and its amendments; `moved` leads from what this work moved to what it is now."""
    if entry.target is not None or entry.body == ERASED:
        return
    root = None if entry.root is None else await _root(tx, account, entry.root, moved)
    again = await _copy(tx, entry, into, root=root)
    moved[entry.id] = again.id
    if entry.kind == EntryKind.MAIL:
        no = read_body(entry.body).no
        await tx.bind(Space.MAIL, keys.mail_key(account, no), again.id, replace=True)
    for amendment in await tx.related(entry, limit=AMENDMENTS):
        if amendment.body != ERASED:
            await _copy(tx, amendment, into, target=again.id)
    if entry.form is not None and await tx.related(again, limit=1):
        await tx.form(again.id, entry.form)


async def _root(tx: Tx, account: Id, root: Id, moved: dict[Id, Id]) -> Id | None:
    """The entry that chat answers lie below, where it is now; a mail that an earlier work moved is found by
    its number."""
    if root in moved:
        return moved[root]
    entry = await tx.entry(root)
    if entry is None or entry.kind != EntryKind.MAIL or entry.body == ERASED:
        return None
    bound = await tx.key(Space.MAIL, keys.mail_key(account, read_body(entry.body).no))
    return None if bound is None else bound.object


async def _copy(
    tx: Tx, entry: Entry, into: ZoneId, *, target: Id | None = None, root: Id | None = None
) -> Entry:
    again = await tx.add(
        NewEntry(
            conv=into,
            kind=entry.kind,
            author=entry.author,
            body=entry.body,
            at=entry.at,
            target=target,
            rel=entry.rel,
            root=root,
            silent=entry.nr is None,
            alerts=entry.alert_nr > 0,
            bumps=False,
        )
    )
    for hash in await tx.named_blobs(entry.id):
        tx.names(hash, again.id)
    return again


def _moved_key(conv: ZoneId) -> bytes:
    """Under Space.EXTERNAL, while a long thread is being moved: how far that has come."""
    return b"moved/%d" % conv
