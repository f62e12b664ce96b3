"""Joining by a link: whoever has it may come in, once the members allow that (Fleep's autojoin)."""

from typing import Final

from syncline.core.entries import Entry
from syncline.core.errors import Forbidden, NotFound
from syncline.core.ids import Id, ZoneId
from syncline.core.rooms import facts as names
from syncline.core.rooms.rules import Membership
from syncline.services.conversations.access import conversation, rules
from syncline.services.conversations.answers import Answer, Request, once
from syncline.services.conversations.grants import show_past
from syncline.services.conversations.members import come_in
from syncline.services.conversations.options import options_of
from syncline.services.conversations.visibility import sight
from syncline.store.contract import Tx

DEAD: Final = "This link does not lead to a conversation (any more)."


async def join_by_link(tx: Tx, account: Id, conv: ZoneId, *, request: Request | None = None) -> Answer:
    """Become a member by the link of a conversation; a member's join changes nothing.

    Raises NotFound where members do not allow it, Forbidden for who was banned. Whether they allow it does
    not matter to who is a member already, or was invited.
    """

    async def act() -> Answer:
        try:
            zone = await conversation(tx, conv)
        except NotFound:
            raise NotFound(DEAD) from None
        known = await rules(tx, zone, account, joining=True)
        if known.joined(account):
            return Answer(zone.id)
        options = await options_of(tx, zone.id)
        if not options.get("autojoin") and known.membership(account) is not Membership.INVITE:
            raise NotFound(DEAD)
        if known.membership(account) is Membership.BAN:
            raise Forbidden("You are banned from this conversation.")
        entry = await come_in(tx, zone, account, request=request)
        if options.get("disclose"):
            allower = await _allower(tx, zone.id)
            if allower is not None:
                await show_past(tx, await sight(tx, allower, zone.id), [account], entry, actor=account)
        return Answer(zone.id, entry.id, entry.nr)

    return await once(tx, account, request, act)


async def _allower(tx: Tx, conv: ZoneId) -> Id | None:
    """Who set the options last: nobody who comes by the link is shown more than he may see."""
    fact = await tx.fact(conv, names.OPTIONS, "")
    entry: Entry | None = None if fact is None else await tx.entry(fact.entry)
    return None if entry is None else entry.author
