"""What the writer's works read: the writing connection inside its transaction, with hot zones in memory."""

from collections.abc import Mapping, Sequence
from typing import Final

from syncline.core.ids import Seq, ZoneId
from syncline.core.zones import Zone
from syncline.store.sqlite.reading import SqliteView

HOT_ZONES: Final = 10_000
"""Zones kept in memory (about 300 bytes each). Only the writer changes zones, so they are always true."""


class WriterView(SqliteView):
    """A view that lives as long as the writing connection; its head moves with each append."""

    __slots__ = ("_zones",)

    def forget(self) -> None:
        """Drop what is remembered: somebody else wrote, or a commit's outcome is unknown."""
        self._zones: dict[ZoneId, Zone] = {}

    def moved(self, head: Seq, zones: Mapping[ZoneId, Zone]) -> None:
        """Take in what was just committed."""
        self.head = head
        known = self._zones
        known.update(zones)
        while len(known) > HOT_ZONES:
            known.pop(next(iter(known)))

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
