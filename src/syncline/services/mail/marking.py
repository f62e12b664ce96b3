"""Labels and states: one subscription of the thread holds them all, so that each act writes one row."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final

import msgspec

from syncline.core.errors import Invalid, TooLarge
from syncline.core.ids import Id
from syncline.core.kinds import Space
from syncline.core.mail import MUTABLE, STATES, MailBody
from syncline.core.objects import Subscription
from syncline.core.ranges import Ranges, holds, numbers, ranges, united, without
from syncline.core.zones import Zone
from syncline.services.conversations.reading import alerts_upto
from syncline.services.conversations.subscriptions import Marks, Private, private_of, relabelled, save
from syncline.services.mail.keys import mail_key
from syncline.store.contract import Tx

MOST_LABELS: Final = 100
LONGEST_LABEL: Final = 255

LOOKED_AT: Final = 32
"""Unread mails whose place is looked up for the read position; the first ones are the lowest, as a rule."""

_LABEL: Final = re.compile(r"""[^()"\-~:*\x00-\x1f\x7f][^()":\x00-\x1f\x7f]*""")


def valid_label(label: str) -> bool:
    """Whether a query could name it (Heliotrope reference 1.4): no `( ) " :`, and no `- ~ *` at its start."""
    return len(label) <= LONGEST_LABEL and _LABEL.fullmatch(label) is not None


def own_labels(labels: Iterable[str]) -> tuple[str, ...]:
    """The labels without the names of states, sorted; raises Invalid for one that cannot be, TooLarge."""
    found = sorted({label for label in labels if label not in STATES})
    for label in found:
        if not valid_label(label):
            raise Invalid(f"{label[:LONGEST_LABEL]} is an invalid label", field="labels")
    if len(found) > MOST_LABELS:
        raise TooLarge(f"A thread has at most {MOST_LABELS} labels.", field="labels")
    return tuple(found)


def mutable(*names: str) -> None:
    """Raises Invalid for a name that is no mutable state."""
    for name in names:
        if name not in MUTABLE:
            raise Invalid(f"Only {', '.join(MUTABLE)} can be changed.", field="state")


def states_of(body: MailBody, marks: Marks) -> tuple[str, ...]:
    """All states of a mail: what its owner noted about it, then what it came with."""
    noted = tuple(state for state in MUTABLE if holds(getattr(marks, state), body.no))
    return noted + body.states


def marks_of(private: Private) -> Marks:
    """The marks of a mail thread's private side."""
    return private.marks or Marks(0)


def united_marks(one: Marks, other: Marks) -> Marks:
    """What is noted in either; the thread's own number is the first one's."""
    return Marks(
        one.thread,
        united(one.unread, other.unread),
        united(one.starred, other.starred),
        united(one.deleted, other.deleted),
    )


def marked(marks: Marks, numbers: Ranges, state: Collection[str]) -> Marks:
    """The marks after these mails were given exactly these mutable states; other names are ignored."""
    changed = {}
    for name in MUTABLE:
        known: Ranges = getattr(marks, name)
        if name in state:
            changed[name] = united(known, numbers)
        elif known:
            changed[name] = _less(known, numbers)
    return msgspec.structs.replace(marks, **changed)


def remarked(marks: Marks, *, add: Mapping[str, Ranges], remove: Mapping[str, Ranges]) -> Marks:
    """The marks with some mutable states given to some mails, then some taken from some."""
    changed = {name: getattr(marks, name) for name in (*add, *remove)}
    for name, given in add.items():
        changed[name] = united(changed[name], given)
    for name, gone in remove.items():
        changed[name] = _less(changed[name], gone)
    return msgspec.structs.replace(marks, **changed)


def _less(known: Ranges, gone: Ranges) -> Ranges:
    if len(gone) == 2 and gone[0] == gone[1]:
        return without(known, gone[0])
    left = set(numbers(known)).difference(numbers(gone))
    return ranges(left)


async def keep(
    tx: Tx,
    known: Subscription,
    zone: Zone,
    labels: tuple[str, ...],
    marks: Marks,
    *,
    read_nr: int | None = None,
) -> None:
    """Write an account's labels and marks of a thread, with all that follows from them.

    The read position lies before the first unread mail; None: it is looked up.
    """
    account = known.account
    old = private_of(known)
    new = msgspec.structs.replace(old, labels=labels, marks=marks)
    if read_nr is None:
        read_nr = await _read_nr(tx, account, zone, known, marks)
    read_alert = known.read_alert if read_nr == known.read_nr else await alerts_upto(tx, zone, read_nr)
    await save(tx, known, new, read_nr=read_nr, read_alert=read_alert)
    await relabelled(tx, account, known.conv, old.labels, new)


async def _read_nr(tx: Tx, account: Id, zone: Zone, known: Subscription, marks: Marks) -> int:
    if not marks.unread:
        return zone.nr
    if marks == private_of(known).marks:
        return known.read_nr
    lowest: int = zone.nr
    for looked, no in enumerate(numbers(marks.unread)):
        if looked >= LOOKED_AT:
            break
        bound = await tx.key(Space.MAIL, mail_key(account, no))
        entry = None if bound is None else await tx.entry(bound.object)
        if entry is not None and entry.conv == zone.id and entry.nr is not None:
            lowest = min(lowest, entry.nr - 1)
    return lowest
