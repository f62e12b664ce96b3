"""Delivery: park, read, wait. Who waits is woken by the first commit that it may see, and by nothing else."""

from collections.abc import Callable, Collection

from syncline.core.deltas import Delta, Place
from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.signals import Signal, SignalKind
from syncline.services.delivery.audiences import IDLE, Audiences, Recent
from syncline.services.delivery.fanout import Fanout
from syncline.services.delivery.holders import MEMBERS, Holders
from syncline.services.delivery.parking import Parked, Wake
from syncline.services.delivery.signals import Signals, milliseconds
from syncline.services.sync.newest import newest_visible
from syncline.services.sync.places import Jumps, jumps_of, possible
from syncline.store.contract import Store, View


class Delivery:
    """Waiting and waking over one store. Needs a running event loop.

    A reader asks `quiet` first (no SQL), then `recent` (from memory), and only then reads a delta, which it
    reports with `settle`. To wait it parks before it reads, so that nothing can fall between.
    """

    def __init__(
        self,
        store: Store,
        *,
        idle: int = IDLE,
        members: int = MEMBERS,
        clock: Callable[[], int] = milliseconds,
    ) -> None:
        """Listen to this store until `close`. `idle`, `members`: how much is remembered."""
        self._store = store
        self._audiences = Audiences(idle)
        self._holders = Holders(members)
        self._fanout = Fanout(store, self._audiences, self._holders)
        self._signals = Signals(clock)
        self._jumps: Jumps | None = None
        self._stopped = False

    @property
    def parked(self) -> int:
        """How many requests wait now."""
        return self._audiences.parked

    @property
    def head(self) -> Seq:
        """The newest commit of which telling has begun."""
        return self._fanout.head

    def park(self, audience: Id, session: object) -> Parked:
        """Register a request that is about to read and wait; an older one of the same session is released.

        `audience` is an account, a site, or LOG. `session` tells one client's requests from another's. When
        the server stops, the request is released at once. Call `release` in the end, whatever happens.
        """
        parked = self._audiences.park(audience, session, self._fanout.head)
        if self._stopped:
            parked.wake(Wake.STOPPED)
        return parked

    def quiet(self, audience: Id, place: Place) -> bool:
        """Whether there is certainly nothing new after a place: one comparison, no SQL."""
        known = self._audiences.touch(audience, self._fanout.head)
        after = place.seq
        return (
            known.newest <= after
            and known.unsure <= after
            and place.zone_given == 0
            and self._fanout.settled(audience)
            and self.valid(place)
        )

    def recent(self, audience: Id, place: Place) -> Recent | None:
        """The commits after a place that this audience may see, from memory; None: read the log.

        They hold added entries, put and dropped objects and written subscriptions only: whatever else there
        is makes it None.
        """
        if place.zone_given or not self._fanout.settled(audience) or not self.valid(place):
            return None
        known = self._audiences.touch(audience, self._fanout.head)
        return known.since(place.seq)

    def valid(self, place: Place) -> bool:
        """Whether this store can have given a place, as far as memory knows."""
        return self._jumps is not None and possible(place, self._fanout.head, self._jumps)

    def sees_from(self, account: Id, zone: ZoneId) -> Seq | None:
        """The first seq that an account surely sees of a zone without a break up to now; None: unknown."""
        known = self._audiences.get(account)
        return None if known is None or known.sees is None else known.sees.get(zone)

    async def jumps(self, view: View) -> Jumps:
        """The restores of this store, read once."""
        if self._jumps is None:
            self._jumps = await jumps_of(view)
        return self._jumps

    def settle(self, account: Id, found: Delta) -> None:
        """Learn from a delta of all kinds: what the account sees, and that there was nothing more."""
        known = self._audiences.touch(account, self._fanout.head)
        known.learn(found)
        if not found.more and found.until.plain:
            known.caught_up(found.until.seq, found.head)

    async def newest(self, account: Id) -> Seq:
        """The newest seq that an account may see: what it is caught up with if it read everything now."""
        known = self._audiences.touch(account, self._fanout.head)
        if known.newest and not known.unsure and self._fanout.settled(account):
            return known.newest
        async with self._store.view() as view:
            newest = await newest_visible(view, account)
            known.caught_up(newest, view.head)
        return newest

    async def signal(
        self, zone: ZoneId, kind: SignalKind, actor: Id, body: bytes = b"{}", *, lasts: int = 30_000
    ) -> Signal:
        """Tell the holders of a zone what happens now and for `lasts` ms. Presence wakes nobody."""
        holders = await self._holders_of(zone)
        signal = self._signals.put(zone, kind, actor, body, lasts)
        if kind != SignalKind.PRESENCE:
            hearers = self._audiences.among(self._audiences.ids(holders))
            self._fanout.wake(hearers, Wake.SIGNAL)
        return signal

    def nudge(self, account: Id) -> None:
        """Let an account's waiting requests look again: something is there for them that no zone holds."""
        self._fanout.wake(self._audiences.among([account]), Wake.SIGNAL)

    async def signals(self, account: Id, after: int) -> list[Signal]:
        """What happens now in the zones of an account, said after a position."""
        zones = [
            zone
            for zone in self._signals.zones()
            if zone == account or account in await self._holders_of(zone)
        ]
        return self._signals.after(after, zones)

    @property
    def signal_position(self) -> int:
        """The position of the newest signal."""
        return self._signals.position

    def shutdown(self) -> None:
        """Let all waiting requests answer; whoever parks from now on is released at once."""
        self._stopped = True
        for audience in self._audiences.all():
            audience.wake(Wake.STOPPED)

    def close(self) -> None:
        """Stop listening to the store."""
        self.shutdown()
        self._fanout.close()

    async def _holders_of(self, zone: ZoneId) -> Collection[Id]:
        known = self._holders.get(zone)
        if known is not None:
            return known
        async with self._store.view() as view:
            # not remembered: only the fan-out can tell whether grants came between
            return await view.holders(zone)
