"""A mailbox with its search, as a server has them."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from tests.services.search.letters import Letter, read, texts_of

from syncline.core.entries import NewEntry
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import EntryKind, Rel, Space, ZoneKind
from syncline.core.mail import ReadMail, Words
from syncline.services.mail import Added, Incoming, Mails
from syncline.services.mail.keys import mail_key
from syncline.services.readers import Readers
from syncline.services.search import Order, Search
from syncline.store.contract import Store, Tx

ANA = Id(2001)
BEN = Id(2002)


async def settle_in(store: Store, *accounts: Id) -> None:
    """Let these have accounts; without any, Ana and Ben."""

    async def work(tx: Tx) -> None:
        for account in accounts or (ANA, BEN):
            tx.open_zone(ZoneKind.ACCOUNT, owner=account, id=ZoneId(account))

    await store.write(work)


class Desk:
    """Mails, readers and search over one store, from `opened` to `closed`."""

    def __init__(self, store: Store, directory: Path) -> None:
        """Open the search in this directory."""
        self.store = store
        self.directory = directory
        self.mails = Mails(store)
        self.readers = Readers(store)
        self.reparsed = 0
        self.search = Search(directory, store, self.readers, self._reparse, self._texts, self.mails.handover)
        self._running = asyncio.create_task(self.readers.run())

    @classmethod
    async def opened(cls, store: Store, directory: Path) -> "Desk":
        """A desk whose search has caught up with the log."""
        desk = cls(store, directory)
        while desk.readers.cursor("search") < store.head:  # noqa: ASYNC110 - nobody tells of this
            await asyncio.sleep(0.002)
        return desk

    def follows_not(self) -> None:
        """Stop following the log, at once."""
        self._running.cancel()

    async def closed(self) -> None:
        """Stop following, then close, as a server does."""
        self._running.cancel()
        await asyncio.wait({self._running})
        await self.search.close()

    async def add(
        self, *letters: Letter, account: Id = ANA, labels: Sequence[str] = (), state: Sequence[str] = ()
    ) -> list[Added]:
        """Add letters one by one."""
        return [
            await self.mails.add(account, read(letter.raw), letter.raw, labels=labels, state=state)
            for letter in letters
        ]

    async def take(self, letters: Sequence[Letter], account: Id = ANA) -> None:
        """Import letters."""
        await self.mails.take(account, [Incoming(read(letter.raw), letter.raw) for letter in letters])

    async def ids(
        self, query: str, *, account: Id = ANA, strict: bool = False, order: Order = Order.ARRIVAL
    ) -> list[int]:
        """The thread ids that a query finds, all of them."""
        found = await self.search.threads(account, query, num=10_000, strict=strict, order=order)
        return [one.thread_id for one in found]

    async def erase(self, no: int, account: Id = ANA) -> None:
        """Erase a mail as the erase of an account does."""

        async def work(tx: Tx) -> None:
            bound = await tx.key(Space.MAIL, mail_key(account, no))
            assert bound is not None
            entry = await tx.entry(bound.object)
            assert entry is not None
            await tx.add(
                NewEntry(entry.conv, EntryKind.AMENDMENT, account, b"{}", target=entry.id, rel=Rel.ERASE)
            )
            await tx.erase(entry.id, actor=account)

        await self.store.write(work)

    async def _reparse(self, raw: bytes) -> ReadMail:
        self.reparsed += 1
        return read(raw)

    async def _texts(self, raw: bytes) -> Words:
        return texts_of(raw)
