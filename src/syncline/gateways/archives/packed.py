"""Packed streams: gzip, bzip2 and xz, known by their first bytes (names lie, or are missing)."""

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import Final, Protocol

from syncline.gateways.archives.bounds import Bounds
from syncline.gateways.archives.streams import Stream, Torn

PIECE: Final = 1 << 17
"""Packed bytes taken at once."""

MOST: Final = 1 << 20
"""Bytes unpacked at once: a bomb may not fill the memory between two looks at the bounds."""


class _Unpacker(Protocol):
    """What the three libraries have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Gzip:
    """zlib in the shape of the others: it keeps what there was no room to unpack."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        held = self._zlib.unconsumed_tail
        return self._zlib.decompress(held + data if held else data, max_length)


KINDS: Final[dict[bytes, Callable[[], _Unpacker]]] = {
    b"\x1f\x8b": _Gzip,
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\0": lzma.LZMADecompressor,
}
"""By the first bytes."""


def unpacked(stream: Stream, bounds: Bounds) -> Stream | None:
    """What a packed stream holds; None where it is not packed.

    Reading it raises Torn where it ends too early or is damaged, TooLarge where it is a bomb.
    """
    head = stream.head(6)
    for magic, make in KINDS.items():
        if head.startswith(magic):
            return Stream(_Unpacking(stream, magic, make, bounds).read)
    return None


class _Unpacking:
    """Several packed streams one after the other are one, as `gzip` itself has it."""

    def __init__(self, stream: Stream, magic: bytes, make: Callable[[], _Unpacker], bounds: Bounds) -> None:
        self._stream = stream
        self._magic = magic
        self._make = make
        self._unpacker = make()
        self._bounds = bounds
        self._rest = b""
        self._full = False
        """the last answer was cut by its length: there may be more without new data"""

    def read(self, size: int) -> bytes:
        size = min(size, MOST)
        while True:
            if self._unpacker.eof and not self._next():
                return b""
            if self._full or self._rest:
                data, self._rest = self._rest, b""
            else:
                data = self._stream.read(PIECE)
                if not data:
                    raise Torn("it ends in the middle of its packed data")
            try:
                found = self._unpacker.decompress(data, size)
            except (zlib.error, OSError, lzma.LZMAError) as error:
                raise Torn(f"its packed data are damaged ({error})") from error
            self._full = len(found) >= size
            if found:
                self._bounds.gave(len(found))
                return found

    def _next(self) -> bool:
        """Begin the next packed stream; zeros or anything else after the last one are padding."""
        rest = self._unpacker.unused_data
        while len(rest) < len(self._magic):
            more = self._stream.read(PIECE)
            if not more:
                return False
            rest += more
        if not rest.startswith(self._magic):
            return False
        self._unpacker, self._rest, self._full = self._make(), rest, False
        return True
