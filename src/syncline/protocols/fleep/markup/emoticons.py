"""Emoticons: which spellings stand for which picture (`kind`, as the published clients name them)."""

from collections.abc import Iterator
from typing import Final

FACES: Final = {
    "esmile": ":) :-) :=)",
    "esad": ":( :-( :=(",
    "ewink": ";) ;-) ;=)",
    "elaugh": ":D :-D :=D :d :-d :=d",
    "etongue": ":P :-P :=P :p :-p :=p",
    "esurprise": ":O :-O :=O :o :-o :=o",
    "eworried": ":S :-S :s :-s",
    "edontcare": ":/ :-/",
    "eangry": ":@ :-@ :=@ X( X-( X=( x( x-( x=(",
}
"""Drawn with signs: they need white space or the end after them."""

NAMES: Final = {
    "eup": "y",
    "edown": "n",
    "eheart": "h l heart love",
    "eflower": "f flower",
    "ecoctail": "d drink",
    "eclock": "o clock",
    "eidea": "i idea",
    "eandroid": "android",
    "ebeer": "beer",
    "ebug": "bug",
    "ecandy": "candy",
    "ecat": "cat",
    "ecoffee": "coffee tea",
    "edone": "done",
    "egift": "gift",
    "emobile": "mobile",
    "eparty": "party",
    "ephone": "phone",
    "epoop": "poop",
    "esanta": "santa kraana",
    "esnowman": "snowman",
    "esun": "sun sunny",
    "etodo": "todo",
    "eumbrella": "umbrella",
    "ework": "work gwb",
}
"""Named, in one or two pairs of round brackets: `(y)`, `((y))`, `(Beer)`. They may stand anywhere."""

LONGEST_NAME: Final = max(len(name) for names in NAMES.values() for name in names.split())


def _spellings() -> Iterator[tuple[str, str]]:
    for kind, faces in FACES.items():
        yield from ((face, kind) for face in faces.split())
    for kind, names in NAMES.items():
        for name in names.split():
            for written in (name, name.capitalize()):
                yield f"({written})", kind
                yield f"(({written}))", kind


KINDS: Final = dict(_spellings())
"""The kind of each spelling."""
