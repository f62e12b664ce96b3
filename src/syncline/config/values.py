"""The kinds of values that options have, beyond plain text and numbers."""

from collections.abc import Callable
from ipaddress import ip_network
from typing import Annotated, Any, Final, NamedTuple
from urllib.parse import urlsplit

from msgspec import Meta


class Secret:
    """A text that no log, table or traceback shows; `reveal()` gives it to whoever needs it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Keep this text."""
        self._text = text

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


class Rule(NamedTuple):
    """How a value is checked beyond its type: `check` returns its one form, or raises ValueError."""

    expected: str
    """What is wanted, in words that follow "expected"."""
    check: Callable[[Any], Any] | None = None


RULE: Final = "rule"
"""The key under which a Meta holds its Rule."""


def ruled(expected: str, check: Callable[[Any], Any] | None = None, **constraints: Any) -> Meta:
    """A Meta that says in words what it wants."""
    return Meta(extra={RULE: Rule(expected, check)}, **constraints)


def _networks(texts: tuple[str, ...]) -> tuple[str, ...]:
    # A single address is a network of one; host bits are forgiven, as nginx and Caddy do.
    return tuple(str(ip_network(text.strip(), strict=False)) for text in texts)


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise ValueError
    if parts.query or parts.fragment or parts.username is not None:
        raise ValueError
    if parts.port == 0:  # reading the port also checks it
        raise ValueError
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ValueError
    if parts.port == 0:  # reading the port also checks it
        raise ValueError
    return text


Port = Annotated[int, ruled("a port number from 0 to 65535", ge=0, le=65535)]
Seconds = Annotated[float, ruled("a number of seconds above 0, at most 86400", gt=0, le=86400)]
Rate = Annotated[float, ruled("a number from 0 to 1000000", ge=0, le=1_000_000)]
Burst = Annotated[float, ruled("a number from 1 to 1000000", ge=1, le=1_000_000)]
Bytes = Annotated[int, ruled("a number of bytes, at least 1024", ge=1024, le=1 << 40)]
Host = Annotated[str, ruled("an address or a host name, without a port", pattern=r"\A[A-Za-z0-9._:%-]+\Z")]
ServerName = Annotated[
    str,
    ruled(
        "a host name, with a port if it needs one, such as chat.example.org",
        pattern=r"\A([A-Za-z0-9]([A-Za-z0-9.-]{0,228}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?\Z",
    ),
]
Email = Annotated[str, ruled("an e-mail address", pattern=r"\A[^@\s<>,;]+@[^@\s<>,;]+\Z")]
Origin = Annotated[str, ruled("an address such as https://chat.example.org, without a path", _origin)]
Address = Annotated[str, ruled("an address such as https://calls.example.org/room", _address)]
Counted = Annotated[int, ruled("a whole number from 0 to 1000000", ge=0, le=1_000_000)]
Networks = Annotated[
    tuple[str, ...], ruled('a list of addresses or networks, such as ["127.0.0.1", "10.0.0.0/8"]', _networks)
]
