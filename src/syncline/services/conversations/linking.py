"""Joining by a link: whoever has it may come in, once the members allow that (Fleep's autojoin)."""

from typing import Final

import msgspec

from syncline.core.entries import Entry
from syncline.core.errors import Forbidden, NotFound
from syncline.core.ids import Id, ZoneId
from syncline.core.rooms import facts as names
from syncline.core.rooms.rules import Membership, Rules
from syncline.core.zones import Zone
from syncline.services.conversations.access import conversation, rules
from syncline.services.conversations.answers import Answer, Request, once
from syncline.services.conversations.grants import show_past
from syncline.services.conversations.members import come_in
from syncline.services.conversations.options import options_of
from syncline.services.conversations.visibility import sight
from syncline.store.contract import Tx, View

DEAD: Final = "This link does not lead to a conversation (any more)."


class Door(msgspec.Struct, frozen=True):
    """What a link shows before one goes in: the conversation's name, "" for none. `joined`: one is in."""

    conv: ZoneId
    name: str
    joined: bool


async def door(view: View, account: Id, conv: ZoneId) -> Door:
    """What an account finds at the link of a conversation.

    Raises NotFound where members do not allow to join by it, Forbidden for who was banned. Whether they
    allow it does not matter to who is a member already, or was invited.
    """
    zone, known = await _led_to(view, account, conv)
    fact = await view.fact(zone.id, names.NAME, "")
    name = None if fact is None else msgspec.json.decode(fact.content).get("name")
    return Door(zone.id, name if isinstance(name, str) else "", known.joined(account))


async def join_by_link(tx: Tx, account: Id, conv: ZoneId, *, request: Request | None = None) -> Answer:
    """Become a member by the link of a conversation; a member's join changes nothing.

    Raises what `door` raises.
    """

    async def act() -> Answer:
        zone, known = await _led_to(tx, account, conv)
        if known.joined(account):
            return Answer(zone.id)
        options = await options_of(tx, zone.id)
        entry = await come_in(tx, zone, account, request=request)
        if options.get("disclose"):
            allower = await _allower(tx, zone.id)
            if allower is not None:
                await show_past(tx, await sight(tx, allower, zone.id), [account], entry, actor=account)
        return Answer(zone.id, entry.id, entry.nr)

    return await once(tx, account, request, act)


async def _led_to(view: View, account: Id, conv: ZoneId) -> tuple[Zone, Rules]:
    """The conversation behind a link, and its rules, for who is in it or may come in; raises as `door`."""
    try:
        zone = await conversation(view, conv)
    except NotFound:
        raise NotFound(DEAD) from None
    known = await rules(view, zone, account, joining=True)
    if known.joined(account):
        return zone, known
    options = await options_of(view, zone.id)
    if not options.get("autojoin") and known.membership(account) is not Membership.INVITE:
        raise NotFound(DEAD)
    if known.membership(account) is Membership.BAN:
        raise Forbidden("You are banned from this conversation.")
    return zone, known


async def _allower(tx: Tx, conv: ZoneId) -> Id | None:
    """Who set the options last: nobody who comes by the link is shown more than he may see."""
    fact = await tx.fact(conv, names.OPTIONS, "")
    entry: Entry | None = None if fact is None else await tx.entry(fact.entry)
    return None if entry is None else entry.author
