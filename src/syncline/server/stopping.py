"""The graceful stop, as seen by those who wait: parked polls answer at once, and nobody parks any more."""

from collections.abc import Callable


class Stopping:
    """Set once, when the server begins to stop."""

    __slots__ = ("_listeners", "now")

    def __init__(self) -> None:
        """Not stopping yet."""
        self.now = False
        self._listeners: list[Callable[[], None]] = []

    def on(self, listener: Callable[[], None]) -> None:
        """Call back when the server begins to stop; at once if it has begun."""
        if self.now:
            listener()
        else:
            self._listeners.append(listener)

    def set(self) -> None:
        """Begin to stop."""
        if self.now:
            return
        self.now = True
        for listener in self._listeners:
            listener()
        self._listeners.clear()
