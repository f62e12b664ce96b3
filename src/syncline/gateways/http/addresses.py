"""Which addresses a request that somebody else made us send may reach: the public internet, nothing else."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

METADATA: Final = frozenset(
    {
        ip_address("169.254.169.254"),  # most clouds
        ip_address("169.254.170.2"),  # containers on AWS
        ip_address("100.100.100.200"),  # Alibaba
        ip_address("168.63.129.16"),  # Azure's wire server: a public address by its number
        ip_address("192.0.0.192"),  # Oracle
        ip_address("fd00:ec2::254"),  # AWS over IPv6
    }
)
"""Services that give a machine its own keys: never asked, not even where private addresses are allowed."""

_NAT64: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE: Final = IPv6Network("::/96")
_SITE_LOCAL: Final = IPv6Network("fec0::/10")
_SHARED: Final = ip_network("100.64.0.0/10")


def is_allowed(address: str, *, allow_private: bool = False) -> bool:
    """Whether an address may be connected to; what is no address may not.

    `allow_private` admits loopback, private and shared networks, and still neither link-local nor multicast
    addresses, nor the metadata services.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return all(_is_allowed(each, allow_private) for each in meant(ip))


def meant(ip: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """An address and every IPv4 address that a gateway would make of it (mapped, NAT64, 6to4, Teredo)."""
    if isinstance(ip, IPv4Address):
        return [ip]
    found: list[IPv4Address | IPv6Address] = []
    last = IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip.ipv4_mapped is not None:
        return [ip.ipv4_mapped]
    if any(ip in network for network in _NAT64):
        return [last]
    if ip.sixtofour is not None:
        found.append(ip.sixtofour)
    if ip.teredo is not None:
        found.extend(ip.teredo)
    if ip in _COMPATIBLE and int(ip) > 1:
        found.append(last)
    return [ip, *found]


def _is_allowed(ip: IPv4Address | IPv6Address, allow_private: bool) -> bool:
    if ip in METADATA or ip.is_multicast or ip.is_link_local or ip.is_unspecified:
        return False
    if isinstance(ip, IPv6Address) and (ip in _SITE_LOCAL or ip.scope_id is not None):
        return False
    if ip.is_global:
        return True
    if not allow_private:
        return False
    return ip.is_loopback or (ip.is_private and not ip.is_reserved) or ip in _SHARED
