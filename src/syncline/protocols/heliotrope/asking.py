"""What a request asks for: its query string, and the numbers in its path."""

import re
from typing import Final
from urllib.parse import unquote_to_bytes

from starlette.types import Scope

from syncline.core.errors import Missing, NotFound

PAGE: Final = 20
LARGEST_PAGE: Final = 300
"""threads of one answer"""

_LEADING: Final = re.compile(r"\s*([+-]?[0-9]{1,18})", re.ASCII)
_NUMBER: Final = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_NO: Final = ("", "0", "false", "no")


def given(scope: Scope, name: str) -> str | None:
    """The first value of a parameter, None where it does not stand in the query string at all.

    Taken from the raw query: `+` and `%20` are blanks, quotes and semicolons are text, and what is no UTF-8
    becomes replacement characters.
    """
    query: bytes = scope["query_string"]
    wanted = name.encode()
    for pair in query.split(b"&"):
        key, _, value = pair.partition(b"=")
        if key == wanted:
            return unquote_to_bytes(value.replace(b"+", b" ")).decode(errors="replace")
    return None


def query(scope: Scope) -> str:
    """The parameter `q`; raises Missing where it is not given (empty is a query that matches nothing)."""
    text = given(scope, "q")
    if text is None:
        raise Missing("Say what to look for: q=…", field="q")
    return text


def flag(scope: Scope, name: str) -> bool:
    """Whether a parameter says yes."""
    return (given(scope, name) or "").strip().lower() not in _NO


def start(scope: Scope) -> int:
    """The parameter `start`: how many results are passed over. What is no number, or below 0, is 0."""
    return max(0, _leading(given(scope, "start")))


def num(scope: Scope) -> int:
    """The parameter `num`: 20 where it is no number or not above 0, and never more than 300."""
    wanted = _leading(given(scope, "num"))
    return min(wanted, LARGEST_PAGE) if wanted > 0 else PAGE


def _leading(text: str | None) -> int:
    found = _LEADING.match(text or "")
    return int(found.group(1)) if found else 0


def thread_id(scope: Scope) -> int:
    """The thread that the path names; negative ones are threads whose root never came."""
    return _number(scope, "id", "There is no such thread.")


def message_no(scope: Scope) -> int:
    """The message that the path names."""
    return _number(scope, "id", "There is no such message.")


def part_no(scope: Scope) -> int:
    """The part of a message that the path names, counted from 0."""
    return _number(scope, "part", "There is no such part.")


def _number(scope: Scope, name: str, otherwise: str) -> int:
    text: str = scope["path_params"][name]
    if not _NUMBER.fullmatch(text):
        raise NotFound(otherwise)
    return int(text)
