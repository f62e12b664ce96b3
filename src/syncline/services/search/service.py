"""Searching: what protocols and pages ask, answered from the index alone."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from pathlib import Path
from typing import Final, TypeVar, cast

import apsw

from syncline.core.errors import DiskFull, NotFound, Unavailable
from syncline.core.ids import Hash, Id, ZoneId
from syncline.core.mail import ReadMail, Words, read_body
from syncline.services.readers import Readers
from syncline.services.search import evaluating, labels, language, people, reading
from syncline.services.search.collecting import Handover
from syncline.services.search.files import Files
from syncline.services.search.meaning import bound, meaning_of
from syncline.services.search.parsing import parse
from syncline.services.search.places import Places
from syncline.services.search.projection import NAME, Indexing
from syncline.services.search.schema import DAMAGED
from syncline.services.search.shapes import ContactFound, LabelCount, Order, ThreadInfo
from syncline.services.search.strictly import strict_threads
from syncline.store.contract import Store

T = TypeVar("T")

log = logging.getLogger(__name__)

REMEMBERED: Final = 128
"""Answers kept until something changes for their account."""

LONGEST_REMEMBERED: Final = 50
"""Threads of an answer that is kept; with some kilobytes each, all answers together stay below 15 MB."""

PATIENCE: Final = 2.0
"""Seconds that a search waits for an index that has to be made anew: enough for small stores."""


class Search:
    """The search of all accounts. Every method takes the account; what is not its own it never finds."""

    def __init__(
        self,
        directory: Path,
        store: Store,
        readers: Readers,
        reparse: Callable[[bytes], Awaitable[ReadMail]],
        texts: Callable[[bytes], Awaitable[Words]],
        handover: Handover,
    ) -> None:
        """Keep search.db in this directory in step with the store, as the projection "search" of its readers.

        `reparse` reads raw mails whose words are not in `handover` any more; `texts` gives the uncut texts
        for strict searches.
        """
        self._store = store
        self._readers = readers
        self._texts = texts
        self._files = Files(directory)
        self._places = Places()
        self._indexing = Indexing(store, self._files, reparse, handover)
        self._answers: OrderedDict[Hashable, tuple[tuple[int, int], object]] = OrderedDict()
        self._anew: asyncio.Task[None] | None = None
        readers.projection(NAME, self._indexing)

    async def threads(
        self,
        account: Id,
        query: str,
        *,
        start: int = 0,
        num: int = 20,
        order: Order = Order.ARRIVAL,
        strict: bool = False,
    ) -> tuple[ThreadInfo, ...]:
        """A page of the threads that a query finds; raises BadQuery."""
        asked = parse(query)
        if strict:
            found = await self._strictly(
                account, query, asked, start + num if order is Order.ARRIVAL else None
            )
            return await self._page(account, found, start, num, order)
        condition = meaning_of(asked)

        def read(connection: apsw.Connection) -> tuple[ThreadInfo, ...]:
            search = evaluating.prepared(connection, account, condition, self._places)
            if search is None:
                return ()
            return reading.infos(connection, search.page(start + num, order)[start:])

        return await self._answer(account, ("threads", query, start, num, order), read)

    async def count(self, account: Id, query: str, *, strict: bool = False) -> int:
        """How many threads a query finds; raises BadQuery."""
        asked = parse(query)
        if strict:
            return len(await self._strictly(account, query, asked, None))
        condition = meaning_of(asked)

        def read(connection: apsw.Connection) -> int:
            search = evaluating.prepared(connection, account, condition, self._places)
            return 0 if search is None else search.count()

        return await self._answer(account, ("count", query), read)

    async def info(self, account: Id, conv: ZoneId) -> ThreadInfo:
        """What a list shows of one thread; raises NotFound."""

        def read(connection: apsw.Connection) -> ThreadInfo | None:
            return reading.info(connection, account, conv)

        found = await self._answer(account, ("info", conv), read)
        if found is None:
            raise NotFound("There is no such thread.")
        return found

    async def labels(self, account: Id) -> list[str]:
        """All labels in use, states included, in alphabetical order."""
        return [one.label for one in await self.label_counts(account)]

    async def label_counts(self, account: Id) -> list[LabelCount]:
        """All labels in use with their threads, in alphabetical order."""
        found = await self._answer(account, ("labels",), lambda reader: labels.label_counts(reader, account))
        return list(found)

    async def contacts(self, account: Id, prefix: str, num: int | None) -> list[ContactFound]:
        """Whose address or name begins with this, those heard of last first; `num` None: all of them."""
        found = await self._answer(
            account, ("contacts", prefix, num), lambda reader: people.contacts(reader, account, prefix, num)
        )
        return list(found)

    async def scrub(self) -> None:
        """After an erase: leave no word of erased mails in any file (it is done by itself in time, too)."""
        await self._reach()
        await self._indexing.scrub()

    async def close(self) -> None:
        """Write what was taken, and let go of the file."""
        if self._anew is not None:
            self._anew.cancel()
            await asyncio.wait({self._anew})
        try:
            await self._indexing.close()
        finally:
            await asyncio.get_running_loop().run_in_executor(None, self._files.close)

    async def _answer(
        self, account: Id, asked: tuple[Hashable, ...], read: Callable[[apsw.Connection], T]
    ) -> T:
        """The answer at the head of this moment, remembered until something changes for the account."""
        try:
            await self._reach()
            key = (account, *asked)
            version = self._indexing.version(account)
            known = self._answers.get(key)
            if known is not None and known[0] == version:
                self._answers.move_to_end(key)
                return cast("T", known[1])
            found = await self._files.search(read)
        except DAMAGED as error:
            self._make_anew()
            raise Unavailable("The search index is damaged and is being made again.") from error
        except apsw.FullError as error:
            raise DiskFull("The disk is full: the search index cannot take in what is new.") from error
        if isinstance(found, tuple | list) and len(found) > LONGEST_REMEMBERED:
            return found
        self._answers[key] = (version, found)
        while len(self._answers) > REMEMBERED:
            self._answers.popitem(last=False)
        return found

    async def _reach(self) -> None:
        """Let the index reach the head of this moment."""
        await self._readers.catch_up(NAME)  # a command that works without a server follows nothing
        if self._indexing.taken < self._readers.cursor(NAME):
            # the file is not the one that the saved cursor speaks of: lost, or put back from a copy
            self._make_anew()
            assert self._anew is not None
            await asyncio.wait({self._anew}, timeout=PATIENCE)
            if not self._anew.done():
                raise Unavailable("The search index is being made again.")
        await self._indexing.flush()

    def _make_anew(self) -> None:
        if self._anew is None or self._anew.done():
            log.error("the search index is lost or damaged and is made again")
            self._places.forget()
            self._anew = asyncio.create_task(self._rebuild(), name="search: rebuild")

    async def _rebuild(self) -> None:
        try:
            await self._readers.rebuild(NAME)
        except Exception:
            log.exception("the search index could not be made again; the next search tries anew")

    async def _strictly(self, account: Id, query: str, asked: language.Query, need: int | None) -> list[int]:
        """The threads that the original would find, all or the first `need`, by arrival."""
        upper, lower = bound(asked, upper=True), bound(asked, upper=False)

        async def texts(entry: Id) -> Words:
            async with self._store.view() as view:
                found = await view.entry(entry)
            if found is None:
                return Words()
            return await self._texts(
                await self._store.blobs.get(Hash(bytes.fromhex(read_body(found.body).hash)))
            )

        candidates = await self._answer(
            account,
            ("strict", query),
            lambda reader: reading.candidates(reader, account, upper, lower),
        )
        return await strict_threads(asked, candidates, texts, need)

    async def _page(
        self, account: Id, convs: list[int], start: int, num: int, order: Order
    ) -> tuple[ThreadInfo, ...]:
        def read(connection: apsw.Connection) -> tuple[ThreadInfo, ...]:
            ordered = reading.by_date(connection, convs) if order is Order.DATE else convs
            return reading.infos(connection, ordered[start : start + num])

        return await self._files.search(read)
