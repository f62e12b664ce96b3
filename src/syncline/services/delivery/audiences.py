"""Audiences: what is known in memory of those who wait or lately read here.

An audience is an account, a site, or the whole log. Ids never clash, so one dictionary holds them all.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Iterable
from typing import Final, TypeAlias, TypeVar, cast

from syncline.core.deltas import Delta
from syncline.core.ids import NO_ID, Id, Seq, ZoneId
from syncline.core.zones import ranges
from syncline.services.delivery.parking import Parked, Wake
from syncline.store.commit import Commit

T = TypeVar("T")

LOG: Final = NO_ID
"""The audience that hears of every commit."""

TAIL: Final = 128
"""Commits remembered for each audience: 1 KB where all are used. They are shared, and live as long as the
store's own recent ones at most (see AGE)."""

AGE: Final = 4096
"""A commit further behind the newest than this many seqs is forgotten, however quiet its audience is."""

SEEN: Final = 256
"""Zones for which an audience remembers what it sees."""

IDLE: Final = 20_000
"""Audiences without a waiting request that are remembered: about 1 KB each."""


class Heard:
    """A commit as audiences heard of it: the last seq that they may see, and in which zones.

    One is shared by all who heard the same, so what a protocol makes of it is kept here for them all.
    """

    __slots__ = ("commit", "last", "memo", "size", "zones")

    def __init__(self, last: Seq, commit: Commit, zones: tuple[ZoneId, ...]) -> None:
        """`size` is how many changes it has at most."""
        self.last = last
        self.commit = commit
        self.zones = zones
        self.size = len(commit.changes)
        self.memo: dict[str, object] = {}

    def once(self, key: str, make: Callable[["Heard"], T]) -> T:
        """What was made under this key, by one function, for the first reader that asked."""
        known = self.memo.get(key)
        if known is None:
            known = self.memo[key] = make(self)
        return cast("T", known)


Recent: TypeAlias = list[Heard]


class Audience:
    """One account, site, or the whole log.

    `newest` is the newest seq that it may see, as far as is known; `unsure` the seq up to which there may be
    something that this memory does not know of (what was there before it, profiles of persons it may know).
    """

    __slots__ = ("_granted", "_tail", "complete_from", "id", "newest", "parked", "sees", "unsure")

    def __init__(self, id: Id, head: Seq) -> None:
        """Nothing is known of what lies at or before this head."""
        self.id = id
        self.newest = Seq(0)
        self.unsure = head
        self.complete_from = head
        self._granted = head
        self._tail: deque[Heard] | None = None
        self.parked: dict[object, Parked] | None = None
        self.sees: dict[ZoneId, Seq] | None = None
        """zone → the first seq of the range that is open now, as the last delta told"""

    def hear(self, heard: Heard) -> None:
        """Remember a commit that can be told from memory."""
        tail = self._tail
        if tail is None:
            tail = self._tail = deque()
        elif tail:
            if len(tail) == TAIL:
                self._drop_oldest(tail)
            oldest = heard.last - AGE
            while tail and tail[0].last < oldest:
                self._drop_oldest(tail)
        tail.append(heard)

    def in_turn(self, last: Seq) -> bool:
        """Whether a commit that is told late can still be remembered: nothing newer was told before it.

        A grant tells its account at once and breaks off there, so whoever was granted the zone after the
        commit is never in turn.
        """
        return last > self.complete_from and not (self._tail and self._tail[-1].last >= last)

    def _drop_oldest(self, tail: deque[Heard]) -> None:
        self.complete_from = tail.popleft().last

    def break_off(self, last: Seq) -> None:
        """What it may see of a commit, up to this seq, cannot be told from memory: the log has it."""
        self.complete_from = max(self.complete_from, last)
        tail = self._tail
        while tail and tail[0].last <= last:
            tail.popleft()

    def doubt(self, seq: Seq) -> None:
        """There may be something up to this seq that it sees: the next reader before it reads the log."""
        self.unsure = max(self.unsure, seq)
        self.break_off(seq)

    def regranted(self, commit: Commit) -> None:
        """Its grants may have changed: what it sees is to be learned again."""
        self._granted = commit.seq
        self.sees = None

    def learn(self, found: Delta) -> None:
        """Remember from where on it sees its zones, unless its grants changed since the delta was read."""
        if found.head < self._granted:
            return
        for zone in (*found.changed, *found.entered):
            spans = ranges(zone.grants)
            if spans and spans[-1][1] is None:
                if self.sees is None or len(self.sees) >= SEEN:
                    self.sees = {}
                self.sees[zone.zone.id] = spans[-1][0]

    def caught_up(self, after: Seq, head: Seq) -> None:
        """A view with this head showed nothing after a seq."""
        if self.newest <= head:
            self.newest = after
        if self.unsure <= head:
            self.unsure = Seq(0)
        if self.complete_from <= head:
            self.complete_from = min(self.complete_from, after)

    def since(self, after: Seq) -> Recent | None:
        """What was heard after a seq; None if memory does not reach back so far."""
        if after < self.complete_from or after < self.unsure:
            return None
        found: Recent = []
        for heard in reversed(self._tail or ()):
            if heard.last <= after:
                break
            found.append(heard)
        found.reverse()
        return found

    def wake(self, why: Wake) -> None:
        """Let all its waiting requests go on."""
        if self.parked:
            for parked in self.parked.values():
                parked.wake(why)


class Audiences:
    """The audiences that are remembered; the ones idle for longest are forgotten first."""

    def __init__(self, idle: int = IDLE) -> None:
        """Remember nobody yet."""
        self._idle_limit = idle
        self._all: dict[Id, Audience] = {}
        self._idle: OrderedDict[Id, None] = OrderedDict()
        self.waiting: set[Id] = set()
        self.parked = 0

    def __len__(self) -> int:
        return len(self._all)

    def get(self, id: Id) -> Audience | None:
        """An audience that is remembered."""
        return self._all.get(id)

    def touch(self, id: Id, head: Seq) -> Audience:
        """An audience that reads now."""
        found = self._all.get(id)
        if found is None:
            found = self._all[id] = Audience(id, head)
            self._idle[id] = None
            if len(self._idle) > self._idle_limit:
                old, _ = self._idle.popitem(last=False)
                del self._all[old]
        elif id in self._idle:
            self._idle.move_to_end(id)
        return found

    def among(self, ids: Iterable[Id]) -> list[Audience]:
        """Those of these ids that are remembered."""
        known = self._all
        return [known[id] for id in ids if id in known]

    def ids(self, of: Collection[Id]) -> list[Id]:
        """Those of these ids that may be remembered: the smaller of the two sides."""
        known = self._all
        return [id for id in known if id in of] if len(of) > len(known) else [*of]

    def all(self) -> list[Audience]:
        """All that are remembered."""
        return list(self._all.values())

    def park(self, id: Id, session: object, head: Seq) -> Parked:
        """Register a waiting request; an older one of the same session is released."""
        audience = self.touch(id, head)
        if audience.parked is None:
            audience.parked = {}
            self._idle.pop(id, None)
            self.waiting.add(id)
        older = audience.parked.pop(session, None)
        if older is not None:
            self.parked -= 1
            older.wake(Wake.SUPERSEDED)
        parked = audience.parked[session] = Parked(id, session, self._end)
        self.parked += 1
        return parked

    def _end(self, parked: Parked) -> None:
        audience = self._all.get(parked.audience)
        if audience is None or audience.parked is None:
            return
        if audience.parked.get(parked.session) is parked:
            del audience.parked[parked.session]
            self.parked -= 1
            if not audience.parked:
                audience.parked = None
                self.waiting.discard(audience.id)
                self._idle[audience.id] = None
