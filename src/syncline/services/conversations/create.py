"""Making a conversation: one entry, nr 1, that sets all its initial facts."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from syncline.core.entries import NewEntry, NewFact
from syncline.core.errors import Invalid, TooLarge
from syncline.core.ids import Id, Nr, ZoneId
from syncline.core.kinds import EntryKind, Why, ZoneKind
from syncline.core.objects import Subscription
from syncline.core.rooms.presets import Preset, first_facts
from syncline.core.rooms.rules import Membership, Visibility, rules_of
from syncline.core.rooms.visibility import Era
from syncline.services.conversations.answers import Answer, Request, once, origin
from syncline.services.conversations.grants import acquaint, let_in, member_fact, show_door
from syncline.services.people import know
from syncline.store.contract import Tx

AT_ONCE: Final = 20
"""Persons that one work brings in: 50 took 11 ms of the loop, and 5 are allowed. More come in a chain."""


class Beginning(msgspec.Struct, frozen=True):
    """How a conversation is to begin. `members` are in it at once, `invited` are asked.

    `initial`, `creation`, `override`, `alias`, `version` are Matrix's (createRoom); `about` goes into the
    create entry's body as it is; `direct` marks the invitations as of a 1:1 conversation.
    """

    preset: Preset = Preset.PRIVATE
    name: str | None = None
    topic: str | None = None
    members: Sequence[Id] = ()
    invited: Sequence[Id] = ()
    admins: Sequence[Id] = ()
    version: str = "10"
    creation: Mapping[str, Any] | None = None
    override: Mapping[str, Any] | None = None
    alias: Mapping[str, Any] | None = None
    initial: Sequence[NewFact] = ()
    direct: bool = False
    about: Mapping[str, Any] | None = None


async def create(tx: Tx, account: Id, begin: Beginning, *, request: Request | None = None) -> Answer:
    """Make a conversation of an account; the creator has read its beginning.

    Brings in at most AT_ONCE persons (`Conversations.create` chains the rest). Raises Invalid, NotFound for
    a person that does not exist, and then nothing was made.
    """
    return await once(tx, account, request, lambda: _create(tx, account, begin, request))


async def _create(tx: Tx, account: Id, begin: Beginning, request: Request | None) -> Answer:
    members = [person for person in dict.fromkeys(begin.members) if person != account]
    invited = [person for person in dict.fromkeys(begin.invited) if person not in (account, *members)]
    if len(members) + len(invited) > AT_ONCE:
        raise TooLarge(f"One work brings in at most {AT_ONCE} persons.", field="members")
    strangers = set(begin.admins) - {account, *members, *invited}
    if strangers:
        raise Invalid("An admin has to be a member.", field="admins")
    own = await member_fact(tx, account, Membership.JOIN)
    facts = first_facts(
        begin.preset,
        account,
        creator_content=msgspec.json.decode(own.content),
        invited=invited,
        admins=[person for person in begin.admins if person != account],
        version=begin.version,
        creation=begin.creation,
        override=begin.override,
        alias=begin.alias,
        initial=begin.initial,
        name=begin.name,
        topic=begin.topic,
    )
    direct = {"is_direct": True} if begin.direct else {}
    facts += [await member_fact(tx, person, Membership.JOIN) for person in members]
    facts += [await member_fact(tx, person, Membership.INVITE, direct) for person in invited]
    conv = tx.open_zone(ZoneKind.CONVERSATION)
    zone = await tx.zone(conv)
    if zone is None:
        raise RuntimeError("a zone just opened is not there")
    body = {**(begin.about or {}), "name": begin.name, "members": members, "invited": invited}
    entry = await tx.add(
        NewEntry(conv, EntryKind.CREATE, account, msgspec.json.encode(body), **origin(request)),
        facts,
    )
    eras = [Era(entry.seq, await _visibility(tx, conv))]
    for person in (account, *members):
        await let_in(tx, zone, person, entry, eras, by=account, start=entry)
    for person in invited:
        await show_door(tx, conv, person, Why.INVITED, by=account)
    await tx.subscribe(Subscription(account, conv, read_nr=Nr(1)), actor=account)
    if len(members) == 1 and not invited and not begin.name:
        await _dialog(tx, conv, account, members[0])
    await acquaint(tx, conv, account, [*members, *invited])
    return Answer(conv, entry.id, entry.nr)


async def _dialog(tx: Tx, conv: ZoneId, account: Id, other: Id) -> None:
    """Let two people find the conversation that is theirs alone; the newest one counts."""
    await know(tx, account, other, dialog=conv, actor=account)
    await know(tx, other, account, dialog=conv, actor=account)


async def _visibility(tx: Tx, conv: ZoneId) -> Visibility:
    return rules_of(await tx.state(conv, types=("m.room.history_visibility",))).visibility
