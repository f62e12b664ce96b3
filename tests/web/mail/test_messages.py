"""One mail's page, and the frame of its HTML."""

import re

import pytest
from tests.web.conftest import Site
from tests.web.mail.letters import PIXEL, attached, conversation, deliver, letter

from syncline.web.mail.showing import FRAMING

REMOTE = '<p>rich</p><img src="https://tracker.example/1.png"><img src="//tracker.example/2.png">'


async def test_headers_lead_to_searches_for_their_people(site: Site) -> None:
    raw = letter(to="Ann <ann@example.org>, cy@example.org", more="Cc: Di <di@example.org>")
    await deliver(site, raw, "inbox", "work")
    page = (await site.browser.get("/message/1")).text
    for mail in ("bo", "ann", "cy", "di"):
        assert f'href="/search?q=from%3A{mail}%40example.org"' in page
    assert "2026-11-20 10:00 UTC" in page
    assert 'href="/search?q=~work"' in page
    assert 'href="/message/1/raw"' in page
    assert 'href="/thread/1#m1"' in page


async def test_html_is_in_a_frame_with_nothing_from_elsewhere(site: Site) -> None:
    """The page itself holds none of the mail's HTML, and says how many pictures were left out."""
    await deliver(site, letter(text="plain", html=REMOTE))
    page = await site.browser.get("/message/1")
    assert page.headers["content-security-policy"] == FRAMING
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    assert 'src="/message/1/html?part=0"' in page.text
    assert "2 pictures from elsewhere were not loaded" in page.text
    assert "tracker.example" not in page.text
    frame = await site.browser.get("/message/1/html?part=0")
    assert "<p>rich</p>" in frame.text
    assert "tracker.example" not in frame.text
    told = frame.headers["content-security-policy"]
    assert told.startswith("sandbox ")
    assert "allow-scripts" not in told
    assert "allow-same-origin" not in told
    assert "img-src data:;" in told
    assert frame.headers["referrer-policy"] == "no-referrer"
    assert frame.headers["x-content-type-options"] == "nosniff"


async def test_remote_pictures_come_when_somebody_asks_for_them_and_never_by_themselves(site: Site) -> None:
    await deliver(site, letter(text=None, html=REMOTE))
    page = (await site.browser.get("/message/1?remote=1")).text
    assert 'src="/message/1/html?part=0&amp;remote=1"' in page
    frame = await site.browser.get("/message/1/html?part=0&remote=1")
    assert 'src="https://tracker.example/1.png"' in frame.text
    assert "img-src data: https: http:;" in frame.headers["content-security-policy"]
    for site_ in (
        "cross-site",
        "same-site",
    ):  # a link in a mail, or on another page, is no request of its reader
        headers = {"Sec-Fetch-Site": site_}
        for path in ("/message/1/html?part=0&remote=1", "/message/1?remote=1"):
            other = (await site.browser.get(path, headers=headers)).text
            assert "tracker" not in other
            assert "remote=1&" not in other
            assert 'remote=1"></iframe>' not in other
    for given in ("0", "yes", "", "11"):
        assert "tracker" not in (await site.browser.get(f"/message/1/html?remote={given}")).text


async def test_the_plain_text_of_an_html_mail_is_one_click_away(site: Site) -> None:
    await deliver(site, letter(text="the plain one", html="<p>rich</p>"))
    page = (await site.browser.get("/message/1")).text
    assert 'href="/message/1?show=text">As plain text' in page
    assert "the plain one" not in page
    assert "the plain one" in (await site.browser.get("/message/1?show=text")).text


async def test_attachments_are_links_and_only_raster_pictures_are_previewed(site: Site) -> None:
    parts = [
        attached("a.png", "image/png", PIXEL),
        attached("b.svg", "image/svg+xml", b"<svg/>"),
        attached("c.html", "text/html", b"<p>"),
    ]
    await deliver(site, letter(parts=parts))
    page = (await site.browser.get("/message/1")).text
    assert re.findall(r'<img src="(/message[^"]+)"', page) == ["/message/1/part/1"]
    for no in (1, 2, 3):
        assert f'href="/message/1/part/{no}"' in page
    assert "<iframe" not in page


async def test_other_copies_are_listed_and_can_be_read(site: Site) -> None:
    await deliver(site, letter(text="first text"))
    await deliver(site, letter(text="second text"))
    page = (await site.browser.get("/message/1")).text
    assert "came 2 times" in page
    assert "first text" in page
    assert 'href="/message/1?copy=2"' in page
    assert 'href="/message/1/raw?copy=2"' in page
    assert "second text" in (await site.browser.get("/message/1?copy=2")).text
    for copy in ("3", "0", "-1", "x"):
        assert (await site.browser.get(f"/message/1?copy={copy}")).status_code == 404, copy


async def test_what_could_not_be_read_is_shown_raw_and_said(site: Site) -> None:
    await deliver(site, b"\x00\x01 this is no mail at all \xff")
    for path in ("/message/1", "/thread/1"):
        page = (await site.browser.get(path)).text
        assert "could not be read as a mail" in page, path
        assert "this is no mail at all" in page, path


async def test_next_and_previous_walk_through_the_thread(site: Site) -> None:
    await conversation(site, 3)
    page = (await site.browser.get("/message/2")).text
    assert 'href="/message/1" rel="prev"' in page
    assert 'href="/message/3" rel="next"' in page
    assert "2 of 3" in page


@pytest.mark.parametrize("rest", ["part=9", "part=x", "part=-1", "copy=7", "copy=x"])
async def test_a_frame_that_is_not_there_is_not_found(site: Site, rest: str) -> None:
    await deliver(site, letter(text=None, html="<p>x</p>"))
    assert (await site.browser.get(f"/message/1/html?{rest}")).status_code == 404


async def test_a_mail_in_utf_7_or_utf_16_becomes_text_before_it_is_cleaned(site: Site) -> None:
    """A browser that guessed a charset could see tags where the cleaner saw none: the frame says UTF-8."""
    script = "<script>parent.owned=1</script><p>seen</p>"
    seven = b"+ADw-script+AD4-parent.owned+AD0-1+ADw-/script+AD4-+ADw-p+AD4-seen+ADw-/p+AD4-"
    for no, (charset, data) in enumerate([("utf-7", seven), ("utf-16", script.encode("utf-16"))], 1):
        head = f"From: x <x@x>\nMessage-ID: <{no}@x>\nContent-Type: text/html; charset={charset}\n\n"
        await deliver(site, head.encode() + data)
        frame = await site.browser.get(f"/message/{no}/html")
        assert frame.headers["content-type"] == "text/html; charset=utf-8"
        assert "owned" not in frame.text
        assert "seen" in frame.text
