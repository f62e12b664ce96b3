"""Which browser pages may talk to us: what a browser says of the asking page; the names of this machine."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing, so that a foreign page may cause them (it cannot read the answer)."""

OWN_SITES: Final = frozenset({b"same-origin", b"none"})
"""Values of Sec-Fetch-Site that are not foreign. `same-site` is: sub-domains belong to other people's
events."""

_PORTS: Final = {"http": "80", "https": "443"}


def foreign(headers: Mapping[bytes, bytes], own: frozenset[str], scheme: str, host: str) -> bool:
    """Whether a browser says that this request comes from another site's page; clients that say nothing pass.

    `own` are the server's public origins; the origin by which it was asked (`scheme`, `host`) counts as its
    own too. `Origin` decides where it is given, then `Sec-Fetch-Site`, then `Referer`.
    """
    origin = headers.get(b"origin")
    if origin is not None:
        return not _is_own(origin.decode("latin-1"), own, scheme, host)
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site not in OWN_SITES
    referer = headers.get(b"referer")
    if referer is not None:
        return not _is_own(referer.decode("latin-1"), own, scheme, host)
    return False


def _is_own(url: str, own: frozenset[str], scheme: str, host: str) -> bool:
    origin = origin_of(url)
    return origin is not None and (origin in own or origin == origin_of(f"{scheme}://{host}"))


def origin_of(url: str) -> str | None:
    """Scheme, host and port of a URL, written in one way; None if it has no such origin (`null`, `file:`)."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return f"{parts.scheme}://{parts.hostname}:{port or _PORTS[parts.scheme]}"


def is_loopback(name: str) -> bool:
    """Whether a host name is a loopback address (`localhost` is a name, not an address)."""
    return is_address(name) and ip_address(name).is_loopback


def is_address(name: str) -> bool:
    """Whether a host name is an IP address."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def asked_locally(host: str) -> bool:
    """Whether a Host header names this very machine: a loopback address, `localhost` or a name below it."""
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    if not name:
        return False
    return name == "localhost" or name.endswith(".localhost") or is_loopback(name)
