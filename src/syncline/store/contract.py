"""The contract of a store: what services may ask of it, whatever keeps the bytes.

Works and reads are coroutines, so that a store over a network fits; nothing here names SQLite. The kit in
`syncline.testing.store` proves that an implementation keeps this contract.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from enum import IntEnum
from typing import Generic, Protocol, TypeAlias, TypeVar

import msgspec

from syncline.core.entries import Entry, Fact, NewEntry, NewFact
from syncline.core.ids import NO_ID, START, Hash, Id, Nr, Seq, ZoneId
from syncline.core.kinds import Kind, ReaderKind, Rel, Space, Why, ZoneKind
from syncline.core.log import Change
from syncline.core.objects import Bound, Departure, Object, Subscription, Timer, Version
from syncline.core.readers import Mark, MarkException, Queued, Reader
from syncline.core.zones import Grant, Touch, Zone
from syncline.store.commit import Commit

T = TypeVar("T")

CHANGES_A_WORK = 1000
"""A work writes at most this many changes; larger acts are chains of works (they share the log fairly)."""


class Lane(IntEnum):
    """Which works go first when several wait."""

    LIVE = 0
    BULK = 1
    """imports: never delays a live work"""


class Written(msgspec.Struct, Generic[T], frozen=True):
    """What a write came to. `seq` is the last change of the work, or the head if it changed nothing."""

    value: T
    seq: Seq


class View(Protocol):
    """One moment of the store; committed works only."""

    head: Seq

    async def meta(self, name: str) -> str | None:
        """A named value of the whole store (`epoch`, `secret`, `jumps` …)."""

    async def counter(self, name: str) -> int:
        """The last value of a named counter, 0 before its first."""

    async def changes(
        self, after: Seq, *, until: Seq | None = None, kind: Kind | None = None, limit: int
    ) -> Sequence[Change]:
        """The log after a seq (up to and with `until`), in order."""

    async def change(self, seq: Seq) -> Change | None:
        """One row of the log."""

    async def zones(self, ids: Sequence[ZoneId]) -> Sequence[Zone]:
        """These zones, in the order asked; unknown ones are left out."""

    async def zone(self, id: ZoneId) -> Zone | None:
        """One zone."""

    async def changed_zones(
        self,
        account: Id,
        after: Seq,
        *,
        until: Seq | None = None,
        limit: int | None = None,
        newest: bool = False,
    ) -> Sequence[Zone]:
        """The zones with an alive grant of this account whose head is beyond `after`, the first by id.

        `newest`: those with the newest heads, these first.

        Found by the smaller of two scans: the log's tail, or the account's own grants. With `until`: those
        with a change up to and with it, found in that part of the log (to be kept short; a transaction
        finds what was committed before its group).
        """

    async def raised_zones(
        self, account: Id, after: Seq, *, until: Seq | None = None, limit: int | None = None
    ) -> Sequence[Zone]:
        """The zones with an alive grant of this account whose floor is beyond `after`, by floor and id.

        Up to and with `until`; a few more than `limit` where floors are equal, which are never torn apart.
        """

    async def touches(
        self, account: Id, after: Seq, *, until: Seq | None = None, limit: int | None = None
    ) -> Sequence[Touch]:
        """Where an account was given a zone or lost it after a seq, up to and with `until`, in order."""

    async def grants(
        self,
        account: Id,
        *,
        zone: ZoneId | None = None,
        after: Seq = START,
        limit: int | None = None,
    ) -> Sequence[Grant]:
        """An account's grants given after a seq, ended ones included, by `given`; the first of them."""

    async def holders(self, zone: ZoneId) -> Collection[Id]:
        """The accounts that see what is added to this zone now (alive, open grants)."""

    async def entries(
        self,
        conv: ZoneId,
        *,
        after: Seq = START,
        before: Seq | None = None,
        limit: int | None = None,
        newest: bool = False,
    ) -> Sequence[Entry]:
        """Entries with `after` < seq < `before`, in seq order; the `limit` oldest, or newest, of them."""

    async def entry(self, id: Id) -> Entry | None:
        """An entry by its id."""

    async def entries_by_id(self, ids: Sequence[Id]) -> Sequence[Entry]:
        """Entries by id, in the order asked; unknown ones are left out."""

    async def entry_by_nr(self, conv: ZoneId, nr: Nr) -> Entry | None:
        """An entry by the number that people count."""

    async def entry_by_alert(self, conv: ZoneId, alert_nr: int) -> Entry | None:
        """The n-th alerting entry (the first unread one is the next after the read position)."""

    async def related(
        self, target: Entry, rel: Rel | None = None, *, after: Seq = START, limit: int, newest: bool = False
    ) -> Sequence[Entry]:
        """The amendments of an entry, in seq order; the `limit` oldest, or newest, of them."""

    async def thread(self, conv: ZoneId, root: Id, *, after: Seq = START, limit: int) -> Sequence[Entry]:
        """The entries whose root is this one, in seq order."""

    async def state(
        self, conv: ZoneId, *, at: Seq | None = None, types: Collection[str] | None = None
    ) -> Sequence[Fact]:
        """All facts of a conversation as they are now, or as they were right after a seq; by since, part."""

    async def fact(self, conv: ZoneId, type: str, name: str) -> Fact | None:
        """One fact as it is now."""

    async def state_changes(self, conv: ZoneId, after: Seq, until: Seq) -> Sequence[Fact]:
        """The facts set after one seq, up to and with another, replaced ones included."""

    async def get(self, ids: Sequence[Id]) -> Sequence[Object]:
        """Objects by id, in the order asked; dropped and unknown ones are left out."""

    async def objects(
        self,
        zone: ZoneId,
        kinds: Collection[Kind],
        *,
        after: Seq = START,
        until: Seq | None = None,
        limit: int | None = None,
    ) -> Sequence[Object]:
        """A zone's objects by the seq of their newest version, shares included (seq, entered as there)."""

    async def departures(
        self,
        zone: ZoneId,
        kinds: Collection[Kind],
        *,
        after: Seq = START,
        until: Seq | None = None,
        limit: int | None = None,
    ) -> Sequence[Departure]:
        """What left a zone, in seq order."""

    async def places(self, object: Id) -> Sequence[ZoneId]:
        """The zones in which an object can be seen: its own first, then its shares."""

    async def place(self, object: Id, zone: ZoneId) -> Object | None:
        """An object as it stands in its second place (seq, entered as there)."""

    async def versions(
        self, *, object: Id | None = None, zone: ZoneId | None = None, nr: Nr | None = None
    ) -> Sequence[Version]:
        """Kept versions of an object, or of all that a site's work `nr` touched, in seq order."""

    async def subscription(self, account: Id, conv: ZoneId) -> Subscription | None:
        """An account's private side of a conversation."""

    async def subscriptions(
        self, account: Id, *, after: Seq = START, until: Seq | None = None, limit: int | None = None
    ) -> Sequence[Subscription]:
        """An account's subscriptions changed after a seq, in seq order."""

    async def key(self, space: Space, value: bytes) -> Bound | None:
        """What a unique key leads to; an expired key is not found."""

    async def look_up(self, wanted: Collection[tuple[Space, bytes]]) -> Sequence[Bound]:
        """What these keys lead to, in any order; those that lead nowhere are left out.

        A transaction remembers the answers: a work that needs many keys asks for them at once, and
        then for each by `key`, which costs nothing.
        """

    async def find(
        self,
        space: Space,
        value: bytes,
        *,
        after: Id = NO_ID,
        limit: int | None = None,
        descending: bool = False,
    ) -> Sequence[Id]:
        """The things indexed under a term, by id."""

    async def queue(self, reader: Id, *, after: Seq = START, limit: int) -> Sequence[Queued]:
        """What waits for a reader, in order."""

    async def due(self, until: int, *, limit: int) -> Sequence[Timer]:
        """Timers due at or before a time (ms), earliest first."""

    async def reader(self, kind: ReaderKind, account: Id | None, name: str) -> Reader | None:
        """A reader with a cursor kept by the server."""

    async def named_blobs(self, object: Id) -> Sequence[Hash]:
        """The blobs that an entry or object names."""

    async def marks(self, reader: Id) -> Sequence[Mark]:
        """A device's acknowledgement marks."""

    async def exceptions(self, reader: Id) -> Sequence[MarkException]:
        """The objects that differ from a device's marks."""


class Tx(View, Protocol):
    """A transaction: a view that sees its own and its group's earlier writes.

    Seqs of what was written here are provisional (right in their order, final only after the commit): they
    may stand in the seq fields of grants and facts, never inside a body.
    """

    now: int
    """milliseconds since 1970, fixed for the work"""

    def new_id(self) -> Id:
        """A fresh id."""

    async def number(self, zone: ZoneId) -> Nr:
        """Take the zone's next nr: for a site one per work, for a conversation `add` does it."""

    async def count(self, counter: str, step: int = 1) -> int:
        """Raise a named counter and return its new value; undone with the work."""

    def open_zone(self, kind: ZoneKind, *, owner: Id | None = None, id: ZoneId | None = None) -> ZoneId:
        """Make a zone; its id is fresh unless given (an account's zone has its person's id)."""

    async def add(self, entry: NewEntry, facts: Sequence[NewFact] = (), *, actor: Id | None = None) -> Entry:
        """Add an entry; the facts it sets replace those of the same type and name. `actor`: author."""

    async def form(self, target: Id, form: bytes) -> None:
        """Give an amendment's target its new current form; only in the work that adds the amendment."""

    async def put(self, object: Object, *, actor: Id | None = None, nr: Nr | None = None) -> Object:
        """Make an object or its next version (kept where its kind keeps versions); made, entered as known."""

    async def move(self, object: Id, to: ZoneId, *, actor: Id | None = None) -> None:
        """Move an object into another zone; a departure stays."""

    async def share(self, object: Id, zone: ZoneId, *, actor: Id | None = None) -> None:
        """Give an object a second place."""

    async def unshare(self, object: Id, zone: ZoneId, *, actor: Id | None = None) -> None:
        """End a second place; a departure stays."""

    async def drop(self, object: Id, *, actor: Id | None = None) -> None:
        """Delete an object everywhere; departures stay."""

    async def erase(self, thing: Id, *, actor: Id | None = None) -> None:
        """Overwrite every kept body of an entry (content, form, amendments) or object (all versions).

        Numbers and rows stay. Blobs named by nothing else are deleted after the commit.
        """

    async def grant(
        self,
        account: Id,
        zone: ZoneId,
        *,
        first: Seq | None,
        last: Seq | None = None,
        why: Why,
        actor: Id | None = None,
    ) -> None:
        """Let an account see a zone from a seq (None: from this grant on) to a seq (None: for good)."""

    async def end(
        self, account: Id, zone: ZoneId, *, last: Seq | None = None, actor: Id | None = None
    ) -> None:
        """End an account's alive grants of a zone; it may go on reading up to `last` (None: all so far)."""

    async def subscribe(self, subscription: Subscription, *, actor: Id | None = None) -> None:
        """Write an account's private side of a conversation."""

    async def merge(self, zone: ZoneId, into: ZoneId, *, actor: Id | None = None) -> None:
        """Leave a pointer from a zone to the one that took its entries."""

    async def raise_floor(self, zone: ZoneId, floor: Seq, *, actor: Id | None = None) -> None:
        """Forget what lies before a seq: readers below it get the zone as if newly entered."""

    async def bind(
        self,
        space: Space,
        value: bytes,
        to: Id,
        *,
        answer: bytes | None = None,
        expires: int | None = None,
        replace: bool = False,
    ) -> None:
        """Bind a unique key; raises Conflict if it leads somewhere already, unless `replace`."""

    async def unbind(self, space: Space, value: bytes) -> None:
        """Free a key."""

    def index(self, space: Space, value: bytes, of: Id) -> None:
        """List a thing under a term."""

    def unindex(self, space: Space, value: bytes, of: Id) -> None:
        """Take a thing off a term."""

    def enqueue(self, reader: Id, account: Id, body: bytes) -> Seq:
        """Queue something for a reader of an account; the account is woken."""

    def confirm(self, reader: Id, upto: Seq) -> None:
        """Delete what a reader has confirmed."""

    def at(self, due: int, act: bytes) -> Id:
        """Set a timer (ms)."""

    def cancel(self, timer: Timer) -> None:
        """Delete a timer: because it was run, or is not wanted any more."""

    def save_reader(
        self,
        reader: Reader,
        *,
        marks: Iterable[Mark] = (),
        exceptions: Iterable[MarkException] = (),
        settled: Iterable[Id] = (),
    ) -> None:
        """Keep a reader's cursor; `settled` are objects whose exception ends. Not in the log."""

    def drop_reader(self, reader: Id) -> None:
        """Forget a reader with its marks, exceptions and queue."""

    def forget_marks(self, reader: Id, zone: ZoneId) -> None:
        """Forget a device's marks for one zone."""

    def names(self, blob: Hash, object: Id) -> None:
        """Say that a thing names a blob: the commit waits until the blob would survive a power cut."""

    def unname(self, blob: Hash, object: Id) -> None:
        """Say that it does not any more."""

    def set_meta(self, name: str, value: str) -> None:
        """Write a named value of the whole store."""


Work: TypeAlias = Callable[[Tx], Awaitable[T]]
"""A function of its transaction alone: it awaits nothing but `tx`, has no side effect, may be run again."""


class Blobs(Protocol):
    """Bytes by their hash: attachments, raw mails, pictures."""

    async def put(self, data: bytes) -> Hash:
        """Keep bytes; durable once a commit that names them was answered."""

    async def get(self, hash: Hash) -> bytes:
        """The bytes; raises NotFound if they are not there, Damaged if they are not what they were."""

    async def size(self, hash: Hash) -> int | None:
        """How many bytes a blob has, None if it is not there."""


class Store(Protocol):
    """One log."""

    blobs: Blobs

    async def write(self, work: Work[T], *, lane: Lane = Lane.LIVE) -> Written[T]:
        """Run a work and commit it; returns after the flush, raises what the work raised."""

    def view(self) -> AbstractAsyncContextManager[View]:
        """One moment; committed works only."""

    @property
    def head(self) -> Seq:
        """The seq of the newest published change."""

    @property
    def epoch(self) -> str:
        """Changes when a backup is restored."""

    @property
    def secret(self) -> str:
        """Made with the store and never changed: what is derived from it stays the same for ever."""

    def watch(self, listener: Callable[[Commit], None]) -> Callable[[], None]:
        """Call back for each commit, in order, after its flush and before its author is answered.

        The listener must not block or raise. Returns the function that ends it.
        """

    def commits(self, after: Seq) -> AsyncIterator[Commit]:
        """Own and foreign commits after a seq, in order, without a hole."""

    async def scrub(self) -> None:
        """After an erase: leave no byte of overwritten content in any file."""

    async def close(self) -> None:
        """Finish what was accepted, then let go of all files."""
