"""The pages for mail as they are shown: narrow and wide, light and dark, and to those who do not see them."""

import re

import pytest
from tests.browser.conftest import Visitor
from tests.browser.looking import faint, overflow, structure
from tests.web.mail.letters import PIXEL, attached, conversation, deliver, letter

pytestmark = pytest.mark.asyncio(loop_scope="session")

LONG = "Donaudampfschifffahrtsgesellschaftskapitän" * 5
ARABIC = "مرحبا بالعالم من فضلك"
EMOJI = "👩🏽‍🚀🏳️‍🌈 👍" * 8


async def full_mailbox(visitor: Visitor) -> None:
    """Mails of every kind, with names, addresses and subjects that nothing can break."""
    site = visitor.site
    await conversation(site, 9)
    deep = ["m1@x"]
    for no in range(12):
        await deliver(site, letter(f"Re: {LONG}", id=f"deep{no}@x", refs=[deep[-1]], minute=no))
        deep.append(f"deep{no}@x")
    attachments = [
        attached(f"{LONG}.pdf", "application/pdf", b"%PDF"),
        attached(f"{ARABIC}.png", "image/png", PIXEL),
    ]
    whole = letter(
        LONG,
        id="long@x",
        sender=f"{LONG} <{LONG.lower()}@example.org>",
        to=", ".join(f"{LONG} <to{no}@{'x' * 60}.example>" for no in range(4)),
        text=f"{LONG * 4}\n\n> {LONG}\n" * 3,
        parts=attachments,
    )
    await deliver(site, whole, "inbox", LONG[:250], "two words", state=["unread", "starred"])
    arabic = letter(ARABIC, id="rtl@x", sender=f"{ARABIC} <rtl@example.org>", text=ARABIC * 20)
    await deliver(site, arabic, ARABIC)
    emoji = letter(EMOJI, id="emoji@x", sender=f"{EMOJI} <e@example.org>", text=EMOJI)
    await deliver(site, emoji, state=["deleted"])
    wide = f"<table width=2000><tr><td>{LONG}</table><img width=3000 src='//x.example'><pre>{LONG * 9}</pre>"
    await deliver(site, letter("wide", id="wide@x", text="plain", html=wide))
    await deliver(site, letter("wide", id="wide@x", text="plain again", html=wide))
    await deliver(site, b"\x00\x01 no mail \xff" + LONG.encode() * 3)
    for no in (1, 2):
        await deliver(site, letter("Re: lost", id=f"lost{no}@x", refs=["lost@x"]))


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_for_mail_is_readable_on_a_telephone_and_has_what_readers_aloud_need(
    visitor: Visitor, scheme: str
) -> None:
    """320 pixels without scrolling sideways, contrast of 4.5, language, title, one heading, names for all."""
    page, site = visitor.page, visitor.site
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await visitor.sign_in()

    async def check(path: str) -> None:
        await visitor.open(path)
        for width in (320, 360, 768, 1280):
            await page.set_viewport_size({"width": width, "height": 740})
            assert await overflow(page) <= 0, (path, width)
        assert await faint(page) == [], path
        found = await structure(page)
        assert found["lang"] == "en", path
        assert re.fullmatch(r".+ · Syncline", found["title"], re.DOTALL), (path, found)
        assert len(found["headings"]) == 1, (path, found)
        assert (found["unlabelled"], found["nameless"]) == ([], []), path
        assert await page.locator("main").count() == 1, path

    await check("/search?q=~inbox")
    await full_mailbox(visitor)
    size = await site.services.mails.size(site.account.id)
    for path in ("/search?q=*", "/search?q=*&num=5&start=5", "/search?q=nothingofthis", "/search", "/labels"):
        await check(path)
    for path in ("/contacts", "/contacts?prefix=xyz", "/info", "/size", "/count?q=*", "/thread/1/info"):
        await check(path)
    seen = set()
    for no in range(1, size + 1):
        thread = (await site.services.mails.message(site.account.id, no)).thread
        if thread not in seen:
            seen.add(thread)
            await check(f"/thread/{thread}")
        if no > 9:
            await check(f"/message/{no}")
    visitor.expect("400")
    await check("/search?q=%28" + "x" * 300)


async def test_names_in_other_directions_do_not_disarrange_what_stands_beside_them(visitor: Visitor) -> None:
    """An Arabic subject beside an English date: each keeps its own direction."""
    page = visitor.page
    await deliver(visitor.site, letter(ARABIC, sender=f"{ARABIC} <rtl@example.org>"), "inbox", ARABIC)
    await visitor.sign_in()
    await visitor.open("/")
    for one in await page.locator(".thread bdi").all():
        assert await one.evaluate("one => getComputedStyle(one).unicodeBidi") == "isolate"
    name = await page.locator(".thread .people").bounding_box()
    date = await page.locator(".thread time").bounding_box()
    assert name is not None
    assert date is not None
    assert name["x"] < date["x"]


async def test_motion_is_left_out_for_who_asks_for_it(visitor: Visitor) -> None:
    await visitor.page.emulate_media(reduced_motion="reduce")
    await visitor.sign_in()
    await visitor.open("/")
    moving = await visitor.page.evaluate(
        "[...document.querySelectorAll('*')].filter(one => {"
        "  const style = getComputedStyle(one);"
        "  return style.transitionDuration !== '0s' || style.animationName !== 'none' })"
        ".length"
    )
    assert moving == 0


async def test_the_home_page_leads_to_mail_and_back(visitor: Visitor) -> None:
    page = visitor.page
    await visitor.sign_in()
    await page.get_by_role("navigation", name="Main").get_by_role("link", name="Mail").click()
    await page.wait_for_url("**/search?q=~inbox")
    current = page.get_by_role("navigation", name="Main").locator("[aria-current=page]")
    assert await current.inner_text() == "Mail"
    await page.get_by_role("link", name="Home").click()
    await page.wait_for_url("**/home")
    assert await current.inner_text() == "Home"
