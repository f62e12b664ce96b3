"""An overview: a conversation as one account has it, with all numbers that a list shows."""

from collections.abc import Sequence

import msgspec

from syncline.core.errors import NotFound
from syncline.core.ids import Id, Nr, Seq, ZoneId
from syncline.core.objects import Subscription
from syncline.core.zones import Grant, ranges
from syncline.services.conversations.reading import Reading, reading_of
from syncline.services.conversations.subscriptions import Private, private_of, subscription_of
from syncline.services.conversations.visibility import Sight, sight
from syncline.services.overviews.common import Common, read_common
from syncline.services.overviews.listing import has, placed
from syncline.store.contract import View


class Overview(msgspec.Struct, frozen=True, gc=False):
    """A conversation as one account has it. Numbers are nrs, but `unread` and the alert counts.

    For one who left (`present` False) everything stands as it was when he did. The numbers mean what they
    mean in `Reading`.
    """

    account: Id
    common: Common
    private: Private
    present: bool
    read_nr: int
    read_alert: int
    last_nr: int
    last_alert: int
    show_nr: int
    unread: int
    inbox_nr: int
    mention_nr: int

    @property
    def conv(self) -> ZoneId:
        """The conversation's id."""
        return self.common.zone.id

    @property
    def hidden(self) -> bool:
        """Whether it is hidden until its next nr."""
        return 0 < self.last_nr <= self.private.hidden_nr

    @property
    def deleted(self) -> bool:
        """Whether its account took it off its list, and no message came since."""
        return 0 < self.show_nr <= self.private.deleted_nr

    @property
    def others(self) -> tuple[Id, ...]:
        """The other members."""
        return tuple(person for person in self.common.members if person != self.account)

    @property
    def one_to_one(self) -> bool:
        """Whether it is a talk of two that has no name."""
        return not self.common.name and len(self.common.members) == 2 and not self.common.mail


def combined(
    account: Id, common: Common, subscription: Subscription, reading: Reading, *, present: bool
) -> Overview:
    """The overview that follows from what was read."""
    return Overview(
        account=account,
        common=common,
        private=private_of(subscription),
        present=present,
        read_nr=reading.read_nr,
        read_alert=reading.read_alert,
        last_nr=reading.last_nr,
        last_alert=reading.last_alert,
        show_nr=reading.show_nr,
        unread=reading.unread,
        inbox_nr=reading.inbox_nr,
        mention_nr=reading.mention_nr,
    )


async def overview_of(view: View, account: Id, conv: ZoneId) -> Overview:
    """A conversation as an account has it; raises NotFound for a stranger, and for who is only invited."""
    return await overview_seen(view, account, await chat_sight(view, account, conv))


async def chat_sight(view: View, account: Id, conv: ZoneId) -> Sight:
    """How an account's chat clients see a conversation; raises NotFound where they do not have it.

    A mail's owner sees all his threads; his chat clients have those in the inbox only.
    """
    seen = await sight(view, account, conv)
    grants = seen.grants if seen.zone.owner is None else await view.grants(account, zone=seen.zone.id)
    if not has(seen.zone, grants):
        raise NotFound("There is no such conversation.")
    return seen


async def shown_sight(view: View, of: Overview) -> Sight:
    """How the overview's account sees what a conversation holds: nothing up to where it took it off its
    list."""
    seen = await chat_sight(view, of.account, of.conv)
    if not of.private.deleted_nr:
        return seen
    last = await view.entry_by_nr(seen.zone.id, Nr(of.private.deleted_nr))
    if last is None or last.seq < seen.zone.floor:
        return seen
    return Sight(msgspec.structs.replace(seen.zone, floor=Seq(last.seq + 1)), seen.grants)


async def overview_seen(view: View, account: Id, seen: Sight) -> Overview:
    """The same for who looked already how the account sees it."""
    at = None if seen.present else _end(seen.grants)
    zone = seen.zone
    if at is not None:  # what the others write later moves nothing for who left
        last = await placed(view, zone, at, left=True)
        zone = msgspec.structs.replace(zone, bumped=last.bumped, bumped_at=last.bumped_at)
    common = await read_common(view, zone, at=at)
    reading = await reading_of(view, account, seen.zone.id)
    subscription = await subscription_of(view, account, seen.zone.id)
    return combined(account, common, subscription, reading, present=seen.present)


def _end(grants: Sequence[Grant]) -> Seq | None:
    ends = [last for _, last in ranges(grants) if last is not None]
    return max(ends, default=None)
