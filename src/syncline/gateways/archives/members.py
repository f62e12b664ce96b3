"""The files in a tar or zip archive, one after the other, in the order in which they lie there."""

import lzma
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Final, NamedTuple, Self, cast

from syncline.gateways.archives.bounds import Bounds
from syncline.gateways.archives.streams import PEEK, Stream, Torn

ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
TAR_MARK: Final = slice(257, 262)
SPOOLED: Final = 8 << 20
"""Bytes of a zip that are kept in memory; a larger one goes through a file without a name. A zip has its
list of files at its end, so that it cannot be read while it comes."""

ENCRYPTED: Final = 1

LONGEST_NAME: Final = 1 << 20
"""Bytes that a tar archive may spend on a member's name, and on what else it says of it: Python reads all of
that into memory."""

_DAMAGE: Final = (tarfile.TarError, EOFError, ValueError, OverflowError, RecursionError, LookupError)
"""What Python's tarfile raises where an archive is damaged, or made to look so."""


class Member(NamedTuple):
    """A file of an archive. Its stream must be read before the next member is asked for."""

    name: str
    stream: Stream


Trouble = Callable[[str, str], None]
"""Hears the name of a member that cannot be read, and why; the others follow."""


def is_zip(head: bytes) -> bool:
    """Whether these first bytes are those of a zip archive."""
    return head.startswith(ZIP)


def is_tar(head: bytes) -> bool:
    """Whether these first bytes are those of a tar archive."""
    return head[TAR_MARK] == b"ustar"


class _Entry(tarfile.TarInfo):
    """A member's head, looked at before what it announces is read."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """As in tarfile; raises ReadError for one that would fill the memory."""
        entry = super().frombuf(buf, encoding, errors)
        if entry.size < 0 or (entry.type in _SAYING and entry.size > LONGEST_NAME):
            raise tarfile.ReadError(f"a name of {entry.size:,} bytes")
        return entry


_SAYING: Final = (
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
)
"""Members that only say something of the next one."""


def tar_members(stream: Stream, bounds: Bounds) -> Iterator[Member]:
    """The files of a tar archive; raises Torn where it ends too early."""
    try:
        with tarfile.open(
            fileobj=cast("IO[bytes]", stream), mode="r|", bufsize=PEEK, tarinfo=_Entry
        ) as archive:
            for entry in archive:
                # links lead to files that are members themselves, or out of the archive
                file = archive.extractfile(entry) if entry.isreg() else None
                if file is not None:
                    # holes are in no file: a small archive can hold any size of them
                    read = _bounded(file, bounds) if entry.issparse() else _unharmed(file)
                    yield Member(entry.name, Stream(read))
                    # the archive keeps a list of all its members: of a million that is a gigabyte
                    archive.members.clear()  # type: ignore[attr-defined]
    except _DAMAGE as error:
        raise Torn(f"its list of files is damaged ({error})") from error


def zip_members(stream: Stream, bounds: Bounds, trouble: Trouble) -> Iterator[Member]:
    """The files of a zip archive; an encrypted or damaged one is told and left out."""
    with tempfile.SpooledTemporaryFile(SPOOLED) as file:
        while data := stream.read(1 << 20):
            file.write(data)
        yield from _zip_members(file, bounds, trouble)


def _zip_members(file: IO[bytes], bounds: Bounds, trouble: Trouble) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise Torn(f"its list of files is damaged ({error})") from error
    with archive:
        for entry in archive.infolist():
            if entry.filename.endswith("/"):  # not is_dir: it fails where there is no name
                continue
            if entry.flag_bits & ENCRYPTED:
                trouble(entry.filename, "is encrypted; unpack it with its password and import the files")
                continue
            try:
                packed = archive.open(entry)
            except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
                trouble(entry.filename, f"is damaged or packed in a way that is not known here ({error})")
                continue
            with packed:
                yield Member(entry.filename, Stream(_bounded(packed, bounds)))


def _unharmed(file: IO[bytes]) -> Callable[[int], bytes]:
    def read(size: int) -> bytes:
        try:
            return file.read(size)
        except _DAMAGE as error:
            raise Torn(f"it is damaged here ({error})") from error

    return read


def _bounded(packed: IO[bytes], bounds: Bounds) -> Callable[[int], bytes]:
    def read(size: int) -> bytes:
        try:
            data = packed.read(min(size, 1 << 20))
        except (*_DAMAGE, zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError) as error:
            raise Torn(f"its packed data are damaged ({error})") from error
        bounds.gave(len(data))
        return data

    return read
