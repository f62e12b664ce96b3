"""Cursors as clients hold them: opaque text, in which a place of the log is written.

`123` is a plain place. `123.45.67` stands inside a zone that is being shown whole. `-1a2b3c4d` after either
names the epoch in which a page was cut: a client that was in the middle of a long delta when the store was
restored may have missed things that the lost future had moved beyond its place, so it starts anew.
"""

import re
import zlib
from typing import Final

from syncline.core.deltas import Place
from syncline.core.errors import Invalid
from syncline.core.ids import START, Seq

BEGINNING: Final = Place(START)

_CURSOR = re.compile(r"([0-9]{1,19})(?:\.([0-9]{1,19})\.([0-9]{1,19}))?(?:-([0-9a-f]{8}))?", re.ASCII)
_LARGEST: Final = (1 << 63) - 1


def tag_of(epoch: str) -> str:
    """Eight letters that stand for an epoch."""
    return f"{zlib.crc32(epoch.encode()):08x}"


def write_cursor(place: Place, *, more: bool, tag: str) -> str:
    """A place as text; `more`: the page that ends here was cut."""
    text = str(place.seq) if place.plain else f"{place.seq}.{place.zone_given}.{place.upto}"
    return f"{text}-{tag}" if more else text


def read_cursor(text: str, *, tag: str) -> Place | None:
    """The place of a cursor, None if it was cut in another epoch; raises Invalid for what is no cursor."""
    if text.isdigit() and text.isascii() and len(text) < 19:  # nearly all are
        return Place(Seq(int(text)))
    found = _CURSOR.fullmatch(text)
    if found is None:
        raise Invalid("This is not a cursor: send back the `next` of an answer, or nothing.", field="since")
    seq, given, upto, cut = found.groups()
    place = Place(Seq(int(seq)), Seq(int(given or 0)), Seq(int(upto or 0)))
    if max(place.seq, place.zone_given, place.upto) > _LARGEST:
        raise Invalid("This cursor is too large.", field="since")
    return None if cut is not None and cut != tag else place
