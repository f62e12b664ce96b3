"""A stream of bytes that can be looked at before it is read, packed or not."""

import bz2
import io
import lzma
import zlib
from collections.abc import Callable
from typing import Final, Protocol

from syncline.gateways.archives.bounds import Bounds

PIECE: Final = 1 << 18
"""Packed bytes taken at once."""

MOST: Final = 1 << 20
"""Unpacked bytes made at once: a bomb must not fill memory between two looks at the bounds."""

PEEK: Final = 1 << 16
"""How far ahead a stream can be looked at."""


class Torn(OSError):
    """A packed stream ends in the middle, or is damaged from here on; all before was given."""


class Readable(Protocol):
    """What bytes are read from: a file, standard input, a member of an archive."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""
        ...


class _Unpacker(Protocol):
    """The one shape of the three libraries' decompressors."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Gzip:
    """zlib's decompressor in the shape of the others: it keeps what it could not unpack yet."""

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


UNPACKERS: Final[dict[bytes, Callable[[], _Unpacker]]] = {
    b"\x1f\x8b": _Gzip,
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\0": lzma.LZMADecompressor,
}
"""By the first bytes: names lie, or are missing."""


class Stream(io.BufferedReader):
    """A stream with a view ahead."""

    def __init__(self, source: io.RawIOBase) -> None:
        """Read from this."""
        super().__init__(source, PEEK)

    def head(self, size: int = PEEK) -> bytes:
        """The next bytes without taking them: at least so many (up to PEEK), or all that there are."""
        found = self.peek(size)
        # a peek makes one read at most, and a pipe gives what it has
        while len(found) < size:
            more = self._fill(found)
            if len(more) == len(found):
                break
            found = more
        return found

    def _fill(self, found: bytes) -> bytes:
        raw = self.raw
        if isinstance(raw, _Source):
            raw.ahead(PEEK)
        return self.peek(len(found) + 1)


class _Source(io.RawIOBase):
    """Raw bytes from anything that reads, in pieces as large as asked for where that is possible."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        size = len(buffer)
        data = bytearray(self._held)
        self._held = b""
        while len(data) < size:
            piece = self._read(size - len(data))
            if not piece:
                break
            data += piece
        buffer[: len(data)] = data
        return len(data)

    def ahead(self, size: int) -> None:
        """Nothing to do: reads are filled already."""


def stream_of(source: Readable, bounds: Bounds | None = None) -> Stream:
    """A stream over a source; its bytes count as packed ones for the bounds."""
    if bounds is None:
        return Stream(_Source(source.read))

    def read(size: int) -> bytes:
        data = source.read(size)
        bounds.took(len(data))
        return data

    return Stream(_Source(read))


def unpacked(stream: Stream, bounds: Bounds) -> Stream | None:
    """What a gzip, bzip2 or xz stream holds; None where it is none of these.

    Reading raises Torn where it ends too early or is damaged, TooLarge where it is a bomb.
    """
    head = stream.head(6)
    for magic, unpacker in UNPACKERS.items():
        if head.startswith(magic):
            return Stream(_Source(_Unpacking(stream, magic, unpacker, bounds).read))
    return None
