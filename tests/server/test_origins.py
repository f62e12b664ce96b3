"""Whose page asks: every way in which a browser tells, and every way in which a name can be written."""

import pytest

from syncline.server.origins import Hosts, foreign, origin_of

OWN = frozenset({origin_of("https://chat.example.org") or ""})


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        ({b"origin": b"https://chat.example.org"}, False),
        ({b"origin": b"https://chat.example.org:443"}, False),
        ({b"origin": b"http://127.0.0.1:8080"}, False),
        ({b"origin": b"https://evil.example"}, True),
        ({b"origin": b"https://chat.example.org.evil.example"}, True),
        ({b"origin": b"https://evil.example#https://chat.example.org"}, True),
        ({b"origin": b"https://chat.example.org@evil.example"}, True),
        ({b"origin": b"http://chat.example.org"}, True),
        ({b"origin": b"https://chat.example.org:8443"}, True),
        ({b"origin": b"null"}, True),
        ({b"origin": b""}, True),
        ({b"origin": b"http://[::1"}, True),
        ({b"origin": b"https://evil.example", b"sec-fetch-site": b"same-origin"}, True),
        ({b"sec-fetch-site": b"same-origin"}, False),
        ({b"sec-fetch-site": b"none"}, False),
        ({b"sec-fetch-site": b"same-site"}, True),
        ({b"sec-fetch-site": b"cross-site"}, True),
        ({b"referer": b"https://chat.example.org/login?next=/"}, False),
        ({b"referer": b"https://evil.example/chat.example.org"}, True),
    ],
)
def test_a_foreign_page_is_known_by_what_the_browser_says(
    headers: dict[bytes, bytes], expected: bool
) -> None:
    """Origin decides, then Sec-Fetch-Site, then Referer; a client that says nothing is no browser."""
    assert foreign(headers, OWN, "http", "127.0.0.1:8080") is expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (b"localhost", True),
        (b"LOCALHOST:8080", True),
        (b"127.0.0.1:8080", True),
        (b"127.8.8.8", True),
        (b"[::1]:8080", True),
        (b"event.owner.localhost:8080", True),
        (b"chat.example.org", True),
        (b"evil.example", False),
        (b"evil.example:8080", False),
        (b"localhost.evil.example", False),
        (b"evillocalhost", False),
        (b"127.0.0.1.evil.example", False),
        (b"192.168.1.1", False),
        (b"[::1", False),
        (b"", False),
        (None, True),
    ],
)
def test_a_server_on_loopback_knows_its_names(host: bytes | None, expected: bool) -> None:
    """Everything else is a name that somebody made to lead here."""
    hosts = Hosts("127.0.0.1", public_url="https://chat.example.org", name="localhost")
    assert hosts.checked
    assert hosts.allows(host) is expected
    assert hosts.allows(host) is expected, "also from memory"


def test_a_server_on_a_public_address_answers_to_any_name() -> None:
    """Its operator may give it names that we do not know."""
    assert not Hosts("0.0.0.0", public_url=None, name=None).checked
    assert not Hosts("192.0.2.1", public_url=None, name=None).checked
    assert Hosts("localhost", public_url=None, name=None).checked
    assert Hosts("::1", public_url=None, name=None).checked


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (b"192.168.1.7:8080", True),
        (b"[fe80::1]:8080", True),
        (b"127.0.0.1", True),
        (b"chat.example.org", True),
        (b"evil.example", False),
        (b"192.168.1.7.evil.example", False),
    ],
)
def test_a_server_without_signing_in_answers_to_no_foreign_name_wherever_it_listens(
    host: bytes, expected: bool
) -> None:
    """`--single-user` on 0.0.0.0: else a page of evil.example, led to us by its DNS, would be that user."""
    hosts = Hosts("0.0.0.0", public_url="https://chat.example.org", name=None, single_user=True)
    assert hosts.checked
    assert hosts.allows(host) is expected
