"""A batch: the rows that one group of works writes, ready for a backend's `append`."""

from collections.abc import Mapping

from syncline.core.entries import Entry, Fact
from syncline.core.ids import Hash, Id, Seq, ZoneId
from syncline.core.kinds import Space
from syncline.core.log import Change
from syncline.core.objects import Bound, Departure, Object, Subscription, Timer, Version
from syncline.core.readers import Mark, MarkException, Queued, Reader
from syncline.core.zones import Grant, Zone


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
        self.entries: list[Entry] = []
        self.forms: dict[Id, Entry] = {}
        """entries of earlier groups whose form (or, erased, body) is overwritten, whole"""
        self.facts: list[Fact] = []
        self.closed: list[Fact] = []
        """facts replaced, with their `until`"""
        self.objects: dict[Id, Object | None] = {}
        self.shares: dict[tuple[Id, ZoneId], Object | None] = {}
        self.departures: list[Departure] = []
        self.versions: list[Version] = []
        self.erased_versions: list[Id] = []
        self.grants: list[Grant] = []
        self.ended: list[Grant] = []
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
        return not any(value for value in vars(self).values() if isinstance(value, (list, dict)))

    @property
    def head(self) -> Seq:
        """The seq of its last change (provisional)."""
        return Seq(self.base + len(self.changes))

    def blobs(self) -> set[Hash]:
        """The blobs that must be durable before this batch is."""
        return {hash for (hash, _), named in self.blob_refs.items() if named}


Expected = Mapping[ZoneId, Seq]
"""The heads of the zones that the works of a batch read."""
