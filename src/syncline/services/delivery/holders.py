"""Who holds an open grant of a zone: in memory for hot zones, kept true by the commits themselves."""

from collections import OrderedDict
from collections.abc import Collection
from typing import Final

from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.kinds import Act, Kind
from syncline.store.commit import Commit

MEMBERS: Final = 1_000_000
"""Holders remembered over all zones: about 60 MB when full, the zones quiet for longest go first."""


class Holders:
    """Zone → the accounts that see what is added to it now."""

    def __init__(self, limit: int = MEMBERS) -> None:
        """Remember nothing yet."""
        self._limit = limit
        self._count = 0
        self._zones: OrderedDict[ZoneId, set[Id]] = OrderedDict()
        self._as_of: dict[ZoneId, Seq] = {}

    def get(self, zone: ZoneId) -> set[Id] | None:
        """The holders of a zone; None if they are not remembered."""
        found = self._zones.get(zone)
        if found is not None:
            self._zones.move_to_end(zone)
        return found

    def remember(self, zone: ZoneId, holders: Collection[Id], as_of: Seq) -> set[Id]:
        """Keep what a view with this head said."""
        self.forget(zone)
        found = self._zones[zone] = set(holders)
        self._as_of[zone] = as_of
        self._count += len(found) + 1
        while self._count > self._limit and len(self._zones) > 1:
            self.forget(next(iter(self._zones)))
        return found

    def forget(self, zone: ZoneId) -> None:
        """Let a zone be read again when it is needed."""
        found = self._zones.pop(zone, None)
        if found is not None:
            self._count -= len(found) + 1
            del self._as_of[zone]

    def follow(self, commit: Commit) -> None:
        """Take a commit's grants in. One without its rows makes the zones concerned be read again."""
        changes = [change for change in commit.changes if change.kind == Kind.GRANT]
        if not changes:
            return
        grants = {grant.given: grant for grant in commit.grants}
        for change in changes:
            zone, account = ZoneId(change.object), Id(change.zone)
            holders = self._zones.get(zone)
            if holders is None or change.seq <= self._as_of[zone]:
                continue
            if change.act == Act.END:
                self._count -= account in holders
                holders.discard(account)
                continue
            given = grants.get(change.seq)
            if given is None:
                self.forget(zone)
            elif given.last is None:
                self._count += account not in holders
                holders.add(account)
