"""What nobody needs tomorrow and an event horizon has no place for: pokes, and who is writing.

Each session remembers what it was sent, in memory; nothing of it survives a restart.
"""

from collections import OrderedDict, deque
from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

from syncline.core.ids import Id, Seq, ZoneId
from syncline.services.delivery import Delivery

SESSIONS: Final = 20_000
"""Sessions remembered: about 0.3 KB each where anything is active."""

ACTIVE: Final = 100
"""Conversations of a session whose activity it is shown; the oldest makes room."""

POKES: Final = 50
"""Pokes of an account that are kept for sessions which did not get them yet."""

ACCOUNTS: Final = 1_000


class Poke(NamedTuple):
    """A poke: its number among all pokes, and the head of its moment, which comes before it."""

    number: int
    head: Seq
    conv: ZoneId
    message_nr: int


class _Session:
    __slots__ = ("active", "poke", "position")

    def __init__(self) -> None:
        self.active: OrderedDict[ZoneId, None] = OrderedDict()
        self.position = 0
        self.poke = 0


class Activities:
    """Pokes and activities of all sessions."""

    def __init__(self, delivery: Delivery) -> None:
        """Nothing happens yet."""
        self._delivery = delivery
        self._sessions: OrderedDict[Id, _Session] = OrderedDict()
        self._pokes: OrderedDict[Id, deque[Poke]] = OrderedDict()
        self._number = 0

    def watch(self, session: Id, conv: ZoneId) -> None:
        """Let a session be shown what happens in a conversation (any call of show_activity does)."""
        known = self._session(session)
        if not known.active:
            known.position = self._delivery.signal_position
        known.active[conv] = None
        known.active.move_to_end(conv)
        if len(known.active) > ACTIVE:
            known.active.popitem(last=False)

    def active(self, session: Id) -> Collection[ZoneId]:
        """The conversations whose activity a session is shown."""
        known = self._sessions.get(session)
        return () if known is None else known.active.keys()

    def poke(self, account: Id, head: Seq, conv: ZoneId, message_nr: int) -> None:
        """Let an account's own polls return a poke after everything up to a head."""
        self._number += 1
        pokes = self._pokes.setdefault(account, deque(maxlen=POKES))
        pokes.append(Poke(self._number, head, conv, message_nr))
        self._pokes.move_to_end(account)
        if len(self._pokes) > ACCOUNTS:
            self._pokes.popitem(last=False)
        self._delivery.nudge(account)

    def waits(self, account: Id, session: Id) -> bool:
        """Whether there may be something for a session: two look-ups, for the hot path."""
        pokes = self._pokes.get(account)
        known = self._sessions.get(session)
        if pokes and (known is None or known.poke < pokes[-1].number):
            return True
        return known is not None and bool(known.active) and known.position < self._delivery.signal_position

    def take_pokes(self, account: Id, session: Id, until: Seq) -> Sequence[Poke]:
        """The pokes that a session which is caught up to a seq was not sent yet; they count as sent."""
        pokes = self._pokes.get(account)
        if not pokes:
            return ()
        known = self._session(session)
        found = [poke for poke in pokes if poke.number > known.poke and poke.head <= until]
        if found:
            known.poke = found[-1].number
        return found

    async def take_signals(self, account: Id, session: Id) -> Sequence[Any]:
        """What others do in the conversations that a session is shown, said since it was last told."""
        known = self._sessions.get(session)
        if known is None or not known.active or known.position >= self._delivery.signal_position:
            return ()
        after, known.position = known.position, self._delivery.signal_position
        found = await self._delivery.signals(account, after)
        return [one for one in found if one.zone in known.active and one.actor != account]

    def _session(self, session: Id) -> _Session:
        known = self._sessions.get(session)
        if known is None:
            known = self._sessions[session] = _Session()
            if len(self._sessions) > SESSIONS:
                self._sessions.popitem(last=False)
        return known
