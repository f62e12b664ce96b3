"""Tokens on the home page: made, copied, tried, revoked."""

import httpx
import pytest
from playwright.async_api import expect
from tests.browser.conftest import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_token_is_shown_once_works_and_ends(visitor: Visitor) -> None:
    """Reloading makes no second one and shows the first no more; going back shows it no more either."""
    page, site = visitor.page, visitor.site
    await visitor.sign_in()
    await page.get_by_label("What is it for?").fill("laptop")
    await page.get_by_role("button", name="Make a token").click()
    secret = await page.locator("#secret").inner_text()
    assert len(secret) == 64
    assert secret not in page.url
    assert [url for url in visitor.asked if secret in url] == []
    async with httpx.AsyncClient(base_url=site.url, headers={"Authorization": f"Bearer {secret}"}) as client:
        assert (await client.get("/changes")).status_code == 200
        await page.reload()
        await expect(page.locator("#secret")).to_have_count(0)
        assert secret not in await page.content()
        assert len(await site.services.tokens.list(site.account.id)) == 1
        await page.goto(f"{site.url}/login")
        await page.go_back()
        assert secret not in await page.content()

        await page.get_by_role("button", name="Revoke laptop").click()
        await expect(page.get_by_role("dialog")).to_contain_text("Whatever uses it stops working at once.")
        await page.get_by_role("button", name="Revoke it").click()
        await expect(page.get_by_text("You have none yet")).to_be_visible()
        assert (await client.get("/changes")).status_code == 401


async def test_the_secret_and_a_command_to_try_it_are_copied_by_a_button(visitor: Visitor) -> None:
    """Sixty-four characters are nothing to type."""
    page = visitor.page
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=visitor.site.url)
    await visitor.sign_in()
    await page.get_by_role("button", name="Make a token").click()
    secret = await page.locator("#secret").inner_text()
    await page.get_by_role("button", name="Copy", exact=True).click()
    await expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == secret
    await page.get_by_role("button", name="Copy the command for Changes").click()
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied == f'curl -H "Authorization: Bearer {secret}" {visitor.site.url}/changes'


async def test_a_token_that_may_do_nothing_is_refused_beside_the_form(visitor: Visitor) -> None:
    """The form stays open with a sentence."""
    page = visitor.page
    await visitor.sign_in()
    for box in await page.get_by_role("checkbox").all():
        await box.uncheck()
    await page.get_by_role("button", name="Make a token").click()
    await expect(page.get_by_role("alert")).to_have_text("A token needs at least one scope.")
    await expect(page.get_by_label("What is it for?")).to_be_visible()
    visitor.expect("400")
