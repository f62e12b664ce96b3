"""Whose page asks: every way in which a browser tells it."""

import pytest

from syncline.gateways.http.origins import asked_locally, foreign, origin_of

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
        ("localhost", True),
        ("LOCALHOST:8080", True),
        ("127.0.0.1:8080", True),
        ("[::1]:8080", True),
        ("event.owner.localhost", True),
        ("192.168.1.7", False),
        ("localhost.evil.example", False),
        ("evillocalhost", False),
        ("[::1", False),
        ("", False),
    ],
)
def test_the_names_of_this_machine_are_known(host: str, expected: bool) -> None:
    """Whoever needs no signing in is let in by these alone."""
    assert asked_locally(host) is expected
