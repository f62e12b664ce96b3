"""Attacks through addresses that we are made to ask (server-side request forgery)."""

import gzip

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from tests.gateways.http.internet import PUBLIC, internet
from tests.server.running import hello, running

from syncline.core.errors import Invalid, TooLarge
from syncline.gateways.http.client import Blocked, GuardedClient, Unreachable


def redirecting(
    location: str, status: int = 302, body: bytes = b"", *headers: tuple[bytes, bytes]
) -> ASGIApp:
    """An application that leads elsewhere."""

    async def lead(scope: Scope, receive: Receive, send: Send) -> None:
        given = [(b"Location", location.encode()), (b"Content-Length", b"%d" % len(body)), *headers]
        await send({"type": "http.response.start", "status": status, "headers": given})
        await send({"type": "http.response.body", "body": body})

    return lead


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://0/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://169.254.169.254/latest/meta-data/",
    ],
)
async def test_loopback_and_metadata_in_disguise(url: str) -> None:
    """Every way to write 127.0.0.1 that the system's resolver understands, with the real resolver."""
    client = GuardedClient(timeout=5)
    with pytest.raises((Blocked, Unreachable, Invalid)) as caught:
        await client.fetch(url)
    await client.close()
    if "0x" not in url and "0177" not in url:  # httpx or the system may know no such numbers
        assert isinstance(caught.value, Blocked)


async def test_a_name_that_leads_inside() -> None:
    """DNS is the attacker's: intern.evil.example is 10.0.0.1."""
    async with internet(hello, {"intern.evil.example": [["10.0.0.1"]]}) as world:
        with pytest.raises(Blocked):
            await world.client.fetch("http://intern.evil.example/")
    assert world.network.asked == []


async def test_a_name_that_leads_both_outside_and_inside() -> None:
    """One bad address condemns the name: else a failing good one leads to the bad one."""
    async with internet(hello, {"both.evil.example": [[PUBLIC, "127.0.0.1"]]}) as world:
        with pytest.raises(Blocked):
            await world.client.fetch("http://both.evil.example/")
    assert world.network.asked == []


async def test_dns_rebinding_between_check_and_use() -> None:
    """The first answer is public, the next is inside: what was checked is connected to, asked for once."""
    answers = {"rebind.evil.example": [[PUBLIC], ["127.0.0.1"]]}
    async with internet(hello, answers) as world:
        assert (await world.client.fetch("http://rebind.evil.example/")).body == b"hello"
        assert world.names.asked == ["rebind.evil.example"]
        assert world.network.asked == [(PUBLIC, 80)]


async def test_dns_rebinding_at_the_second_connection() -> None:
    """A new connection is a new check."""

    async def closing(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"Connection", b"close"), (b"Content-Length", b"0")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    async with internet(closing, {"rebind.evil.example": [[PUBLIC], ["127.0.0.1"]]}) as world:
        await world.client.fetch("http://rebind.evil.example/")
        with pytest.raises(Blocked):
            await world.client.fetch("http://rebind.evil.example/")


LOCATIONS = (
    "http://inside.example/",
    "http://127.0.0.1/",
    "//127.0.0.1/",
    "http://[::ffff:10.0.0.1]/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_SET",
    "ftp://example.org/",
    "http://example.org:22/",
    "http://user:password@example.org/",
)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_that_leads_inside(status: int) -> None:
    """The public address is only the door: each hop is checked like the first."""

    async def leading(scope: Scope, receive: Receive, send: Send) -> None:
        await redirecting(LOCATIONS[int(scope["path"].strip("/"))], status)(scope, receive, send)

    async with internet(leading, {"inside.example": [["192.168.0.1"]]}) as world:
        for number in range(len(LOCATIONS)):
            with pytest.raises((Blocked, Invalid)):
                await world.client.fetch(f"http://example.org/{number}")
        assert set(world.network.asked) == {(PUBLIC, 80)}


@pytest.mark.parametrize("port", [22, 25, 3306, 6379, 11211])
async def test_ports_where_no_web_server_is(port: int) -> None:
    """A POST to a mail server or a cache is taken line by line as commands."""
    async with internet(hello) as world:
        with pytest.raises(Blocked):
            await world.client.fetch(f"http://example.org:{port}/")
    assert world.network.asked == []


async def test_an_answer_without_end() -> None:
    """Counted as it comes, whatever it declared."""

    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(1000):
            await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async with internet(endless, max_bytes=100_000) as world:
        with pytest.raises(TooLarge):
            await world.client.fetch("http://example.org/")


async def test_a_redirect_with_a_body_without_end() -> None:
    """httpx reads the body of each redirect to its end, so the limit stands below it."""
    app = redirecting("http://example.org/", 302, b"x" * 1_000_000)
    async with internet(app, max_bytes=100_000) as world:
        with pytest.raises(TooLarge):
            await world.client.fetch("http://example.org/")


async def test_a_compressed_bomb() -> None:
    """10 KB that unpack to 10 MB: compression was not asked for and is not unpacked."""
    bomb = gzip.compress(bytes(10_000_000))
    for app in (
        redirecting("http://example.org/", 302, bomb, (b"Content-Encoding", b"gzip")),
        redirecting("", 200, bomb, (b"content-encoding", b"x-gzip, identity")),
    ):
        async with internet(app) as world:
            with pytest.raises(Unreachable, match="compressed"):
                await world.client.fetch("http://example.org/")


async def test_the_environments_proxy_is_not_a_way_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would resolve the name itself, behind our check."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    async with internet(hello) as world:
        assert (await world.client.fetch("http://example.org/")).body == b"hello"


async def test_private_addresses_can_be_allowed_by_the_operator() -> None:
    """`outgoing.allow_private`: then a server nearby is reached, at its port, and metadata still is not."""
    async with running(hello) as here:
        client = GuardedClient(allow_private=True)
        assert (await client.fetch(f"http://127.0.0.1:{here.port}/")).body == b"hello"
        with pytest.raises(Blocked):
            await client.fetch("http://169.254.169.254/latest/meta-data/")
        await client.close()
