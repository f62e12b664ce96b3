"""What nobody needs tomorrow and an event horizon has no place for: pokes, calls, and who is writing.

Each session remembers what it was sent, in memory; nothing of it survives a restart.
"""

from collections import OrderedDict, deque
from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

from syncline.core.ids import Id, Seq, ZoneId
from syncline.services.delivery import Delivery
from syncline.services.delivery.signals import milliseconds

LASTS: Final = 60_000
"""ms for which a session that was not there may still get a note"""

SESSIONS: Final = 20_000
"""Sessions remembered: about 0.3 KB each where anything is active."""

ACTIVE: Final = 100
"""Conversations of a session whose activity it is shown; the oldest makes room."""

NOTES: Final = 50
"""Notes of an account that are kept for sessions which did not get them yet."""

ACCOUNTS: Final = 10_000


class Note(NamedTuple):
    """A record that an account's own polls return once each.

    `number` is its place among all notes; everything up to `head` comes before it; after `until` (ms) nobody
    needs it any more.
    """

    number: int
    head: Seq
    until: int
    record: dict[str, Any]


class _Session:
    __slots__ = ("active", "note", "position")

    def __init__(self) -> None:
        self.active: OrderedDict[ZoneId, None] = OrderedDict()
        self.position = 0
        self.note = 0


class Activities:
    """Notes and activities of all sessions."""

    def __init__(self, delivery: Delivery) -> None:
        """Nothing happens yet."""
        self._delivery = delivery
        self._sessions: OrderedDict[Id, _Session] = OrderedDict()
        self._notes: OrderedDict[Id, deque[Note]] = OrderedDict()
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

    def note(self, account: Id, head: Seq, record: dict[str, Any], *, lasts: int = LASTS) -> None:
        """Let an account's own polls return a record after everything up to a head, for `lasts` ms."""
        self._number += 1
        notes = self._notes.setdefault(account, deque(maxlen=NOTES))
        notes.append(Note(self._number, head, milliseconds() + lasts, record))
        self._notes.move_to_end(account)
        if len(self._notes) > ACCOUNTS:
            self._notes.popitem(last=False)
        self._delivery.nudge(account)

    def waits(self, account: Id, session: Id) -> bool:
        """Whether there may be something for a session: two look-ups, for the hot path."""
        notes = self._notes.get(account)
        known = self._sessions.get(session)
        if notes and (known is None or known.note < notes[-1].number):
            return True
        return known is not None and bool(known.active) and known.position < self._delivery.signal_position

    def take_notes(self, account: Id, session: Id, until: Seq) -> Sequence[dict[str, Any]]:
        """The notes that a session which is caught up to a seq was not sent yet; they count as sent."""
        notes = self._notes.get(account)
        if not notes:
            return ()
        known, now = self._session(session), milliseconds()
        found = [note for note in notes if note.number > known.note and note.head <= until]
        if found:
            known.note = found[-1].number
        return [note.record for note in found if note.until > now]

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
