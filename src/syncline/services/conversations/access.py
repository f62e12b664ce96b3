"""Who acts on which conversation: found, known to him, and under which rules."""

from typing import Final

from syncline.core.entries import Fact
from syncline.core.errors import NotFound, NotMember
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import ZoneKind
from syncline.core.rooms import facts as names
from syncline.core.rooms.rules import Membership, Rules, membership_of, rules_of
from syncline.core.zones import Zone
from syncline.store.contract import View

LONGEST_CHAIN: Final = 64
"""Merges followed from an old conversation to the one that took its entries."""

NOT_THERE: Final = "There is no such conversation."


async def conversation(view: View, conv: ZoneId) -> Zone:
    """The conversation behind an id, old ones of merged threads included; raises NotFound.

    Says nothing about who may see it: every caller goes on with `standing`, `present` or the grants.
    """
    for _ in range(LONGEST_CHAIN):
        zone = await view.zone(conv)
        if zone is None or zone.kind != ZoneKind.CONVERSATION:
            break
        if zone.merged is None:
            return zone
        conv = zone.merged
    raise NotFound(NOT_THERE)


async def rules(view: View, zone: Zone, *persons: Id, joining: bool = False) -> Rules:
    """The rules of a conversation with the memberships of these persons.

    `joining` reads join rule and history visibility too; without it they are not to be asked.
    The owner of a mail thread stands as its creator and member: such threads hold no facts.
    """
    types = [names.CREATE, names.POWER_LEVELS]
    if joining:
        types += [names.JOIN_RULES, names.HISTORY_VISIBILITY]
    found: list[Fact] = []
    for type in types:
        fact = await view.fact(zone.id, type, "")
        if fact is not None:
            found.append(fact)
    for person in dict.fromkeys(persons):
        fact = await view.fact(zone.id, names.MEMBER, names.person_name(person))
        if fact is not None:
            found.append(fact)
    known = rules_of(found)
    if zone.owner is None:
        return known
    return Rules(
        known.creators or (zone.owner,),
        known.above,
        known.levels,
        known.join_rule,
        known.visibility,
        {**known.members, zone.owner: Membership.JOIN},
    )


async def standing(
    view: View, account: Id, conv: ZoneId, *persons: Id, joining: bool = False
) -> tuple[Zone, Rules]:
    """A conversation and its rules, for an account that knows of it: it has a grant, or owns it.

    Raises NotFound for a stranger, who must not learn whether the conversation exists.
    """
    zone = await conversation(view, conv)
    known = await rules(view, zone, account, *persons, joining=joining)
    if not known.joined(account) and not await view.grants(account, zone=zone.id):
        raise NotFound(NOT_THERE)
    return zone, known


async def present(
    view: View, account: Id, conv: ZoneId, *persons: Id, joining: bool = False
) -> tuple[Zone, Rules]:
    """The same for a member; raises NotMember for one who left or is only invited."""
    zone, known = await standing(view, account, conv, *persons, joining=joining)
    if not known.joined(account):
        raise NotMember("You are not a member of this conversation.")
    return zone, known


async def membership(view: View, conv: ZoneId, person: Id) -> Membership:
    """How a person stands to a conversation now."""
    fact = await view.fact(conv, names.MEMBER, names.person_name(person))
    return Membership.LEAVE if fact is None else membership_of(fact.content)
