"""One answer of a poll, found in the cheapest way there is: nothing to say, from memory, or from the log."""

import contextlib
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from syncline.core.deltas import Delta, Place
from syncline.core.errors import NotFound
from syncline.core.ids import Id, Seq, ZoneId
from syncline.protocols.fleep.encoding import encoded
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.polling.activities import Activities
from syncline.protocols.fleep.polling.first import FirstSync
from syncline.protocols.fleep.polling.horizons import RESYNC, First, read_first, write_first
from syncline.protocols.fleep.polling.memory import Memory, Unknown, Untold
from syncline.protocols.fleep.polling.silences import Silences
from syncline.protocols.fleep.polling.telling import Telling
from syncline.protocols.fleep.records.activity import activity
from syncline.protocols.fleep.streams import Stream
from syncline.services.accounts import Auth
from syncline.services.sync import delta

PAGE: Final = 100
"""Changes told at once."""

HEAVY: Final = 1 << 20
"""Bytes of entries from which on a page is made again, of FEW changes: as records they may be ten times as
many, and a hundred messages of 300,000 characters would take 300 MB for each who asks."""

FEW: Final = 4


class Page(NamedTuple):
    """An answer in the making. `more`: asking again at once gives more."""

    records: list[bytes]
    horizon: int
    more: bool = False
    progress: float | None = None
    cursor: str | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to say."""
        return not self.records and self.progress is None


class Asked(NamedTuple):
    """Who asks, and how his records are to be."""

    auth: Auth
    base: str
    edits: bool
    skip_hidden: bool = False
    skip_rest: bool = False


class Pages:
    """Makes pages of the event log for one server."""

    def __init__(self, fleep: Fleep, activities: Activities) -> None:
        """Work on these services."""
        self._fleep = fleep
        self._store = fleep.store
        self._delivery = fleep.needs.delivery
        self._memory = Memory(fleep)
        self._silences = Silences()
        self._first = FirstSync(fleep)
        self._activities = activities

    def quiet(self, auth: Auth, horizon: int) -> bool:
        """Whether there is certainly nothing after a live horizon: most polls end here, without SQL."""
        place = Place(self._silences.past(self._reader(auth), Seq(horizon)))
        return (
            horizon > 0
            and self._delivery.quiet(auth.account, place)
            and not self._activities.waits(auth.account, auth.session)
        )

    def _reader(self, auth: Auth) -> Id:
        """A session that looks at conversations is told more than others of its account."""
        return auth.session if self._activities.active(auth.session) else auth.account

    async def page(self, asked: Asked, horizon: int) -> Page:
        """What an account learns after a horizon. From 0 on down: the first sync's next batch."""
        if horizon <= 0:
            return await self._begin(asked, horizon)
        page = await self._live(asked, Seq(horizon))
        account, session = asked.auth.account, asked.auth.session
        if page.more or not self._activities.waits(account, session):
            return page
        return page._replace(records=[*page.records, *await self._signals(account, session)])

    async def _live(self, asked: Asked, horizon: Seq) -> Page:
        """What happened after a live horizon."""
        account, reader = asked.auth.account, self._reader(asked.auth)
        place = Place(self._silences.past(reader, horizon))
        if self._delivery.quiet(account, place):
            return Page([], horizon)
        active = self._activities.active(asked.auth.session)
        if not active:
            try:
                known = self._from_memory(asked, horizon, place)
            except Unknown as unknown:
                await self._learn(account, unknown.convs)
                known = self._from_memory(asked, horizon, place, learned=True)
            if known is not None:
                return known
        async with self._store.view() as view:
            jumps = await self._delivery.jumps(view)
            found = await delta(view, account, place, limit=PAGE, contents=False, jumps=jumps)
            if _weight(found) > HEAVY:
                found = await delta(view, account, place, limit=FEW, contents=False, jumps=jumps)
            if found.reset:
                return Page([], RESYNC, more=True)
            stream = Stream(self._fleep, view, account, asked.base, edits=asked.edits)
            records = await Telling(stream, found, active=active).tell()
        self._delivery.settle(account, found)
        if records:
            return Page(await encoded(records), found.until.seq, found.more)
        self._silences.note(reader, horizon, found.until.seq)
        return Page([], horizon, found.more)

    async def _learn(self, account: Id, convs: Sequence[ZoneId]) -> None:
        """Read into memory what an account has of these: it costs a tenth of a delta."""
        async with self._store.view() as view:
            await self._fleep.labels.of(view, account)
            for conv in convs:
                with contextlib.suppress(NotFound):
                    await self._fleep.overviews.of(view, account, conv)

    def _from_memory(self, asked: Asked, horizon: Seq, place: Place, *, learned: bool = False) -> Page | None:
        """What memory tells after a place, None if the log has to be read; raises Unknown once."""
        account = asked.auth.account
        recent = self._delivery.recent(account, place)
        if recent is None:
            return None
        more = False
        if recent and recent[-1].last - place.seq > PAGE:  # else there are not so many changes between
            count = 0
            for index, heard in enumerate(recent):
                count += heard.size
                if count > PAGE and index:
                    recent, more = recent[:index], True
                    break
        try:
            records = self._memory.tell(account, recent, edits=asked.edits)
        except Untold as untold:
            if isinstance(untold, Unknown) and not learned:
                raise
            return None
        until = recent[-1].last if recent else place.seq
        if records:
            return Page(records, until, more)
        self._silences.note(account, horizon, until)
        return Page([], horizon, more)

    async def _begin(self, asked: Asked, horizon: int) -> Page:
        """A batch of the first sync; a horizon that no server gave begins it anew."""
        account = asked.auth.account
        newest = await self._delivery.newest(account)
        async with self._store.view() as view:
            at = read_first(horizon) if horizon else First(newest, 1)
            jumps = await self._delivery.jumps(view)
            if at.start and not self._delivery.valid(Place(at.start)):
                return Page([], RESYNC, more=True)  # of a lost future, which the client has a part of
            if not at.start or not at.batch:
                at = First(newest, 1)
            stream = Stream(self._fleep, view, account, asked.base, edits=asked.edits)
            then, progress, cursor = await self._first.batch(
                stream, at, skip_hidden=asked.skip_hidden, skip_rest=asked.skip_rest
            )
            if then is not None:
                records = await encoded(stream.records)
                return Page(records, write_first(then), True, progress, cursor)
            found = await delta(view, account, Place(at.start), limit=PAGE, contents=False, jumps=jumps)
            await Telling(stream, found, anew=True).tell()
        self._delivery.settle(account, found)
        records = await encoded(stream.records)
        return Page(records, max(1, found.until.seq), True, 1.0, cursor)

    async def _signals(self, account: Id, session: Id) -> list[bytes]:
        """What no horizon has a place for, once it is caught up."""
        names = self._fleep.names
        found = [*self._activities.take_notes(account, session, self._delivery.head)]
        for signal in await self._activities.take_signals(account, session):
            said = msgspec.json.decode(signal.body)
            found.append(
                activity(
                    names,
                    signal.zone,
                    signal.actor,
                    is_writing=bool(said.get("is_writing")),
                    message_nr=said.get("message_nr"),
                    at=signal.position,
                )
            )
        return await encoded(found)


def _weight(found: Delta) -> int:
    return sum(len(entry.current) for zone in found.changed for entry in (*zone.entries, *zone.targets))
