"""Subscriptions: an account's private side of a conversation. Nobody else is told of it."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from syncline.core.errors import Invalid, TooLarge
from syncline.core.ids import START, Id, Nr, ZoneId
from syncline.core.kinds import Space, Why
from syncline.core.mail import INBOX
from syncline.core.objects import Subscription
from syncline.core.ranges import Ranges
from syncline.services.conversations.access import standing
from syncline.services.labels import ensure
from syncline.store.contract import Tx, View

ALERTS: Final = ("default", "never", "passive")
MOST_LABELS: Final = 100
FOR_EVER: Final = -1
"""`muted_until` of a conversation that is muted without an end."""


class Marks(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an account noted about the mails of a thread, by their numbers.

    `thread` is the thread's own number: negated, its id while the mail at its root never came.
    """

    thread: int
    unread: Ranges = ()
    starred: Ranges = ()
    deleted: Ranges = ()


class Private(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of a subscription.

    `labels`: names, sorted; Matrix's tags and Heliotrope's labels are the same. `alerts`: how loud it is.
    `muted_until`: ms, 0 no, -1 for ever; `muted_for`: the seconds asked for then. `hidden_nr`: hidden while
    no newer nr was taken. `deleted_nr`: taken off the list, nothing up to this nr is shown again.
    `marked_unread`: the last read act went back.
    `joined_nr`, `begin_nr`, `member_nr`: the nrs of the account's first, present and newest act of
    membership; 1 for all who were there from the start. Where it was shown the history, `joined_nr` lies
    before its first act: it is the nr down to which it may read. `marks`: of a mail thread only.
    """

    labels: tuple[str, ...] = ()
    alerts: str = "default"
    muted_until: int = 0
    muted_for: int = 0
    hidden_nr: int = 0
    deleted_nr: int = 0
    marked_unread: bool = False
    joined_nr: int = 1
    begin_nr: int = 1
    member_nr: int = 1
    marks: Marks | None = None


def private_of(subscription: Subscription | None) -> Private:
    """The private side as it is written, or the defaults."""
    if subscription is None:
        return Private()
    return msgspec.json.decode(subscription.body, type=Private)


async def subscription_of(view: View, account: Id, conv: ZoneId) -> Subscription:
    """An account's subscription; one that nobody wrote yet has read nothing."""
    return await view.subscription(account, conv) or Subscription(account, conv)


async def save(tx: Tx, known: Subscription, private: Private, *, read_nr: int, read_alert: int) -> bool:
    """Write a subscription if it differs from what is known; returns whether it was written."""
    body = msgspec.json.encode(private)
    if (known.body, known.read_nr, known.read_alert) == (body, read_nr, read_alert) and known.seq:
        return False
    await tx.subscribe(
        msgspec.structs.replace(known, body=body, read_nr=Nr(read_nr), read_alert=read_alert),
        actor=known.account,
    )
    return True


async def mark(tx: Tx, account: Id, conv: ZoneId, **changes: Any) -> Private:
    """Change what is given of an account's private side (fields of `Private`) and leave the rest.

    Works for one who left, too: he may still label and hide what he can read. Raises NotFound for a
    stranger, Invalid for values that cannot be.
    """
    zone, _ = await standing(tx, account, conv)
    known = await subscription_of(tx, account, zone.id)
    old = private_of(known)
    if "labels" in changes:
        changes["labels"] = _labels(changes["labels"])
    unknown = changes.keys() - _CHANGEABLE
    if unknown:
        raise Invalid(f"{sorted(unknown)[0]} cannot be marked.", field=sorted(unknown)[0])
    if changes.get("alerts", "default") not in ALERTS:
        raise Invalid(f"Alerts are one of {', '.join(ALERTS)}.", field="alerts")
    new = msgspec.structs.replace(old, **changes)
    if await save(tx, known, new, read_nr=known.read_nr, read_alert=known.read_alert):
        await relabelled(tx, account, zone.id, old.labels, new)
    return new


async def relabelled(tx: Tx, account: Id, conv: ZoneId, before: Iterable[str], private: Private) -> None:
    """Do what follows from new labels: they are listed, and a mail thread in the inbox is shown to chats.

    The chat protocols see what an account has grants of; leaving the inbox ends the grant (design.md 4).
    They know labels as objects, which are made for what they see: never for archived mail.
    """
    old, new = set(before), set(private.labels)
    for label in old - new:
        tx.unindex(Space.LABELLED, label_term(account, label), conv)
    for label in new - old:
        tx.index(Space.LABELLED, label_term(account, label), conv)
    if private.marks is not None and (INBOX in old) != (INBOX in new):
        if INBOX in new:
            await tx.grant(account, conv, first=START, why=Why.LABEL, actor=account)
        else:
            await tx.end(account, conv, actor=account)
    if private.marks is None:
        await ensure(tx, account, sorted(new - old))
    elif INBOX in new:
        await ensure(tx, account, sorted(new - old if INBOX in old else new))


async def hide(tx: Tx, account: Id, conv: ZoneId, *, hidden: bool = True) -> Private:
    """Hide a conversation until its next nr, or show it again."""
    zone, _ = await standing(tx, account, conv)
    return await mark(tx, account, zone.id, hidden_nr=zone.nr if hidden else 0)


def label_term(account: Id, label: str) -> bytes:
    """The value under Space.LABELLED that lists an account's conversations with a label."""
    return account.to_bytes(8, "big") + label.encode()


def _labels(labels: Iterable[str]) -> tuple[str, ...]:
    found = tuple(sorted(set(labels)))
    if len(found) > MOST_LABELS:
        raise TooLarge(f"A conversation has at most {MOST_LABELS} labels.", field="labels")
    for label in found:
        if not label or len(label) > 255 or not label.isprintable():
            raise Invalid("A label has 1 to 255 characters on one line.", field="labels")
    return found


_CHANGEABLE: Final = frozenset(
    {"labels", "alerts", "muted_until", "muted_for", "hidden_nr", "deleted_nr", "marked_unread"}
)
