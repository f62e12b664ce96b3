"""Read positions, and the counts that follow from them. Counted by the zone's counters, never per message."""

import msgspec

from syncline.core.entries import ERASED, Entry
from syncline.core.errors import Invalid
from syncline.core.ids import START, Id, Nr, Seq, ZoneId
from syncline.core.kinds import EntryKind
from syncline.core.mail import read_body
from syncline.core.ranges import both, ranges
from syncline.core.zones import Zone
from syncline.services.conversations.access import present
from syncline.services.conversations.mentions import unread_mentions
from syncline.services.conversations.receipts import write_receipt
from syncline.services.conversations.subscriptions import Private, private_of, save, subscription_of
from syncline.services.conversations.visibility import Sight, sight
from syncline.store.contract import Tx, View

NEAR = 16
MOST_NEAR = 256
"""Entries looked at beside a place before a longer search, and the most that a step of that looks at."""


class Reading(msgspec.Struct, frozen=True):
    """How far an account is with a conversation. Numbers are nrs, but `unread` and the two alert counts.

    `last_nr`: newest nr that it may know (frozen for one who left); `show_nr`: newest entry that is no
    amendment. `first_unread` and `mention_nr`: the first unread alerting entry, and the first that mentions
    it (0: none). `inbox_nr`: what a list shows: the first unread, else the last alerting entry, else 1.
    `joined_nr`, `begin_nr`, `member_nr`: see Private.
    """

    conv: ZoneId
    present: bool
    read_nr: int
    read_alert: int
    last_nr: int
    last_alert: int
    show_nr: int
    unread: int
    first_unread: int
    inbox_nr: int
    mention_nr: int
    marked_unread: bool
    joined_nr: int
    begin_nr: int
    member_nr: int


async def alerts_upto(view: View, zone: Zone, nr: int) -> int:
    """How many alerting entries have a nr up to this one: a few reads, a few dozen far back."""
    if nr >= zone.nr:
        return zone.alert_nr
    if nr <= 0:
        return 0
    at = await view.entry_by_nr(zone.id, Nr(nr))
    if at is None:
        raise Invalid("There is no entry with this number.", field="nr")
    if at.alert_nr:
        return at.alert_nr
    near = await view.entries(zone.id, before=at.seq, limit=NEAR, newest=True)
    for entry in reversed(near):
        if entry.alert_nr:
            return entry.alert_nr
    if len(near) < NEAR:
        return 0
    low, high = 0, zone.alert_nr
    while low < high:
        middle = (low + high + 1) // 2
        found = await view.entry_by_alert(zone.id, middle)
        if found is not None and found.seq <= at.seq:
            low = middle
        else:
            high = middle - 1
    return low


async def mark_read(
    tx: Tx, account: Id, conv: ZoneId, nr: int | None = None, *, public: bool = True, unread: bool = False
) -> Reading:
    """Move a member's read position to a nr, forward or back; None: to the end.

    Beyond the end it stops there, and before what the member may see it stops there as well, so that
    nothing hidden is counted. Going forward writes the `public` receipt too. `unread`: what comes after is
    marked as unread, wherever the position was; going back always does that. Raises NotMember, NotFound.
    """
    zone, _ = await present(tx, account, conv)
    seen = await sight(tx, account, zone.id)
    if nr is not None and nr < 0:
        raise Invalid("A read position is a number from 0 on.", field="nr")
    target = zone.nr if nr is None else max(min(nr, zone.nr), await _before(tx, seen))
    known = await subscription_of(tx, account, zone.id)
    private = private_of(known)
    back = unread or target < known.read_nr
    if back or target != known.read_nr:
        private = msgspec.structs.replace(private, marked_unread=back)
    elif private.marked_unread and nr is None:
        private = msgspec.structs.replace(private, marked_unread=False)
    private = await _mails_read(tx, zone, private, known.read_nr, target)
    alerts = await alerts_upto(tx, zone, target)
    await save(tx, known, private, read_nr=target, read_alert=alerts)
    if public and not back and target:
        entry = await tx.entry_by_nr(zone.id, Nr(target))
        if entry is not None and seen.covers(entry.seq):
            await write_receipt(tx, account, entry)
    return await reading_of(tx, account, zone.id)


async def _mails_read(tx: Tx, zone: Zone, private: Private, before: int, target: int) -> Private:
    """What a read position says of the single mails of a thread: those after it are unread, none before.

    Going forward leaves mails beyond it that were read one by one as they are.
    """
    if private.marks is None or target == before:
        return private
    at = await tx.entry_by_nr(zone.id, Nr(target)) if target else None
    after = START if at is None else at.seq
    later = ranges(
        read_body(entry.body).no
        for entry in (await tx.entries(zone.id, after=after) if target < zone.nr else ())
        if entry.kind == EntryKind.MAIL and entry.body != ERASED
    )
    unread = later if target < before else both(private.marks.unread, later)
    return msgspec.structs.replace(private, marks=msgspec.structs.replace(private.marks, unread=unread))


async def follow(tx: Tx, account: Id, entry: Entry, alerts_before: int) -> None:
    """Move an author's position along with his own entry if he had read everything before it (Fleep 4.6)."""
    if entry.nr is None:
        return
    known = await subscription_of(tx, account, entry.conv)
    if known.read_alert >= alerts_before:
        alerts = entry.alert_nr or alerts_before
        await save(tx, known, private_of(known), read_nr=entry.nr, read_alert=alerts)


async def reading_of(view: View, account: Id, conv: ZoneId) -> Reading:
    """How far an account is with a conversation; raises NotFound for a stranger."""
    seen = await sight(view, account, conv)
    zone = seen.zone
    known = await subscription_of(view, account, zone.id)
    private = private_of(known)
    last = zone.nr if seen.present else await _last_nr(view, seen)
    last_alert = await alerts_upto(view, zone, last)
    unread = max(0, last_alert - known.read_alert)
    first = await view.entry_by_alert(zone.id, known.read_alert + 1) if unread else None
    inbox = first
    if first is None and last_alert:
        inbox = await view.entry_by_alert(zone.id, last_alert)
    if inbox is not None and not seen.covers(inbox.seq):
        inbox = await view.entry_by_nr(zone.id, Nr(private.begin_nr))
    mentions = await unread_mentions(view, account, zone.id, known.read_nr) if last else []
    mentions = [entry for entry in mentions if seen.covers(entry.seq)]
    return Reading(
        conv=zone.id,
        present=seen.present,
        read_nr=known.read_nr,
        read_alert=known.read_alert,
        last_nr=last,
        last_alert=last_alert,
        show_nr=await _show_nr(view, seen),
        unread=unread,
        first_unread=_nr(first),
        inbox_nr=_nr(inbox) or min(last, 1),
        mention_nr=_nr(mentions[0]) if mentions else 0,
        marked_unread=private.marked_unread,
        joined_nr=private.joined_nr,
        begin_nr=private.begin_nr,
        member_nr=private.member_nr,
    )


def _nr(entry: Entry | None) -> int:
    return 0 if entry is None or entry.nr is None else entry.nr


async def _newest(view: View, seen: Sight, *, messages: bool) -> int:
    spans = seen.ranges()
    for first, last in reversed(spans):
        before = None if last is None else Seq(last + 1)
        limit = NEAR
        while page := await view.entries(
            seen.zone.id, after=Seq(first - 1), before=before, limit=limit, newest=True
        ):
            limit = min(2 * limit, MOST_NEAR)
            for entry in reversed(page):
                if entry.nr is not None and not (messages and entry.kind == EntryKind.AMENDMENT):
                    return entry.nr
            before = page[0].seq
    return 0


async def _last_nr(view: View, seen: Sight) -> int:
    return await _newest(view, seen, messages=False)


async def _show_nr(view: View, seen: Sight) -> int:
    return await _newest(view, seen, messages=True)


async def _before(view: View, seen: Sight) -> int:
    """The nr before the first entry that the account sees without a break up to now."""
    first, _ = seen.ranges()[-1]
    after = Seq(first - 1)
    while page := await view.entries(seen.zone.id, after=after, limit=NEAR):
        for entry in page:
            if entry.nr is not None:
                return entry.nr - 1
        after = page[-1].seq
    return seen.zone.nr
