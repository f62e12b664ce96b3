"""The pages over a real store, behind the real server, and a browser's worth of a client."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
import pytest
from tests.server.running import running

from syncline.config import Config
from syncline.server.assembly import Services, build
from syncline.server.plugged import application
from syncline.services.accounts import Account
from syncline.store.contract import Store

PASSWORD = "correct horse battery"


class Site(msgspec.Struct):
    """A running site with one account."""

    services: Services
    account: Account
    url: str
    browser: httpx.AsyncClient

    async def post(self, path: str, **fields: Any) -> httpx.Response:
        """Post a form as a browser does."""
        return await self.browser.post(path, data=fields, headers={"Origin": self.url})

    async def sign_in(self) -> None:
        """Sign the browser in."""
        answer = await self.post("/login", login=self.account.email, password=PASSWORD)
        assert answer.status_code == 303, answer.text


@asynccontextmanager
async def open_site(store: Store, config: Config | None = None) -> AsyncIterator[Site]:
    """A running site with the account ann@example.org."""
    config = config or Config()
    services = build(store, config)
    account = await services.accounts.add("ann@example.org", name="Ann", password=PASSWORD)
    following = asyncio.create_task(services.readers.run())
    async with running(application(services, config)) as here:
        url = f"http://127.0.0.1:{here.port}"
        async with httpx.AsyncClient(base_url=url) as browser:
            yield Site(services, account, url, browser)
    following.cancel()
    await asyncio.wait({following})
    await services.close()


@pytest.fixture
async def site(store: Store) -> AsyncIterator[Site]:
    """A site as it is without any configuration."""
    async with open_site(store) as site:
        yield site
