"""The names that a server answers to: the host check against DNS rebinding."""

from typing import Final
from urllib.parse import urlsplit

from syncline.gateways.http.origins import is_address, is_loopback

CACHED: Final = 1024


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
        near = bound == "localhost" or is_loopback(bound)
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
        if is_loopback(name) or (self._far and is_address(name)):
            return True
        return any(name == own or name.endswith("." + own) for own in self._names)
