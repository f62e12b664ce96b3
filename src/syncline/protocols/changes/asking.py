"""What a request of GET /changes asks for. Parsed by hand: this is the hot path."""

from functools import lru_cache
from typing import Final
from urllib.parse import unquote_plus

import msgspec
from starlette.types import Scope

from syncline.core.deltas import Place
from syncline.core.errors import Invalid
from syncline.core.kinds import Kind
from syncline.protocols.changes.cursors import BEGINNING, read_cursor
from syncline.services.sync import SHOWN

LONGEST_WAIT: Final = 55
"""seconds; proxies cut idle connections after 60. Longer waits are shortened to this"""

LARGEST_PAGE: Final = 1000
PAGE: Final = 100

REMEMBERED: Final = 10_000
"""queries: as many as clients may wait, 0.5 KB each"""
SHORT: Final = 200
"""bytes; a longer one is no poll of a client, and would fill the memory"""

KINDS: Final[dict[str, Kind]] = {kind.name.lower(): kind for kind in SHOWN}
"""The names that `kind` takes."""


class Ask(msgspec.Struct, frozen=True):
    """One request for changes. `place` None: the cursor was cut in another epoch."""

    place: Place | None = BEGINNING
    wait: float = 0.0
    limit: int = PAGE
    kinds: frozenset[Kind] | None = None


def read_ask(query: bytes, *, tag: str) -> Ask:
    """Parse a query string; raises Invalid with the parameter's name. Unknown parameters are ignored.

    Remembered, because whoever is caught up asks the same again and again.
    """
    return _remembered(query, tag) if len(query) <= SHORT else _parse(query, tag)


def _parse(query: bytes, tag: str) -> Ask:
    place: Place | None = BEGINNING
    wait = 0.0
    limit = PAGE
    kinds: frozenset[Kind] | None = None
    for part in query.decode("latin-1").split("&"):
        name, _, value = part.partition("=")
        if "%" in value or "+" in value:
            value = unquote_plus(value)
        if not value:
            continue
        if name == "since":
            place = read_cursor(value, tag=tag)
        elif name == "wait":
            wait = _wait(value)
        elif name == "limit":
            limit = _limit(value)
        elif name == "kind":
            kinds = _kinds(value)
    return Ask(place, wait, limit, kinds)


_remembered = lru_cache(maxsize=REMEMBERED)(_parse)


def wants_stream(scope: Scope) -> bool:
    """Whether the client asks for server-sent events."""
    accept: bytes = scope["header"].get(b"accept", b"")
    return b"text/event-stream" in accept


def _wait(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < 1e9:
        raise Invalid("`wait` is a number of seconds from 0 on.", field="wait")
    return min(seconds, LONGEST_WAIT)


def _limit(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 10 and 1 <= int(value) <= LARGEST_PAGE):
        raise Invalid(f"`limit` is a number from 1 to {LARGEST_PAGE}.", field="limit")
    return int(value)


def _kinds(value: str) -> frozenset[Kind]:
    names = [name.strip() for name in value.split(",")]
    for name in names:
        if name not in KINDS:
            raise Invalid(f"There is no kind {name[:40]!r}; there are {', '.join(KINDS)}.", field="kind")
    return frozenset(KINDS[name] for name in names)
