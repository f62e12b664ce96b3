"""Titles of pages: asked for once, beside everything else, and taken away with what led to them."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from tests.services.conversations.town import Town, body

from syncline.core.errors import Unavailable
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Kind, Rel, Space
from syncline.services.overviews.common import OPTIONS
from syncline.services.previews import AUTOMATION, Looking, Noticing, Page, previews_of
from syncline.services.previews.noticing import TERM
from syncline.services.readers import Readers
from syncline.store.contract import Store
from syncline.store.sqlite import open_store


def links(text: str) -> list[str]:
    """The addresses in a text of these tests."""
    return [word for word in text.split() if "://" in word]


class Web:
    """Pages by address; the others cannot be reached. Notes what was asked for."""

    def __init__(self) -> None:
        self.pages = {"http://a.org": Page("A", "first"), "http://b.org": Page("B")}
        self.asked: list[str] = []

    async def __call__(self, url: str) -> Page | None:
        """What a page says."""
        self.asked.append(url)
        if url == "http://down.org":
            raise Unavailable("it is down")
        return self.pages.get(url)


class Desk:
    """Everything that makes previews, driven by hand."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.web = Web()
        self.readers = Readers(store)
        self.readers.automation(AUTOMATION, Noticing())
        self.looking = Looking(store, self.readers, links, self.web)

    async def settle(self) -> None:
        """Look at everything that there is to look at."""
        await self.readers.catch_up(AUTOMATION)
        while await self.looking.look():
            pass

    async def titles(self, entry: Id) -> list[str]:
        """The titles beside a message."""
        async with self.store.view() as view:
            return [preview.title for preview in await previews_of(view, entry)]


@pytest.fixture
async def desk(store: Store) -> Desk:
    """The makers of previews, which have seen the log so far."""
    desk = Desk(store)
    await desk.settle()
    return desk


async def place(town: Town) -> tuple[Id, ZoneId]:
    """Somebody in a conversation."""
    (ann,) = await town.people("Ann")
    return ann, await town.conversation(ann)


async def test_titles_stand_beside_the_message(town: Town, desk: Desk) -> None:
    """As objects in its conversation, so that they come to its members by the delta."""
    ann, conv = await place(town)
    said = await town.say(ann, conv, "see http://a.org and http://b.org")
    plain = await town.say(ann, conv, "nothing")
    await desk.settle()
    assert await desk.titles(said) == ["A", "B"]
    assert await desk.titles(plain) == []
    async with desk.store.view() as view:
        assert len(await view.objects(conv, [Kind.PREVIEW])) == 2
        assert await view.find(Space.LINKING, TERM) == []


async def test_a_page_is_asked_for_once(town: Town, desk: Desk) -> None:
    """Whatever else happens, and also where it could not be reached; nothing is written for that."""
    ann, conv = await place(town)
    await town.say(ann, conv, "http://down.org http://unknown.org")
    await desk.settle()
    assert desk.web.asked == ["http://down.org", "http://unknown.org"]
    head = desk.store.head
    await desk.settle()
    assert desk.store.head == head
    assert len(desk.web.asked) == 2


async def test_an_edit_changes_the_previews(town: Town, desk: Desk) -> None:
    """The link that stays is not asked for again, the one that went takes its preview along."""
    ann, conv = await place(town)
    said = await town.say(ann, conv, "http://a.org http://c.org")
    await desk.settle()
    await town.talk.amend(ann, conv, said, Rel.EDIT, {"text": "http://a.org http://b.org"})
    await desk.settle()
    assert await desk.titles(said) == ["A", "B"]
    assert desk.web.asked == ["http://a.org", "http://c.org", "http://b.org"]
    await town.talk.amend(ann, conv, said, Rel.EDIT, {"text": "http://b.org"})
    await desk.settle()
    assert await desk.titles(said) == ["B"]


async def test_an_edit_while_a_page_is_asked_for_is_not_lost(town: Town, desk: Desk) -> None:
    """What was found for the older text is not kept, and the newer one is looked at."""
    ann, conv = await place(town)
    said = await town.say(ann, conv, "http://a.org")
    ask = desk.web.__call__

    async def slowly(url: str) -> Page | None:
        if url == "http://a.org":
            await town.talk.amend(ann, conv, said, Rel.EDIT, {"text": "http://b.org"})
        return await ask(url)

    desk.looking = Looking(desk.store, desk.readers, links, slowly)
    await desk.settle()
    assert await desk.titles(said) == ["B"]


@pytest.mark.parametrize("listing", [True, False])
async def test_a_deleted_message_takes_its_previews_along(town: Town, desk: Desk, listing: bool) -> None:
    """Also where the operator has switched the asking off since."""
    ann, conv = await place(town)
    said = await town.say(ann, conv, "http://a.org")
    await desk.settle()
    assert await desk.titles(said) == ["A"]
    readers = Readers(desk.store)
    readers.automation(AUTOMATION, Noticing(listing=listing))
    await town.talk.amend(ann, conv, said, Rel.DELETE)
    await readers.catch_up(AUTOMATION)
    assert await desk.titles(said) == []
    async with desk.store.view() as view:
        assert await view.objects(conv, [Kind.PREVIEW]) == []


async def test_where_previews_are_off_nothing_is_asked_for(town: Town, desk: Desk) -> None:
    """For one message, or for all of a conversation."""
    ann, conv = await place(town)
    await town.talk.send(ann, conv, body(text="http://a.org", previews_off=True))
    await town.talk.set_fact(ann, conv, OPTIONS, body(previews_off=True))
    await town.say(ann, conv, "http://b.org")
    await desk.settle()
    assert desk.web.asked == []


async def test_nothing_is_listed_where_nobody_looks(town: Town, store: Store) -> None:
    """Else the list would grow for ever."""
    ann, conv = await place(town)
    readers = Readers(store)
    readers.automation(AUTOMATION, Noticing(listing=False), from_start=True)
    await town.say(ann, conv, "http://a.org")
    await readers.catch_up(AUTOMATION)
    async with store.view() as view:
        assert await view.find(Space.LINKING, TERM) == []


async def test_it_runs_beside_the_server(town: Town, desk: Desk) -> None:
    """A message written while it runs has its title soon, without anybody asking."""
    ann, conv = await place(town)
    running = [asyncio.create_task(desk.readers.run()), asyncio.create_task(desk.looking.run())]
    try:
        before = desk.store.head
        said = await town.say(ann, conv, "http://a.org")
        async with asyncio.timeout(20):
            async for _ in desk.store.commits(before):
                if await desk.titles(said) == ["A"]:
                    break
    finally:
        for task in running:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def test_what_was_written_before_a_restart_is_noticed(town: Town, desk: Desk, tmp_path: Path) -> None:
    """Commits from before carry their changes only: the rest is looked up."""
    ann, conv = await place(town)
    said = await town.say(ann, conv, "http://a.org")
    await desk.store.close()
    store = await open_store(tmp_path / "data")
    later = Desk(store)
    await later.settle()
    assert await later.titles(said) == ["A"]
    await store.close()
