"""Cutting an mbox file into raw mails, as it comes.

Mails are told apart by a line `From SENDER DATE` and by nothing else, and texts hold lines like it that
nobody quoted. So such a line counts only at the beginning or after an empty line, and only if a header
follows; without a time in it, its sender must look like one. Some programs leave no empty line between mails:
behind a text it counts if it is exactly as the C library writes it, and a whole head begins there.
"""

import io
import re
from collections.abc import Callable, Iterator
from typing import Final

from syncline.core.errors import TooLarge

PIECE: Final = 1 << 20

LONGEST_LINE: Final = 4096
"""Bytes of a separator and the line after it that are looked at."""

MOST: Final = 256 << 20
"""Bytes of one mail. A file without separators would otherwise be one mail of any size."""

LARGE: Final = 8 << 20
"""Bytes from which on a mail is gathered apart: two copies of it in memory would be too much."""

_MARK: Final = b"\nFrom "
_FROM: Final = re.compile(
    rb"From (?:"
    # Thu Jan  1 00:00:00 1970, Thu, 1 Jan 1970 and what else programs made of it
    rb"[^\n]*?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?[ \t]+(?:[A-Z][a-z][a-z]\b|\d)[^\n]*"
    rb"|\S+[ \t]+\d{4}-\d\d-\d\d[^\n]*"
    rb"|\S+[ \t][^\n]*\d\d:\d\d:\d\d[^\n]*"
    # no date that anybody could read, but a sender
    rb"|\S*@\S*(?:[ \t][^\n]*)?|(?:MAILER-DAEMON|-)(?:[ \t][^\n]*)?"
    rb")\r?\n"
)
_EXACT: Final = re.compile(
    rb"From \S+[ \t]+(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z][a-z] [ \d]?\d \d\d:\d\d:\d\d \d{4}[ \t]*\r?\n"
    rb"(?=(?:return-path|received|delivered-to|message-id|date|from|to|subject|x-[!-9;-~]+)[ \t]*:)"
    rb"(?:[!-9;-~]+[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*)[!-9;-~]+[ \t]*:",
    re.IGNORECASE,
)
_HEADER: Final = re.compile(rb">From |[!-9;-~]+[ \t]*:")
_QUOTED: Final = re.compile(rb"(?m)^>(>*From )")


def mails(
    read: Callable[[int], bytes],
    *,
    most: int = MOST,
    large: int = LARGE,
    left_out: Callable[[TooLarge], None] | None = None,
) -> Iterator[bytes]:
    """Each raw mail of an mbox file, in order; about one mail in memory at a time.

    `read` gives at most so many bytes, none at the end. A mail of more than `most` bytes is told to
    `left_out` and passed over; where nobody hears of it TooLarge is raised. What `read` raises comes after
    the mails before; the one that is being read then is not given, as it may not be whole.
    """
    buffer = bytearray()
    begun = 0
    looked = 0
    held: io.BytesIO | None = None
    passing = False
    torn: Exception | None = None
    while True:
        try:
            data = read(PIECE)
        except Exception as error:  # noqa: BLE001 — not swallowed: raised when what is whole was given
            torn = error
            break
        if not data:
            break
        buffer += data
        # the mark may lie across two pieces, and the lines after it may not be there yet
        whole = len(buffer) - LONGEST_LINE
        while (at := buffer.find(_MARK, looked)) >= 0 and at < whole:
            looked = at + 1
            if _separates(buffer, at):
                if not passing and (raw := _mail(buffer, begun, at + 1, held)):
                    yield raw
                begun = at + 1
                held = None
                passing = False
        if at < 0:
            looked = max(looked, len(buffer) - len(_MARK) + 1)
        if begun:
            del buffer[:begun]
            looked -= begun
            begun = 0
        if passing:
            known = max(0, len(buffer) - LONGEST_LINE - len(_MARK))
            del buffer[:known]
            looked = max(0, looked - known)
        elif len(buffer) > large + 2 * LONGEST_LINE:
            # a mail becomes large: its beginning goes where it can be taken from without a copy
            if held is None:
                held = io.BytesIO()
                del buffer[: (skipped := _after_separator(buffer, 0, len(buffer)))]
                looked = max(0, looked - skipped)
            known = len(buffer) - LONGEST_LINE - len(_MARK)
            held.write(memoryview(buffer)[:known])
            del buffer[:known]
            looked = max(0, looked - known)
        if len(buffer) + (held.tell() if held is not None else 0) > most:
            too_large = TooLarge(f"it holds a mail of more than {most >> 20} MB")
            if left_out is None:
                raise too_large
            left_out(too_large)
            held, passing = None, True
    while (at := buffer.find(_MARK, looked)) >= 0:
        looked = at + 1
        if _separates(buffer, at):
            if not passing and (raw := _mail(buffer, begun, at + 1, held)):
                yield raw
            begun = at + 1
            held = None
            passing = False
    if torn is not None:
        raise torn
    if not passing and (raw := _mail(buffer, begun, len(buffer), held)):
        yield raw


def begins(head: bytes) -> bool:
    """Whether these first bytes of a file are those of an mbox file."""
    found = _FROM.match(head)
    return found is not None and (found.end() == len(head) or _HEADER.match(head, found.end()) is not None)


def _separates(buffer: bytearray, at: int) -> bool:
    """Whether a mail begins after the line end at `at`."""
    before = bytes(buffer[max(0, at - 2) : at])
    if before and not before.endswith((b"\n", b"\n\r")) and before != b"\r":
        return _EXACT.match(buffer, at + 1, at + LONGEST_LINE) is not None
    found = _FROM.match(buffer, at + 1, at + LONGEST_LINE)
    return found is not None and _HEADER.match(buffer, found.end(), at + LONGEST_LINE) is not None


def _after_separator(buffer: bytearray, begun: int, end: int) -> int:
    """Where a mail's own first line begins."""
    return buffer.find(b"\n", begun, end) + 1 or end if buffer.startswith(b"From ", begun) else begun


def _mail(buffer: bytearray, begun: int, end: int, held: io.BytesIO | None) -> bytes:
    """The mail without its separator, and without the empty line that ends it in the file."""
    if held is None:
        begun = _after_separator(buffer, begun, end)
    # a large mail has its last lines here
    if buffer.endswith(b"\n\r\n", begun, end):
        end -= 2
    elif buffer.endswith(b"\n\n", begun, end):
        end -= 1
    with memoryview(buffer) as view, view[begun:end] as part:
        if held is None:
            raw = bytes(part)
        else:
            held.write(part)
            raw = held.getvalue()
    if not raw or raw.isspace():
        return b""
    return _QUOTED.sub(rb"\1", raw) if b">From " in raw else raw
