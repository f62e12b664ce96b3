"""What a notifier is told: how many conversations have something unread, and what came (reference 4.4)."""

from collections import OrderedDict
from typing import Any, Final, NamedTuple

from syncline.core.deltas import Place
from syncline.core.ids import Id, Seq, ZoneId
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.polling.silences import Silences
from syncline.protocols.fleep.records.conv import default_topic, is_muted, missing_names
from syncline.protocols.fleep.streams import Stream
from syncline.services.accounts import Auth
from syncline.services.overviews import Overview, listed
from syncline.services.sync import Pace, delta

PAGE: Final = 100
MOST: Final = 50
"""Messages of one answer: the newest; a notifier that was away for a week shows a few."""

ACCOUNTS: Final = 2_000
SESSIONS: Final = 20_000


class Heard(NamedTuple):
    """An answer in the making."""

    horizon: int
    messages: list[dict[str, Any]]
    unread: int
    counted: bool
    """whether the session has to be told how many there are"""
    more: bool


class _Counted(NamedTuple):
    """The conversations of an account with something unread, as of a seq."""

    at: Seq
    unread: frozenset[ZoneId]


class Listening:
    """Counts and notifies. What it remembers only saves time, but for which count a session was told.

    That holds for who goes on from the horizon that came with it. Who comes from elsewhere is told the count:
    it may be another program, or the same one started anew with an older horizon.
    """

    def __init__(self, fleep: Fleep) -> None:
        """Nothing is counted yet."""
        self._fleep = fleep
        self._delivery = fleep.needs.delivery
        self._silences = Silences()
        self._counts: OrderedDict[Id, _Counted] = OrderedDict()
        self._told: OrderedDict[Id, tuple[int, int]] = OrderedDict()

    async def look(self, auth: Auth, horizon: int, base: str) -> Heard:
        """What came after a horizon; from 0 on down: nothing of what was before."""
        account = auth.account
        asked, told = self._told.get(auth.session, (0, None))
        if horizon <= 0 or asked != horizon:
            told = None
        if horizon <= 0:
            horizon = max(1, await self._delivery.newest(account))
        place = Place(self._silences.past(account, Seq(horizon)))
        known = self._counts.get(account)
        if known is not None and known.at >= place.seq and self._delivery.quiet(account, place):
            count = len(known.unread)
            return Heard(horizon, [], count, told != count, more=False)
        async with self._fleep.store.view() as view:
            jumps = await self._delivery.jumps(view)
            found = await delta(view, account, place, limit=PAGE, contents=False, jumps=jumps)
            stream = Stream(self._fleep, view, account, base)
            if found.reset:  # a horizon that was never given, as after a restored backup
                horizon = max(1, min(await self._delivery.newest(account), view.head))
                counted = await self._recount(stream, set(), None, view.head, view.head)
                return Heard(horizon, [], len(counted.unread), counted=True, more=False)
            changed = {zone.zone.id for zone in (*found.changed, *found.entered, *found.left)}
            changed |= {one.conv for one in found.subscriptions}
            counted = await self._recount(stream, changed, known, place.seq, found.until.seq)
            messages = []
            for zone in (*found.changed, *found.entered):
                of = await stream.overview(zone.zone.id)
                if of is None or not of.unread or is_muted(of):
                    continue
                seen = await stream.sight(of)
                for entry in zone.entries:
                    if entry.alert_nr > of.read_alert and entry.author != account:
                        record = await stream.message(seen, entry)
                        if record is not None:
                            messages.append(await self._note(stream, of, record, base))
        self._delivery.settle(account, found)
        count = len(counted.unread)
        if messages:
            return Heard(found.until.seq, messages[-MOST:], count, told != count, found.more)
        self._silences.note(account, Seq(horizon), found.until.seq)
        return Heard(horizon, [], count, told != count, found.more)

    def remember(self, session: Id, heard: Heard) -> None:
        """A session was told how many there are, and the horizon to go on from."""
        self._told[session] = heard.horizon, heard.unread
        self._told.move_to_end(session)
        if len(self._told) > SESSIONS:
            self._told.popitem(last=False)

    async def _recount(
        self, stream: Stream, changed: set[ZoneId], known: _Counted | None, after: Seq, until: Seq
    ) -> _Counted:
        """Count anew what changed; everything where nothing is known that reaches back so far."""
        unread: set[ZoneId]
        if known is None or known.at < after:
            unread, looked = set(), [one.conv for one in await listed(stream.view, stream.account)]
        else:
            unread, looked = set(known.unread), list(changed)
        pace = Pace()
        for conv in looked:
            of = await stream.overview(conv)
            if of is not None and of.present and of.unread and not is_muted(of) and not of.deleted:
                unread.add(conv)
            else:
                unread.discard(conv)
            await pace.rest()
        counted = _Counted(max(until, after, known.at if known is not None else until), frozenset(unread))
        self._counts[stream.account] = counted
        self._counts.move_to_end(stream.account)
        if len(self._counts) > ACCOUNTS:
            self._counts.popitem(last=False)
        return counted

    async def _note(self, stream: Stream, of: Overview, record: dict[str, Any], base: str) -> dict[str, Any]:
        """A notification: who said what where, and the link to it (seed, account/listen)."""
        fleep, view = self._fleep, stream.view
        topic = of.common.name
        if not topic:
            names = {id: await fleep.profiles.of(view, id) for id in missing_names(of.common)}
            topic = default_topic(of, names)
        author = record.get("sender_name")
        if author is None:
            profile = await fleep.profiles.of(view, fleep.names.person_of(record["account_id"]))
            author = profile.name or profile.email or ""
        return {
            "conv_url": fleep.conv_url(base, of.conv),
            "conversation_id": record["conversation_id"],
            "topic": topic,
            "message": record["message"],
            "author_name": author,
        }
