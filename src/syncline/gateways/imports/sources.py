"""All mails in the files and directories that an import is given, one after the other."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec

from syncline.core.errors import Invalid, NotFound, TooLarge
from syncline.gateways.archives.bounds import Bounds
from syncline.gateways.archives.members import Member, tar_members, zip_members
from syncline.gateways.archives.packed import unpacked
from syncline.gateways.archives.streams import Stream, Torn
from syncline.gateways.imports.found import Found, Place
from syncline.gateways.imports.places import in_archive, in_directory, in_maildir, is_mbox_name
from syncline.gateways.imports.recognising import BOM, Holds, advice, has_bare_returns, recognised
from syncline.gateways.maildir.folders import BOXES, files_of, is_maildir
from syncline.gateways.mbox.cutting import MOST, mails

STANDARD_INPUT: Final = "-"

DEEPEST: Final = 4
"""Packings and archives inside one another: a tar.gz of mbox.gz files takes three."""


class Wanted(Enum):
    """What a person said that the files are."""

    ANY = "any"
    """whatever is recognised"""
    MAILS = "mails"
    """each file, or member of an archive, is one mail, whatever it looks like"""
    MAILDIR = "maildir"
    """directories that are Maildirs, or hold some"""


class Trouble(msgspec.Struct, frozen=True):
    """Something was left out. `lost`: it may have held mails."""

    where: str
    why: str
    lost: bool = True


class Sources:
    """What an import reads. Iterate over `mails` once."""

    def __init__(
        self,
        paths: Sequence[str],
        wanted: Wanted = Wanted.ANY,
        *,
        trouble: Callable[[Trouble], None],
        took: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Read these paths (`-`: standard input). `took` hears of each piece read, in bytes on the disk.

        Raises NotFound and Invalid where a path is not what it should be, before anything is read.
        """
        self._paths = paths
        self._wanted = wanted
        self._trouble = trouble
        self._took = took
        for path in paths:
            _check(path, wanted)

    def size(self) -> int | None:
        """How many bytes there are to read; None where nobody knows (standard input, pipes)."""
        if any(
            path == STANDARD_INPUT or not (Path(path).is_file() or Path(path).is_dir())
            for path in self._paths
        ):
            return None
        return sum(_size(Path(path)) for path in self._paths)

    def mails(self) -> Iterator[Found]:
        """Each mail, in the order in which it lies there."""
        for path in self._paths:
            if path == STANDARD_INPUT:
                # not its buffer: a thread that waits there at the interpreter's end stops it with a crash
                yield from self._whole(partial(os.read, sys.stdin.fileno()), "standard input")
            elif Path(path).is_dir():
                yield from self._directory(Path(path))
            else:
                yield from self._file(Path(path), Place())

    def _directory(self, top: Path) -> Iterator[Found]:
        for name, folders, files in os.walk(top, onerror=self._unread):
            here = Path(name)
            parts = here.relative_to(top).parts
            folders.sort()
            if is_maildir(here):
                folders[:] = [folder for folder in folders if folder not in (*BOXES, "tmp")]
                yield from self._maildir(here, parts)
                # a directory may have `new` and be none: what are mails beside it is taken, too
                files = [file for file in files if self._wanted == Wanted.ANY and _holds_mails(here / file)]
            if self._wanted != Wanted.MAILDIR:
                for file_name in sorted(files):
                    if not file_name.startswith("."):
                        yield from self._file(here / file_name, in_directory(parts), given=False)

    def _maildir(self, here: Path, parts: Sequence[str]) -> Iterator[Found]:
        try:
            files = list(files_of(here))
        except OSError as error:
            self._unread(error)
            return
        for file in files:
            yield from self._file(file, in_maildir(parts, file.name), single=not is_mbox_name(file.name))

    def _unread(self, error: OSError) -> None:
        """A file or directory that cannot be read ends nothing but itself."""
        self._trouble(Trouble(str(error.filename), f"cannot be read ({error.strerror})"))

    def _file(self, path: Path, place: Place, *, single: bool = False, given: bool = True) -> Iterator[Found]:
        if not given and not path.is_file():  # opening a pipe would wait for ever
            self._trouble(Trouble(str(path), "is no file that can be read", lost=False))
            return
        try:
            # no buffer: a thread that waits there for a pipe stops the interpreter's end with a crash
            with path.open("rb", buffering=0) as file:
                yield from self._whole(file.read, str(path), place, single=single, given=given)
        except FileNotFoundError:
            if given and not single:
                raise
            # a mail program has moved or deleted it since we looked; under its new name it comes next time
            self._trouble(Trouble(str(path), "went away before it was read", lost=False))
        except OSError as error:
            self._trouble(Trouble(str(path), f"cannot be read ({error.strerror or error})"))

    def _whole(
        self,
        read: Callable[[int], bytes],
        where: str,
        place: Place | None = None,
        *,
        single: bool = False,
        given: bool = True,
    ) -> Iterator[Found]:
        """All mails of a file; what is wrong with its inside ends this file, not the import."""
        bounds = Bounds()

        def counted(size: int) -> bytes:
            data = read(size)
            bounds.took(len(data))
            self._took(len(data))
            return data

        reading = _Reading(where, bounds, self._trouble, single=single or self._wanted == Wanted.MAILS)
        try:
            yield from reading.mails(Stream(counted), where, place or Place(), given=given)
        except (Torn, TooLarge) as error:
            self._trouble(Trouble(where, f"{error}; what came before was taken"))


class _Reading:
    """One file, with all that is nested in it."""

    def __init__(
        self, where: str, bounds: Bounds, trouble: Callable[[Trouble], None], *, single: bool
    ) -> None:
        self._where = where
        self._bounds = bounds
        self._trouble = trouble
        self._single = single

    def mails(
        self, stream: Stream, name: str, place: Place, *, given: bool, single: bool = False, depth: int = 0
    ) -> Iterator[Found]:
        single = single or self._single or name.lower().endswith(".eml")
        head = stream.head()
        match recognised(head):
            case Holds.PACKED | Holds.TAR | Holds.ZIP if depth >= DEEPEST:
                self._tell(name, f"is nested more than {DEEPEST} times; unpack it and import the files")
            case Holds.PACKED:
                inner = unpacked(stream, self._bounds)
                assert inner is not None
                yield from self.mails(
                    inner, _without_ending(name), place, given=given, single=single, depth=depth + 1
                )
            case Holds.TAR:
                yield from self._members(tar_members(stream, self._bounds), name, depth)
            case Holds.ZIP:
                members = zip_members(stream, self._bounds, lambda name, why: self._tell(name, why))
                yield from self._members(members, name, depth)
            case Holds.MBOX if not single:
                if head.startswith(BOM):
                    stream.read(len(BOM))
                read = _mended(stream.read) if has_bare_returns(head) else stream.read
                for raw in mails(read, left_out=lambda error: self._tell(name, f"{error}; it was left out")):
                    yield Found(raw, place)
            case Holds.NOTHING:
                self._tell(name, "is empty", lost=False)
            case Holds.MAIL | Holds.MBOX:
                yield from self._one(stream, name, place)
            case Holds.OTHER:
                if single:
                    yield from self._one(stream, name, place)
                else:
                    self._tell(name, advice(head), lost=given)

    def _members(self, members: Iterator[Member], archive: str, depth: int) -> Iterator[Found]:
        for member in members:
            path = PurePosixPath(member.name.replace("\\", "/"))
            parts = tuple(part for part in path.parts if part not in ("/", ".", ".."))
            place = in_archive(parts)
            if place is None:
                continue
            try:
                yield from self.mails(
                    member.stream,
                    member.name,
                    place,
                    given=False,
                    single=place.state is not None and not is_mbox_name(member.name),
                    depth=depth + 1,
                )
            except Torn as torn:
                self._tell(member.name, f"{torn}; what came before was taken")

    def _one(self, stream: Stream, name: str, place: Place) -> Iterator[Found]:
        raw = stream.all(MOST)
        if raw is None:
            self._tell(name, f"is larger than {MOST >> 20} MB")
        else:
            yield Found(raw, place)

    def _tell(self, name: str, why: str, *, lost: bool = True) -> None:
        where = self._where if name == self._where else f"{name} in {self._where}"
        self._trouble(Trouble(where, why, lost))


def _without_ending(name: str) -> str:
    path = PurePosixPath(name)
    return str(path.with_suffix("")) if path.suffix.lower() in (".gz", ".bz2", ".xz") else name


def _mended(read: Callable[[int], bytes]) -> Callable[[int], bytes]:
    """A file whose lines end in CR with lines that end in LF."""
    return lambda size: read(size).replace(b"\r", b"\n")


def _holds_mails(path: Path) -> bool:
    """Whether a file beside a Maildir's folders holds mails: mail servers keep their own files there."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return recognised(file.read(1 << 16)) not in (Holds.NOTHING, Holds.OTHER)


def _size(path: Path) -> int:
    if not path.is_dir():
        return path.stat().st_size
    total = 0
    for name, _, files in os.walk(path):
        total += sum(os.lstat(os.path.join(name, file)).st_size for file in files)  # noqa: PTH118 — 3 × as fast
    return total


def _check(path: str, wanted: Wanted) -> None:
    """Raise where a path cannot be what was said, naming the next step."""
    if path == STANDARD_INPUT:
        if wanted == Wanted.MAILDIR:
            raise Invalid("A Maildir is a directory; standard input takes mbox, a mail, or an archive.")
        return
    here = Path(path)
    if not here.exists():
        raise NotFound(f"There is no {path}; give the path of a file or a directory that exists.")
    if here.is_dir():
        if wanted == Wanted.MAILDIR and not _holds_maildir(here):
            raise Invalid(
                f"{path} is no Maildir: neither it nor a directory in it has `cur` or `new`. "
                "`syncline import mbox` takes directories of mbox and .eml files."
            )
        return
    if wanted == Wanted.MAILDIR:
        raise Invalid(f"{path} is a file, a Maildir is a directory; `syncline import mbox` takes files.")
    if not here.is_file():
        return  # a pipe gives its bytes once
    with here.open("rb") as file:
        head = file.read(1 << 16)
    if wanted == Wanted.ANY and not path.lower().endswith(".eml") and recognised(head) == Holds.OTHER:
        raise Invalid(f"The file {path} {advice(head)}.")


def _holds_maildir(top: Path) -> bool:
    return any(is_maildir(Path(name)) for name, _, _ in os.walk(top))
