"""A batch: the rows that one group of works writes, ready for a backend's `append`."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import msgspec

from syncline.core.entries import ERASED, Entry, Fact
from syncline.core.ids import Hash, Id, Seq, ZoneId
from syncline.core.kinds import Space
from syncline.core.log import Change
from syncline.core.objects import Bound, Departure, Object, Subscription, Timer, Version
from syncline.core.readers import Mark, MarkException, Queued, Reader
from syncline.core.zones import Grant, Zone

FactKey: TypeAlias = tuple[ZoneId, str, str, Seq, int]
"""(conversation, type, name, since, part)"""


def fact_key(fact: Fact) -> FactKey:
    """The primary key of a fact."""
    return (fact.conv, fact.type, fact.name, fact.since, fact.part)


class Batch:
    """Rows by table. Every seq above `base` is provisional: a backend whose head moved on shifts them all.

    Dictionaries hold the newest value per primary key (None: delete the row). A table's rows appear when
    they are first asked for: a work touches four of the thirty, and a batch is made for each work.
    """

    base: Seq
    changes: list[Change]
    counters: dict[str, int]
    meta: dict[str, str]
    zones: dict[ZoneId, Zone]
    reads: set[ZoneId]
    """zones that were read: stale if one's head moved beyond `base`"""
    entries: dict[Id, Entry]
    forms: dict[Id, Entry]
    """entries of earlier groups whose form (or, erased, body) is overwritten, whole"""
    facts: dict[FactKey, Fact]
    closed: dict[FactKey, Fact]
    """facts replaced, with their `until`"""
    rewritten: dict[FactKey, Fact]
    """facts whose content is overwritten by an erase"""
    objects: dict[Id, Object | None]
    shares: dict[tuple[Id, ZoneId], Object | None]
    departures: list[Departure]
    versions: list[Version]
    erased_versions: list[Id]
    grants: dict[tuple[Id, ZoneId, Seq], Grant]
    """new grants, and ended ones with their new `ended` and `last`"""
    subscriptions: dict[tuple[Id, ZoneId], Subscription]
    keys: dict[tuple[Space, bytes], Bound | None]
    terms: dict[tuple[Space, bytes, Id], bool]
    queued: list[Queued]
    confirmed: dict[Id, Seq]
    timers: dict[Id, Timer]
    cancelled: dict[Id, Timer]
    readers: dict[Id, Reader | None]
    dropped_readers: list[Id]
    """readers forgotten with their marks and exceptions; one of them may be saved anew since"""
    marks: dict[tuple[Id, ZoneId, int], Mark | None]
    mark_exceptions: dict[tuple[Id, Id], MarkException | None]
    blob_refs: dict[tuple[Hash, Id], bool]

    def __init__(self, base: Seq) -> None:
        """Begin after this head."""
        self.base = base
        # what every work touches: made at once, because the detour over __getattr__ costs 0.5 µs each
        self.reads = set()
        self.changes = []
        self.zones = {}
        self.entries = {}
        self.counters = {}

    def __getattr__(self, name: str) -> Any:
        """A table that was not touched yet: empty from now on."""
        make = _TABLES.get(name)
        if make is None:
            raise AttributeError(name)
        rows = self.__dict__[name] = make()
        return rows

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return not any(rows for name, rows in self.__dict__.items() if name not in ("base", "reads"))

    @property
    def head(self) -> Seq:
        """The seq of its last change (provisional)."""
        return Seq(self.base + len(self.changes))

    def absorb(self, work: "Batch") -> None:
        """Take in the rows of a later work, which saw these."""
        touched = work.__dict__
        if len(touched) > _ALWAYS:
            for name, absorb in _ABSORB.items():
                if touched.get(name):
                    absorb(self, work)
            for name, rows in touched.items():
                if name in _BY_KEY and rows:
                    getattr(self, name).update(rows)
                elif name in _LISTS and rows:
                    getattr(self, name).extend(rows)
        self.reads |= work.reads
        self.changes += work.changes
        self.zones.update(work.zones)
        self.entries.update(work.entries)
        self.counters.update(work.counters)

    def forget_reader(self, reader: Id) -> None:
        """Forget the marks and exceptions that were to be written for a reader."""
        self.marks = {place: mark for place, mark in self.marks.items() if place[0] != reader}
        self.mark_exceptions = {
            place: one for place, one in self.mark_exceptions.items() if place[0] != reader
        }

    def blobs(self) -> set[Hash]:
        """The blobs that must be durable before this batch is."""
        refs = self.__dict__.get("blob_refs")
        return {hash for (hash, _), named in refs.items() if named} if refs else set()


def _absorb_forms(group: Batch, work: Batch) -> None:
    for id, entry in work.forms.items():
        (group.entries if id in group.entries else group.forms)[id] = entry


def _absorb_facts(group: Batch, work: Batch) -> None:
    for key, fact in (*work.rewritten.items(), *work.closed.items()):
        if key in group.facts:
            group.facts[key] = fact
        elif key in work.closed or key in group.closed:
            group.closed[key] = fact


def _absorb_erased(group: Batch, work: Batch) -> None:
    for index, version in enumerate(group.versions):
        if version.object in work.erased_versions:
            group.versions[index] = msgspec.structs.replace(version, body=ERASED)


def _absorb_dropped(group: Batch, work: Batch) -> None:
    for reader in work.dropped_readers:
        group.forget_reader(reader)


def _absorb_confirmed(group: Batch, work: Batch) -> None:
    for reader, upto in work.confirmed.items():
        group.confirmed[reader] = max(upto, group.confirmed.get(reader, upto))


_ABSORB: Final = {
    "forms": _absorb_forms,
    "rewritten": _absorb_facts,
    "closed": _absorb_facts,
    "erased_versions": _absorb_erased,
    "dropped_readers": _absorb_dropped,
    "confirmed": _absorb_confirmed,
}
"""What is not simply added or newest: done first, on the rows of before."""

_ALWAYS: Final = 6
"""How many attributes a batch has before a work touches any rarer table."""
_LISTS: Final = frozenset({"departures", "versions", "erased_versions", "queued", "dropped_readers"})
_BY_KEY: Final = frozenset(
    {
        "meta",
        "facts",
        "rewritten",
        "objects",
        "shares",
        "grants",
        "subscriptions",
        "keys",
        "terms",
        "timers",
        "cancelled",
        "readers",
        "marks",
        "mark_exceptions",
        "blob_refs",
    }
)
_TABLES: Final[dict[str, Callable[[], Any]]] = {
    **dict.fromkeys(_LISTS, list),
    **dict.fromkeys(_BY_KEY, dict),
    **dict.fromkeys(("forms", "closed", "confirmed"), dict),
}


class Unstorable(Exception):
    """A row of a batch is not what its table takes (a number too large, half a character); nothing stands."""


class Stale(Exception):
    """Some zones that a batch read moved on since: run its works again on fresh ones."""
