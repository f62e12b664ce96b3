"""A client as simple as can be: dictionaries, and one rule for each thing that a delta tells."""

from typing import Any

import msgspec

from syncline.core.deltas import Delta, Place, Snapshot, ZoneDelta
from syncline.core.entries import ERASED, Entry
from syncline.core.ids import START, Id, Seq, ZoneId
from syncline.core.kinds import Kind, Rel
from syncline.core.objects import Departure, Object


class Zone:
    """What a client holds of one zone."""

    def __init__(self) -> None:
        self.entries: dict[Id, Entry] = {}
        self.objects: dict[Id, Object] = {}
        self.state: dict[tuple[str, str], tuple[Seq, bytes]] = {}

    def copy(self) -> "Zone":
        """The same zone, to go on elsewhere from here."""
        other = Zone()
        other.entries, other.objects, other.state = dict(self.entries), dict(self.objects), dict(self.state)
        return other

    def take(self, delta: ZoneDelta) -> None:
        """Merge: newer wins, what departs goes, in the order of the log."""
        for entry in delta.entries:
            self.entries[entry.id] = entry
        for target in delta.targets:
            if target.id in self.entries:
                self.entries[target.id] = target
        for entry in delta.entries:
            if entry.rel == Rel.ERASE:
                self._forget(entry)
        both: list[Object | Departure] = [*delta.objects, *delta.departed]
        for one in sorted(both, key=lambda one: one.seq):
            if isinstance(one, Object):
                self.objects[one.id] = one
            else:
                self.objects.pop(one.object, None)
        for fact in delta.state:
            known = self.state.get((fact.type, fact.name), (START, b""))
            if fact.since >= known[0]:
                self.state[fact.type, fact.name] = (fact.since, fact.content)

    def _forget(self, erase: Entry) -> None:
        """Erasing reaches the earlier amendments of what was erased."""
        for id, entry in self.entries.items():
            if entry.target == erase.target is not None and entry.seq <= erase.seq:
                self.entries[id] = msgspec.structs.replace(entry, body=ERASED)


class Client:
    """What a client holds, and where it stands."""

    def __init__(self) -> None:
        self.place = Place(START)
        self.zones: dict[ZoneId, Zone] = {}
        self.own = Zone()
        self.subscriptions: dict[ZoneId, Any] = {}
        self.profiles: dict[Id, Object] = {}

    def copy(self) -> "Client":
        """The same client, to go on elsewhere from here."""
        other = Client()
        other.place = self.place
        other.zones = {id: zone.copy() for id, zone in self.zones.items()}
        other.own = self.own.copy()
        other.subscriptions = dict(self.subscriptions)
        other.profiles = dict(self.profiles)
        return other

    def apply(self, delta: Delta) -> None:
        """Take a delta in, and its place."""
        if delta.reset:
            self.__init__()  # type: ignore[misc]
        for zone in delta.changed:
            self.zones[zone.zone.id].take(zone)
        if delta.own is not None:
            self.own.take(delta.own)
        for subscription in delta.subscriptions:
            self.subscriptions[subscription.conv] = subscription
        for profile in delta.profiles:
            self.profiles[profile.id] = profile
        for zone in delta.left:
            self.zones.pop(zone.zone.id, None)
        for zone in delta.entered:
            if zone.first:
                self.zones[zone.zone.id] = Zone()
            self.zones[zone.zone.id].take(zone)
        self.place = delta.until

    def content(self) -> dict[str, Any]:
        """All that it would show."""
        people = {
            msgspec.json.decode(one.body)["person"]
            for one in self.own.objects.values()
            if one.kind == Kind.CONTACT
        }
        return {
            "zones": {
                id: {
                    "entries": dict(zone.entries),
                    "objects": zone.objects,
                    "state": zone.state,
                }
                for id, zone in self.zones.items()
            },
            "own": self.own.objects,
            "subscriptions": self.subscriptions,
            "profiles": {
                id: one
                for id, one in self.profiles.items()
                if msgspec.json.decode(one.body)["person"] in people
            },
        }


def from_snapshot(snapshot: Snapshot) -> Client:
    """A client that came to a snapshot without any delta."""
    client = Client()
    client.own.take(snapshot.own)
    client.subscriptions = {one.conv: one for one in snapshot.subscriptions}
    client.profiles = {one.id: one for one in snapshot.profiles}
    for zone in snapshot.zones:
        client.zones[zone.zone.id] = Zone()
        client.zones[zone.zone.id].take(zone)
    return client
