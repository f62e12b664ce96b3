"""A delta as rows, and commits from memory as the same rows."""

from collections.abc import Iterable
from typing import TypeVar, cast

from syncline.core.deltas import Delta, ZoneDelta
from syncline.core.entries import Fact
from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.kinds import HIDDEN, Act, Kind
from syncline.protocols.changes import rows
from syncline.services.delivery import Delivery, Heard, Recent
from syncline.services.sync import Pace
from syncline.store.commit import Commit
from syncline.store.contract import View


class Untold(Exception):
    """A commit does not hold what it takes to tell it: the log has to be read."""


Kinds = frozenset[Kind] | None
T = TypeVar("T")

NEAR = 500
"""A delta over so few seqs reads its part of the log at once, rather than a row for each change."""


async def rows_of(view: View, account: Id, delta: Delta, kinds: Kinds) -> list[bytes]:
    """A delta as rows: what changed in the order of the log, then each zone that is shown whole."""
    teller = _Teller(view, account, kinds)
    if delta.until.seq - delta.after.seq <= NEAR:
        await teller.look_up(delta.after.seq, delta.until.seq)
    told: list[tuple[Seq, bytes]] = []
    for zone in delta.changed:
        told += await teller.of_zone(zone)
    if delta.own is not None:
        told += await teller.of_zone(delta.own)
    if teller.wants(Kind.SUBSCRIPTION):
        for one in delta.subscriptions:
            told.append((one.seq, rows.subscription_row(one, await teller.at(one.seq))))
    if teller.wants(Kind.PROFILE):
        for profile in delta.profiles:
            told.append((profile.seq, rows.object_row(profile, await teller.at(profile.seq))))
    if teller.wants(Kind.ZONE):
        for zone in delta.left:
            told.append((zone.entered, rows.left_row(zone, await teller.at(zone.entered))))
    told.sort(key=lambda one: one[0])
    found = [row for _, row in told]
    for zone in delta.entered:
        if zone.first and teller.wants(Kind.ZONE):
            subscription = await view.subscription(account, zone.zone.id)
            found.append(rows.entered_row(zone, subscription, await teller.at(zone.entered)))
        found += [row for _, row in sorted(await teller.of_zone(zone, whole=True), key=lambda one: one[0])]
    return found


class _Teller:
    def __init__(self, view: View, account: Id, kinds: Kinds) -> None:
        self.view = view
        self.account = account
        self.kinds = kinds
        self.pace = Pace()
        self.times: dict[Seq, int] = {}

    async def look_up(self, after: Seq, until: Seq) -> None:
        """Learn when all changes between two seqs were committed."""
        changes = await self.view.changes(after, until=until, limit=NEAR)
        self.times = {change.seq: change.at for change in changes}

    def wants(self, kind: Kind) -> bool:
        return self.kinds is None or kind in self.kinds

    async def at(self, seq: Seq) -> int:
        """When a change was committed (ms)."""
        known = self.times.get(seq)
        if known is not None:
            return known
        change = await self.view.change(seq)
        await self.pace.rest()
        return 0 if change is None else change.at

    async def of_zone(self, zone: ZoneDelta, *, whole: bool = False) -> list[tuple[Seq, bytes]]:
        targets = {entry.id: entry for entry in zone.targets}
        state: dict[Id, list[Fact]] = {}
        for fact in () if whole else zone.state:  # a zone shown whole says its state once, at its head
            state.setdefault(fact.entry, []).append(fact)
        told: list[tuple[Seq, bytes]] = []
        for entry in zone.entries if self.wants(Kind.ENTRY) else ():
            target = None if entry.target is None else targets.get(entry.target)
            row = rows.entry_row(entry, target, state.get(entry.id, []), await self.at(entry.seq))
            told.append((entry.seq, row))
        for object in zone.objects:
            if self.wants(object.kind):
                told.append((object.seq, rows.object_row(object, await self.at(object.seq))))
        for one in zone.departed:
            if self.wants(one.kind):
                elsewhere = one.object in zone.elsewhere
                row = rows.departure_row(one, elsewhere=elsewhere, at=await self.at(one.seq))
                told.append((one.seq, row))
        return told


def recent_rows(delivery: Delivery, account: Id, recent: Recent) -> list[bytes]:
    """Commits from memory as rows, joined by commas, each rendered once for all readers; raises Untold."""
    known = [heard.memo.get(KEY) for heard in recent]
    if set(map(type, known)) == PLAIN and b"" not in known:  # nearly always: 20 commits cost 3 µs
        return cast("list[bytes]", known)
    found = []
    for heard in recent:
        told = heard.once(KEY, _rendered)
        if isinstance(told, bytes):
            found.append(told)
        else:
            for zone, needs, rows in told:
                first = delivery.sees_from(account, zone)
                if needs is not None and (first is None or needs < first):
                    raise Untold
                found.append(rows)
    return [rows for rows in found if rows]


KEY = "changes"
PLAIN = {bytes}
Told = bytes | tuple[tuple[ZoneId, Seq | None, bytes], ...]
"""A commit's rows as everybody gets them, or by zone, with the seq of the oldest target amended there:
whoever does not see that target gets other rows."""


def _rendered(heard: Heard) -> Told:
    commit = heard.commit
    told = tuple((zone, _needs(commit, zone), _in_zone(commit, zone)) for zone in heard.zones)
    if all(needs is None for _, needs, _ in told):
        return b",".join(rows for _, _, rows in told if rows)
    return told


def _in_zone(commit: Commit, zone: ZoneId) -> bytes:
    """A commit's rows in one zone: rendered once, however different what its readers heard of it is."""
    return commit.once(("changes", zone), lambda: _joined(commit, zone))


def _needs(commit: Commit, zone: ZoneId) -> Seq | None:
    """The oldest target that is amended in a zone: whoever does not see it gets other rows."""
    oldest: Seq | None = None
    entries = commit.entries
    for change in commit.changes:
        if change.zone == zone and change.kind == Kind.ENTRY:
            entry = entries.get(change.object)
            if entry is None:
                raise Untold
            if entry.target is not None:
                target = entries.get(entry.target)
                if target is None:
                    raise Untold
                oldest = target.seq if oldest is None else min(oldest, target.seq)
    return oldest


def _joined(commit: Commit, zone: ZoneId) -> bytes:
    """A commit's rows in one zone, for all who see the whole of it."""
    state: dict[Id, list[Fact]] = {}
    for fact in commit.facts:
        if fact.until is None and fact.conv == zone:
            state.setdefault(fact.entry, []).append(fact)
    return b",".join(_commit_rows(commit, zone, state))


def _commit_rows(commit: Commit, zone: ZoneId, state: dict[Id, list[Fact]]) -> Iterable[bytes]:
    at = commit.at
    entries = commit.entries
    for change in commit.changes:
        kind = change.kind
        if change.zone != zone or kind in HIDDEN:
            continue
        if kind == Kind.ENTRY:
            entry = _held(entries.get(change.object))
            target = None if entry.target is None else entries.get(entry.target)
            yield rows.entry_row(entry, target, state.get(entry.id, []), at)
        elif kind == Kind.SUBSCRIPTION:
            key = (Id(zone), ZoneId(change.object))
            yield rows.subscription_row(_held(commit.subscriptions.get(key)), at)
        elif change.act == Act.DROP:
            yield rows.gone_row(change.seq, zone, kind, change.object, elsewhere=False, at=at)
        else:
            object = commit.objects.get(change.object)
            if object is None or object.zone != zone:
                object = commit.shares.get((change.object, zone))
            if object is None and _dropped_later(commit, zone, change.object):
                continue
            yield rows.object_row(_held(object), at)


def _dropped_later(commit: Commit, zone: ZoneId, object: Id) -> bool:
    return any(one.object == object and one.zone == zone for one in commit.departures)


def _held(thing: T | None) -> T:
    if thing is None:
        raise Untold
    return thing
