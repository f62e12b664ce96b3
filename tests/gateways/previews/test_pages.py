"""Pages of strangers: their titles, whatever else they hold."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from tests.gateways.http.internet import World, internet

from syncline.config.sections import Outgoing as Limits
from syncline.core.errors import SynclineError, TooLarge
from syncline.gateways.http.client import Blocked
from syncline.gateways.http.outgoing import Outgoing
from syncline.gateways.previews.pages import HEAD, LARGEST, Pages, page_of
from syncline.services.previews import Page


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (b"<title>One &amp; two</title>", Page("One & two")),
        (b"<TITLE lang=en>\n a\t b \n</TITLE>", Page("a b")),
        (b'<title>T</title><meta name="description" content="All of it.">', Page("T", "All of it.")),
        (b"<meta property='og:title' content='O'><meta content=D property=og:description>", Page("O", "D")),
        (b"<title> </title>", None),
        (b"<p>no title", None),
        (b"", None),
        ("<title>caf\u00e9</title>".encode(), Page("café")),
        (b"<meta charset=iso-8859-2><title>\xb1</title>", Page("ą")),
        (b"<title>a\x00\xe2\x80\xaeb</title>", Page("a b")),
        (b"<title>&lt;script&gt;</title>", Page("<script>")),
    ],
)
def test_what_a_page_says_of_itself(html: bytes, expected: Page | None) -> None:
    """In its own charset; as text, with nothing in it that cannot be seen."""
    assert page_of(html) == expected


def test_the_charset_of_the_answer_goes_first() -> None:
    """Before that of the page."""
    assert page_of(b"<meta charset=iso-8859-1><title>\xb1</title>", "iso-8859-2") == Page("ą")


@given(st.binary(max_size=300), st.text(max_size=20))
def test_any_bytes_are_read(body: bytes, charset: str) -> None:
    """Nothing that a page holds can break it."""
    page_of(b"<title>" + body, charset)
    page_of(b"<meta " + body + b">" + body, charset)


@pytest.mark.parametrize(
    "piece",
    [b"<meta ", b"<title ", b"<meta a=", b'<meta a="', b"<meta a>", b"<div>", b"<title>", b" ", b"&amp;"],
)
def test_hostile_pages_cost_as_their_length(piece: bytes) -> None:
    """Quadratic work would take minutes, and a parser of HTML gigabytes."""
    began = time.process_time()
    page_of(piece * (LARGEST // len(piece)))
    assert time.process_time() - began < 2


class Site:
    """A server with one answer for each path."""

    def __init__(self) -> None:
        self.ranges: list[bytes] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        self.ranges += [value for name, value in scope["headers"] if name == b"range"]
        html = "text/html; charset=iso-8859-2"
        answer = {
            "/": Response(b"<title>\xb1</title>", media_type=html),
            "/part": Response(b"<title>part</title>" + b" " * HEAD * 2, 206, media_type="text/html"),
            "/film": Response(b"<title>film</title>", media_type="video/mp4"),
            "/large": Response(b"<title>large</title>" + b" " * LARGEST, media_type="text/html"),
            "/away": Response(status_code=302, headers={"Location": "http://10.0.0.1/"}),
        }.get(scope["path"], Response(b"<title>not there</title>", 404, media_type="text/html"))
        await answer(scope, receive, send)


def pages(world: World) -> Pages:
    """Pages of this world."""
    outgoing = Outgoing(Limits())
    outgoing._client = world.client
    return Pages(outgoing)


async def test_a_page_is_asked_for_through_the_guarded_client() -> None:
    """Only its first part; other types and answers have no title."""
    site = Site()
    async with internet(site) as world:
        asking = pages(world)
        assert await asking.ask("http://x.org/") == Page("ą")
        assert await asking.ask("http://x.org/part") == Page("part")
        assert await asking.ask("http://x.org/film") is None
        assert await asking.ask("http://x.org/nothing") is None
        assert site.ranges == [b"bytes=0-262143"] * 4


@pytest.mark.parametrize(
    ("url", "error"),
    [("http://x.org/large", TooLarge), ("http://x.org/away", Blocked), ("http://127.0.0.1/", Blocked)],
)
async def test_what_the_client_refuses_is_refused(url: str, error: type[SynclineError]) -> None:
    """More than it should be, and addresses that are not public: also where a page leads there."""
    async with internet(Site()) as world:
        with pytest.raises(error):
            await pages(world).ask(url)
