"""Which browser pages may talk to us: the origin check on changes, and the host check against DNS
rebinding."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing, so that a foreign page may cause them (it cannot read the answer)."""

OWN_SITES: Final = frozenset({b"same-origin", b"none"})
"""Values of Sec-Fetch-Site that are not foreign. `same-site` is: sub-domains belong to other people's
events."""

CACHED: Final = 1024
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


class Hosts:
    """The names by which a server on loopback, or for a single user, may be asked.

    A page of evil.example whose name is made to lead to 127.0.0.1 is same-origin for its browser, so the
    origin check cannot see it; but it asks for `Host: evil.example`. Servers on public addresses answer to
    any name, unless nobody has to sign in there.
    """

    def __init__(
        self, bound: str, *, public_url: str | None, name: str | None, single_user: bool = False
    ) -> None:
        """Take the address that the server is bound to, and the names that it was given."""
        near = bound == "localhost" or _is_loopback(bound)
        self.checked = near or single_user
        self._far = not near
        """it is asked by an address of the machine, too, which nobody can make a name lead to"""
        self._names = {"localhost"}
        if public_url and (host := urlsplit(public_url).hostname):
            self._names.add(host.lower())
        if name:
            self._names.add(name.lower().partition(":")[0])
        self._good: set[bytes] = set()

    def allows(self, host: bytes | None) -> bool:
        """Whether this Host header may be served. None (no browser leaves it out) may."""
        if host is None or host in self._good:
            return True
        if not self._is_ours(host.decode("latin-1")):
            return False
        if len(self._good) >= CACHED:
            self._good.clear()
        self._good.add(host)
        return True

    def _is_ours(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname
        except ValueError:
            return False
        if not name:
            return False
        if _is_loopback(name) or (self._far and _is_address(name)):
            return True
        return any(name == own or name.endswith("." + own) for own in self._names)


def _is_loopback(name: str) -> bool:
    return _is_address(name) and ip_address(name).is_loopback


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
