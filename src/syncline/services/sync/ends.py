"""Where a page of a long delta ends: in the log's order over all zones, at the end of a work.

Two ways, the cheaper one is taken: few changed zones are read and merged; if many changed, the log is
walked, since then much of what it holds is the account's.
"""

from collections.abc import Collection, Iterable
from typing import Any, Final, NamedTuple

from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.kinds import HIDDEN, Kind
from syncline.services.sync.pace import Pace
from syncline.services.sync.strands import Strand
from syncline.store.contract import View

FEW_ZONES: Final = 64
"""Up to so many changed zones are merged (3 short statements and one a kind of object for each)."""

CHUNK: Final = 1000
"""Rows of the log read at a time: about 1.5 ms."""

WALKED: Final = 20_000
"""Rows of the log walked for one page; one that finds nothing in them is empty, but moves on."""


class End(NamedTuple):
    """Where a page ends, and whether more may follow. `zones`: those that the log named on the way."""

    until: Seq
    more: bool
    zones: frozenset[ZoneId] = frozenset()


async def end_of_work(view: View, seq: Seq) -> Seq:
    """The last seq of the work that a seq belongs to: nothing is cut inside a move or a merge."""
    change = await view.change(seq)
    return seq if change is None else max(seq, change.work)


async def merged_end(
    view: View, strands: Iterable[Strand[Any]], marks: Collection[Seq], after: Seq, limit: int
) -> End:
    """The end of a page whose strands were begun; `marks` are the seqs of zones entered and left."""
    all_strands = list(strands)
    seqs = sorted([*(one.seq for strand in all_strands for one in strand.found), *marks])
    if not seqs:
        return End(after, more=False)
    until = seqs[-1] if len(seqs) <= limit else await end_of_work(view, seqs[limit - 1])
    for strand in all_strands:
        await strand.reach(until)
    more = any(strand.beyond(until) for strand in all_strands) or any(mark > until for mark in marks)
    return End(until, more)


async def walked_end(
    view: View,
    account: Id,
    zones: Collection[ZoneId],
    marks: Iterable[Seq],
    after: Seq,
    limit: int,
    pace: Pace,
) -> End:
    """The end of a page by walking the log.

    `zones` are those whose changes the reader gets as rows; `marks` the seqs of all that does not stand in
    the log where it is told: zones entered and left, profiles.
    """
    own = ZoneId(account)
    pending = sorted(marks, reverse=True)
    seen: set[ZoneId] = set()
    count = 0
    at = last = whole = after
    for _ in range(WALKED // CHUNK):
        page = await view.changes(at, limit=CHUNK)
        await pace.rest()
        for change in page:
            if count >= limit and whole == at:
                return End(last, more=True, zones=frozenset(seen))
            at = change.seq
            if change.zone == own:
                visible = change.kind not in HIDDEN and change.kind != Kind.GRANT
            else:
                visible = change.zone in zones and change.kind != Kind.ZONE
            while pending and pending[-1] <= at:
                pending.pop()
                visible = True
            if visible:
                count += 1
                last = at
                seen.add(change.zone)
            if at == change.work:
                whole = at
        if len(page) < CHUNK:
            return End(last, more=False, zones=frozenset(seen))
    # a walk that found nothing moves on all the same, or it would come this way for ever
    return End(last if count else whole, more=True, zones=frozenset(seen))
