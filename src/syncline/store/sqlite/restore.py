"""Restoring a backup: its log jumps, so that cursors from the lost future are known."""

import os
import re
import tarfile
import uuid
from contextlib import closing
from pathlib import Path
from typing import Final

import apsw
import msgspec

from syncline.core.errors import Conflict, Damaged, NotFound
from syncline.core.ids import JUMP, Seq
from syncline.core.kinds import ZoneKind
from syncline.store.sqlite.backup import COMPLETE, FORMAT, MANIFEST, PIECE, Manifest, Progress, newest
from syncline.store.sqlite.blobs import sync_folder
from syncline.store.sqlite.connection import open_writer
from syncline.store.sqlite.faults import fault
from syncline.store.sqlite.lock import LOCK, OwnerLock
from syncline.store.sqlite.verify.looking import Jump, jumps
from syncline.store.sqlite.verify.zones import SITE_JUMP

UNFINISHED: Final = ".restoring"
"""The ending of files that are not in place yet: an interrupted restore leaves only these."""

MEMBER: Final = re.compile(r"store\.db|blobs\.db|blobs/([0-9a-f]{2})/\1[0-9a-f]{62}")
DATABASES: Final = ("blobs.db", "store.db")
"""In the order in which they come into place: a directory with `store.db` is a store."""


class Restored(msgspec.Struct, frozen=True):
    """What came back: the newest change of the backup, and the head after the jump."""

    last: Seq
    head: Seq


def restore(file: Path, directory: Path, *, progress: Progress = lambda what, done, total: None) -> Restored:
    """Make a store from a backup in a new or empty directory (or one with an unfinished restore).

    seq jumps by 2^32, each site's nr by 128; the epoch is new and the devices' marks are dropped, so that all
    readers notice. Blocking. Raises NotFound (no such file), Conflict (the directory is in use), Damaged (the
    file is no whole backup), Owned.
    """
    if not file.is_file():
        raise NotFound(f"There is no backup {file}; give the path of a file made by `syncline backup`.")
    if directory.exists() and not directory.is_dir():
        raise Conflict(f"{directory} is a file; name a new directory with --data.")
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = OwnerLock(directory)
        lock.acquire()
        try:
            foreign = [
                path.name
                for path in directory.iterdir()
                if path.name not in (LOCK, "blobs") and not path.name.endswith(UNFINISHED)
            ]
            if foreign:
                raise Conflict(f"{directory} is not empty; name a new directory with --data.")
            _unpack(file, directory, progress)
            restored = _jump(directory / f"store.db{UNFINISHED}")
            for name in DATABASES:
                (directory / f"{name}{UNFINISHED}").rename(directory / name)
                sync_folder(directory)
            return restored
        finally:
            lock.release()
    except (apsw.Error, OSError) as error:
        raise fault(error) from error


def _unpack(file: Path, directory: Path, progress: Progress) -> None:
    broken = Damaged(f"{file} is not a whole backup; take another one.")
    size = file.stat().st_size
    names: set[str] = set()
    try:
        with file.open("rb") as source, tarfile.open(fileobj=source, mode="r:") as tar:
            first = tar.next()
            if first is None or first.name != MANIFEST:
                raise broken
            manifest = msgspec.json.decode(_bytes(tar, first), type=Manifest)
            if manifest.format != FORMAT:
                raise Damaged(
                    f"{file} was written by another version of Syncline (format {manifest.format}); "
                    "restore it with that."
                )
            while (member := tar.next()) is not None:
                names.add(member.name)
                if member.name == COMPLETE:
                    break
                if not member.isreg() or MEMBER.fullmatch(member.name) is None:
                    raise broken
                _place(tar, member, directory)
                progress("unpack", source.tell(), size)
    except (tarfile.TarError, EOFError, msgspec.MsgspecError) as error:
        raise broken from error
    blobs = sum(name.startswith("blobs/") for name in names)
    if not names.issuperset((COMPLETE, *DATABASES)) or blobs != manifest.blobs:
        raise broken


def _bytes(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    content = tar.extractfile(member)
    return b"" if content is None else content.read(PIECE)


def _place(tar: tarfile.TarFile, member: tarfile.TarInfo, directory: Path) -> None:
    path = directory / (f"{member.name}{UNFINISHED}" if member.name in DATABASES else member.name)
    for folder in reversed(path.relative_to(directory).parents[:-1]):
        (directory / folder).mkdir(mode=0o700, exist_ok=True)
    content = tar.extractfile(member)
    if content is None:
        raise tarfile.ReadError(member.name)
    with path.open("wb") as target:
        os.fchmod(target.fileno(), 0o600)
        written = 0
        while piece := content.read(PIECE):
            written += target.write(piece)
        if written != member.size:
            raise tarfile.ReadError(member.name)
        target.flush()
        os.fsync(target.fileno())
    sync_folder(path.parent)


def _jump(path: Path) -> Restored:
    """Move the log ahead and forget what devices acknowledged, before the file is in its place."""
    with closing(open_writer(path)) as store:
        last = newest(store)
        head = Seq(last + JUMP)
        made = [*jumps(store), Jump(last, head)]
        with store:
            for name, value in (("jumps", msgspec.json.encode(made).decode()), ("epoch", uuid.uuid4().hex)):
                store.execute("INSERT OR REPLACE INTO meta VALUES(?, ?)", (name, value))
            store.execute("DELETE FROM mark")
            store.execute("DELETE FROM mark_exception")
            store.execute("UPDATE zone SET nr = nr + ? WHERE kind = ?", (SITE_JUMP, int(ZoneKind.SITE)))
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return Restored(last, head)
