"""How much an archive may unpack to: enough for any mail, too little for a bomb."""

from typing import Final

from syncline.core.errors import TooLarge

FREE: Final = 1 << 30
"""Bytes that anything may unpack to, however small it is."""

RATIO: Final = 250
"""Beyond that, bytes for each packed byte. Mails pack to a fifth; the same mail a thousand times over to a
hundredth; bombs to a thousandth (gzip, zip) or far less (bz2, xz)."""


class Bounds:
    """Counts what goes into the unpacking of one file and what comes out, all levels of nesting together."""

    def __init__(self, *, free: int = FREE, ratio: int = RATIO) -> None:
        """Begin with nothing read."""
        self._free = free
        self._ratio = ratio
        self._packed = 0
        self._unpacked = 0

    def took(self, count: int) -> None:
        """So many bytes of the source were read."""
        self._packed += count

    def gave(self, count: int) -> None:
        """So many bytes came out; raises TooLarge where that is no archive of mails any more."""
        self._unpacked += count
        if self._unpacked > self._free + self._ratio * self._packed:
            raise TooLarge(
                f"it unpacks to more than {self._ratio} times its size, as no archive of mails does. "
                "If it is one, unpack it yourself and import the files"
            )
