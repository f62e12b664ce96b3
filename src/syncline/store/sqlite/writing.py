"""What the writer's works read: the writing connection inside its transaction, with what is hot in memory.

Only the writer changes these things, so what it remembers is always true; a rule that a send checks (its
sender's membership, the levels, the beginning) costs no statement while a conversation is busy.
"""

from collections.abc import Sequence
from typing import Final, TypeVar

from syncline.core.entries import Fact
from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.objects import Subscription
from syncline.core.zones import Zone
from syncline.store.batch import Batch
from syncline.store.sqlite.reading import SqliteView

HOT: Final = 10_000
"""Zones, facts and subscriptions kept in memory, each (about 300 bytes apiece)."""

K = TypeVar("K")
V = TypeVar("V")


class WriterView(SqliteView):
    """A view that lives as long as the writing connection; its head moves with each append."""

    __slots__ = ("_facts", "_subscriptions", "_zones")

    def forget(self) -> None:
        """Drop what is remembered: somebody else wrote, or a commit's outcome is unknown."""
        self._zones: dict[ZoneId, Zone] = {}
        self._facts: dict[tuple[ZoneId, str, str], Fact | None] = {}
        self._subscriptions: dict[tuple[Id, ZoneId], Subscription | None] = {}

    def moved(self, head: Seq, batch: Batch) -> None:
        """Take in what was just committed."""
        self.head = head
        self._zones.update(batch.zones)
        rows = batch.__dict__.get  # tables that no work touched are not made by asking
        self._subscriptions.update(rows("subscriptions") or ())
        for table in ("facts", "closed", "rewritten"):
            for conv, type, name, _, _ in rows(table) or ():
                self._facts.pop((conv, type, name), None)
        _trim(self._zones)
        _trim(self._facts)
        _trim(self._subscriptions)

    async def zone(self, id: ZoneId) -> Zone | None:
        """One zone."""
        found = self._zones.get(id)
        if found is None:
            found = await super().zone(id)
            if found is not None:
                self._zones[id] = found
        return found

    async def zones(self, ids: Sequence[ZoneId]) -> Sequence[Zone]:
        """These zones, in the order asked; unknown ones are left out."""
        return [zone for id in ids if (zone := await self.zone(id)) is not None]

    async def fact(self, conv: ZoneId, type: str, name: str) -> Fact | None:
        """One fact as it is now."""
        place = (conv, type, name)
        if place in self._facts:
            return self._facts[place]
        found = self._facts[place] = await super().fact(conv, type, name)
        return found

    async def subscription(self, account: Id, conv: ZoneId) -> Subscription | None:
        """An account's private side of a conversation."""
        place = (account, conv)
        if place in self._subscriptions:
            return self._subscriptions[place]
        found = self._subscriptions[place] = await super().subscription(account, conv)
        return found


def _trim(known: dict[K, V]) -> None:
    while len(known) > HOT:
        known.pop(next(iter(known)))
