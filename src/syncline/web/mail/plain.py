"""Texts of mails made ready for a page: tamed, shortened, with links that can be followed."""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from syncline.web.wording import short

NO_SUBJECT: Final = "(no subject)"
SUBJECT: Final = 80
"""Characters of a subject in lists (Heliotrope reference 1.6)."""

LONGEST: Final = 200_000
"""Characters of a text shown on a page; the rest is behind a link. More makes telephones stall."""

_TRICKS: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]"
)
"""Control characters, and those that turn the direction of what follows (`gnp.exe` shown as `exe.png`)."""

_LINK: Final = re.compile(r"""https?://[^\s<>"'\\^`{|}\x00-\x20\x7f]{3,2000}""", re.IGNORECASE)
_END: Final = ".,;:!?)]}…’”'\""


class Piece(msgspec.Struct, frozen=True):
    """A stretch of text; a link if it has an address."""

    text: str
    href: str | None = None


def tame(text: str) -> str:
    """A text of others on one line of ours, without characters that would disarrange it."""
    return " ".join(clean(text).split())


def clean(text: str) -> str:
    """A text without control characters, direction tricks and halves of surrogate pairs."""
    return _TRICKS.sub("", text).encode("utf-8", "replace").decode()


def subject_line(subject: str, most: int = SUBJECT) -> str:
    """A subject as lists show it."""
    return short(tame(subject), most) or NO_SUBJECT


def linked(text: str) -> tuple[Piece, ...]:
    """A text with its web addresses found."""
    return tuple(_pieces(text))


def _pieces(text: str) -> Iterator[Piece]:
    at = 0
    for found in _LINK.finditer(text):
        address = found[0].rstrip(_END)
        if found[0][len(address) :].startswith(")") and address.count("(") > address.count(")"):
            address += ")"
        if found.start() > at:
            yield Piece(text[at : found.start()])
        yield Piece(address, address)
        at = found.start() + len(address)
    if at < len(text):
        yield Piece(text[at:])
