"""When an account was last active: in memory, and coarsely in the store, so that a restart knows it, too.

No part of the log: nobody's delta holds it, and nobody is woken.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Final

from syncline.core.errors import SynclineError
from syncline.core.ids import Id
from syncline.core.kinds import ReaderKind
from syncline.core.readers import Reader
from syncline.services.people.profiles import Profile
from syncline.store.contract import Lane, Store, Tx, View

COARSE: Final = 10 * 60 * 1000
"""ms between two writes for one account; after a crash it may seem to have left so much earlier."""

GATHER: Final = 5.0
"""Seconds for which accounts are gathered before they are written together."""

TOGETHER: Final = 100
"""Accounts written in one work."""

NAME: Final = "lastseen"

log: Final = logging.getLogger(__name__)


class LastSeen:
    """The last activity of all accounts, ms since 1970."""

    def __init__(self, store: Store, clock: Callable[[], int], *, gather: float = GATHER) -> None:
        """Keep it in this store; `clock` gives ms."""
        self._store = store
        self._clock = clock
        self._gather = gather
        self._seen: dict[Id, int] = {}
        """0: never, as far as the store knows"""
        self._kept: dict[Id, int] = {}
        self._due: set[Id] = set()
        self._writing: asyncio.Task[None] | None = None

    def touch(self, account: Id) -> None:
        """Note that an account is active now. Costs two look-ups; it is written some seconds later."""
        now = self._clock()
        self._seen[account] = now
        if now - self._kept.get(account, -COARSE) >= COARSE:
            self._kept[account] = now
            self._due.add(account)
            if self._writing is None:
                self._writing = asyncio.get_running_loop().create_task(self._write_soon())

    async def shown(self, view: View, profiles: Iterable[Profile]) -> dict[Id, int]:
        """When these persons were last active, as others may see it.

        Those who were never active, and those who keep it private, are left out.
        """
        found: dict[Id, int] = {}
        for profile in profiles:
            if profile.account and not profile.private and not profile.closed and not profile.erased:
                at = await self.of(view, profile.person)
                if at is not None:
                    found[profile.person] = at
        return found

    async def of(self, view: View, account: Id) -> int | None:
        """When an account was last active, whether it shows that or not; None: never."""
        at = self._seen.get(account)
        if at is None:
            reader = await view.reader(ReaderKind.CONNECTION, account, NAME)
            at = self._seen.setdefault(account, 0 if reader is None else reader.seen_at)
        return at or None

    async def close(self) -> None:
        """Write what is not written yet; called before the store is closed."""
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.cancel()
        await self._write()

    async def _write_soon(self) -> None:
        await asyncio.sleep(self._gather)
        self._writing = None
        await self._write()

    async def _write(self) -> None:
        due, self._due = self._due, set()
        rest = iter(due)
        try:
            while some := list(islice(rest, TOGETHER)):
                await self._keep(some)
        except SynclineError as error:  # a full disk: the next activity tries again
            log.warning("The last activity of %d accounts was not kept: %s", len(due), error)

    async def _keep(self, accounts: Sequence[Id]) -> None:
        seen = {account: self._seen[account] for account in accounts}

        async def work(tx: Tx) -> None:
            for account, at in seen.items():
                known = await tx.reader(ReaderKind.CONNECTION, account, NAME)
                id = tx.new_id() if known is None else known.id
                tx.save_reader(Reader(id, ReaderKind.CONNECTION, account, NAME, seen_at=at))

        await self._store.write(work, lane=Lane.BULK)


async def forget_last_seen(tx: Tx, account: Id) -> None:
    """Forget when an account was last active."""
    known = await tx.reader(ReaderKind.CONNECTION, account, NAME)
    if known is not None:
        tx.drop_reader(known.id)
