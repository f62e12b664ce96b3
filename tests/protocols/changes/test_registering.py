"""Park, then read, then wait: what is committed between any two of them is not missed."""

import asyncio

import pytest
from tests.protocols.changes.place import Place

from syncline.core.deltas import Place as Cursor
from syncline.core.ids import Id
from syncline.protocols.changes.asking import Ask
from syncline.protocols.changes.pages import Page, Pages


async def test_what_is_committed_right_after_the_read_wakes_the_poll(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A poll that registers after it has read sleeps through it, until its time is up."""
    ann, bob = await place.client("ann"), await place.client("bob")
    conv = await ann.conversation(bob)
    since = await bob.caught_up()
    said: list[object] = []
    page = Pages.page

    async def with_news(self: Pages, account: Id, cursor: Cursor | None, ask: Ask) -> Page:
        found = await page(self, account, cursor, ask)
        if account == bob.id and not said:
            said.append(0)
            said[0] = (await ann.say(conv, "between"))["entry"]
        return found

    monkeypatch.setattr(Pages, "page", with_news)
    answer = await asyncio.wait_for(bob.changes(since, wait=50), 10)
    assert [row["id"] for row in answer["changes"]] == said
