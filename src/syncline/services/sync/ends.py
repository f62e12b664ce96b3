"""Where a page of a long delta ends: in the log's order over all zones, at the end of a work.

Two ways, the cheaper one is taken: few changed zones are read and merged; if many changed, the log is
walked, since then much of what it holds is the account's.
"""

from collections.abc import Collection, Iterable
from typing import Final, NamedTuple

from syncline.core.ids import DIRECTORY, Id, Seq, ZoneId
from syncline.core.kinds import HIDDEN, Kind
from syncline.services.sync.pace import Pace
from syncline.services.sync.strands import Strand, Strands
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
    view: View, strands: Iterable[Strand[object]], marks: Collection[Seq], after: Seq, limit: int
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
    profile_seqs: Iterable[Seq],
    after: Seq,
    limit: int,
    pace: Pace,
) -> End:
    """The end of a page by walking the log; `zones` are those whose changes the reader gets as rows."""
    own = ZoneId(account)
    told = frozenset((*marks, *profile_seqs))
    seen: set[ZoneId] = set()
    at = after
    last = after
    count = 0
    for _ in range(WALKED // CHUNK):
        page = await view.changes(at, limit=CHUNK)
        await pace.rest()
        for change in page:
            if count >= limit and change.work != last_work:
                return End(last, more=True, zones=frozenset(seen))
            zone = change.zone
            if change.seq in told:
                visible = True
            elif zone == own:
                visible = change.kind not in HIDDEN and change.kind != Kind.GRANT
            else:
                visible = zone != DIRECTORY and zone in zones and change.kind != Kind.ZONE
            if visible:
                count += 1
                last = change.seq
                last_work = change.work
                seen.add(zone)
        if len(page) < CHUNK:
            return End(last, more=False, zones=frozenset(seen))
        at = page[-1].seq
    return End(at, more=at < view.head, zones=frozenset(seen))
