"""Looking: asks for the pages of listed messages, beside everything else that the server does."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeAlias

import msgspec

from syncline.core.entries import Entry
from syncline.core.errors import SynclineError
from syncline.core.ids import Id
from syncline.core.kinds import Space
from syncline.core.rooms.forms import deleted, read_form
from syncline.services.overviews.common import OPTIONS
from syncline.services.previews.noticing import AUTOMATION, TERM, Noticing
from syncline.services.previews.preview import Page, drop_previews, previews_of, put_previews
from syncline.services.readers import Readers
from syncline.store.commit import Commit
from syncline.store.contract import Store, Tx, View

log = logging.getLogger(__name__)

MOST: Final = 10
"""Links of one message that get a preview."""

LOOKED_AT: Final = 20_000
"""Characters of a message in which links are looked for."""

AT_ONCE: Final = 8
"""Messages looked at side by side: one slow server must not hold up all others."""

PATIENCE: Final = 15.0
"""Seconds for one page."""

PAUSE: Final = 30.0
"""Seconds after a failure of our own (the disk is full) before the next try."""

Links: TypeAlias = Callable[[str], Sequence[str]]
"""The addresses in a text, as the protocol that shows previews finds them."""

Ask: TypeAlias = Callable[[str], Awaitable[Page | None]]
"""What the page at an address says of itself, None where it says nothing; may raise SynclineError."""


class Looking:
    """Looks at listed messages, one after the other, as long as it runs. Each page is asked for once."""

    def __init__(self, store: Store, readers: Readers, links: Links, ask: Ask) -> None:
        """Find links with one function and ask for pages with the other."""
        self._store = store
        self._readers = readers
        self._links = links
        self._ask = ask
        self._noticing = Noticing()
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Look at what is listed, then wait for more, until cancelled."""
        ending = self._store.watch(self._heard)
        try:
            while True:
                self._news.clear()
                try:
                    await self._readers.reach(AUTOMATION, self._store.head)
                    while await self.look():
                        pass
                except Exception:
                    log.exception("links could not be looked at; again in %.0f s", PAUSE)
                    await asyncio.sleep(PAUSE)
                    continue
                await self._news.wait()
        finally:
            ending()

    async def look(self) -> int:
        """Look at some of what is listed; returns how many messages that were."""
        async with self._store.view() as view:
            ids = await view.find(Space.LINKING, TERM, limit=AT_ONCE)
            found = {entry.id: entry for entry in await view.entries_by_id(ids)}
            off = {id for id, entry in found.items() if await _off(view, entry)}
        await asyncio.gather(*(self._look_at(id, found.get(id), off=id in off) for id in ids))
        return len(ids)

    async def _look_at(self, id: Id, entry: Entry | None, *, off: bool) -> None:
        """Ask for the pages of one message, and keep what they say unless it was changed meanwhile."""
        urls = [] if entry is None or off else await self._urls(entry)
        async with self._store.view() as view:
            known = {preview.url for preview in await previews_of(view, id)}
        asked = [url for url in urls if url not in known]
        told = await asyncio.gather(*(self._page(url) for url in asked))
        pages = [(url, page) for url, page in zip(asked, told, strict=True) if page is not None]

        async def work(tx: Tx) -> None:
            now = await tx.entry(id)
            if entry is not None and (now is None or now.current != entry.current):
                return  # it stays listed, and is looked at again
            tx.unindex(Space.LINKING, TERM, id)
            await drop_previews(tx, id, but=urls)
            if entry is not None and pages:
                await put_previews(tx, entry, pages)

        await self._store.write(work)

    async def _urls(self, entry: Entry) -> list[str]:
        form = read_form(entry.current)
        text = form.get("text")
        if deleted(form) or form.get("previews_off") or not isinstance(text, str):
            return []
        found = await asyncio.to_thread(self._links, text[:LOOKED_AT])
        return [url for url in found if url.startswith(("http://", "https://"))][:MOST]

    async def _page(self, url: str) -> Page | None:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._ask(url)
        except (SynclineError, TimeoutError) as error:
            log.info("a page could not be looked at: %s", error or "it took too long")
            return None

    def _heard(self, commit: Commit) -> None:
        if self._noticing.wants(commit):
            self._news.set()


async def _off(view: View, entry: Entry) -> bool:
    """Whether the conversation wants no previews."""
    fact = await view.fact(entry.conv, OPTIONS, "")
    return fact is not None and bool(msgspec.json.decode(fact.content).get("previews_off"))
