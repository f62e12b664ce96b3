"""Coming in and going out, as a person does it."""

import pytest
from playwright.async_api import expect
from tests.browser.conftest import Visitor
from tests.browser.looking import tab_to
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_by_link(visitor: Visitor) -> None:
    """The link of `syncline account link`, or of the first start."""
    await visitor.sign_in()
    await expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Ann")


async def test_by_password_after_a_wrong_one(visitor: Visitor) -> None:
    """The page says that it was wrong and keeps the login; the right one leads home."""
    page = visitor.page
    await visitor.open("/")
    await expect(page).to_have_title("Sign in · Syncline")
    await page.get_by_label("E-mail or local name").fill("ann@example.org")
    await page.get_by_label("Password").fill("guess")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_have_text("The login or the password is wrong.")
    visitor.expect("401")
    await expect(page.get_by_label("E-mail or local name")).to_have_value("ann@example.org")
    await expect(page.get_by_label("Password")).to_be_focused()
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page).to_have_url(f"{visitor.site.url}/home")


async def test_signing_out_leaves_nothing_to_go_back_to(visitor: Visitor) -> None:
    """Whoever sits down next and presses Back sees the sign-in page, not the last person's."""
    page = visitor.page
    await visitor.sign_in()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    await page.go_back()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert "ann@example.org" not in await page.content()


async def test_by_invite(visitor: Visitor) -> None:
    """A slip first: the browser holds back a short password, and the form stays."""
    page = visitor.page
    code = await visitor.site.services.accounts.invite()
    await visitor.open(f"/register?code={code}")
    await page.get_by_label("Name").fill("Cleo")
    await page.get_by_label("E-mail").fill("cleo@example.org")
    await page.get_by_label("Password").fill("short")
    await page.get_by_role("button", name="Make the account").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Make an account")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Make the account").click()
    await expect(page).to_have_url(f"{visitor.site.url}/home")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Cleo")
    await visitor.site.services.accounts.sign_in("cleo@example.org", PASSWORD)


async def test_all_of_it_by_keyboard(visitor: Visitor) -> None:
    """Sign in, make a token, revoke it, sign out: without a mouse, and one always sees where one is."""
    page, site = visitor.page, visitor.site
    await visitor.open("/login")
    await expect(page.get_by_label("E-mail or local name")).to_be_focused()
    await page.keyboard.type("ann@example.org")
    await tab_to(page, "Password")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{site.url}/home")

    await tab_to(page, "What is it for?")
    await page.keyboard.type("keyboard")
    await tab_to(page, "write as you")
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("keyboard")
    (token,) = await site.services.tokens.list(site.account.id)
    assert token.scopes == {"read", "profile", "sync"}

    await tab_to(page, "Revoke keyboard")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Keep it")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Keep it")).to_be_hidden()
    assert await site.services.tokens.list(site.account.id), "Escape revokes nothing"
    await page.keyboard.press("Enter")
    await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_role("button", name="Revoke it")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("You have none yet")).to_be_visible()
    assert await site.services.tokens.list(site.account.id) == []

    await tab_to(page, "Sign out")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{site.url}/login")
