"""A real Chromium before the real server. Whatever page a test opens must be quiet and keep to itself.

Chromium takes two seconds to start, so one serves all tests; each gets a server, a store and a profile of its
own. All of it runs on the session's loop: each module says so by its `pytestmark`.
"""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright
from tests.web.conftest import Site, open_site

from syncline.store.sqlite import open_store

CHROMIUM = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


class Visitor(msgspec.Struct):
    """A person at a browser: the page, and what went wrong on it."""

    site: Site
    page: Page
    problems: list[str]
    asked: list[str]
    """the address of every request"""
    expected: list[str]
    """words of complaints that are meant to come"""

    async def open(self, path: str) -> None:
        """Go to a page of the site."""
        await self.page.goto(self.site.url + path)

    async def sign_in(self) -> None:
        """Come in as Ann, by a link."""
        code = await self.site.services.sessions.link(self.site.account.id)
        await self.open(f"/login/link?code={code}")
        await self.page.get_by_role("button", name="Sign in here").click()
        await self.page.wait_for_url("**/home")

    def expect(self, words: str) -> None:
        """Let the browser complain of something that the test causes."""
        self.expected.append(words)

    def unexpected(self) -> list[str]:
        """What went wrong otherwise."""
        return [one for one in self.problems if not any(words in one for words in self.expected)]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The system's Chromium, without a window."""
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("there is no Chromium here (Debian: apt install chromium)")
    async with async_playwright() as playwright:
        # No sandbox: it does not work as root, nor in most containers, and all pages are our own.
        browser = await playwright.chromium.launch(
            executable_path=path, chromium_sandbox=False, args=["--disable-gpu"]
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """A site with the account ann@example.org."""
    store = await open_store(tmp_path / "data")
    async with open_site(store) as site:
        yield site
    await store.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(site: Site, chromium: Browser) -> AsyncIterator[Visitor]:
    """Somebody at a browser, not signed in. At the end nothing may have gone wrong or to another host."""
    context = await chromium.new_context(viewport={"width": 1280, "height": 800})
    page = await context.new_page()
    page.set_default_timeout(10_000)
    here = Visitor(site, page, [], [], [])

    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            here.problems.append(message.text)

    page.on("console", said)
    page.on("pageerror", lambda error: here.problems.append(str(error)))
    page.on("request", lambda request: here.asked.append(request.url))
    yield here
    await context.close()
    assert here.unexpected() == []
    assert [url for url in here.asked if not url.startswith(f"{site.url}/")] == []
