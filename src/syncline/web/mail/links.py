"""Addresses of pages for mail, and queries that pages link to."""

import re
from typing import Final
from urllib.parse import urlencode

from syncline.core.errors import NotFound
from syncline.core.mail import INBOX

INBOX_QUERY: Final = f"~{INBOX}"
"""What `/` leads to (Heliotrope reference 1.3)."""

TIDY_QUERY: Final = f"~{INBOX} -~deleted -~spam -~muted"
"""The inbox as the original's client asks for it."""

INBOXES: Final = (INBOX_QUERY, TIDY_QUERY)

_WORD: Final = re.compile(r'[^\s()"\-~:*][^\s()":*]*')
_OPERATORS: Final = re.compile(r'[()":*\\]')
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


def sender_query(mail: str) -> str | None:
    """The query for what an address has sent; None for an address without anything to look for."""
    if _WORD.fullmatch(mail) and mail != "OR":
        return f"from:{mail}"
    words = [one.lstrip("-~") for one in _OPERATORS.sub(" ", mail).split()]
    phrase = " ".join(one for one in words if one not in ("", "OR"))
    return f'from:"{phrase}"' if phrase else None


def thread_path(thread: int, *, q: str = "", start: int = 0) -> str:
    """The page of a thread. It remembers the search that one came from, for the way back."""
    asked: dict[str, str | int] = {}
    if q:
        asked["q"] = q
        if start:
            asked["start"] = start
    return f"/thread/{thread}" + (f"?{urlencode(asked)}" if asked else "")


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
