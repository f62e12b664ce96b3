"""Places that cannot be: cursors from a future that a restore took back, or that never was."""

import msgspec

from syncline.core.deltas import Place
from syncline.core.ids import START, Seq
from syncline.store.contract import View

Jumps = tuple[tuple[Seq, Seq], ...]

_decode = msgspec.json.Decoder(tuple[tuple[int, int], ...]).decode


async def jumps_of(view: View) -> Jumps:
    """The restores of this store: (the head that was restored, the seq from which it goes on)."""
    known = await view.meta("jumps")
    return () if known is None else tuple((Seq(first), Seq(then)) for first, then in _decode(known))


def possible(place: Place, head: Seq, jumps: Jumps) -> bool:
    """Whether a reader can stand there in this store: not beyond its head, not inside a jump."""
    return place.seq <= head and not any(first < place.seq < then for first, then in jumps)


def start(place: Place, head: Seq, jumps: Jumps) -> tuple[Place, bool]:
    """Where to read on, and whether that is from the start because the place cannot be (or is none)."""
    if not possible(place, head, jumps):
        return Place(START), True
    sound = 0 <= place.zone_given <= place.seq and 0 <= place.upto <= place.seq
    return (place, False) if sound and place.seq >= 0 else (Place(START), True)
