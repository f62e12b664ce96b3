"""How our cookies are named, and how one is read from a request."""

from typing import Final

from starlette.requests import cookie_parser
from starlette.types import Scope

SESSION: Final = "syncline"
"""The cookie that holds the secret of a browser's session."""


def is_secure(scheme: str, public_url: str | None) -> bool:
    """Whether the browser talks https, to us or to a proxy before us."""
    return scheme == "https" or (public_url or "").startswith("https:")


def cookie_name(name: str, *, secure: bool) -> str:
    """`__Host-` makes browsers refuse a cookie that a neighbour domain or a plain http page has planted."""
    return f"__Host-{name}" if secure else name


def cookie_of(scope: Scope, name: str) -> str | None:
    """The value of a cookie of this request, None where it has none of this name."""
    header: bytes | None = scope["header"].get(b"cookie")
    return None if header is None else cookie_parser(header.decode("latin-1")).get(name)
