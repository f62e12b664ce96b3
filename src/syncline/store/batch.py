"""A batch: the rows that one group of works writes, ready for a backend's `append`."""

from typing import TypeAlias

from syncline.core.entries import Entry, Fact
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

    Dictionaries hold the newest value per primary key (None: delete the row).
    """

    def __init__(self, base: Seq) -> None:
        """Begin after this head."""
        self.base = base
        self.changes: list[Change] = []
        self.counters: dict[str, int] = {}
        self.meta: dict[str, str] = {}
        self.zones: dict[ZoneId, Zone] = {}
        self.reads: set[ZoneId] = set()
        """zones that were read: stale if one's head moved beyond `base`"""
        self.entries: dict[Id, Entry] = {}
        self.forms: dict[Id, Entry] = {}
        """entries of earlier groups whose form (or, erased, body) is overwritten, whole"""
        self.facts: dict[FactKey, Fact] = {}
        self.closed: dict[FactKey, Fact] = {}
        """facts replaced, with their `until`"""
        self.rewritten: dict[FactKey, Fact] = {}
        """facts whose content is overwritten by an erase"""
        self.objects: dict[Id, Object | None] = {}
        self.shares: dict[tuple[Id, ZoneId], Object | None] = {}
        self.departures: list[Departure] = []
        self.versions: list[Version] = []
        self.erased_versions: list[Id] = []
        self.grants: dict[tuple[Id, ZoneId, Seq], Grant] = {}
        """new grants, and ended ones with their new `ended` and `last`"""
        self.subscriptions: dict[tuple[Id, ZoneId], Subscription] = {}
        self.keys: dict[tuple[Space, bytes], Bound | None] = {}
        self.terms: dict[tuple[Space, bytes, Id], bool] = {}
        self.queued: list[Queued] = []
        self.confirmed: dict[Id, Seq] = {}
        self.timers: dict[Id, Timer] = {}
        self.cancelled: dict[Id, Timer] = {}
        self.readers: dict[Id, Reader | None] = {}
        self.marks: dict[tuple[Id, ZoneId, int], Mark | None] = {}
        self.mark_exceptions: dict[tuple[Id, Id], MarkException | None] = {}
        self.blob_refs: dict[tuple[Hash, Id], bool] = {}

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return not any(value for name, value in vars(self).items() if name not in ("base", "reads") and value)

    @property
    def head(self) -> Seq:
        """The seq of its last change (provisional)."""
        return Seq(self.base + len(self.changes))

    def absorb(self, work: "Batch") -> None:
        """Take in the rows of a later work, which saw these."""
        self.reads |= work.reads
        for id, entry in work.forms.items():
            (self.entries if id in self.entries else self.forms)[id] = entry
        for key, fact in (*work.rewritten.items(), *work.closed.items()):
            if key in self.facts:
                self.facts[key] = fact
            elif key in work.closed:
                self.closed[key] = fact
        for name in _LISTS:
            if rows := getattr(work, name):
                getattr(self, name).extend(rows)
        for name in _BY_KEY:
            if rows := getattr(work, name):
                getattr(self, name).update(rows)
        for reader, upto in work.confirmed.items():
            self.confirmed[reader] = max(upto, self.confirmed.get(reader, upto))

    def blobs(self) -> set[Hash]:
        """The blobs that must be durable before this batch is."""
        return {hash for (hash, _), named in self.blob_refs.items() if named}


_LISTS = ("changes", "departures", "versions", "erased_versions", "queued")
_BY_KEY = (
    "counters",
    "meta",
    "zones",
    "entries",
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
)


class Stale(Exception):
    """Some zones that a batch read moved on since: run its works again on fresh ones."""
