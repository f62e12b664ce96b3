"""The parts of a mail: a tree over its raw bytes, bounded in depth, number and work.

Parts are places in the raw mail; nothing is copied or decoded before somebody asks. What lies beyond a limit
is one part with all its bytes, so that nothing is lost.
"""

import re
from functools import cached_property
from typing import Final

from syncline.gateways.mime import params, transfer
from syncline.gateways.mime.headers import Headers, cut

DEPTH: Final = 50
"""Levels that are opened."""

PARTS: Final = 2000
"""Parts of a mail that are opened."""

CANDIDATES: Final = 50_000
"""Lines like a boundary that are looked at."""

WORK: Final = 12
"""Times that a mail's bytes may be looked through for boundaries: nested parts are read once a level."""

TYPE: Final = re.compile(rb"\s*([!#-'*+.0-9A-Z^-~-]+)\s*/\s*([!#-'*+.0-9A-Z^-~-]+)", re.IGNORECASE)
GUESS: Final = re.compile(
    rb"^--([^\s-][^\r\n]{0,100}?)[ \t]*\r?\n(?=content-[a-z-]+:)", re.MULTILINE | re.IGNORECASE
)
SQUEEZE: Final = re.compile(r"\s+")


class Part:
    """A node of the tree: a leaf, or a multipart with children."""

    __slots__ = ("__dict__", "children", "content", "end", "headers", "kind", "level", "raw", "start")

    def __init__(self, raw: bytes, start: int, end: int, headers: Headers, kind: str, level: int) -> None:
        """A part whose body lies at start..end of `raw`; `kind`: its type, such as "text/plain"."""
        self.raw = raw
        self.start = start
        self.end = end
        self.headers = headers
        self.kind = kind
        self.level = level
        self.children: list[Part] = []
        self.content = params.parameters(headers.raw("content-type") or b"", headers.hint)
        """The parameters of Content-Type."""

    @property
    def disposition(self) -> tuple[str, dict[str, str]]:
        """Content-Disposition: "inline", "attachment" or another word ("" for none), and its parameters."""
        value = self.headers.raw("content-disposition")
        if value is None:
            return "", {}
        word = value.split(b";", 1)[0].strip().decode("latin-1").casefold()
        return word, params.parameters(value, self.headers.hint)

    @cached_property
    def type(self) -> str:
        """The whole Content-Type, white space squeezed, in lower case (Heliotrope reference 1.5)."""
        value = self.headers.get("content-type")
        if value is None or not value.casefold().replace(" ", "").startswith(self.kind):
            return self.kind
        return SQUEEZE.sub(" ", value).strip().lower()

    @cached_property
    def filename(self) -> str | None:
        """The name that the sender gave, unchecked: Content-Type's first, then Content-Disposition's."""
        return self.content.get("name") or self.disposition[1].get("filename") or None

    @cached_property
    def data(self) -> bytes:
        """The decoded bytes."""
        return transfer.decode(self.raw[self.start : self.end], self.encoding)

    @property
    def encoding(self) -> str:
        """The transfer encoding: "base64", "qp" or ""."""
        return transfer.encoding(self.headers.raw("content-transfer-encoding"))


class Reading:
    """What opening one mail has cost so far."""

    def __init__(self, size: int) -> None:
        """`size`: bytes of the mail."""
        self.parts = 0
        self.candidates = 0
        self.bytes = WORK * size + 4_000_000


def _lines(raw: bytes) -> bytes:
    """The mail with lines that end in LF or CRLF: old Macintosh mails end them in CR alone."""
    return raw if b"\n" in raw or b"\r" not in raw else raw.replace(b"\r", b"\n")


def tree(given: bytes) -> Part:
    """The root of a mail's tree; its headers are the mail's. Never raises.

    Without a single field all of it, as it is, is the root's text.
    """
    raw = _lines(given)
    block = cut(raw, 0, len(raw), top=True)
    headers = Headers(block.fields)
    raw, body = (raw, block.body) if block.fields else (given, 0)
    root = Part(raw, body, len(raw), headers, _kind(headers, "text/plain"), 0)
    headers.hint = root.content.get("charset", "")
    reading = Reading(len(raw))
    waiting = [root]
    while waiting:
        part = waiting.pop()
        if part.kind.startswith("multipart/"):
            part.children = _split(part, reading)
            waiting += part.children
    return root


def _kind(headers: Headers, default: str) -> str:
    """The type, lower case; one that cannot be read is text (RFC 2045 5.2)."""
    value = headers.raw("content-type")
    if value is None:
        return default
    found = TYPE.match(value)
    if found is None:
        return "text/html" if value.strip().lower().startswith(b"html") else default
    return f"{found[1].decode('ascii')}/{found[2].decode('ascii')}".lower()


def _split(part: Part, reading: Reading) -> list[Part]:
    """The children of a multipart. None: it stays a leaf, of text where no boundary was found."""
    size = part.end - part.start
    if part.level >= DEPTH or reading.parts >= PARTS or reading.bytes < size:
        part.kind = "application/octet-stream"
        return []
    reading.bytes -= size
    spans = _spans(part, reading)
    if not spans:
        part.kind = "text/plain"
        return []
    default = "message/rfc822" if part.kind == "multipart/digest" else "text/plain"
    children: list[Part] = []
    for start, end in spans:
        reading.parts += 1
        if reading.parts > PARTS:
            rest = Part(part.raw, start, part.end, Headers(()), "application/octet-stream", part.level + 1)
            children.append(rest)
            break
        block = cut(part.raw, start, end)
        headers = Headers(block.fields, part.headers.hint)
        kind = _kind(headers, default)
        children.append(Part(part.raw, min(block.body, end), end, headers, kind, part.level + 1))
    return children


def _spans(part: Part, reading: Reading) -> list[tuple[int, int]]:
    boundary = (part.headers.raw("content-type") or b"") and _boundary(part)
    spans = _between(part, boundary, reading) if boundary else []
    if not spans and (guess := GUESS.search(part.raw, part.start, part.end)) is not None:
        spans = _between(part, guess[1], reading)
    return spans


def _boundary(part: Part) -> bytes:
    return part.content.get("boundary", "").encode("utf-8", "replace").rstrip()


def _between(part: Part, boundary: bytes, reading: Reading) -> list[tuple[int, int]]:
    """The places between the boundary's lines; without a last one the last part goes on to the end."""
    raw, end = part.raw, part.end
    mark = b"--" + boundary
    spans: list[tuple[int, int]] = []
    start = -1
    at = part.start if raw.startswith(mark, part.start, end) else raw.find(b"\n" + mark, part.start, end) + 1
    while at > 0:
        reading.candidates += 1
        after = at + len(mark)
        line = raw.find(b"\n", after, end)
        stop = end if line < 0 else line
        rest = raw[after:stop].strip() if stop - after < 1000 else b"far"
        if rest in (b"", b"--"):
            if start >= 0:
                spans.append((start, max(start, _before(raw, start, at))))
            start = -1 if rest else min(stop + 1, end)
            if rest:
                break
        if reading.candidates > CANDIDATES or len(spans) > PARTS:
            break
        at = raw.find(b"\n" + mark, stop, end) + 1
    if start >= 0:
        spans.append((start, end))
    return spans


def _before(raw: bytes, start: int, at: int) -> int:
    """Where a part ends whose boundary stands at `at`: the line end before belongs to the boundary."""
    if at - 1 >= start and raw[at - 1 : at] == b"\n":
        at -= 1
        if at - 1 >= start and raw[at - 1 : at] == b"\r":
            at -= 1
    return at
