"""The names that a server answers to, in every way in which one can be written."""

import pytest

from syncline.server.hosts import Hosts


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
