"""Every page, as it is shown: narrow and wide, light and dark, and to those who do not see it."""

import re

import msgspec
import pytest
from tests.browser.conftest import Visitor
from tests.browser.looking import faint, overflow, structure

from syncline.core.kinds import Rel
from syncline.core.rooms.presets import Preset
from syncline.services.conversations import Beginning

pytestmark = pytest.mark.asyncio(loop_scope="session")

LONG = "Donaudampfschifffahrtsgesellschaftskapitän" * 4
OUTSIDE = ("/login", "/login/link?code=x", "/register?code=x", "/register", "/login/none", "/nothing")
"""Pages of people who are not signed in."""


async def full_house(visitor: Visitor) -> None:
    """Things of every kind on the home page, with names that nothing can break."""
    services, ann = visitor.site.services, visitor.site.account.id
    bo = (await services.accounts.add("bo@example.org", name=LONG)).id
    talk = services.conversations
    conv = (await talk.create(bo, Beginning(Preset.FLEEP, name=LONG, members=[ann]))).value.conv
    sent = (await talk.send(bo, conv, msgspec.json.encode({"text": LONG * 3}))).value.entry
    assert sent is not None
    await talk.amend(ann, conv, sent, Rel.REACTION, {"key": LONG})
    await services.tokens.create(ann, ["read", "write", "profile", "sync"], name=LONG)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_is_readable_on_a_telephone_and_has_what_readers_aloud_need(
    visitor: Visitor, scheme: str
) -> None:
    """360 pixels without scrolling sideways, contrast of 4.5, language, title, one heading, labels."""
    page = visitor.page
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    seen = set()

    async def check(where: str) -> None:
        # to start with what a 320 px telephone or a zoom of 400 % shows (WCAG 1.4.10)
        for width in (320, 360, 1280):
            await page.set_viewport_size({"width": width, "height": 740})
            assert await overflow(page) <= 0, (where, width)
        assert await faint(page) == [], where
        found = await structure(page)
        assert found["lang"] == "en", where
        assert re.fullmatch(r".+ · Syncline", found["title"]), (where, found)
        assert len(found["headings"]) == 1, (where, found)
        assert found["headings"][0], where
        assert (found["unlabelled"], found["nameless"]) == ([], []), where
        seen.add(where)

    for path in OUTSIDE:
        await visitor.open(path)
        await check(path)
    visitor.expect("404")
    await visitor.open("/register?code=x")
    await page.get_by_label("Name").fill("Cleo")
    await page.get_by_label("E-mail").fill("cleo@example.org")
    await page.get_by_label("Password").fill("long enough")
    await page.get_by_role("button", name="Make the account").click()
    await page.get_by_role("alert").wait_for()
    visitor.expect("403")
    await check("a refused registration")

    await visitor.sign_in()
    await check("an empty home")
    await full_house(visitor)
    await page.get_by_label("What is it for?").fill("x" * 100)
    await page.get_by_role("button", name="Make a token").click()
    await page.get_by_role("status").wait_for()
    await check("a full home with a new token")
    await page.get_by_role("button", name="Revoke").first.click()
    await page.get_by_role("dialog").wait_for()
    await check("the question before revoking")
    await visitor.open("/register?code=x")
    await check("an invite while signed in")
    assert len(seen) == len(OUTSIDE) + 5


async def test_the_measure_of_contrast_finds_what_is_too_faint(visitor: Visitor) -> None:
    """A check that cannot fail shows nothing: grey on white is found, in text, through layers and hints."""
    await visitor.open("/login")
    assert await faint(visitor.page) == []
    await visitor.page.evaluate(
        "document.querySelector('h1').style.color = '#949494';"
        "document.querySelector('button').style.background = 'rgb(0 0 0 / 10%)';"
    )
    assert [text for _, text in await faint(visitor.page)] == ["Sign in", "Sign in"]


async def test_pages_work_without_their_script(visitor: Visitor) -> None:
    """The script adds comfort only: copy buttons stay hidden without it, all else is there."""
    await visitor.page.route("**/*.js", lambda route: route.fulfill(body=""))
    await visitor.sign_in()
    assert await visitor.page.get_by_role("button", name=re.compile("^Copy")).count() == 0
    await visitor.page.get_by_role("button", name="Make a token").click()
    assert len(await visitor.page.locator("#secret").inner_text()) == 64
