"""Zones shown whole: what a reader gets of a zone that it has not got yet, in pages."""

from collections.abc import Sequence

from syncline.core.deltas import ZoneDelta
from syncline.core.entries import Entry
from syncline.core.ids import START, Seq
from syncline.core.kinds import Kind
from syncline.core.objects import Object
from syncline.services.sync.sights import Had, shown, state_of, targets
from syncline.store.contract import View


async def part_of(
    view: View, one: Had, kinds: Sequence[Kind], *, after: Seq, until: Seq, limit: int | None
) -> tuple[ZoneDelta, Seq]:
    """The next part of a zone shown whole: at most `limit` of its things after a seq, up to another.

    Returns it with the seq up to which the zone was told; `partial` says that more is to come.
    """
    more = None if limit is None else limit + 1
    entries: list[Entry] = []
    if Kind.ENTRY in kinds:
        for first, last in one.sight.ranges():
            low = max(after, Seq(first - 1))
            high = until if last is None else min(last, until)
            if low < high and (more is None or len(entries) < more):
                left = None if more is None else more - len(entries)
                entries += await view.entries(one.zone.id, after=low, before=Seq(high + 1), limit=left)
    objects: Sequence[Object] = ()
    if one.open:
        of_objects = [kind for kind in kinds if kind > Kind.ZONE]
        objects = await view.objects(one.zone.id, of_objects, after=after, until=until, limit=more)
    seqs = sorted([*(entry.seq for entry in entries), *(object.seq for object in objects)])
    partial = limit is not None and len(seqs) > limit
    end = seqs[limit - 1] if partial and limit is not None else until
    seen = await shown(view, one, (entry for entry in entries if entry.seq <= end))
    part = ZoneDelta(
        one.zone,
        one.sight.grants,
        one.entered,
        entries=seen,
        targets=await targets(view, one, seen),
        objects=tuple(object for object in objects if object.seq <= end),
        state=await state_of(view, one) if after == START else (),
        first=after == START,
        partial=partial,
    )
    return part, end
