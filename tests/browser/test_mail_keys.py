"""Reading mail by keyboard, and what the pages do by themselves."""

import asyncio

import pytest
from playwright.async_api import Page, expect
from tests.browser.conftest import Visitor
from tests.browser.looking import tab_to
from tests.web.mail.letters import conversation, deliver, letter

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def states(visitor: Visitor, no: int) -> set[str]:
    """The states of a mail of Ann's."""
    message = await visitor.site.services.mails.message(visitor.site.account.id, no)
    return set(message.state)


async def labels(visitor: Visitor, no: int) -> tuple[str, ...]:
    """The labels of a mail's thread."""
    return (await visitor.site.services.mails.message(visitor.site.account.id, no)).labels


async def here(page: Page) -> str:
    """The subject or sender of the item where the keys are."""
    return await page.locator("[data-item].current [data-main]").inner_text()


async def three(visitor: Visitor) -> None:
    """Three threads in the inbox, and Ann signed in."""
    for no in (1, 2, 3):
        await deliver(visitor.site, letter(f"Subject {no}", id=f"{no}@x", minute=no), state=[])
    await visitor.sign_in()
    await visitor.open("/")


async def test_j_and_k_walk_through_the_list_and_o_opens(visitor: Visitor) -> None:
    page = visitor.page
    await three(visitor)
    for key, subject in [("j", "3"), ("j", "2"), ("j", "1"), ("j", "1"), ("k", "2")]:
        await page.keyboard.press(key)
        assert await here(page) == f"Subject {subject}"
        await expect(page.get_by_role("link", name=f"Subject {subject}")).to_be_focused()
    await page.keyboard.press("o")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Subject 2")
    await page.keyboard.press("u")
    await expect(page).to_have_url(f"{visitor.site.url}/search?q=~inbox")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Subject 3")


async def test_s_stars_and_e_archives_where_one_is_without_a_new_page(visitor: Visitor) -> None:
    page = visitor.page
    await three(visitor)
    await page.keyboard.press("s")
    await page.keyboard.press("e")
    await asyncio.sleep(0.1)
    assert await states(visitor, 3) == set(), "nothing happens before one has gone somewhere"
    await page.evaluate("window.same = true")
    await page.keyboard.press("j")
    await page.keyboard.press("s")
    await expect(page.get_by_role("button", name="Star: Subject 3")).to_have_attribute("aria-pressed", "true")
    assert await states(visitor, 3) == {"starred"}
    assert await here(page) == "Subject 3"
    await page.keyboard.press("s")
    await expect(page.get_by_role("button", name="Star: Subject 3")).to_have_attribute(
        "aria-pressed", "false"
    )
    await page.keyboard.press("j")
    await page.keyboard.press("e")
    await expect(page.get_by_role("button", name="Put back into the inbox: Subject 2")).to_be_visible()
    assert await labels(visitor, 2) == ()
    await page.keyboard.press("e")
    await expect(page.get_by_role("button", name="Archive: Subject 2")).to_be_visible()
    assert await labels(visitor, 2) == ("inbox",)
    assert await page.evaluate("window.same")
    # the row is a new one, and still has the focus: Enter opens it
    await expect(page.get_by_role("link", name="Subject 2")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Subject 2")


async def test_l_leads_to_the_field_for_a_label_and_slash_to_the_search(visitor: Visitor) -> None:
    page = visitor.page
    await three(visitor)
    await page.keyboard.press("j")
    await page.keyboard.press("l")
    await expect(page.get_by_label("New label")).to_be_focused()
    await page.keyboard.type("jolly keys")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Take the label jolly keys")).to_be_visible()
    assert await labels(visitor, 3) == ("inbox", "jolly keys")
    await page.keyboard.press("/")
    await expect(page.get_by_label("Search mail")).to_be_focused()
    await page.keyboard.type('~"jolly keys"')
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name="Subject 3")).to_be_visible()
    await expect(page.get_by_role("link", name="Subject 2")).to_have_count(0)


async def test_keys_are_letters_in_a_field_and_left_to_the_browser_with_a_modifier(visitor: Visitor) -> None:
    page = visitor.page
    await three(visitor)
    await page.keyboard.press("j")
    await page.get_by_label("Search mail").fill("")
    await page.keyboard.type("seek j? u/")
    await expect(page.get_by_label("Search mail")).to_have_value("seek j? u/")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+e")
    await page.keyboard.press("Alt+s")
    await asyncio.sleep(0.1)
    assert await labels(visitor, 3) == ("inbox",)
    assert await states(visitor, 3) == set()


async def test_the_question_mark_tells_the_keys_and_escape_closes_them(visitor: Visitor) -> None:
    page = visitor.page
    await three(visitor)
    await page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    await expect(dialog).to_be_visible()
    await expect(page.get_by_role("button", name="Close")).to_be_focused()
    for words in ("next", "previous", "open", "star", "label", "archive", "back to the list", "search"):
        await expect(dialog).to_contain_text(words)
    await page.keyboard.press("j")
    await expect(page.locator("[data-item].current")).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()


async def test_in_a_thread_keys_open_and_star_single_mails(visitor: Visitor) -> None:
    page = visitor.page
    await conversation(visitor.site, 3, state=[])
    await visitor.sign_in()
    await visitor.open("/thread/1")
    await page.keyboard.press("j")
    mail = page.locator("#m1")
    await expect(mail.get_by_text("mail number 1")).to_have_count(1)  # in its snippet only
    await page.keyboard.press("o")
    await expect(mail.locator(".words")).to_contain_text("mail number 1")
    await page.keyboard.press("s")
    await page.wait_for_url("**/thread/1#m1")
    await expect(mail.get_by_role("button", name="Starred")).to_be_visible()
    assert await states(visitor, 1) == {"starred"}
    await visitor.open("/message/2")
    await page.keyboard.press("j")
    await page.wait_for_url("**/message/3")
    await page.keyboard.press("k")
    await page.wait_for_url("**/message/2")
    await page.keyboard.press("u")
    await page.wait_for_url("**/thread/1#m2")


async def test_a_thread_counts_as_read_once_it_was_looked_at(visitor: Visitor) -> None:
    """After a moment in view, by a request of its own; the buttons say so."""
    page = visitor.page
    await conversation(visitor.site, 2)
    await visitor.sign_in()
    await visitor.open("/thread/1")
    assert await states(visitor, 1) == {"unread"}
    await expect(page.get_by_role("button", name="Mark 2 as read")).to_be_visible()
    await expect(page.locator("#reading").get_by_role("button", name="Mark as unread")).to_be_visible()
    assert await states(visitor, 1) == await states(visitor, 2) == set()


async def test_a_message_counts_as_read_too_and_can_be_unread_again(visitor: Visitor) -> None:
    page = visitor.page
    await deliver(visitor.site, letter())
    await visitor.sign_in()
    await visitor.open("/message/1")
    await page.get_by_role("button", name="Mark as unread").click()
    await page.wait_for_load_state()
    await expect(page.get_by_role("button", name="Mark as unread")).to_be_visible()
    assert await states(visitor, 1) == set()


async def test_texts_of_a_long_thread_come_as_one_scrolls(visitor: Visitor) -> None:
    """300 unread mails: the page does not wait for them, and does not fetch what nobody looks at."""
    page = visitor.page
    await conversation(visitor.site, 300)
    await visitor.sign_in()
    await visitor.open("/thread/1")
    bodies = [url for url in visitor.asked if url.endswith("/body")]
    assert len(bodies) < 30
    last = page.locator("#m300")
    await last.scroll_into_view_if_needed()
    await expect(last.locator(".words")).to_contain_text("mail number 300")
    assert len([url for url in visitor.asked if url.endswith("/body")]) < 60


async def test_mail_without_any_script(visitor: Visitor) -> None:
    """Read, star, label, archive, mark as read: each by a button that is a form."""
    page = visitor.page
    await page.route("**/*.js", lambda route: route.fulfill(body=""))
    await conversation(visitor.site, 2)
    await visitor.sign_in()
    await visitor.open("/")
    await page.get_by_role("button", name="Star: Plans").click()
    await expect(page).to_have_url(f"{visitor.site.url}/search?q=~inbox")
    await page.get_by_role("link", name="Plans").click()
    await expect(page.locator("#m1 .words")).to_contain_text("mail number 1")
    await page.get_by_label("New label").fill("work")
    await page.get_by_role("button", name="Add").click()
    await page.get_by_role("button", name="Take the label work").wait_for()
    await page.get_by_role("button", name="Mark 2 as read").click()
    await page.get_by_role("button", name="Mark as unread").first.wait_for()
    await page.locator("#reading").get_by_role("button", name="Archive").click()
    await expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    assert await states(visitor, 1) == set()
    assert await states(visitor, 2) == {"starred"}
    assert await labels(visitor, 1) == ("work",)
    assert not await page.get_by_role("button", name="Keys").is_visible()


async def test_everything_can_be_reached_with_tab_and_is_seen(visitor: Visitor) -> None:
    page = visitor.page
    await three(visitor)
    for name in ("Search mail", "Keys", "Star: Subject 3", "Bo Ek", "Subject 3", "Archive: Subject 3"):
        await tab_to(page, name)
    await visitor.open("/thread/3")
    for name in ("Back to the list", "Archive", "New label", "Bo Ek", "Whole message"):
        await tab_to(page, name)
