"""Backups: one file with all that a store holds, written while the server goes on.

A backup is a plain tar file: `manifest.json`, `store.db`, `blobs.db`, the files of large blobs, and
`complete` at its end. Both databases are read at one moment each, the store's first, so that each blob that
it names is there.
"""

import io
import os
import shutil
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, TypeAlias

import apsw
import msgspec

from syncline.core.errors import Conflict, NotFound, Unavailable
from syncline.core.ids import Seq
from syncline.store.sqlite.blobs import sync_folder
from syncline.store.sqlite.connection import open_reader
from syncline.store.sqlite.faults import fault
from syncline.store.sqlite.verify.blobs import blob_file
from syncline.store.sqlite.verify.looking import jumps

Progress: TypeAlias = Callable[[str, int, int], None]
"""Hears what is done, how much of it, and of how much."""

FORMAT: Final = 1
PAGES: Final = 256
"""Pages copied at a time (2 MB): the writer gets the disk between."""
TRIES: Final = 3
MANIFEST: Final = "manifest.json"
COMPLETE: Final = "complete"
PIECE: Final = 1 << 20


class Manifest(msgspec.Struct, frozen=True):
    """What a backup says of itself. `made` in ms; `head` is the newest change that it holds."""

    format: int
    head: Seq
    epoch: str
    made: int
    blobs: int
    """how many files of large blobs it holds"""


class Backup(msgspec.Struct, frozen=True):
    """What was written: up to which change, and how many bytes."""

    head: Seq
    size: int


class _Erased(Exception):
    """A blob went away while it was to be copied: the backup begins anew, so that it does not hold half."""


def target_file(target: Path) -> Path:
    """The file to be written: a directory gets one named by the time; raises Conflict if it exists."""
    if target.is_dir():
        target = target / time.strftime("syncline-%Y%m%d-%H%M%S.tar", time.gmtime())
    if target.exists():
        raise Conflict(f"{target} exists already; name another file, or remove it.")
    if not target.parent.is_dir():
        raise NotFound(f"There is no directory {target.parent} to put the backup in; make it first.")
    return target


def backup(directory: Path, target: Path, *, progress: Progress = lambda what, done, total: None) -> Backup:
    """Write a backup of the store in a directory; it appears under its name only when it would survive.

    Blocking: run it in a thread beside a server. Raises Conflict where the file exists, NotFound where there
    is no store, DiskFull and others of the disk.
    """
    if not (directory / "store.db").exists():
        raise NotFound(f"There is no store in {directory}; name the data directory with --data.")
    target = target_file(target)
    for _ in range(TRIES):
        with _workplace(target) as place:
            try:
                head = _write(directory, place, progress)
            except _Erased:
                continue
            except (apsw.Error, OSError) as error:
                raise fault(error) from error
            done = place / "backup.tar"
            size = done.stat().st_size
            if target.exists():
                raise Conflict(f"{target} appeared meanwhile; name another file.")
            done.rename(target)
            sync_folder(target.parent)
            return Backup(head, size)
    raise Unavailable("Blobs were erased again and again meanwhile; back up again when the erasing is done.")


@contextmanager
def _workplace(target: Path) -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _write(directory: Path, place: Path, progress: Progress) -> Seq:
    with (
        closing(open_reader(directory / "store.db")) as store,
        closing(open_reader(directory / "blobs.db")) as blobs,
    ):
        # a read transaction each keeps its moment: the copies do not begin anew with every commit
        for source in (store, blobs):
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        head = newest(store)
        large = [row[0] for row in blobs.execute("SELECT hash FROM blob WHERE body IS NULL ORDER BY hash")]
        manifest = Manifest(
            format=FORMAT,
            head=head,
            epoch=str(store.execute("SELECT value FROM meta WHERE name = 'epoch'").get),
            made=int(time.time() * 1000),
            blobs=len(large),
        )
        with (place / "backup.tar").open("xb") as file:
            os.fchmod(file.fileno(), 0o600)
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                _add(tar, MANIFEST, msgspec.json.encode(manifest))
                for name, source in (("store.db", store), ("blobs.db", blobs)):
                    copy = place / name
                    _copy(source, copy, lambda done, total, name=name: progress(name, done, total))  # type: ignore[misc]
                    tar.add(copy, arcname=name, filter=_plain)
                    copy.unlink()
                for done, hash in enumerate(large):
                    progress("large blobs", done, len(large))
                    path = blob_file(directory, hash)
                    try:
                        tar.add(path, arcname=f"blobs/{path.parent.name}/{path.name}", filter=_plain)
                    except FileNotFoundError as error:
                        raise _Erased from error
                _add(tar, COMPLETE, b"")
            file.flush()
            os.fsync(file.fileno())
    return head


def newest(store: apsw.Connection) -> Seq:
    """The head of a store's log: its newest change, or the end of its last jump."""
    found: int = store.execute("SELECT ifnull(max(seq), 0) FROM change").get
    return Seq(max(found, *(jump.to for jump in jumps(store)), 0))


def _copy(source: apsw.Connection, copy: Path, progress: Callable[[int, int], None]) -> None:
    with closing(apsw.Connection(str(copy))) as target:
        for pragma in ("journal_mode=OFF", "synchronous=OFF"):
            target.execute(f"PRAGMA {pragma}").fetchall()
        with target.backup("main", source, "main") as copying:
            while not copying.done:
                copying.step(PAGES)
                progress(copying.page_count - copying.remaining, copying.page_count)


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Nothing about this machine's users stands in a backup."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = _plain(tarfile.TarInfo(name))
    member.size = len(data)
    member.mtime = int(time.time())
    tar.addfile(member, io.BytesIO(data))
