"""Messages through a pipe between the command and its workers."""

from collections.abc import Iterable
from typing import IO, Final

LENGTH: Final = 4
"""Bytes before each message that say how many follow, the lowest first."""


def write(pipe: IO[bytes], message: bytes, raws: Iterable[bytes] = ()) -> None:
    """Write a message, its length before it, and bytes after it whose lengths the message says."""
    pipe.write(len(message).to_bytes(LENGTH, "little"))
    pipe.write(message)
    for raw in raws:
        pipe.write(raw)
    pipe.flush()


def read(pipe: IO[bytes]) -> bytes | None:
    """Read a message; None where the other side has ended."""
    size = pipe.read(LENGTH)
    if len(size) < LENGTH:
        return None
    length = int.from_bytes(size, "little")
    message = pipe.read(length)
    return message if len(message) == length else None
