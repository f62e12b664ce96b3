"""A stream of bytes that can be looked at before it is read."""

import io
from collections.abc import Callable
from typing import Final

PEEK: Final = 1 << 16
"""How far ahead a stream is looked at: what it is shows itself in much less."""


class Torn(OSError):
    """A packed stream ends in the middle, or is damaged from here on; all before was given."""


class Stream:
    """Bytes that come once, with a view ahead."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        """Read by calling this with how many bytes are wanted; it gives none at the end only."""
        self._read = read
        self._held = b""
        self._torn: OSError | None = None
        """what ended the view ahead; raised when all before was taken"""

    def head(self, size: int = PEEK) -> bytes:
        """The next bytes without taking them: at least so many, or all that there are. Raises Torn where
        there are none before the damage."""
        while len(self._held) < size and self._torn is None:
            try:
                more = self._read(size - len(self._held))
            except OSError as torn:
                if not self._held:
                    raise
                self._torn = torn
                break
            if not more:
                break
            self._held += more
        return self._held

    def read(self, size: int, /) -> bytes:
        """At most so many bytes, none at the end only."""
        if not self._held:
            if self._torn is not None:
                raise self._torn
            return self._read(size)
        data, self._held = self._held[:size], self._held[size:]
        return data

    def all(self, most: int) -> bytes | None:
        """Everything that is left; None where that is more than `most` (then it is read no further)."""
        found = io.BytesIO()  # its value is taken without a copy, and a mail may be large
        while data := self.read(1 << 20):
            found.write(data)
            if found.tell() > most:
                return None
        return found.getvalue()
