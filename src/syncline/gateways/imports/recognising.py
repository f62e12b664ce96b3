"""What a stream holds, by its first bytes."""

import re
from enum import Enum
from typing import Final

from syncline.gateways.archives.members import is_tar, is_zip
from syncline.gateways.archives.packed import KINDS
from syncline.gateways.mbox.cutting import begins

ENOUGH: Final = 1 << 14
"""Bytes by which everything is recognised."""


BOM: Final = b"\xef\xbb\xbf"
"""What some editors write before a text in UTF-8."""


class Holds(Enum):
    """What a stream holds."""

    NOTHING = "nothing"
    PACKED = "packed"
    TAR = "tar"
    ZIP = "zip"
    MBOX = "mbox"
    MAIL = "mail"
    """a single one"""
    OTHER = "other"


_HEADERS: Final = re.compile(
    rb"(?:From [^\n]*\n|>From [^\n]*\n)?(?:[!-9;-~]+[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*){2}"
)
_KNOWN: Final = re.compile(
    rb"(?im)^(?:from|to|subject|date|received|return-path|message-id|mime-version|delivered-to)[ \t]*:"
)
_FOREIGN: Final = (b"%PDF", b"\x89PNG")
_NAMED: Final = {
    b"!BDN": "an Outlook data file; `readpst` makes mbox files of it",
    b"\xd0\xcf\x11\xe0": "an Outlook message; save it as .eml",
    b"\x28\xb5\x2f\xfd": "packed with zstd; unpack it with `zstd -d`",
    b"\x1f\x9d": "packed with compress; unpack it with `uncompress`",
    b"\x5d\0\0": "packed with lzma; unpack it with `unlzma`",
    b"7z\xbc\xaf": "a 7z archive; unpack it with `7z x`",
    b"Rar!": "a RAR archive; unpack it with `unrar x`",
}


def recognised(head: bytes) -> Holds:
    """What a stream with this beginning holds."""
    if not head.strip():
        return Holds.NOTHING
    if any(head.startswith(magic) for magic in KINDS):
        return Holds.PACKED
    if is_zip(head):
        return Holds.ZIP
    if is_tar(head):
        return Holds.TAR
    text = _text(head)
    if begins(text):
        return Holds.MBOX
    if head.startswith((*_FOREIGN, *_NAMED)) or b"\0" in head[:512]:
        return Holds.OTHER
    if _HEADERS.match(text) and _KNOWN.search(text):
        return Holds.MAIL
    return Holds.OTHER


def has_bare_returns(head: bytes) -> bool:
    """Whether lines end in CR alone, as old Macintosh programs (Eudora) wrote them."""
    return b"\r" in head and b"\n" not in head


def _text(head: bytes) -> bytes:
    """The beginning of a text, without what editors put before it, its lines ending in LF or CRLF."""
    text = head.removeprefix(BOM).lstrip(b"\r\n")
    return text.replace(b"\r", b"\n") if has_bare_returns(head) else text


def advice(head: bytes) -> str:
    """What a file of an unknown kind is, and what to do with it."""
    for magic, words in _NAMED.items():
        if head.startswith(magic):
            return f"is {words}, then import those"
    return "is neither mbox nor a mail nor an archive; `syncline import eml` takes any file as one mail"
