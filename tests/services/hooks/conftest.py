"""A conversation with hooks, and the other systems around it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import msgspec
import pytest
from tests.services.conversations.town import Town

from syncline.core.errors import Unavailable
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import ReaderKind
from syncline.services.conversations import Answer
from syncline.services.hooks import (
    AUTOMATION,
    Hook,
    Hooks,
    HookSender,
    Outgoing,
    Posted,
    Queueing,
    Sending,
    hooks_of,
    sending_of,
)
from syncline.services.readers import Readers
from syncline.store.contract import Store

URL = "https://elsewhere.example.org/in"


class Elsewhere:
    """Another system. It takes what is posted, or fails as often as it is told."""

    def __init__(self, store: Store) -> None:
        """Render the texts of entries, as they are in this store."""
        self.store = store
        self.posts: list[tuple[str, list[str]]] = []
        self.tries = 0
        self.fails = 0
        self.blocked: asyncio.Event | None = None

    async def payload(self, hook: Hook, entries: Sequence[Id]) -> bytes | None:
        """The texts, or what else the entries are."""
        async with self.store.view() as view:
            found = await view.entries_by_id(entries)
        bodies = [msgspec.json.decode(entry.body) for entry in found]
        return msgspec.json.encode([body.get("text") or "/".join(sorted(body)) for body in bodies])

    async def post(self, url: str, content: bytes) -> None:
        """Take it."""
        self.tries += 1
        if self.blocked is not None:
            await self.blocked.wait()
        if self.fails:
            self.fails -= 1
            raise Unavailable("The address answered with status 500.")
        self.posts.append((url, msgspec.json.decode(content)))

    @property
    def texts(self) -> list[str]:
        """All that was taken, in order."""
        return [text for _, texts in self.posts for text in texts]


class Place:
    """A conversation of ann and bob, with the parts that make hooks work."""

    def __init__(self, town: Town) -> None:
        """Nobody is there yet."""
        self.town = town
        self.store = town.store
        self.hooks = Hooks(town.store)
        self.elsewhere = Elsewhere(town.store)
        self.ann = self.bob = Id(0)
        self.conv = ZoneId(Id(0))
        self.outgoing = Outgoing(town.store)
        self.running: list[asyncio.Task[None]] = []

    async def start(self, *, retries: Sequence[float] = (0.01, 0.01)) -> Readers:
        """Let what is said be queued and posted, until `stop`."""
        readers = Readers(self.store)
        readers.automation(AUTOMATION, Queueing(self.outgoing))
        sender = HookSender(
            self.store, self.outgoing, self.elsewhere.payload, self.elsewhere.post, retries=retries
        )
        self.running = [asyncio.create_task(readers.run()), asyncio.create_task(sender.run())]
        await self.until(
            lambda: self.outgoing.listens(self.conv) is False or self.outgoing.posts(Id(0)) is False
        )
        await readers.reach(AUTOMATION, self.store.head)
        return readers

    async def stop(self) -> None:
        """Stop queueing and posting, as a server does."""
        for task in self.running:
            task.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)
        self.running = []

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something holds."""
        async with asyncio.timeout(5):
            while not true():  # noqa: ASYNC110  what is waited for has no event
                await asyncio.sleep(0.002)

    async def make(self, account: Id | None = None, **more: Any) -> Hook:
        """A new hook, ann's unless told otherwise."""
        return (await self.hooks.create(account or self.ann, self.conv, **more)).value.hook

    async def post(self, hook: Hook, text: str, sender: str | None = None) -> Answer:
        """A message through a hook."""
        return (await self.hooks.post(hook.id, Posted(text, sender))).value

    async def known(self) -> list[Hook]:
        """The conversation's hooks."""
        async with self.store.view() as view:
            return await hooks_of(view, self.conv)

    async def sending(self, hook: Hook) -> Sending:
        """A hook's private side."""
        async with self.store.view() as view:
            return await sending_of(view, hook)

    async def waits(self, hook: Hook) -> int:
        """How many rows wait in a hook's queue."""
        async with self.store.view() as view:
            return len(await view.queue(hook.id, limit=1000))

    async def has_reader(self, hook: Hook) -> bool:
        """Whether anything of a hook's private side is left."""
        async with self.store.view() as view:
            return await view.reader(ReaderKind.CONNECTION, hook.owner, f"hook/{hook.id}") is not None


@pytest.fixture
async def place(store: Store) -> AsyncIterator[Place]:
    """Ann and bob in a conversation."""
    place = Place(Town(store))
    place.ann, place.bob = await place.town.people("Ann", "Bob")
    place.conv = await place.town.conversation(place.ann, place.bob)
    yield place
    await place.stop()
    place.outgoing.close()
