"""The texts of a mail: what it says, what is attached, and what stands in mails within it."""

import re
from collections.abc import Iterator
from typing import Final

from syncline.gateways.mime import charsets
from syncline.gateways.mime.html_text import html_text
from syncline.gateways.mime.structure import DEPTH, Part, tree

MAIN: Final = 1_000_000
"""Characters of a mail's own text that are searched."""

ATTACHED: Final = 256 * 1024
"""Characters of the text of all its attachments that are."""

NESTED: Final = 4
"""Mails within mails within mails that are opened."""


def chosen(part: Part, prefer: str) -> Iterator[Part]:
    """The leaves in document order, of alternatives one branch (Heliotrope reference 4.3)."""
    waiting = [part]
    while waiting:
        at = waiting.pop()
        if not at.children:
            yield at
        elif at.kind == "multipart/alternative":
            waiting.append(_alternative(at.children, prefer))
        else:
            waiting += reversed(at.children)


def every(part: Part) -> Iterator[Part]:
    """All leaves in document order."""
    waiting = [part]
    while waiting:
        at = waiting.pop()
        if at.children:
            waiting += reversed(at.children)
        else:
            yield at


def _alternative(children: list[Part], prefer: str) -> Part:
    """The first whose type says what is preferred, else the first in which something is, else the first."""
    for child in children:
        if prefer in child.kind or (child.children and prefer in child.type):
            return child
    for child in children:
        if any(prefer in leaf.kind for leaf in every(child)):
            return child
    return children[0]


def text(part: Part, most: int | None = None) -> str:
    """A leaf as text in its charset, lines ending in LF; at most about `most` characters."""
    data = part.data
    torn = most is not None and len(data) > most * 4
    if torn and most is not None:
        data = data[: most * 4]
    decoded = charsets.decode(data, _charset(part), torn=torn).removeprefix("\ufeff")
    if "\r" in decoded:
        decoded = decoded.replace("\r\n", "\n").replace("\r", "\n")
    return decoded if most is None else decoded[:most]


def readable(part: Part, most: int) -> str:
    """A leaf as a person reads it: HTML converted."""
    if part.kind == "text/html":
        return html_text(text(part, most))
    return text(part, most)


META: Final = re.compile(rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?\s*([a-z0-9_:.-]{2,40})", re.IGNORECASE)


def _charset(part: Part) -> str:
    """The charset that a part declares; an HTML part without one may say it within."""
    declared = part.content.get("charset", "")
    if not declared and part.kind == "text/html" and (found := META.search(part.data[:4096])) is not None:
        return found[1].decode("ascii")
    return declared


def is_main(part: Part) -> bool:
    """Whether a leaf is what the mail itself says: a text that has no file name and is not attached."""
    return part.kind.startswith("text/") and part.filename is None and part.disposition[0] != "attachment"


def main_text(root: Part) -> list[str]:
    """What the mail says, part by part; plain before HTML."""
    found: list[str] = []
    left = MAIN
    for part in chosen(root, "text/plain"):
        if left > 0 and is_main(part):
            found.append(readable(part, left))
            left -= len(found[-1])
    return found


def attached_text(root: Part) -> list[str]:
    """The texts of attachments and of mails within (their subjects, too), as far as ATTACHED reaches."""
    found: list[str] = []
    left = ATTACHED
    waiting: list[tuple[Part, int]] = [(part, 0) for part in reversed(list(chosen(root, "text/plain")))]
    while waiting and left > 0:
        part, level = waiting.pop()
        if part.kind == "message/rfc822":
            if level < NESTED and part.level < DEPTH and part.end - part.start <= 4 * MAIN:
                inner = tree(part.data)
                found.append(inner.headers.get("subject") or "")
                waiting += [(leaf, level + 1) for leaf in reversed(list(chosen(inner, "text/plain")))]
            continue
        if part.kind.startswith(("text/", "message/")) and (level or not is_main(part)):
            found.append(readable(part, left))
            left -= len(found[-1])
    return found
