"""Cutting an mbox file into raw mails."""

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final

SEPARATOR: Final = re.compile(rb"From \S.*\d{4}\s*$")
"""The line before each mail: sender and a date that ends in a year. `From me to you` is no such line."""

QUOTED: Final = re.compile(rb"^>(>*From )")
"""A line of a text that a writer of mbox files had to quote (the mboxrd rule: one `>` more)."""


def mails(path: Path, *, read: Callable[[int], None] = lambda _: None) -> Iterator[bytes]:
    """Each raw mail of a file, plain or gzip, in order; one mail in memory at a time.

    A separator counts at the beginning and after an empty line only. `read` hears how many bytes of the
    file as it lies on the disk were read so far. Raises OSError (gzip.BadGzipFile, EOFError of a torn file
    included) where the file cannot be read.
    """
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        if packed:
            with gzip.open(file) as lines:
                yield from _cut(lines, lambda: read(file.tell()))
        else:
            yield from _cut(file, lambda: read(file.tell()))


def _cut(lines: "IO[bytes] | gzip.GzipFile", progress: Callable[[], None]) -> Iterator[bytes]:
    mail: list[bytes] = []
    after_empty = True
    for line in lines:
        if after_empty and line.startswith(b"From ") and SEPARATOR.match(line):
            if mail:
                yield _joined(mail)
            mail = []
            progress()
        else:
            mail.append(QUOTED.sub(rb"\1", line) if line.startswith(b">") else line)
        after_empty = line in (b"\n", b"\r\n")
    if mail:
        yield _joined(mail)
    progress()


def _joined(lines: list[bytes]) -> bytes:
    """The mail without the empty line that mbox puts before the next separator."""
    if lines[-1] in (b"\n", b"\r\n"):
        lines.pop()
    return b"".join(lines)
