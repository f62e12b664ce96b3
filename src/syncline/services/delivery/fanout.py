"""The fan-out: each commit goes to those among the audiences who may see it.

It runs inside the store's publishing, before the author is answered, and makes no SQL: whoever asks "is
there anything new" afterwards is told by one comparison. Only the holders of a zone that was quiet for long
have to be read first; until they are, nobody is told that there is nothing new.
"""

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from typing import Final

from syncline.core.ids import DIRECTORY, Id, ZoneId
from syncline.core.kinds import Act, Kind, Space
from syncline.services.delivery.audiences import LOG, Audience, Audiences, Heard
from syncline.services.delivery.holders import Holders
from syncline.services.delivery.news import News, news_of
from syncline.services.delivery.parking import Wake
from syncline.services.people import contact_key, read_profile
from syncline.services.sync.pace import Pace
from syncline.store.commit import Commit
from syncline.store.contract import Store

log = logging.getLogger("syncline.delivery")


AT_ONCE: Final = 500
"""Audiences woken in one turn of the loop."""


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
        self._end = store.watch(self.publish)

    @property
    def settled(self) -> bool:
        """Whether everybody concerned by all commits so far was told."""
        return not self._loading

    def close(self) -> None:
        """Stop listening."""
        self._end()
        for task in self._tasks:
            task.cancel()

    def publish(self, commit: Commit) -> None:
        """Tell a commit."""
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
        if any(change.act == Act.FLOOR for change in commit.changes):
            # a zone is told anew to whoever has it, closed ranges included, which no holder's list names
            for audience in audiences.all():
                audience.doubt(commit.seq)
        own: dict[Audience, list[tuple[ZoneId, News]]] = {}
        shared: list[tuple[ZoneId, News, list[Audience]]] = []
        for zone, news in news_of(commit).items():
            if zone == DIRECTORY:
                self._profiles(commit, news)
                continue
            owner = audiences.get(zone)
            if owner is not None:
                own.setdefault(owner, []).append((zone, news))
            if not news.private:
                holders = self._holders.get(zone)
                if holders is None:
                    self._load(zone, commit, news)
                else:
                    shared.append((zone, news, audiences.among(holders)))
        if len(shared) == 1 and shared[0][1].plain:
            # nearly all commits: one zone, and the author's own side of it
            zone, news, hearers = shared[0]
            if own:
                for audience in hearers:
                    if audience in own:
                        own[audience].append((zone, news))
                hearers = [audience for audience in hearers if audience not in own]
            self._tell_plain(Heard(news.last, commit, (zone,)), hearers)
        else:
            for zone, news, hearers in shared:
                for audience in hearers:
                    own.setdefault(audience, []).append((zone, news))
        if own:
            self._tell(commit, own)

    def _tell_plain(self, heard: Heard, hearers: list[Audience]) -> None:
        last = heard.last
        for audience in hearers:
            if last > audience.newest:
                audience.newest = last
            audience.hear(heard)
        self._wake(hearers)

    def _wake(self, hearers: list[Audience]) -> None:
        """Wake those who wait; of many a part at a time, so that the loop is not held (about 1 µs each)."""
        waiting = [audience for audience in hearers if audience.parked is not None]
        for audience in waiting[:AT_ONCE]:
            audience.wake(Wake.COMMIT)
        if len(waiting) > AT_ONCE:
            asyncio.get_running_loop().call_soon(self._wake, waiting[AT_ONCE:])

    def _tell(self, commit: Commit, told: dict[Audience, list[tuple[ZoneId, News]]]) -> None:
        for audience, of_zones in told.items():
            last = max(news.last for _, news in of_zones)
            if last > audience.newest:
                audience.newest = last
            if all(news.plain for _, news in of_zones):
                zones = tuple(zone for zone, news in of_zones if news.last)
                if zones:
                    audience.hear(Heard(last, commit, zones))
            else:
                audience.break_off(last)
                audience.regranted(commit)
        self._wake([*told])

    def _load(self, zone: ZoneId, commit: Commit, news: News) -> None:
        """Read who holds a zone, then tell its commits."""
        waiting = self._loading.get(zone)
        if waiting is not None:
            waiting.append((commit, news))
            return
        self._loading[zone] = [(commit, news)]
        self._start(self._loaded(zone))

    async def _loaded(self, zone: ZoneId) -> None:
        holders: Iterable[Id] = ()
        try:
            async with self._store.view() as view:
                holders = self._holders.remember(zone, await view.holders(zone), view.head)
                as_of = view.head
            for commit in self._meanwhile:
                if commit.seq > as_of:
                    self._holders.follow(commit)
            holders = self._holders.get(zone) or ()
        finally:
            waiting = self._loading.pop(zone)
            if not self._loading:
                self._meanwhile.clear()
            for audience in self._audiences.among(set(holders)):
                for commit, news in waiting:
                    audience.newest = max(audience.newest, news.last)
                    if news.plain and audience.in_turn(news.last):
                        audience.hear(Heard(news.last, commit, (zone,)))
                    else:
                        audience.break_off(news.last)
                audience.wake(Wake.COMMIT)

    def _profiles(self, commit: Commit, news: News) -> None:
        """Profiles changed: whoever reads next looks; who waits is woken if it knows one of the persons."""
        for audience in self._audiences.all():
            audience.doubt(news.last)
        persons = []
        for change in commit.changes:
            if change.kind == Kind.PROFILE:
                profile = commit.objects.get(change.object)
                if profile is None:
                    for audience in self._audiences.all():
                        audience.wake(Wake.COMMIT)
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
        if not task.cancelled() and task.exception() is not None:
            # whoever waits reads for itself: late is better than never
            log.error("Delivery could not find out who is concerned.", exc_info=task.exception())
            for audience in self._audiences.all():
                audience.doubt(self.head)
                audience.wake(Wake.COMMIT)
