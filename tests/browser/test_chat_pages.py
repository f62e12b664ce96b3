"""The pages for conversations as they are shown, by keyboard, and what they do by themselves."""

import re

import pytest
from playwright.async_api import expect
from tests.browser.conftest import Visitor
from tests.browser.looking import faint, overflow, structure, tab_to
from tests.web.chat.talking import Talk
from tests.web.mail.letters import deliver, letter

from syncline.core.ids import ZoneId
from syncline.core.kinds import Rel

pytestmark = pytest.mark.asyncio(loop_scope="session")

LONG = "Donaudampfschifffahrtsgesellschaftskapitän" * 5
ARABIC = "مرحبا بالعالم من فضلك"
EMOJI = "👩🏽‍🚀🏳️‍🌈 👍" * 8


async def town(visitor: Visitor) -> Talk:
    """Ann, not signed in yet, and Bo."""
    bo = await visitor.site.services.accounts.add("bo@example.org", name="Bo Ek", local="bo")
    return Talk(visitor.site, bo.id)


async def full_house(talk: Talk) -> ZoneId:
    """A conversation with everything that a page can show, with words that nothing can break."""
    services = talk.site.services
    eve = (await services.accounts.add("eve@example.org", name=LONG)).id
    arab = (await services.accounts.add("arab@example.org", name=ARABIC)).id
    conv = await talk.begin(LONG, members=[talk.ann, eve, arab])
    read = await talk.say(conv, "Shall we meet at noon?\n\nThere is a new place.")
    await talk.say(conv, "Yes!", by=talk.ann)
    for text in (LONG * 3, f"https://x.example/{LONG}", EMOJI):
        entry = await talk.say(conv, text, by=eve)
    await talk.amend(conv, entry, Rel.REACTION, key=EMOJI)
    await talk.amend(conv, read, Rel.PIN)
    await talk.amend(conv, entry, Rel.PIN)
    await talk.amend(conv, await talk.say(conv, "done"), Rel.TASK, state="done")
    await talk.amend(conv, await talk.say(conv, "gone"), Rel.DELETE)
    await services.conversations.mark_read(talk.ann, conv)
    await talk.say(conv, ARABIC * 9, by=arab)
    await talk.say(conv, f"{LONG} @ann", by=eve, mentions=[talk.ann])
    await services.conversations.set_name(eve, conv, LONG)
    await deliver(talk.site, letter(LONG, id="long@x", sender=f"{LONG} <long@example.org>"))
    await talk.begin(ARABIC)
    return conv


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_is_readable_on_a_telephone_and_has_what_readers_aloud_need(
    visitor: Visitor, scheme: str
) -> None:
    """320 pixels without scrolling sideways, contrast of 4.5, language, title, one heading, names for all."""
    page = visitor.page
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    talk = await town(visitor)
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

    await check("/chat")
    conv = await full_house(talk)
    left = await talk.begin("Left")
    await talk.site.services.conversations.leave(talk.ann, left)
    other = await talk.open_link(await talk.begin(LONG, members=[]))
    many = await talk.begin("Many")
    await talk.say_many(many, [f"no {no}" for no in range(60)])
    pages = ["/chat", talk.path(conv), f"{talk.path(conv)}&after=2#m3", talk.path(left), other]
    for path in (*pages, talk.path(many), talk.path(many, after=5)):
        await check(path)


async def test_a_conversation_opens_where_what_is_new_begins_and_counts_as_read_when_seen(
    visitor: Visitor,
) -> None:
    """By the list and by the plain address; after a moment the others see that it was read."""
    talk, page = await town(visitor), visitor.page
    conv = await talk.begin()
    await talk.say_many(conv, [f"old {no}\n\n\n" for no in range(30)])
    await talk.site.services.conversations.mark_read(talk.ann, conv)
    await talk.say_many(conv, [f"new {no}" for no in range(3)])
    await visitor.sign_in()
    await visitor.open(talk.path(conv))
    await expect(page.get_by_role("link", name="New", exact=True)).to_be_in_viewport()
    await expect(page.get_by_text("new 0")).to_be_in_viewport()
    await expect(page.get_by_text("3 unread")).to_have_count(0)
    assert await talk.read_nr(conv) == 34
    await visitor.open("/chat")
    await page.get_by_role("link", name="Lunch").click()
    await expect(page.get_by_label("Write a message")).to_be_in_viewport()
    await expect(page.get_by_text("old 0")).not_to_be_in_viewport()


async def test_one_writes_and_reads_by_keyboard_alone(visitor: Visitor) -> None:
    """j, o, w, Ctrl+Enter, u; what has the focus is always seen."""
    talk, page = await town(visitor), visitor.page
    conv = await talk.begin()
    await talk.say(conv, "hello")
    await visitor.sign_in()
    await visitor.open("/chat")
    await page.keyboard.press("j")
    await expect(page.get_by_role("link", name="Lunch")).to_be_focused()
    await page.keyboard.press("l")
    await expect(page).to_have_url(f"{visitor.site.url}/chat")
    await page.keyboard.press("o")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Lunch")
    await page.keyboard.press("w")
    await expect(page.get_by_label("Write a message")).to_be_focused()
    await page.keyboard.type("two\nlines, and j k u")
    await page.keyboard.press("Control+Enter")
    own = page.locator(".message.own .words")
    await expect(own).to_have_text("two\nlines, and j k u")
    await expect(page.get_by_label("Write a message")).to_have_value("")
    await tab_to(page, "Send")
    await page.keyboard.press("j")
    await page.keyboard.press("u")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Conversations")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


async def test_joining_by_a_link_takes_signing_in_and_a_click(visitor: Visitor) -> None:
    """Whoever is not signed in comes back to the link; only the button joins."""
    talk, page = await town(visitor), visitor.page
    conv = await talk.begin(members=[])
    await visitor.open(await talk.open_link(conv))
    await page.get_by_label("E-mail or local name").fill("ann@example.org")
    await page.get_by_label("Password").fill("correct horse battery")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Lunch")
    await page.get_by_role("button", name="Join").click()
    await expect(page.locator(".told").last).to_contain_text("You joined this conversation")
    await page.get_by_label("Write a message").fill("here I am")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".message.own")).to_contain_text("here I am")


async def test_all_of_it_works_without_scripts(visitor: Visitor) -> None:
    """Reading, marking, writing: the scripts add comfort only."""
    talk, page = await town(visitor), visitor.page
    await page.route("**/*.js", lambda route: route.fulfill(body=""))
    conv = await talk.begin()
    await talk.say_many(conv, ["one", "two"])
    await visitor.sign_in()
    await visitor.open("/chat")
    await page.get_by_role("link", name="Lunch").click()
    await page.get_by_role("button", name="Mark as read").click()
    await expect(page.get_by_text("2 unread")).to_have_count(0)
    assert await talk.read_nr(conv) == 3
    await page.get_by_label("Write a message").fill("three")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".message.own")).to_contain_text("three")
