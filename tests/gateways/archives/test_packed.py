"""Packed streams: all that is whole in them, and a word about the rest."""

import bz2
import gzip
import io
import lzma
import random
from collections.abc import Callable

import pytest

from syncline.core.errors import TooLarge
from syncline.gateways.archives.bounds import Bounds
from syncline.gateways.archives.packed import MOST, unpacked
from syncline.gateways.archives.streams import Stream, Torn

PACKERS = pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
TEXT = random.Random(7).randbytes(100_000) + b"mail " * 100_000


def opened(data: bytes, bounds: Bounds | None = None) -> Stream:
    """What packed bytes hold."""
    found = unpacked(Stream(io.BytesIO(data).read), bounds or Bounds())
    assert found is not None
    return found


def everything(stream: Stream) -> bytes:
    """All of a stream, as far as it goes."""
    parts = []
    try:
        while data := stream.read(1 << 16):
            parts.append(data)
    except Torn:
        parts.append(b"TORN")
    return b"".join(parts)


@PACKERS
def test_what_was_packed_comes_back(pack: Callable[[bytes], bytes]) -> None:
    """In pieces of the size that was asked for at most."""
    stream = opened(pack(TEXT))
    assert stream.head(10)[:10] == TEXT[:10]
    assert everything(stream) == TEXT


@PACKERS
def test_several_packed_one_after_the_other_are_one(pack: Callable[[bytes], bytes]) -> None:
    """`cat a.gz b.gz` is how logs and archives grow; zeros at the end are a tape's."""
    assert (
        everything(opened(pack(b"one ") + pack(b"two ") + pack(b"three") + b"\0" * 700)) == b"one two three"
    )


@PACKERS
def test_a_torn_file_gives_what_it_holds_and_then_says_so(pack: Callable[[bytes], bytes]) -> None:
    """Half a download must not look like a whole one, and nothing that did come may be lost."""
    noise = random.Random(3).randbytes(1_000_000)
    whole = pack(noise)
    found = everything(opened(whole[: len(whole) // 2]))
    assert found.endswith(b"TORN")
    assert noise.startswith(found[:-4])
    assert everything(opened(whole[:-3])).endswith(b"TORN")


@PACKERS
def test_damage_is_torn(pack: Callable[[bytes], bytes]) -> None:
    """A flipped bit in the middle."""
    whole = bytearray(pack(random.Random(3).randbytes(500_000)))
    whole[len(whole) // 2] ^= 0x55
    assert everything(opened(bytes(whole))).endswith(b"TORN")


@PACKERS
def test_a_bomb_is_stopped(pack: Callable[[bytes], bytes]) -> None:
    """It may not fill the memory, nor the day: bounded pieces, and an end."""
    stream = opened(pack(bytes(20_000_000)), Bounds(free=8_000_000, ratio=10))
    pieces: list[int] = []
    with pytest.raises(TooLarge):
        pieces.extend(len(data) for data in iter(lambda: stream.read(1 << 30), b""))
    assert max(pieces) <= MOST
    assert sum(pieces) <= 8_000_000 + MOST


def test_what_is_not_packed_is_left_alone() -> None:
    """The stream is as it was."""
    stream = Stream(io.BytesIO(b"From ann").read)
    assert unpacked(stream, Bounds()) is None
    assert everything(stream) == b"From ann"
