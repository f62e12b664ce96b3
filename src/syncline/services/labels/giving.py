"""Giving labels to a conversation, as clients do that know labels as a set which they replace."""

from collections.abc import Collection
from typing import Final

import msgspec

from syncline.core.errors import Invalid, TooLarge
from syncline.core.ids import Id, ZoneId
from syncline.core.ranges import united
from syncline.services.conversations.access import standing
from syncline.services.conversations.subscriptions import (
    FOR_EVER,
    MOST_LABELS,
    Marks,
    Private,
    private_of,
    relabelled,
    save,
    subscription_of,
)
from syncline.services.labels.system import SETTABLE, SYSTEM, System, own_name, system_named
from syncline.services.mail.marking import valid_label
from syncline.services.mail.trees import mails_of
from syncline.store.contract import Tx, View

LONGEST: Final = 255
NOT_ON_MAILS: Final = 'Labels of mails have no ( ) " : in them, and no - ~ * at their start.'


def clean_name(name: str) -> str:
    """A label's name with single blanks; raises Invalid for one that cannot be."""
    found = " ".join(name.split())
    if not found or len(found) > LONGEST or not found.isprintable():
        raise Invalid(f"A label has 1 to {LONGEST} characters on one line.", field="label")
    return found


def is_starred(name: str) -> bool:
    """Whether this is the name of the star."""
    return _settable(name) == System.STARRED


async def newest_mail(view: View, account: Id, conv: ZoneId) -> int | None:
    """The number of the mail that a star on its thread goes to: the newest by date.

    None where that is not asked for: no mail thread, or it is starred already. NotFound for a stranger.
    """
    zone, _ = await standing(view, account, conv)
    private = private_of(await view.subscription(account, zone.id))
    if private.marks is None or private.marks.starred:
        return None
    mails = (await mails_of(view, zone.id)).values()
    newest = max(mails, key=lambda mail: (mail.entry.at, mail.body.no), default=None)
    return None if newest is None else newest.body.no


async def give(
    tx: Tx, account: Id, conv: ZoneId, names: Collection[str], *, newest: int | None = None
) -> Private:
    """Let a conversation have exactly these labels, of those that people give: own ones, starred, Spam.

    Labels of other protocols that cannot be shown as such stay (`inbox` above all). Names of labels that
    follow from other things are passed over: clients send back what they were told. Own labels are made
    where there are none. Starring a thread of mails stars its `newest` mail, taking the star away takes it
    from all. Spam mutes, and no Spam any more ends that. Raises NotFound for a stranger, Invalid, TooLarge.
    """
    zone, _ = await standing(tx, account, conv)
    known = await subscription_of(tx, account, zone.id)
    old = private_of(known)
    wanted = {number for name in names if (number := _settable(name)) is not None}
    labels = {name for name in old.labels if not own_name(name) and _settable(name) is None}
    for name in names:
        if own_name(name):
            if old.marks is not None and name not in old.labels and not valid_label(name):
                raise Invalid(NOT_ON_MAILS, field="labels")
            labels.add(name)
        elif system_named(name) is None:
            raise Invalid(f"{name} means something else here; take another name.", field="labels")
    marks = old.marks
    if marks is not None:
        marks = _starred(marks, newest, starred=System.STARRED in wanted)
        wanted.discard(System.STARRED)
    for number in wanted:
        spelled = {name for name in old.labels if _settable(name) == number}
        labels |= spelled or {SYSTEM[number - 1].name}
    if len(labels) > MOST_LABELS:
        raise TooLarge(f"A conversation has at most {MOST_LABELS} labels.", field="labels")
    new = msgspec.structs.replace(old, labels=tuple(sorted(labels)), marks=marks)
    was_spam = any(_settable(name) == System.SPAM for name in old.labels)
    new = _muted(new, was_spam=was_spam, is_spam=System.SPAM in wanted)
    if await save(tx, known, new, read_nr=known.read_nr, read_alert=known.read_alert):
        await relabelled(tx, account, zone.id, old.labels, new)
    return new


def _settable(name: str) -> System | None:
    system = system_named(name)
    return system.number if system is not None and system.number in SETTABLE else None


def _starred(marks: Marks, newest: int | None, *, starred: bool) -> Marks:
    if not starred:
        return msgspec.structs.replace(marks, starred=())
    if marks.starred or newest is None:
        return marks
    return msgspec.structs.replace(marks, starred=united((), (newest, newest)))


def _muted(private: Private, *, was_spam: bool, is_spam: bool) -> Private:
    if is_spam and not was_spam:
        return msgspec.structs.replace(private, alerts="never", muted_until=FOR_EVER, muted_for=0)
    if was_spam and not is_spam and (private.alerts, private.muted_until) == ("never", FOR_EVER):
        return msgspec.structs.replace(private, alerts="default", muted_until=0)
    return private
