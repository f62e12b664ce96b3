"""A mail as it goes over the wire: without Bcc, lines ended by CRLF, dots at their start doubled.

Everything here is cut into slices: one regular expression over a mail of 25 MB would hold the interpreter,
and with it the event loop, for 60 ms, in whatever thread it ran.
"""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

SLICE: Final = 1 << 16

_END: Final = re.compile(rb"\r\n|\n|\r(?!\n)")
"""Relays end a line at any of these sooner or later, so a lone CR must not hide a header from us."""
_HIDDEN: Final = re.compile(rb"(?:resent-)?bcc[ \t]*:", re.IGNORECASE)


class Letter(msgspec.Struct, frozen=True):
    """What DATA is followed by, and what MAIL FROM has to say of it.

    `parts` lacks the last line, the lone dot. `size` is RFC 1870's: CRLFs counted, doubled dots not.
    `eight_bit`: some byte is above 127 (RFC 6152). `wide_head`: the head has UTF-8 that is not ASCII
    (RFC 6532); a head with 8-bit bytes that are no UTF-8 goes out as it is, for no extension is made for it.
    """

    parts: tuple[bytes, ...]
    size: int
    eight_bit: bool
    wide_head: bool


def letter(raw: bytes) -> Letter:
    """Make a mail ready to be sent; takes 4 ms for a MB, so large ones belong into a thread."""
    raw = without_bcc(raw)
    parts: list[bytes] = []
    size = 0
    eight_bit = False
    begins = True
    for part in _slices(raw):
        lines = _END.sub(b"\r\n", part)
        size += len(lines)
        eight_bit = eight_bit or not lines.isascii()
        stuffed = lines.replace(b"\r\n.", b"\r\n..")
        parts.append(b"." + stuffed if begins and lines.startswith(b".") else stuffed)
        begins = lines.endswith(b"\r\n")
    if not begins or not parts:
        parts.append(b"\r\n")
        size += 2
    return Letter(tuple(parts), size, eight_bit, eight_bit and _is_wide(raw[: _end_of_head(raw)]))


def without_bcc(raw: bytes) -> bytes:
    """The mail less its Bcc and Resent-Bcc headers, folded lines included; all else stays byte by byte.

    The head ends at the first empty line, whatever stands before it: a line that is no header is kept, and
    a Bcc below it is taken out all the same, because the reader at the other end may go on there, too.
    """
    kept: list[bytes] = []
    since = 0  # where that begins which is kept and not yet in `kept`
    hidden = False
    for start, end in _head_lines(raw):
        folded = raw[start : start + 1] in (b" ", b"\t")
        hides = hidden if folded else _HIDDEN.match(raw, start, end) is not None
        if hides and not hidden:
            kept.append(raw[since:start])
        elif hidden and not hides:
            since = start
        hidden = hides
        if hidden:
            since = end
    if not kept:
        return raw
    kept.append(raw[since:])
    return b"".join(kept)


def _end_of_head(raw: bytes) -> int:
    return max((end for _, end in _head_lines(raw)), default=0)


def _head_lines(raw: bytes) -> Iterator[tuple[int, int]]:
    """Where each line of the head begins and where the next does; the empty line is left out."""
    start = 0
    while start < len(raw):
        end = _line_end(raw, start)
        if raw[start] in b"\r\n":
            return
        yield start, end
        start = end


def _line_end(raw: bytes, start: int) -> int:
    at = start
    while at < len(raw):
        # one more byte than is moved on by, so that CR and LF are seen together
        found = _END.search(raw, at, at + SLICE + 1)
        if found is not None and not (found.end() == at + SLICE + 1 and found.group() == b"\r"):
            return found.end()
        at += SLICE
    return len(raw)


def _slices(raw: bytes) -> Iterator[bytes]:
    """The bytes in pieces, never cut between CR and LF."""
    start = 0
    while start < len(raw):
        end = start + SLICE
        if raw[end - 1 : end + 1] == b"\r\n":
            end += 1
        yield raw[start:end]
        start = end


def _is_wide(head: bytes) -> bool:
    if head.isascii():
        return False
    try:
        head.decode()
    except UnicodeDecodeError:
        return False
    return True
