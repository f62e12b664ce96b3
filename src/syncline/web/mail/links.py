"""Addresses of pages for mail, and queries that pages link to."""

import re
from typing import Final
from urllib.parse import quote, urlencode

from syncline.core.errors import NotFound
from syncline.core.mail import INBOX

INBOX_QUERY: Final = f"~{INBOX}"
"""What `/` leads to (Heliotrope reference 1.3)."""

TIDY_QUERY: Final = f"~{INBOX} -~deleted -~spam -~muted"
"""The inbox as the original's client asks for it."""

_WORD: Final = re.compile(r'[^\s()"\-~:*][^\s()":*]*')
_NO_PHRASE: Final = re.compile(r'[()":*\\]|(?<!\S)[-~]+')
_NUMBER: Final = re.compile(r"-?[0-9]{1,18}")


def search_path(q: str, *, start: int = 0, num: int | None = None, sort: str | None = None) -> str:
    """The page of a query's results."""
    asked: dict[str, str | int] = {"q": q}
    if start:
        asked["start"] = start
    if num is not None:
        asked["num"] = num
    if sort is not None:
        asked["sort"] = sort
    return f"/search?{urlencode(asked)}"


def label_query(label: str) -> str | None:
    """The query for a label; None if the language cannot name it (it has a blank)."""
    return f"~{label}" if _WORD.fullmatch(label) else None


def sender_query(mail: str) -> str | None:
    """The query for what an address has sent; None for an address without anything to look for."""
    if _WORD.fullmatch(mail):
        return f"from:{mail}"
    words = " ".join(_NO_PHRASE.sub(" ", mail).split())
    return f'from:"{words}"' if words else None


def thread_path(thread: int, *, q: str = "", start: int = 0) -> str:
    """The page of a thread. It remembers the search that one came from, for the way back."""
    asked: dict[str, str | int] = {}
    if q:
        asked["q"] = q
        if start:
            asked["start"] = start
    return f"/thread/{thread}" + (f"?{urlencode(asked)}" if asked else "")


def part_path(no: int, part: int, copy: int) -> str:
    """The bytes of one part of a mail."""
    return f"/message/{no}/part/{part}{_copy(copy)}"


def raw_path(no: int, copy: int) -> str:
    """A mail as it came."""
    return f"/message/{no}/raw{_copy(copy)}"


def _copy(copy: int) -> str:
    return "" if copy == 1 else f"?copy={copy}"


def number(given: str, missing: str) -> int:
    """A number in an address; raises NotFound (`missing`) for what is none."""
    if not _NUMBER.fullmatch(given):
        raise NotFound(missing)
    return int(given)


def escaped(text: str) -> str:
    """A text as one segment of an address."""
    return quote(text, safe="")
