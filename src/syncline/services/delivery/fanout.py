"""The fan-out: each commit goes to those among the audiences who may see it.

It runs inside the store's publishing, before the author is answered, and makes no SQL: whoever asks "is
there anything new" afterwards is told by one comparison. Only the holders of a zone that was quiet for long
have to be read first; until they are, nobody is told that there is nothing new. A commit with thousands of
hearers is told in slices (see `slices`).
"""

import asyncio
import logging
from collections.abc import Collection, Coroutine, Iterable, Iterator
from itertools import islice
from typing import Final, TypeAlias

from syncline.core.ids import DIRECTORY, Id, ZoneId
from syncline.core.kinds import Act, Kind, Space
from syncline.services.delivery.audiences import LOG, Audience, Audiences, Heard
from syncline.services.delivery.hearings import Hearings, Of, heard_late, tell_late
from syncline.services.delivery.holders import Holders
from syncline.services.delivery.news import News, news_of
from syncline.services.delivery.parking import Wake
from syncline.services.delivery.slices import Slices, in_steps
from syncline.services.people import contact_key, read_profile
from syncline.services.sync.pace import Pace
from syncline.store.commit import Commit
from syncline.store.contract import Store

log = logging.getLogger("syncline.delivery")


AT_ONCE: Final = 100
"""Audiences woken in one turn of the loop, each of which then takes 50 µs or so to answer."""


Shared: TypeAlias = tuple[ZoneId, News, Collection[Id]]


class Fanout:
    """Listens to a store and tells the audiences."""

    def __init__(self, store: Store, audiences: Audiences, holders: Holders) -> None:
        """Begin to listen."""
        self._store = store
        self._audiences = audiences
        self._holders = holders
        self._loading: dict[ZoneId, list[tuple[Commit, News]]] = {}
        self._meanwhile: list[Commit] = []
        """commits with grants since the oldest of those loads began"""
        self._tasks: set[asyncio.Task[None]] = set()
        self.head = store.head
        """the newest commit of which telling has begun"""
        self._slices = Slices(self._publish, lambda _, error: self._doubt_all(error))
        self._end = store.watch(self._slices.add)

    def settled(self, audience: Id) -> bool:
        """Whether an audience was told of all commits so far that concern it."""
        return not self._loading and self._slices.settled(audience)

    def close(self) -> None:
        """Stop listening."""
        self._end()
        self._slices.close()
        for task in self._tasks:
            task.cancel()

    def _publish(self, commit: Commit) -> Iterator[None]:
        """Tell a commit; yields between steps of many audiences."""
        self.head = commit.seq
        self._holders.follow(commit)
        if self._loading and any(change.kind == Kind.GRANT for change in commit.changes):
            self._meanwhile.append(commit)
        audiences = self._audiences
        if not len(audiences):
            return
        everything = audiences.get(LOG)
        if everything is not None:
            everything.newest = commit.seq
            everything.hear(Heard(commit.seq, commit, ()))
            everything.wake(Wake.COMMIT)
        # a zone with a raised floor is told anew to whoever has it, closed ranges included, which no
        # holder's list names
        doubtful = any(change.act == Act.FLOOR for change in commit.changes)
        own: dict[Id, Of] = {}
        shared: list[Shared] = []
        for zone, news in news_of(commit).items():
            if zone == DIRECTORY:
                # whoever reads next looks; who waits is woken if it knows one of the persons
                doubtful = True
                self._profiles(commit)
                continue
            if audiences.get(zone) is not None:
                own.setdefault(zone, []).append((zone, news))
            if not news.private:
                holders = self._holders.get(zone)
                if holders is None:
                    self._load(zone, commit, news)
                else:
                    shared.append((zone, news, holders))
        if doubtful:
            for number, some in in_steps(audiences.all()):
                if number:
                    yield
                for audience in some:
                    audience.doubt(commit.seq)
        yield from self._tell(commit, own, shared)

    def _tell(self, commit: Commit, own: dict[Id, Of], shared: list[Shared]) -> Iterator[None]:
        get = self._audiences.get
        heard = Hearings(commit)
        waiting: list[Audience] = []
        for id, of_zones in own.items():
            told = of_zones + [(zone, news) for zone, news, holders in shared if id in holders]
            audience = get(id)
            if audience is not None:
                heard.tell(audience, told)
                waiting.append(audience)
        self._slices.concerned = tuple(holders for _, _, holders in shared)
        for place, (zone, news, holders) in enumerate(shared):
            earlier = [of_zone for _, _, of_zone in shared[:place]]
            later = shared[place + 1 :]
            first = [(zone, news)]
            # nearly all commits: one zone, of which all hear the same
            same = heard.of(first) if news.plain and news.last and not later else None
            for number, some in in_steps(self._audiences.ids(holders)):
                if number or place:
                    yield
                for id in some:
                    audience = get(id)
                    if audience is None or id in own or (earlier and any(id in ids for ids in earlier)):
                        continue
                    if same is None:
                        heard.tell(audience, first + [(other, of) for other, of, ids in later if id in ids])
                    else:
                        audience.newest = max(audience.newest, same.last)
                        audience.hear(same)
                    if audience.parked is not None:
                        waiting.append(audience)
        self.wake(waiting, Wake.COMMIT)

    def wake(self, hearers: Iterable[Audience], why: Wake) -> None:
        """Wake those who wait; of many a part at a time, so that the loop is not held."""
        self._wake_some(iter([audience for audience in hearers if audience.parked is not None]), why)

    def _wake_some(self, waiting: Iterator[Audience], why: Wake) -> None:
        woken = 0
        for audience in islice(waiting, AT_ONCE):
            audience.wake(why)
            woken += 1
        if woken == AT_ONCE:
            asyncio.get_running_loop().call_soon(self._wake_some, waiting, why)

    def _load(self, zone: ZoneId, commit: Commit, news: News) -> None:
        """Read who holds a zone, then tell its commits."""
        waiting = self._loading.get(zone)
        if waiting is not None:
            waiting.append((commit, news))
            return
        self._loading[zone] = [(commit, news)]
        self._start(self._loaded(zone))

    async def _loaded(self, zone: ZoneId) -> None:
        waiting = self._loading[zone]
        try:
            async with self._store.view() as view:
                self._holders.remember(zone, await view.holders(zone), view.head)
                as_of = view.head
            for commit in self._meanwhile:
                if commit.seq > as_of:
                    self._holders.follow(commit)
            # a grant that nobody was told of yet may have made a holder who must not see these commits
            sure = as_of <= self.head
            holders = self._audiences.ids(self._holders.get(zone) or ())
            told = 0
            while told < len(waiting):  # more may come while these are told
                late, told = heard_late(zone, waiting[told:]), len(waiting)
                for number, some in in_steps(holders):
                    if number:
                        await asyncio.sleep(0)
                    for audience in self._audiences.among(some):
                        tell_late(audience, late, sure=sure)
                self.wake(self._audiences.among(holders), Wake.COMMIT)
        finally:
            del self._loading[zone]
            if not self._loading:
                self._meanwhile.clear()

    def _profiles(self, commit: Commit) -> None:
        """Wake those who know a person whose profile changed."""
        persons = []
        for change in commit.changes:
            if change.kind == Kind.PROFILE:
                profile = commit.objects.get(change.object)
                if profile is None:
                    self.wake(self._audiences.all(), Wake.COMMIT)
                    return
                persons.append(read_profile(profile).person)
        if self._audiences.waiting:
            self._start(self._met(persons))

    async def _met(self, persons: list[Id]) -> None:
        pace = Pace()
        async with self._store.view() as view:
            for account in [*self._audiences.waiting]:
                for person in persons:
                    if await view.key(Space.CONTACT, contact_key(account, person)) is not None:
                        audience = self._audiences.get(account)
                        if audience is not None:
                            audience.wake(Wake.COMMIT)
                await pace.rest()

    def _start(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._doubt_all(error)

    def _doubt_all(self, error: BaseException) -> None:
        """Whoever waits reads for itself: late is better than never."""
        log.error("Delivery could not find out who is concerned.", exc_info=error)
        for audience in self._audiences.all():
            audience.doubt(self.head)
        self.wake(self._audiences.all(), Wake.COMMIT)
