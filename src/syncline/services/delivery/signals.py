"""Signals: what nobody needs tomorrow. In memory, for as long as each says; never in the log."""

import time
from collections.abc import Callable, Iterable

from syncline.core.ids import Id, ZoneId
from syncline.core.signals import Signal, SignalKind


def milliseconds() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class Signals:
    """The newest signal of each kind and actor in each zone, until it expires."""

    def __init__(self, clock: Callable[[], int] = milliseconds) -> None:
        """Nothing is happening; `clock` gives ms since 1970."""
        self._clock = clock
        self._zones: dict[ZoneId, dict[tuple[SignalKind, Id], tuple[Signal, int]]] = {}
        self.position = 0
        """the newest signal's position"""

    def put(self, zone: ZoneId, kind: SignalKind, actor: Id, body: bytes, lasts: int) -> Signal:
        """Something happens now and for `lasts` ms. Positions rise over restarts: max(last + 1, ms)."""
        now = self._clock()
        self.position = max(self.position + 1, now)
        signal = Signal(self.position, kind, zone, actor, body)
        self._zones.setdefault(zone, {})[kind, actor] = (signal, now + lasts)
        return signal

    def zones(self) -> list[ZoneId]:
        """The zones in which something happens; forgets what has expired."""
        now = self._clock()
        for zone, signals in [*self._zones.items()]:
            for key, (_, until) in [*signals.items()]:
                if until <= now:
                    del signals[key]
            if not signals:
                del self._zones[zone]
        return [*self._zones]

    def after(self, position: int, zones: Iterable[ZoneId]) -> list[Signal]:
        """What happens in these zones and was said after a position, oldest first."""
        now = self._clock()
        found = [
            signal
            for zone in zones
            for signal, until in self._zones.get(zone, {}).values()
            if until > now and signal.position > position
        ]
        return sorted(found, key=lambda signal: signal.position)
