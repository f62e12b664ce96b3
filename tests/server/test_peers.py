"""Forwarding headers: believed from named proxies, walked from the right, no further than trust reaches."""

import pytest

from syncline.core.errors import Invalid
from syncline.server.peers import Proxies


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("1.1.1.1, 203.0.113.9", "203.0.113.9"),
        ("1.1.1.1, 203.0.113.9, 10.0.0.7", "203.0.113.9"),
        ("10.0.0.8, 10.0.0.7", "10.0.0.8"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("unknown", "10.0.0.1"),
        ("203.0.113.9, nonsense, 10.0.0.7", "10.0.0.7"),
        ("", "10.0.0.1"),
    ],
)
def test_the_client_is_the_first_from_the_right_that_is_not_trusted(forwarded: str, expected: str) -> None:
    """What stands left of it is the client's own invention."""
    headers = {b"x-forwarded-for": forwarded.encode()}
    assert Proxies(["10.0.0.0/8"]).seen(headers, "10.0.0.1", "http", "h").address == expected


@pytest.mark.parametrize("host", ["a b", "evil.example/path", "a@b", "x" * 300, "a\tb", "[::1"])
def test_a_forwarded_host_that_is_none_is_not_taken(host: str) -> None:
    """It goes into absolute links."""
    headers = {b"x-forwarded-host": host.encode(), b"x-forwarded-proto": b"javascript"}
    seen = Proxies(["10.0.0.0/8"]).seen(headers, "10.0.0.1", "http", "own")
    assert (seen.scheme, seen.host) == ("http", "own")


def test_trust_is_by_network_also_for_mapped_addresses() -> None:
    """A socket for both kinds of addresses shows an IPv4 peer as ::ffff:…"""
    proxies = Proxies(["10.0.0.0/8", "2001:db8::/32"])
    assert proxies.trusts("::ffff:10.1.2.3")
    assert proxies.trusts("2001:db8::5")
    assert not proxies.trusts("11.0.0.1")
    assert not proxies.trusts("")
    assert not Proxies(())


def test_a_setting_that_is_no_network_is_an_error() -> None:
    """A typing error must not end as a proxy that nobody trusts."""
    with pytest.raises(Invalid, match="neither an address nor a network"):
        Proxies(["proxy.example.org"])
