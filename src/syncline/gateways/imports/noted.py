"""What the programs that kept a mail before wrote into its head: read or not, starred, labels."""

import re
from collections.abc import Iterable
from email.errors import HeaderParseError
from email.header import decode_header
from typing import Final

from syncline.core.mail import INBOX
from syncline.gateways.imports.found import Place
from syncline.gateways.imports.labels import clean, said

MOST_HEAD: Final = 1 << 18
"""Bytes of a head that are looked through."""

_END: Final = re.compile(rb"\n\r?\n")
_HEADER: Final = re.compile(
    rb"(?im)^(status|x-status|x-keywords|x-mozilla-status|x-mozilla-keys|x-gmail-labels)[ \t]*:"
    rb"([^\n]*(?:\n[ \t][^\n]*)*)"
)
_HEX: Final = re.compile(rb"[0-9A-Fa-f]{1,8}")

MOZILLA_READ: Final = 0x1
MOZILLA_STARRED: Final = 0x4
MOZILLA_DELETED: Final = 0x8


def noted(raw: bytes, place: Place, *, labels: Iterable[str] = (), inbox: bool = True) -> Place:
    """The labels and states that a mail gets: those of its place, of its headers, and those asked for.

    A place that knows a state (a Maildir) is believed; else the headers are; else the mail is unread. `inbox`
    False: it never gets that label.
    """
    heads = _heads(raw)
    found = [*place.labels]
    state = place.state
    here = place.inbox
    if (gmail := heads.get(b"x-gmail-labels")) is not None:
        names = said(_listed(_decoded(gmail)))
        found += names.labels
        here = names.inbox
        state = names.state if state is None else (*state, *names.state)
    for name in (b"x-keywords", b"x-mozilla-keys"):
        if (value := heads.get(name)) is not None:
            found += _keywords(_decoded(value))
    if state is None:
        state = _by_status(heads)
    found += labels
    if here and inbox:
        found.append(INBOX)
    return Place(tuple(dict.fromkeys(found)), tuple(dict.fromkeys(state)), here)


def _heads(raw: bytes) -> dict[bytes, bytes]:
    """The values of the headers that matter here, by small name; the last of several counts."""
    end = _END.search(raw, 0, MOST_HEAD)
    upto = end.start() + 1 if end else min(len(raw), MOST_HEAD)
    return {found[1].lower(): found[2] for found in _HEADER.finditer(raw, 0, upto)}


def _by_status(heads: dict[bytes, bytes]) -> tuple[str, ...]:
    """The states that mbox programs keep in headers (R read, F starred, D deleted, T draft)."""
    state: list[str] = []
    flags = heads.get(b"status", b"") + heads.get(b"x-status", b"")
    mozilla = heads.get(b"x-mozilla-status", b"").strip()
    bits = int(mozilla, 16) if _HEX.fullmatch(mozilla) else 0
    if b"R" not in flags and not bits & MOZILLA_READ:
        state.append("unread")
    if b"F" in flags or bits & MOZILLA_STARRED:
        state.append("starred")
    if b"D" in flags or bits & MOZILLA_DELETED:
        state.append("deleted")
    if b"T" in flags:
        state.append("draft")
    return tuple(state)


def _keywords(text: str) -> list[str]:
    """Labels between blanks or commas; those with `$`, `\\` or `NonJunk` are programs' own notes."""
    words = text.replace(",", " ").split()
    return [
        clean(word) for word in words if word[0] not in "$\\" and word.lower() not in ("nonjunk", "notjunk")
    ]


def _listed(text: str) -> list[str]:
    """Names between commas; one with a comma inside stands in quotes."""
    return [quoted or plain for quoted, plain in re.findall(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^,]+))\s*,?', text)]


def _decoded(value: bytes) -> str:
    text = b" ".join(value.split()).decode("utf-8", "replace")
    if "=?" not in text:
        return text
    try:
        parts = decode_header(text)
    except (HeaderParseError, ValueError):
        return text
    return "".join(_text(part, charset) for part, charset in parts)


def _text(part: bytes | str, charset: str | None) -> str:
    if isinstance(part, str):
        return part
    try:
        return part.decode(charset or "utf-8", "replace")
    except (LookupError, ValueError):
        return part.decode("utf-8", "replace")
