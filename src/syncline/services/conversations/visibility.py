"""The one gate: what an account may read of a conversation. All protocols read entries through it.

An entry is shown where a grant covers its seq. Its form is shown as the account may know it: the newest
while a grant is open, else only what the amendments within its ranges made of it. An amendment is shown
where it lies itself. The one exception, `board`, is Fleep's: pinned entries and tasks are shown to every
present member, whatever his range (core model, rule 27).
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from syncline.core.entries import Entry, Fact
from syncline.core.errors import NotFound
from syncline.core.ids import START, Id, Nr, Seq, ZoneId
from syncline.core.kinds import Why
from syncline.core.rooms import facts as names
from syncline.core.rooms.forms import erased, on_board, read_form, replayed
from syncline.core.rooms.rules import visibility_of
from syncline.core.rooms.visibility import Era, peeking
from syncline.core.zones import Grant, Zone, covered, ranges
from syncline.services.conversations.access import NOT_THERE, conversation
from syncline.store.contract import View

PAGE: Final = 200
"""Amendments read at a time when an old form is made again."""


class Sight(msgspec.Struct, frozen=True):
    """A conversation and all grants by which one account sees it, ended ones included."""

    zone: Zone
    grants: tuple[Grant, ...]

    @property
    def present(self) -> bool:
        """Whether what is added now is shown."""
        return any(grant.open for grant in self.grants)

    def covers(self, seq: Seq) -> bool:
        """Whether an entry with this seq is shown."""
        return seq >= self.zone.floor and covered(self.grants, seq)

    def ranges(self) -> tuple[tuple[Seq, Seq | None], ...]:
        """The seq ranges shown: sorted, merged, what the operator let be forgotten left out."""
        floor = self.zone.floor
        return tuple(
            (max(first, floor), last) for first, last in ranges(self.grants) if last is None or last >= floor
        )


async def sight(view: View, account: Id, conv: ZoneId, *, peek: bool = False) -> Sight:
    """How an account sees a conversation; raises NotFound for a stranger.

    `peek` lets strangers read world-readable ranges.
    """
    zone = await conversation(view, conv)
    if zone.owner == account:
        return Sight(zone, (Grant(account, zone.id, Seq(0), None, Seq(1), None, Why.OWNER),))
    grants = tuple(await view.grants(account, zone=zone.id))
    if peek:
        open = peeking(await eras(view, zone.id), view.head)
        grants += tuple(
            Grant(account, zone.id, Seq(0), Seq(0), first, last, Why.MEMBER) for first, last in open
        )
    if not grants:
        raise NotFound(NOT_THERE)
    return Sight(zone, grants)


async def eras(view: View, conv: ZoneId) -> list[Era]:
    """The history visibility at all times, oldest first: one read per change of it."""
    found: list[Era] = []
    fact: Fact | None = await view.fact(conv, names.HISTORY_VISIBILITY, "")
    while fact is not None:
        found.append(Era(fact.since, visibility_of(fact.content)))
        earlier = await view.state(conv, at=Seq(fact.since - 1), types=(names.HISTORY_VISIBILITY,))
        fact = next((one for one in earlier if one.name == ""), None)
    return found[::-1]


async def as_seen(view: View, seen: Sight, entry: Entry, *, board: bool = False) -> Entry | None:
    """The entry in the form that this account may know, None if it may not see it.

    `board`: show it to a present member if it is pinned or a task.
    """
    if entry.conv != seen.zone.id:
        return None
    if not seen.covers(entry.seq):
        if board and seen.present and entry.form is not None and on_board(read_form(entry.form)):
            return entry
        return None
    if entry.form is None or seen.present or erased(entry):
        return entry
    amendments: list[Entry] = []
    after = Seq(0)
    while page := await view.related(entry, after=after, limit=PAGE):
        amendments += [one for one in page if seen.covers(one.seq)]
        after = page[-1].seq
    return replayed(entry, amendments)


async def seen_by(view: View, account: Id, entry: Entry, *, board: bool = False) -> Entry | None:
    """The entry as an account may know it, None if it may not see it (see `as_seen`)."""
    try:
        seen = await sight(view, account, entry.conv)
    except NotFound:
        return None
    return await as_seen(view, seen, entry, board=board)


async def visible_entries(
    view: View,
    account: Id,
    conv: ZoneId,
    *,
    after: Seq = START,
    before: Seq | None = None,
    limit: int,
    newest: bool = False,
    peek: bool = False,
) -> Sequence[Entry]:
    """The entries with `after` < seq < `before` that an account may see, in seq order, as it may know them.

    The `limit` oldest, or `newest`, of them. Raises NotFound for a stranger.
    """
    seen = await sight(view, account, conv, peek=peek)
    spans = seen.ranges()
    found: list[Entry] = []
    for first, last in reversed(spans) if newest else spans:
        low = max(after, Seq(first - 1))
        high = before if last is None else Seq(last + 1) if before is None else min(before, Seq(last + 1))
        if high is not None and high <= low + 1:
            continue
        page = await view.entries(
            seen.zone.id, after=low, before=high, limit=limit - len(found), newest=newest
        )
        found = [*page, *found] if newest else [*found, *page]
        if len(found) >= limit:
            break
    shown = [await as_seen(view, seen, entry) for entry in found]
    return [entry for entry in shown if entry is not None]


async def visible_entry(
    view: View,
    account: Id,
    conv: ZoneId,
    *,
    id: Id | None = None,
    nr: Nr | None = None,
    board: bool = False,
) -> Entry:
    """One entry by id or nr, as an account may know it; raises NotFound if it may not see it."""
    seen = await sight(view, account, conv)
    entry: Entry | None = None
    if id is not None:
        entry = await view.entry(id)
    elif nr is not None:
        entry = await view.entry_by_nr(seen.zone.id, nr)
    shown = None if entry is None else await as_seen(view, seen, entry, board=board)
    if shown is None:
        raise NotFound("There is no such entry in this conversation.")
    return shown
