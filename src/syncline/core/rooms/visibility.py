"""History visibility: which ranges of a conversation a new member, or nobody in particular, may read.

Decided by the rule in force when an entry was added: relaxing it later does not open the past (Matrix).
"""

from collections.abc import Sequence

import msgspec

from syncline.core.ids import Seq
from syncline.core.rooms.rules import Visibility


class Era(msgspec.Struct, frozen=True):
    """A visibility and the seq of the entry that set it; it holds until the next era begins."""

    since: Seq
    visibility: Visibility


Range = tuple[Seq, Seq | None]
"""First and last seq, both included; None: still growing."""

BEGINNING = Seq(1)


def joining(eras: Sequence[Era], joined: Seq, *, invited: Seq | None = None) -> tuple[Range, ...]:
    """What somebody may read who joins by the entry at `joined`, invited at `invited` if he was.

    The last range is the membership itself, the others open the past. Eras come oldest first; without any
    the conversation is `shared` from its beginning. The change of visibility itself belongs to both eras'
    readers, so it counts to the more open one.
    """
    past: list[Range] = []
    for first, last, visibility in _spans(eras, Seq(joined - 1)):
        if visibility in (Visibility.SHARED, Visibility.WORLD_READABLE):
            past.append((first, last))
        elif visibility is Visibility.INVITED and invited is not None and invited <= last:
            past.append((max(first, invited), last))
    ranges: list[Range] = []
    for first, end in (*past, (joined, None)):
        if ranges:
            start, before = ranges[-1]
            if before is not None and first <= before + 1:
                ranges[-1] = (start, end)
                continue
        ranges.append((first, end))
    return tuple(ranges)


def peeking(eras: Sequence[Era], head: Seq) -> tuple[Range, ...]:
    """What anybody may read without being a member, up to `head`: the world-readable eras."""
    return tuple(
        (first, last)
        for first, last, visibility in _spans(eras, head)
        if visibility is Visibility.WORLD_READABLE
    )


def _spans(eras: Sequence[Era], until: Seq) -> list[tuple[Seq, Seq, Visibility]]:
    known = eras or (Era(BEGINNING, Visibility.SHARED),)
    spans: list[tuple[Seq, Seq, Visibility]] = []
    for place, era in enumerate(known):
        first = BEGINNING if place == 0 else era.since
        last = Seq(known[place + 1].since - 1) if place + 1 < len(known) else until
        last = min(last, until)
        if first <= last:
            spans.append((first, last, era.visibility))
    return spans
