"""Senders and recipients, read from raw headers as people and programs really write them.

The structure is read first and names are decoded afterwards: an encoded word may hide a comma or a bracket.
One pass over the bytes, whatever they are.
"""

import re
from collections.abc import Iterable
from typing import Final

from syncline.core.mail import Address
from syncline.gateways.mime import encoded

MOST: Final = 2000
"""Addresses of a mail by kind that are kept; the raw mail has all."""

LONGEST: Final = 256 * 1024
"""Bytes of all headers of a kind that are read."""

TOKEN: Final = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[^"(),:;<>\\]+|.', re.DOTALL)
"""A quoted string (one that never ends: all the rest), a run of plain characters, or a special one."""

UNQUOTED: Final = re.compile(rb'[^"(),:;<>\\]+|.', re.DOTALL)

ESCAPED: Final = re.compile(rb"\\(.)", re.DOTALL)
BARE: Final = re.compile(rb"[^\s<>@]+@[^\s<>@]+")
SPACE: Final = re.compile(r"\s+")


def addresses(values: Iterable[bytes], hint: str = "") -> tuple[Address, ...]:
    """All addresses of some raw header values, in order; those without name and address are left out.

    Tolerant of groups (their names are dropped), comments (a name where there is no other), missing brackets
    and quotes, and semicolons between.
    """
    found: list[Address] = []
    left = LONGEST
    for value in values:
        for one in _cut(value[:left]):
            address = one.address(hint)
            if address is not None:
                found.append(address)
                if len(found) >= MOST:
                    return tuple(found)
        left -= len(value)
        if left <= 0:
            break
    return tuple(found)


class _Mailbox:
    """The pieces of one address while it is read."""

    __slots__ = ("at", "bracket", "comment", "words")

    def __init__(self) -> None:
        self.words: list[bytes] = []
        self.comment: list[bytes] = []
        self.bracket: list[bytes] | None = None
        self.at = False

    def address(self, hint: str) -> Address | None:
        words = b"".join(self.words).strip()
        if self.bracket is not None:
            mail = b"".join(self.bracket).strip()
            if not mail and BARE.fullmatch(words):
                words, mail = b"", words
        elif b"@" in words:
            given = [word for word in words.split() if b"@" in word]
            mail = given[-1]
            words = words.replace(mail, b"", 1).strip()
        elif b" " in words or b"=?" in words:
            mail = b""
        else:
            words, mail = b"", words
        if not words and self.comment:
            words = b"".join(self.comment).strip()
        name = _name(words, hint)
        address = SPACE.sub("", encoded.decode(mail, hint)).strip("<>'\"")
        if name.casefold() == address.casefold():
            name = ""
        return Address(name, address) if name or address else None


def _name(words: bytes, hint: str) -> str:
    text = SPACE.sub(" ", encoded.decode(words, hint)).strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1].strip()
    return text


def _tokens(value: bytes) -> list[bytes]:
    tokens = TOKEN.findall(value)
    if tokens and tokens[-1].startswith(b'"') and (len(tokens[-1]) == 1 or not tokens[-1].endswith(b'"')):
        tokens += UNQUOTED.findall(tokens.pop()[1:])
    return tokens


def _cut(value: bytes) -> Iterable[_Mailbox]:
    """One pass: quoted strings whole, comments by depth, brackets, and what separates."""
    box = _Mailbox()
    depth = 0
    inside = False
    for token in _tokens(value):
        if depth:
            depth += (token == b"(") - (token == b")")
            box.comment.append(b" " if not depth else token)
        elif token == b"(":
            depth = 1
        elif inside and token == b">":
            inside = False
        elif inside and box.bracket is not None and token != b",":
            box.bracket.append(token)
        elif token == b"<":
            inside = True
            box.bracket = []
        elif token in (b",", b";"):
            yield box
            box, inside = _Mailbox(), False
        elif token == b":" and box.bracket is None and not box.at:
            box = _Mailbox()  # the name of a group
        elif len(token) > 1 and token.startswith(b'"'):
            box.words.append(ESCAPED.sub(rb"\1", token[1:-1]))
        elif token not in (b"\\", b">", b")", b'"'):
            box.words.append(token)
            box.at = box.at or b"@" in token
    yield box
