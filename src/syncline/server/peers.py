"""Who really asks when a proxy stands between: `X-Forwarded-*`, believed from named proxies only."""

import re
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final

import msgspec

from syncline.core.errors import Invalid

_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._-]{8,64}\Z")
_HOST: Final = re.compile(r"[A-Za-z0-9._-]{1,253}(:[0-9]{1,5})?\Z|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?\Z")
CACHED: Final = 1024


class Seen(msgspec.Struct, frozen=True, gc=False):
    """A request as its client sent it to the outermost trusted proxy."""

    address: str
    scheme: str
    host: str


class Proxies:
    """The trusted proxies: addresses or networks, `unix` for a socket without addresses."""

    def __init__(self, trusted: Iterable[str]) -> None:
        """Read the setting; raises Invalid for what is no network."""
        self._networks: list[IPv4Network | IPv6Network] = []
        for text in trusted:
            try:
                self._networks.append(ip_network(text, strict=False))
            except ValueError as error:
                raise Invalid(
                    f"{text!r} is neither an address nor a network.", field="server.trusted_proxies"
                ) from error
        self._known: dict[str, bool] = {}

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._networks)

    def trusts(self, address: str) -> bool:
        """Whether a header of this peer is believed."""
        known = self._known.get(address)
        if known is None:
            if len(self._known) >= CACHED:
                self._known.clear()
            known = self._known[address] = self._trusts(address)
        return known

    def _trusts(self, address: str) -> bool:
        try:
            ip = ip_address(address)
        except ValueError:
            return False
        mapped = getattr(ip, "ipv4_mapped", None)
        return any((mapped or ip) in network for network in self._networks)

    def seen(self, headers: Mapping[bytes, bytes], address: str, scheme: str, host: str) -> Seen:
        """The request as the client sent it; `address` is a trusted peer.

        X-Forwarded-For is walked from the right: each trusted proxy vouches for the one before it, and the
        first that is not trusted is the client. What stands left of that is the client's own invention.
        """
        for hop in reversed(headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")):
            candidate = _bare(hop.strip())
            if candidate is None:
                break
            address = candidate
            if not self.trusts(address):
                break
        proto = headers.get(b"x-forwarded-proto", b"").decode("latin-1").split(",")[-1].strip().lower()
        if proto in ("http", "https"):
            scheme = proto
        forwarded = headers.get(b"x-forwarded-host", b"").decode("latin-1").split(",")[-1].strip()
        if _HOST.match(forwarded):
            host = forwarded
        return Seen(address, scheme, host)

    @staticmethod
    def request_id(headers: Mapping[bytes, bytes]) -> bytes | None:
        """The proxy's id of this request, if it is a sane one."""
        given = headers.get(b"x-request-id")
        return given if given is not None and _REQUEST_ID.match(given) else None


def _bare(hop: str) -> str | None:
    """An address without port and brackets, None if it is none."""
    if hop.startswith("["):
        hop = hop[1:].partition("]")[0]
    elif hop.count(":") == 1:
        hop = hop.partition(":")[0]
    try:
        return str(ip_address(hop))
    except ValueError:
        return None
