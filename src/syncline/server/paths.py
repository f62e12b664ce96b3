"""Who owns which path. One table, so that no two protocols can claim one (a test walks it and every route).

An unknown path gets its refusal in the shape of the owner of the longest prefix that fits: a Base client
that asks for a kind of record we do not have still gets an answer that it can parse.
"""

import re
from collections.abc import Sequence
from typing import Final

from syncline.gateways.http.routes import Route

FLEEP: Final = "fleep"
BASE: Final = "base"
HELIOTROPE: Final = "heliotrope"
MATRIX: Final = "matrix"
RIO: Final = "rio"
CHANGES: Final = "changes"
SERVER: Final = "server"
WEB: Final = "web"

PREFIXES: Final[dict[str, str]] = {
    "/api/": FLEEP,
    "/hook/": FLEEP,
    "/file/": FLEEP,
    "/thumb/": FLEEP,
    "/v2/": BASE,
    "/v3/": BASE,
    "/oauth2/": BASE,
    "/search": HELIOTROPE,
    "/thread": HELIOTROPE,
    "/message": HELIOTROPE,
    "/labels": HELIOTROPE,
    "/contacts": HELIOTROPE,
    "/count": HELIOTROPE,
    "/info": HELIOTROPE,
    "/size": HELIOTROPE,
    "/_matrix/": MATRIX,
    "/_synapse/": MATRIX,
    "/.well-known/matrix/": MATRIX,
    "/rio/": RIO,
    "/events/": RIO,
    "/changes": CHANGES,
    "/conversations": CHANGES,
    "/metrics": SERVER,
    "/healthz": SERVER,
    "/login": WEB,
    "/logout": WEB,
    "/register": WEB,
    "/home": WEB,
    "/chat": WEB,
    "/globals/": WEB,
    "/tokens": WEB,
    "/static/": WEB,
}
"""Prefix → owner. A prefix that ends in a slash covers what is below it; any other covers itself, what is
below it, and itself with an ending (`/search`, `/search/…`, `/search.json`)."""

PARAMETER: Final = re.compile(r"\{[^}]*\}")
BYTES: Final = re.compile(r"/(?:raw|part/[^/]+)\Z")

ROOT: Final = HELIOTROPE
"""Owner of `/` itself: the inbox. Whatever fits no prefix belongs to nobody (the server answers it)."""


def owner_of(path: str) -> str:
    """The owner of a path; the server for what belongs to nobody."""
    if path == "/":
        return ROOT
    best = ""
    for prefix in PREFIXES:
        if len(prefix) > len(best) and covers(prefix, path):
            best = prefix
    return PREFIXES.get(best, SERVER)


def covers(prefix: str, path: str) -> bool:
    """Whether a prefix of the table covers a path."""
    if not path.startswith(prefix):
        return False
    return prefix.endswith("/") or path[len(prefix) : len(prefix) + 1] in ("", "/", ".")


def is_page(path: str) -> bool:
    """Whether a path of the mail API is the page for people: each call without `.json`, which gives data.

    Parts and raw mails are bytes of somebody else, sent in one way only; the pages link to them.
    """
    return not path.endswith(".json") and not BYTES.search(path)


def clashes(routes: Sequence[Route]) -> list[str]:
    """What is wrong with a set of routes, a sentence each: two owners of one path, or a path of another's."""
    wrong = []
    seen: dict[tuple[str, str], str] = {}
    for route in routes:
        shape = PARAMETER.sub("{}", route.path)
        for method in route.methods:
            other = seen.setdefault((method, shape), route.owner)
            if other != route.owner:
                wrong.append(f"{method} {route.path} is claimed by {other} and by {route.owner}.")
        owner = owner_of(route.path)
        if route.owner != owner and not (route.owner == WEB and owner == HELIOTROPE and is_page(route.path)):
            wrong.append(f"{route.path} is of {route.owner}, but the table gives it to {owner}.")
    return wrong
