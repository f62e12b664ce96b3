"""The conversations of an account in list order, as the chat protocols show them."""

from collections.abc import Sequence
from typing import Final

import msgspec

from syncline.core.ids import START, Id, Seq, ZoneId
from syncline.core.kinds import EntryKind, Why, ZoneKind
from syncline.core.zones import Grant, Zone
from syncline.services.sync.pace import Pace
from syncline.store.contract import View

AT_ONCE: Final = 200
"""Grants, then zones, read between two pauses of the loop: about 0.5 ms each."""

NEAR: Final = 16

_WAITING: Final = frozenset({Why.INVITED, Why.KNOCKED, Why.DISCLOSED})


class Listed(msgspec.Struct, frozen=True, gc=False):
    """One conversation of a list. `bumped` and `bumped_at` (ms): the last entry that moved it up.

    `left`: the account left it, and keeps what it has seen.
    """

    conv: ZoneId
    bumped: Seq
    bumped_at: int
    left: bool = False

    @property
    def order(self) -> tuple[int, int]:
        """What lists are sorted by, the largest first."""
        return (self.bumped_at, self.conv)


def has(zone: Zone, grants: Sequence[Grant]) -> bool:
    """Whether chat clients have a conversation by these grants: a member, one who left, a mail in the inbox.

    An invitation shows that it exists and nothing in it: Fleep's clients could do nothing with that.
    """
    if zone.kind != ZoneKind.CONVERSATION or zone.merged is not None:
        return False
    return any(shows(grant) for grant in grants)


def shows(grant: Grant) -> bool:
    """Whether a grant by itself shows a conversation in lists."""
    if grant.why in _WAITING or (grant.last is not None and grant.last <= grant.first):
        return False
    return grant.alive or grant.why == Why.MEMBER


def had(grants: Sequence[Grant], at: Seq) -> bool:
    """Whether chat clients had a conversation right after a seq."""
    return any(grant.given <= at and shows(_as_at(grant, at)) for grant in grants)


async def listed(view: View, account: Id, *, at: Seq | None = None) -> list[Listed]:
    """All that an account has, newest first, as it stood right after a seq (None: now).

    The same for one `at` whatever happens later, so that pages of a long list never skip one that moved up
    meanwhile. Zones merged away since are left out. Costs the number of its conversations, in slices.
    """
    until = view.head if at is None else at
    pace = Pace()
    ends: dict[ZoneId, Seq] = {}
    """up to where each conversation is seen"""
    after = START
    while True:
        page = await view.grants(account, after=after, limit=AT_ONCE)
        for grant in page:
            if grant.given <= until:
                one = _as_at(grant, until)
                if shows(one):
                    end = until if one.ended is None else (one.last or START)
                    ends[one.zone] = max(end, ends.get(one.zone, START))
        await pace.rest()
        if len(page) < AT_ONCE:
            break
        after = page[-1].given
    wanted = list(ends)
    found = []
    for start in range(0, len(wanted), AT_ONCE):
        for zone in await view.zones(wanted[start : start + AT_ONCE]):
            if zone.kind == ZoneKind.CONVERSATION and zone.merged is None:
                end = ends[zone.id]
                if zone.bumped <= end:
                    found.append(Listed(zone.id, zone.bumped, zone.bumped_at, end < until))
                else:
                    found.append(await placed(view, zone, end, left=end < until))
        await pace.rest()
    return sorted(found, key=_order, reverse=True)


def _order(one: Listed) -> tuple[int, int]:
    return (one.bumped_at, one.conv)


def _as_at(grant: Grant, at: Seq) -> Grant:
    """A grant as it was right after a seq."""
    if grant.ended is None or grant.ended <= at:
        return grant
    return msgspec.structs.replace(grant, ended=None, last=None)


async def placed(view: View, zone: Zone, last: Seq, *, left: bool) -> Listed:
    """Where a conversation stands in the list of who saw it up to a seq."""
    if zone.bumped <= last:
        return Listed(zone.id, zone.bumped, zone.bumped_at, left)
    near = await view.entries(zone.id, before=Seq(last + 1), limit=NEAR, newest=True)
    shown = [entry for entry in near if entry.nr is not None and entry.kind != EntryKind.AMENDMENT]
    newest = shown[-1] if shown else near[0] if near else None
    if newest is None:
        return Listed(zone.id, START, 0, left)
    return Listed(zone.id, newest.seq, newest.at, left)
