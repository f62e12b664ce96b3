"""The header block of a mail or a part, cut from its raw bytes by our own rule.

No parser's decoded values are used: fast-mail-parser reads raw 8-bit values as Latin-1 without a word, and
the standard library turns them into replacement characters.
"""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from syncline.gateways.mime import encoded

FIELD: Final = re.compile(rb"^([!-9;-~]{1,200})[ \t]*:(.*+(?:\n[ \t].*+)*+)\n?", re.MULTILINE)
"""A field: its name, and its value with all lines that continue it. Possessive: a field of a million lines
would take a gigabyte of places to come back to."""

LARGE: Final = 1 << 20
"""Bytes of a block from which on its fields are counted while they are cut."""

LONGEST: Final = 2_000_000
"""Bytes of a value that are looked at: more than anything here reads of one."""

MOST: Final = 200_000
MOST_OF_A_PART: Final = 500
"""Fields that are looked at. 70 MB of nothing but fields took 1.9 GB and 15 s."""

ENVELOPE: Final = re.compile(rb"(?:\xef\xbb\xbf)?(?:>*From [^\n]*\n|[ \t]*\r?\n)*")
"""What editors, mbox files and careless programs leave before the first field."""

CERTAIN: Final = re.compile(
    rb"(received|from|to|cc|bcc|subject|date|message-id|mime-version|content-[a-z-]+|x-[!-9;-~]+|return-path"
    rb"|references|in-reply-to|reply-to|sender|delivered-to|list-[a-z-]+|precedence|importance)[ \t]*:",
    re.IGNORECASE,
)
"""Fields that are taken for such even behind a line that is none."""

FOLD: Final = re.compile(rb"\r?\n[ \t]*")


class Headers:
    """The fields of one block, in order. Names are looked up in lower case."""

    def __init__(self, fields: Iterable[tuple[bytes, bytes]], hint: str = "") -> None:
        """Keep raw (name, value) pairs; `hint`: a charset to try for raw bytes."""
        self._fields: dict[bytes, list[bytes]] = {}
        for name, value in fields:
            key = name.lower()
            if key in self._fields:
                self._fields[key].append(value)
            else:
                self._fields[key] = [value]
        self.hint = hint

    def __len__(self) -> int:
        """How many different names there are."""
        return len(self._fields)

    def __contains__(self, name: str) -> bool:
        """Whether there is a field of this name."""
        return name.encode() in self._fields

    def raws(self, name: str) -> list[bytes]:
        """All values of a name as they stand, unfolded."""
        return [_unfolded(value) for value in self._fields.get(name.encode(), ())]

    def raw(self, name: str) -> bytes | None:
        """The first value of a name as it stands, unfolded."""
        found = self._fields.get(name.encode())
        return None if found is None else _unfolded(found[0])

    def get(self, name: str) -> str | None:
        """The first value of a name, decoded."""
        found = self.raw(name)
        return None if found is None else encoded.decode(found, self.hint)

    def all(self, name: str) -> list[str]:
        """All values of a name, decoded."""
        return [encoded.decode(value, self.hint) for value in self.raws(name)]


def _unfolded(value: bytes) -> bytes:
    value = value[:LONGEST]
    return FOLD.sub(b" ", value).strip() if b"\n" in value else value.strip()


class Cut(NamedTuple):
    """Where a block ends: its fields and the place of the body's first byte."""

    fields: list[tuple[bytes, bytes]]
    body: int


def _empty_line(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Begin and end of the first empty line. Truly empty: spam filters write lines of blanks into reports."""
    for line in (b"\n", b"\r\n"):
        if raw.startswith(line, start, end):
            return start, start + len(line)
    plain = raw.find(b"\n\n", start, end)
    carried = raw.find(b"\n\r\n", start, end if plain < 0 else plain)
    if carried >= 0:
        return carried + 1, carried + 3
    return (plain + 1, plain + 2) if plain >= 0 else (end, end)


def cut(raw: bytes, start: int, end: int, *, top: bool = False) -> Cut:
    """Cut the block that begins at `start`. Lines end in LF or CRLF.

    It ends at the first empty line, or, where that is missing, at the first line that is no field. A single
    such line is passed over if a well-known field follows. `top`: the block of a whole mail, before which
    a `From ` line or empty lines may stand. Of more fields than MOST the first count.
    """
    if top and (before := ENVELOPE.match(raw, start, end)) is not None:
        start = before.end()
    stop, body = _empty_line(raw, start, end)
    most = MOST if top else MOST_OF_A_PART
    if stop - start <= LARGE:
        block = raw[start:stop]
        fields = FIELD.findall(block)
        lines = block.count(b"\n") + (not block.endswith(b"\n") and len(block) > 0)
        if lines == len(fields) + sum([value.count(b"\n") for _, value in fields]):
            return Cut(fields if len(fields) <= most else fields[:most], body)
    fields = []
    at = start
    for _ in range(most):
        if at >= stop:
            break
        found = FIELD.match(raw, at, stop)
        if found is None:
            line = raw.find(b"\n", at, stop) + 1
            quoted = raw.startswith((b"From ", b">From "), at)
            if line and fields and (quoted or CERTAIN.match(raw, line, stop)):
                at = line
                continue
            return Cut(fields, at)
        fields.append((found[1], found[2]))
        at = found.end()
    return Cut(fields, body)
