"""What a change of membership does to the grants and the subscription of the one concerned."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from syncline.core.entries import Entry, NewFact
from syncline.core.errors import NotFound
from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.kinds import Why, ZoneKind
from syncline.core.rooms import facts as names
from syncline.core.rooms.rules import Membership, membership_of
from syncline.core.rooms.visibility import BEGINNING, Era, joining
from syncline.core.zones import Zone
from syncline.services.conversations.paging import numbered_after
from syncline.services.conversations.subscriptions import private_of, save, subscription_of
from syncline.services.conversations.visibility import Sight
from syncline.services.people import know, profile_object, read_profile
from syncline.store.contract import Tx

EMPTY_FIRST: Final = Seq(1)
EMPTY_LAST: Final = Seq(0)

NEAR: Final = 16
"""Entries looked at to find the first that takes a number."""

ACQUAINTED: Final = 12
"""Up to so many members, everybody in a conversation gets to know everybody (at most 132 contacts a work).

In larger ones only those who act and those whom it concerns do; others' profiles come with the members.
"""

_THERE: Final = frozenset({Membership.JOIN, Membership.INVITE})


async def has_account(tx: Tx, person: Id) -> bool:
    """Whether a person can be granted anything: those who are only an address have no zone of their own."""
    zone = await tx.zone(ZoneId(person))
    return zone is not None and zone.kind == ZoneKind.ACCOUNT


async def member_fact(
    tx: Tx, person: Id, standing: Membership, extra: dict[str, Any] | None = None
) -> NewFact:
    """The fact of a person's membership, with name and picture of its profile (Matrix shows those).

    Raises NotFound for a person that nobody has made, or that was erased.
    """
    found = await profile_object(tx, person)
    if found is None:
        raise NotFound("There is no such person.", field="person")
    profile = read_profile(found)
    if profile.erased and standing in (Membership.JOIN, Membership.INVITE):
        raise NotFound("There is no such person.", field="person")
    content: dict[str, Any] = dict(extra or {})
    if standing in (Membership.JOIN, Membership.INVITE, Membership.KNOCK):
        content.setdefault("displayname", profile.name)
        if profile.avatar:
            content.setdefault("avatar", profile.avatar)
    content["membership"] = standing
    return names.fact(names.MEMBER, content, names.person_name(person))


async def let_in(
    tx: Tx,
    zone: Zone,
    person: Id,
    entry: Entry,
    eras: Sequence[Era],
    *,
    by: Id,
    invited: Seq | None = None,
    start: Entry | None = None,
) -> None:
    """Give a new member its grants by history visibility, and a read position just before it came.

    `zone` is the conversation before the entry. `start`: the entry at which the membership begins if it is
    not `entry` (those added to a conversation that holds nothing but its beginning were there from it).
    """
    if not await has_account(tx, person):
        return
    begin = start or entry
    await _end_waiting(tx, zone.id, person, by)
    shown = joining(eras, begin.seq, invited=invited)
    for first, last in shown:
        await tx.grant(person, zone.id, first=first, last=last, why=Why.MEMBER, actor=by)
    if start is not None or begin.nr is None:
        return
    known = await subscription_of(tx, person, zone.id)
    private = private_of(known)
    since = await _first_nr(tx, zone.id, shown[0][0], begin.nr)
    private = msgspec.structs.replace(
        private,
        joined_nr=min(private.joined_nr, since) if known.seq else since,
        begin_nr=begin.nr,
        member_nr=begin.nr,
        marked_unread=False,
    )
    await save(tx, known, private, read_nr=begin.nr - 1, read_alert=zone.alert_nr)


async def _first_nr(tx: Tx, conv: ZoneId, first: Seq, otherwise: int) -> int:
    """The first nr from a seq on, if one of the next few entries has one."""
    if first <= 1:
        return 1
    for entry in await tx.entries(conv, after=Seq(first - 1), limit=NEAR):
        if entry.nr is not None:
            return entry.nr
    return otherwise


async def show_door(tx: Tx, conv: ZoneId, person: Id, why: Why, *, by: Id) -> None:
    """Let an account see that a conversation exists, and nothing in it: invited, or waiting to be let in."""
    if await has_account(tx, person):
        await _end_waiting(tx, conv, person, by)
        await tx.grant(person, conv, first=EMPTY_FIRST, last=EMPTY_LAST, why=why, actor=by)


async def let_go(tx: Tx, zone: Zone, person: Id, entry: Entry, *, by: Id) -> None:
    """End what an account sees with the entry that tells of it: a leave, kick, ban or refusal.

    One who was only invited sees that entry and nothing else.
    """
    alive = [grant for grant in await tx.grants(person, zone=zone.id) if grant.alive]
    if not alive:
        return
    if not any(grant.open for grant in alive):
        await tx.grant(person, zone.id, first=entry.seq, last=entry.seq, why=Why.MEMBER, actor=by)
        await tx.end(person, zone.id, last=entry.seq, actor=by)
        return
    await tx.end(person, zone.id, last=entry.seq, actor=by)
    if entry.nr is not None:
        known = await subscription_of(tx, person, zone.id)
        private = msgspec.structs.replace(private_of(known), member_nr=entry.nr, marked_unread=False)
        await save(tx, known, private, read_nr=entry.nr, read_alert=zone.alert_nr)


async def show_past(
    tx: Tx, seen: Sight, persons: Sequence[Id], entry: Entry, *, since: int = 1, actor: Id
) -> None:
    """Let members read what somebody sees (`seen`) of the time from a nr up to an entry.

    Their `joined_nr`, to which clients page back, moves to where they can read from now. Permissions are
    the caller's, and so is telling of it. Persons without account are passed over.
    """
    shown = await numbered_after(tx, seen, max(since, 1) - 1, limit=1)
    if not shown:
        return
    begin = BEGINNING if since <= 1 else shown[0].seq
    for person in dict.fromkeys(persons):
        if not await has_account(tx, person):
            continue
        for first, last in seen.ranges():
            start, end = max(first, begin), entry.seq if last is None else last
            if start <= end:
                await tx.grant(person, seen.zone.id, first=start, last=end, why=Why.DISCLOSED, actor=actor)
        known = await subscription_of(tx, person, seen.zone.id)
        private = private_of(known)
        if (nr := shown[0].nr or 1) < private.joined_nr:
            private = msgspec.structs.replace(private, joined_nr=nr)
            await save(tx, known, private, read_nr=known.read_nr, read_alert=known.read_alert)


async def acquaint(tx: Tx, conv: ZoneId, by: Id, persons: Sequence[Id]) -> None:
    """Let accounts know the persons that they now share a conversation with (see ACQUAINTED).

    Not those who have left: a new contact would tell them who came after them.
    """
    others = [by]
    zone = await tx.zone(conv)
    if zone is not None and zone.joined + zone.invited <= ACQUAINTED:
        members = await tx.state(conv, types=(names.MEMBER,))
        others += [names.person_of(fact.name) for fact in members if membership_of(fact.content) in _THERE]
    for person in persons:
        for other in dict.fromkeys(others):
            if other != person:
                await know(tx, person, other, actor=by)
                await know(tx, other, person, actor=by)


async def _end_waiting(tx: Tx, conv: ZoneId, person: Id, by: Id) -> None:
    waiting = (Why.INVITED, Why.KNOCKED)
    alive = [grant for grant in await tx.grants(person, zone=conv) if grant.alive]
    if alive and all(grant.why in waiting for grant in alive):
        await tx.end(person, conv, last=EMPTY_LAST, actor=by)
