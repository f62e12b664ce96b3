"""Bringing a label's new name, or that it is gone, to all conversations that have it: a few in each work."""

from typing import Final

import msgspec

from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Space
from syncline.services.conversations.subscriptions import (
    label_term,
    private_of,
    relabelled,
    save,
    subscription_of,
)
from syncline.services.labels.labels import free_name, label_of, put_label
from syncline.services.timers import set_timer
from syncline.store.contract import Tx

SETTLE: Final = "labels/settle"
"""The timer that goes on with what a crash cut off."""

SLICE: Final = 32
"""Conversations changed in one work, which holds the loop while it runs."""

AFTER: Final = 60_000
"""Milliseconds until somebody looks whether a chain of works came to its end."""


async def settle(tx: Tx, account: Id, id: Id) -> bool:
    """Change the next SLICE conversations; says whether all have what the label says now.

    The name that the label had leads to it until then, so that nobody makes it anew in between.
    """
    label = await label_of(tx, account, id)
    old = label.body.was
    if old is None:
        return True
    convs = await tx.find(Space.LABELLED, label_term(account, old), limit=SLICE)
    for conv in convs:
        await _relabel(tx, account, ZoneId(conv), old, None if label.removed else label.name)
    if len(convs) == SLICE:
        return False
    await put_label(tx, account, msgspec.structs.replace(label.body, was=None), id)
    if old != label.name:
        await free_name(tx, label, old)
    return True


def settle_later(tx: Tx, account: Id, id: Id, due: int | None = None) -> None:
    """Let a timer go on with it; one that finds nothing to do does nothing."""
    when = tx.now + AFTER if due is None else due
    set_timer(tx, when, SETTLE, {"account": account, "label": id}, account=account)


async def _relabel(tx: Tx, account: Id, conv: ZoneId, old: str, new: str | None) -> None:
    known = await subscription_of(tx, account, conv)
    private = private_of(known)
    if old not in private.labels:
        tx.unindex(Space.LABELLED, label_term(account, old), conv)
        return
    labels = {*private.labels, new or old} - {old}
    after = msgspec.structs.replace(private, labels=tuple(sorted(labels)))
    await save(tx, known, after, read_nr=known.read_nr, read_alert=known.read_alert)
    await relabelled(tx, account, conv, private.labels, after)
