"""Cards: what a list of results must know of a thread, made once from its mails.

Labels and marks change more often than mails come: a card is made of the mails alone, and what a list
shows follows from card and marks without reading a mail again.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from syncline.core.ids import ZoneId
from syncline.core.mail import IMMUTABLE, MUTABLE, MailBody
from syncline.core.ranges import Ranges, holds, numbers
from syncline.core.threads import Tree
from syncline.services.conversations.subscriptions import Marks
from syncline.services.search.shapes import ThreadInfo

NOBODY: Final = -1
"""Stands for the sender of a mail that names none."""


class Leaf(msgspec.Struct, frozen=True, gc=False):
    """One mail of a thread, for its card. `date` in ms."""

    date: int
    body: MailBody


class Card(msgspec.Struct, frozen=True, array_like=True):
    """One thread as its mails make it.

    `root`: the number of the mail at the tree's root, 0 where it never came. `mails` are the numbers in
    tree order, `senders` the place of each one's sender among `participants`. `snippet` is the first one's.
    """

    subject: str
    root: int
    date: int
    participants: tuple[str, ...]
    direct: tuple[str, ...]
    indirect: tuple[str, ...]
    states: tuple[str, ...]
    mails: tuple[int, ...]
    senders: tuple[int, ...]
    snippet: str


class Side(msgspec.Struct, frozen=True, array_like=True):
    """The owner's side of a thread: labels, and which mails are marked."""

    labels: tuple[str, ...] = ()
    thread: int = 0
    unread: Ranges = ()
    starred: Ranges = ()
    deleted: Ranges = ()


def side_of(labels: tuple[str, ...], marks: Marks) -> Side:
    """The owner's side as the subscription says it."""
    return Side(labels, marks.thread, marks.unread, marks.starred, marks.deleted)


def card_of(leaves: Mapping[int, Leaf]) -> Card:
    """The card of a thread with these mails, by number; at least one."""
    tree = Tree((no, leaves[no].body.message_id, leaves[no].body.refs) for no in sorted(leaves))
    mails = tuple(node.no for node in tree.arranged() if node.no is not None)
    bodies = [leaves[no].body for no in mails]
    people: dict[str, int] = {}
    senders = tuple(
        people.setdefault(body.sender, len(people)) if body.senders else NOBODY for body in bodies
    )
    states = {state for body in bodies for state in body.states}
    return Card(
        subject=bodies[0].subject,
        root=tree.root() or 0,
        date=max(leaf.date for leaf in leaves.values()),
        participants=tuple(people),
        direct=_each_once(str(one) for body in bodies for one in body.to),
        indirect=_each_once(str(one) for body in bodies for one in (*body.cc, *body.bcc)),
        states=tuple(state for state in IMMUTABLE if state in states),
        mails=mails,
        senders=senders,
        snippet=bodies[0].snippet,
    )


def states_of(card: Card, side: Side) -> tuple[str, ...]:
    """The states that any mail of the thread has."""
    known = frozenset(card.mails)
    marked = (side.starred, side.unread, side.deleted)
    return (
        *(
            name
            for name, marks in zip(MUTABLE, marked, strict=True)
            if any(no in known for no in numbers(marks))
        ),
        *card.states,
    )


def first_unread(card: Card, side: Side) -> int | None:
    """The first unread mail in the thread's order."""
    if not side.unread:
        return None
    return next((no for no in card.mails if holds(side.unread, no)), None)


def info_of(conv: ZoneId, card: Card, side: Side, snippet: str) -> ThreadInfo:
    """What a list of results shows. `snippet`: that of the first unread mail, else of the first."""
    unread: dict[int, None] = {}
    if side.unread:
        pairs = zip(card.mails, card.senders, strict=True)
        unread = dict.fromkeys(sender for no, sender in pairs if holds(side.unread, no))
        unread.pop(NOBODY, None)
    states = states_of(card, side)
    return ThreadInfo(
        conv=conv,
        thread_id=card.root or -side.thread,
        subject=card.subject,
        date=card.date,
        participants=card.participants,
        direct_recipients=card.direct,
        indirect_recipients=card.indirect,
        size=len(card.mails),
        state=states,
        labels=(*side.labels, *states),
        snippet=snippet,
        unread_participants=tuple(card.participants[sender] for sender in unread),
    )


def _each_once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
