"""The guarded client fetches what is public, whole and in time, and says what kept it from that."""

import asyncio

import pytest
from starlette.types import Receive, Scope, Send
from tests.gateways.http.internet import PUBLIC, PUBLIC_6, internet

from syncline.core.errors import Invalid, TooLarge
from syncline.gateways.http.client import Blocked, Unreachable

Headers = tuple[tuple[bytes, bytes], ...]


class Answering:
    """An application with one answer that notes its requests."""

    def __init__(self, body: bytes = b"hello", status: int = 200, headers: Headers = ()) -> None:
        """Answer with this."""
        self.body, self.status, self.headers = body, status, headers
        self.seen: list[Scope] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        self.seen.append(scope)
        length = (b"Content-Length", b"%d" % len(self.body))
        await send({"type": "http.response.start", "status": self.status, "headers": [length, *self.headers]})
        await send({"type": "http.response.body", "body": self.body})


async def test_a_public_address_is_fetched_whole() -> None:
    """Body, status, media type in one form; the name goes into Host."""
    app = Answering(b"<p>", 404, ((b"Content-Type", b"Text/HTML; charset=utf-8"),))
    async with internet(app) as world:
        found = await world.client.fetch("http://example.org/page?a=1")
    assert (found.status, found.type, found.body) == (404, "text/html", b"<p>")
    sent = dict(app.seen[0]["headers"])
    assert sent[b"host"] == b"example.org"
    assert sent[b"accept-encoding"] == b"identity"
    assert world.network.asked == [(PUBLIC, 80)]


async def test_a_body_can_be_sent() -> None:
    """Hooks post JSON."""
    read = []

    async def reading(scope: Scope, receive: Receive, send: Send) -> None:
        read.append((scope["method"], (await receive())["body"]))
        await Answering()(scope, receive, send)

    async with internet(reading) as world:
        await world.client.fetch("http://example.org/hook", method="POST", content=b"{}")
    assert read == [("POST", b"{}")]


async def test_another_type_than_wanted_is_not_read() -> None:
    """A preview wants a page, not a film."""
    app = Answering(b"x" * 1000, headers=((b"Content-Type", b"video/mp4"),))
    async with internet(app, max_bytes=10) as world:
        found = await world.client.fetch("http://example.org/", types={"text/html"})
    assert (found.type, found.body) == ("video/mp4", b"")


async def test_the_next_address_is_tried_if_one_is_down() -> None:
    """A name with two addresses is reachable by either."""
    async with internet(Answering(), {"example.org": [[PUBLIC_6, PUBLIC]]}) as world:
        world.network.down = {PUBLIC_6}
        assert (await world.client.fetch("http://example.org/")).body == b"hello"
        world.network.down = {PUBLIC_6, PUBLIC}
        with pytest.raises(Unreachable):
            await world.client.fetch("http://other.example/")
    assert world.network.asked[:2] == [(PUBLIC_6, 80), (PUBLIC, 80)]


async def test_redirects_are_followed_but_not_without_end() -> None:
    """Five are enough for anybody who means it."""

    async def leading(scope: Scope, receive: Receive, send: Send) -> None:
        left = int(scope["path"].strip("/"))
        if left == 0:
            await Answering()(scope, receive, send)
            return
        location = b"http://example.org/%d" % (left - 1)
        await Answering(b"", 302, ((b"Location", location),))(scope, receive, send)

    async with internet(leading) as world:
        assert (await world.client.fetch("http://example.org/5")).url == "http://example.org/0"
        with pytest.raises(Unreachable, match="more than 5"):
            await world.client.fetch("http://example.org/6")


async def test_cookies_of_one_fetch_are_not_sent_with_the_next() -> None:
    """Two users' previews of one site have nothing to do with each other."""
    app = Answering(headers=((b"Set-Cookie", b"user=1; Path=/"),))
    async with internet(app) as world:
        await world.client.fetch("http://example.org/")
        await world.client.fetch("http://example.org/")
    assert b"cookie" not in dict(app.seen[1]["headers"])


@pytest.mark.parametrize("url", ["", "nothing", "http://", "http://[::1", "ftp://example.org/"])
async def test_what_is_no_web_address_is_said(url: str) -> None:
    """Never a traceback of a library."""
    async with internet(Answering()) as world:
        with pytest.raises((Invalid, Blocked)):
            await world.client.fetch(url)
    assert world.network.asked == []


async def test_limits_of_a_call_only_lower_those_of_the_client() -> None:
    """The operator's setting is the most."""
    async with internet(Answering(b"x" * 100), max_bytes=50) as world:
        with pytest.raises(TooLarge):
            await world.client.fetch("http://example.org/", max_bytes=1000)


async def test_the_time_is_for_all_of_a_request() -> None:
    """A server that sends one byte a second must not hold us for an hour."""

    async def trickling(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while True:
            await send({"type": "http.response.body", "body": b"x", "more_body": True})
            await asyncio.sleep(0.05)

    async with internet(trickling, timeout=0.3) as world:
        with pytest.raises(Unreachable, match="too long"):
            await world.client.fetch("http://example.org/")
        await world.client.close()
