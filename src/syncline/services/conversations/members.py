"""Memberships: invite, add, join, knock, leave, kick, ban, unban. One entry each, however many persons."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from syncline.core.entries import Entry, NewEntry, NewFact
from syncline.core.errors import Invalid, NotFound, TooLarge
from syncline.core.ids import Id, Nr, ZoneId
from syncline.core.kinds import EntryKind, Rel, Why
from syncline.core.rooms import facts as names
from syncline.core.rooms import membership as allow
from syncline.core.rooms.forms import amended, read_form
from syncline.core.rooms.rules import JoinRule, Membership, Rules
from syncline.core.zones import Zone
from syncline.services.conversations.access import NOT_THERE, conversation, present, rules, standing
from syncline.services.conversations.answers import Answer, Request, once, origin
from syncline.services.conversations.create import AT_ONCE
from syncline.services.conversations.grants import (
    acquaint,
    let_go,
    let_in,
    member_fact,
    show_door,
    show_past,
)
from syncline.services.conversations.options import options_of
from syncline.services.conversations.reading import follow
from syncline.services.conversations.visibility import eras, sight
from syncline.store.contract import Tx

OPEN_TO_STRANGERS = frozenset(
    {JoinRule.PUBLIC, JoinRule.KNOCK, JoinRule.RESTRICTED, JoinRule.KNOCK_RESTRICTED}
)


async def add(
    tx: Tx, account: Id, conv: ZoneId, persons: Sequence[Id], *, request: Request | None = None
) -> Answer:
    """Make persons members without asking them; those who are already are passed over.

    While the conversation holds nothing but its beginning this amends the beginning (Rel.MEMBERS), else it
    is an entry of its own. At most AT_ONCE persons; `Conversations.add` chains more. Where the option
    `disclose` is on, they see what the account sees of the time before.
    """

    async def act() -> Answer:
        zone, known = await present(tx, account, conv, *few(persons), joining=True)
        wanted = [person for person in dict.fromkeys(persons) if not known.joined(person)]
        for person in wanted:
            allow.check_add(known, account, person)
        if not wanted:
            return Answer(zone.id)
        start = await _fresh(tx, zone)
        facts = [await member_fact(tx, person, Membership.JOIN) for person in wanted]
        invitations = await _invitations(tx, zone.id, wanted)
        if start is None:
            entry = await _tell(tx, zone, account, "add", wanted, facts, request=request)
        else:
            entry = await _grow(tx, start, account, wanted, facts, request)
        past = await eras(tx, zone.id)
        for person in wanted:
            await let_in(
                tx, zone, person, entry, past, by=account, invited=invitations.get(person), start=start
            )
        if start is None and (await options_of(tx, zone.id)).get("disclose"):
            await show_past(tx, await sight(tx, account, zone.id), wanted, entry, actor=account)
        await acquaint(tx, zone.id, account, wanted)
        return Answer(zone.id, entry.id, entry.nr, None if start is None else start.id)

    return await once(tx, account, request, act)


async def invite(
    tx: Tx,
    account: Id,
    conv: ZoneId,
    persons: Sequence[Id],
    *,
    content: dict[str, Any] | None = None,
    reason: str | None = None,
    request: Request | None = None,
) -> Answer:
    """Ask persons to join: they see that the conversation exists. `content` goes into their facts."""

    async def act() -> Answer:
        zone, known = await present(tx, account, conv, *few(persons))
        wanted = list(dict.fromkeys(persons))
        for person in wanted:
            allow.check_invite(known, account, person)
        wanted = [p for p in wanted if known.membership(p) is not Membership.INVITE]
        if not wanted:
            return Answer(zone.id)
        extra = _because(content, reason)
        facts = [await member_fact(tx, person, Membership.INVITE, extra) for person in wanted]
        entry = await _tell(tx, zone, account, "invite", wanted, facts, reason=reason, request=request)
        for person in wanted:
            await show_door(tx, zone.id, person, Why.INVITED, by=account)
        await acquaint(tx, zone.id, account, wanted)
        return Answer(zone.id, entry.id, entry.nr)

    return await once(tx, account, request, act)


async def join(
    tx: Tx,
    account: Id,
    conv: ZoneId,
    *,
    allowed: bool = False,
    content: dict[str, Any] | None = None,
    reason: str | None = None,
    request: Request | None = None,
) -> Answer:
    """Become a member: invited, by an open join rule, or `allowed` by a restricted one.

    A member's join changes nothing. A stranger to a closed conversation gets NotFound.
    """

    async def act() -> Answer:
        zone, known = await _at_the_door(tx, account, conv)
        own = await tx.fact(zone.id, names.MEMBER, names.person_name(account))
        if known.joined(account) and own is not None:
            before = await tx.entry(own.entry)
            return Answer(zone.id, own.entry, None if before is None else before.nr)
        allow.check_join(known, account, allowed=allowed)
        entry = await come_in(tx, zone, account, content=content, reason=reason, request=request)
        return Answer(zone.id, entry.id, entry.nr)

    return await once(tx, account, request, act)


async def come_in(
    tx: Tx,
    zone: Zone,
    account: Id,
    *,
    content: dict[str, Any] | None = None,
    reason: str | None = None,
    request: Request | None = None,
) -> Entry:
    """Make an account a member by its own act; whether it may is the caller's to decide."""
    invitations = await _invitations(tx, zone.id, [account])
    facts = [await member_fact(tx, account, Membership.JOIN, _because(content, reason))]
    entry = await _tell(tx, zone, account, "join", [account], facts, reason=reason, request=request)
    past = await eras(tx, zone.id)
    await let_in(tx, zone, account, entry, past, by=account, invited=invitations.get(account))
    await acquaint(tx, zone.id, account, [account])
    return entry


async def knock(
    tx: Tx, account: Id, conv: ZoneId, *, reason: str | None = None, request: Request | None = None
) -> Answer:
    """Ask to be let in; a silent entry, for only Matrix's clients know what it is."""

    async def act() -> Answer:
        zone, known = await _at_the_door(tx, account, conv)
        allow.check_knock(known, account)
        facts = [await member_fact(tx, account, Membership.KNOCK, _because(None, reason))]
        entry = await _tell(
            tx, zone, account, "knock", [account], facts, reason=reason, silent=True, request=request
        )
        await show_door(tx, zone.id, account, Why.KNOCKED, by=account)
        return Answer(zone.id, entry.id, entry.nr)

    return await once(tx, account, request, act)


async def leave(
    tx: Tx, account: Id, conv: ZoneId, *, reason: str | None = None, request: Request | None = None
) -> Answer:
    """Leave, turn down an invitation, or take back a request. The account sees this entry as its last."""

    async def act() -> Answer:
        zone, known = await standing(tx, account, conv)
        allow.check_leave(known, account)
        silent = known.membership(account) is Membership.KNOCK
        facts = [await member_fact(tx, account, Membership.LEAVE, _because(None, reason))]
        entry = await _tell(
            tx, zone, account, "leave", [account], facts, reason=reason, silent=silent, request=request
        )
        await let_go(tx, zone, account, entry, by=account)
        return Answer(zone.id, entry.id, entry.nr)

    return await once(tx, account, request, act)


async def kick(
    tx: Tx,
    account: Id,
    conv: ZoneId,
    persons: Sequence[Id],
    *,
    reason: str | None = None,
    request: Request | None = None,
) -> Answer:
    """Remove members, take back invitations, turn down requests; this is the last entry that they see."""
    return await _remove(
        tx, account, conv, persons, "kick", Membership.LEAVE, allow.check_kick, reason, request
    )


async def ban(
    tx: Tx,
    account: Id,
    conv: ZoneId,
    persons: Sequence[Id],
    *,
    reason: str | None = None,
    request: Request | None = None,
) -> Answer:
    """Remove persons, members or not, and keep them out."""
    return await _remove(tx, account, conv, persons, "ban", Membership.BAN, allow.check_ban, reason, request)


async def unban(
    tx: Tx,
    account: Id,
    conv: ZoneId,
    persons: Sequence[Id],
    *,
    reason: str | None = None,
    request: Request | None = None,
) -> Answer:
    """Lift bans: those persons may be invited again. Silent: no member of the conversation changes."""
    return await _remove(
        tx, account, conv, persons, "unban", Membership.LEAVE, allow.check_unban, reason, request
    )


async def _remove(
    tx: Tx,
    account: Id,
    conv: ZoneId,
    persons: Sequence[Id],
    what: str,
    standing: Membership,
    check: Callable[[Rules, Id, Id], None],
    reason: str | None,
    request: Request | None,
) -> Answer:
    async def act() -> Answer:
        zone, known = await present(tx, account, conv, *few(persons))
        wanted = list(dict.fromkeys(persons))
        for person in wanted:
            check(known, account, person)
        if not wanted:
            return Answer(zone.id)
        extra = _because(None, reason)
        facts = [await member_fact(tx, person, standing, extra) for person in wanted]
        inside = (Membership.JOIN, Membership.INVITE)
        silent = not any(known.membership(person) in inside for person in wanted)
        entry = await _tell(
            tx, zone, account, what, wanted, facts, reason=reason, silent=silent, request=request
        )
        for person in wanted:
            await let_go(tx, zone, person, entry, by=account)
        return Answer(zone.id, entry.id, entry.nr)

    return await once(tx, account, request, act)


async def _tell(
    tx: Tx,
    zone: Zone,
    account: Id,
    what: str,
    persons: Sequence[Id],
    facts: Sequence[NewFact],
    *,
    reason: str | None = None,
    silent: bool = False,
    request: Request | None = None,
) -> Entry:
    """Add the entry of a change of membership: `{"act", "persons", "reason"?}`."""
    body: dict[str, Any] = {"act": what, "persons": list(persons)}
    if reason is not None:
        body["reason"] = reason
    entry = await tx.add(
        NewEntry(
            zone.id,
            EntryKind.MEMBER,
            account,
            msgspec.json.encode(body),
            silent=silent,
            bumps=not silent,
            **origin(request),
        ),
        facts,
    )
    if what in ("add", "invite", "kick", "ban"):
        await follow(tx, account, entry, zone.alert_nr)
    return entry


async def _grow(
    tx: Tx,
    start: Entry,
    account: Id,
    persons: Sequence[Id],
    facts: Sequence[NewFact],
    request: Request | None,
) -> Entry:
    body = msgspec.json.encode({"persons": list(persons)})
    entry = await tx.add(
        NewEntry(
            start.conv,
            EntryKind.AMENDMENT,
            account,
            body,
            target=start.id,
            rel=Rel.MEMBERS,
            **origin(request),
        ),
        facts,
    )
    await tx.form(start.id, msgspec.json.encode(amended(read_form(start.current), entry)))
    return entry


async def _fresh(tx: Tx, zone: Zone) -> Entry | None:
    """The create entry if nothing that people see came after it but persons added to it."""
    newest = await tx.entry_by_nr(zone.id, zone.nr)
    if newest is None or not (newest.kind == EntryKind.CREATE or newest.rel == Rel.MEMBERS):
        return None
    return await tx.entry_by_nr(zone.id, Nr(1))


async def _at_the_door(tx: Tx, account: Id, conv: ZoneId) -> tuple[Zone, Rules]:
    zone = await conversation(tx, conv)
    known = await rules(tx, zone, account, joining=True)
    if known.join_rule not in OPEN_TO_STRANGERS and not await tx.grants(account, zone=zone.id):
        raise NotFound(NOT_THERE)
    return zone, known


async def _invitations(tx: Tx, conv: ZoneId, persons: Sequence[Id]) -> dict[Id, Any]:
    """Since when (seq) persons have been invited, for those who are."""
    found = {}
    for person in persons:
        fact = await tx.fact(conv, names.MEMBER, names.person_name(person))
        if fact is not None and msgspec.json.decode(fact.content).get("membership") == Membership.INVITE:
            found[person] = fact.since
    return found


def few(persons: Sequence[Id]) -> Sequence[Id]:
    """As many persons as one work may concern; raises TooLarge, or Invalid for none."""
    if len(persons) > AT_ONCE:
        raise TooLarge(f"One work concerns at most {AT_ONCE} persons.", field="persons")
    if not persons:
        raise Invalid("Nobody was named.", field="persons")
    return persons


def _because(content: dict[str, Any] | None, reason: str | None) -> dict[str, Any]:
    found = {key: value for key, value in (content or {}).items() if key != "membership"}
    return found if reason is None else {**found, "reason": reason}
