"""Which addresses are public, in every way to write one inside another."""

import pytest

from syncline.gateways.http.addresses import is_allowed

PRIVATE = ["127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "::1", "fd12::1", "100.64.0.1"]
NEVER = [
    "169.254.169.254",
    "169.254.1.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "fd00:ec2::254",
    "0.0.0.0",
    "::",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "ff02::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "localhost",
    "",
    "2130706433",
]


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "2606:2800:220:1::1", "::ffff:1.1.1.1"])
def test_public_addresses_are_allowed(address: str) -> None:
    """Of both kinds."""
    assert is_allowed(address)


@pytest.mark.parametrize("address", [*PRIVATE, *NEVER, "198.18.0.1", "192.0.2.1", "2001:db8::1"])
def test_all_others_are_not(address: str) -> None:
    """Loopback, private, shared, link-local, multicast, documentation, benchmarks, metadata."""
    assert not is_allowed(address)


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.0.0.1", "169.254.169.254"])
@pytest.mark.parametrize(
    "outside",
    ["::ffff:{v4}", "64:ff9b::{v4}", "64:ff9b:1::{v4}", "::{v4}", "2002:{hex}::1"],
)
def test_an_ipv4_address_inside_an_ipv6_one_is_seen(inside: str, outside: str) -> None:
    """Mapped, NAT64 (both prefixes), compatible, 6to4: gateways make the inner address of it."""
    parts = [int(part) for part in inside.split(".")]
    written = f"{parts[0]:02x}{parts[1]:02x}:{parts[2]:02x}{parts[3]:02x}"
    address = outside.format(v4=inside, hex=written)
    assert not is_allowed(address)
    assert not is_allowed(address, allow_private=True) or inside != "169.254.169.254"


@pytest.mark.parametrize("address", PRIVATE)
def test_private_networks_can_be_allowed(address: str) -> None:
    """`outgoing.allow_private`, for hooks in one's own network."""
    assert is_allowed(address, allow_private=True)


@pytest.mark.parametrize("address", NEVER)
def test_some_are_never_allowed(address: str) -> None:
    """Metadata services give a machine's own keys away, also in a private network."""
    assert not is_allowed(address, allow_private=True)
