"""A disk that fails on command, and that forgets what was not flushed when its power is cut.

It stands between SQLite and the real files as a file layer (VFS) of its own. Large blobs are files that
do not go through SQLite, hence not through this.
"""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import apsw
import pytest

from syncline.store.sqlite import overwriting

Moment = AbstractContextManager[bool]

Fault = Callable[[str, str], None]
"""Called with an act (`write`, `sync`, `truncate`) and a file's name; raises what the disk says."""


class DiskFile:
    """What reached one file: all, and how much of it is durable."""

    def __init__(self, moment: Moment) -> None:
        """Be empty. Nothing changes on the whole disk while `moment` is held."""
        self.moment = moment
        self.now = bytearray()
        self.durable = b""
        self.open: list[Callable[[bytearray], None]] = []
        """what was done since the last flush; any part of it may survive a power cut, in order"""

    def do(self, act: Callable[[bytearray], None]) -> None:
        """Change the file."""
        with self.moment:
            act(self.now)
            self.open.append(act)

    def flush(self) -> None:
        """Make durable."""
        with self.moment:
            self.durable = bytes(self.now)
            self.open.clear()

    def after_a_cut(self, chance: random.Random) -> bytes:
        """What is there when the power comes back."""
        image = bytearray(self.durable)
        kept = chance.random()
        for act in self.open:
            if chance.random() < kept:
                act(image)
        return bytes(image)


class Disk(apsw.VFS):
    """The layer. It is SQLite's default while `under` is open."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "unix", makedefault=True)
        self.moment = threading.RLock()
        self.files: dict[str, DiskFile] = {}
        self.fault: Fault = lambda act, name: None
        self.flushes = 0

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        return _Shim(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        super().xDelete(filename, syncdir)
        with self.moment:
            self.files.pop(Path(filename).name, None)

    def cut_power(self, directory: Path, chance: random.Random) -> None:
        """Write down what another machine would find on this disk now."""
        directory.mkdir(parents=True)
        with self.moment:  # of all files: two threads make checkpoints, a third commits
            images = {name: file.after_a_cut(chance) for name, file in self.files.items()}
        for name, image in images.items():
            (directory / name).write_bytes(image)


class _Shim(apsw.VFSFile):
    def __init__(self, disk: Disk, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        super().__init__("unix", name, flags)
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self.disk = disk
        self.name = "" if path is None else Path(path).name
        with disk.moment:
            made = DiskFile(disk.moment)
            self.file = disk.files.setdefault(self.name, made) if self.name else made

    def xWrite(self, data: bytes, offset: int) -> None:
        self.disk.fault("write", self.name)
        super().xWrite(data, offset)

        def act(image: bytearray) -> None:
            if len(image) < offset + len(data):
                image.extend(bytes(offset + len(data) - len(image)))
            image[offset : offset + len(data)] = data

        self.file.do(act)

    def xTruncate(self, newsize: int) -> None:
        self.disk.fault("truncate", self.name)
        super().xTruncate(newsize)
        self.file.do(lambda image: image.__delitem__(slice(newsize, None)))

    def xSync(self, flags: int) -> None:
        self.disk.fault("sync", self.name)
        super().xSync(flags)
        self.disk.flushes += 1
        self.file.flush()


_made = 0


@contextmanager
def under(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    """Put a disk under all SQLite files that are opened meanwhile, those of checkpoints included."""
    global _made
    _made += 1
    disk = Disk(f"disk-{_made}")
    monkeypatch.setattr(overwriting, "NAME", f"overwriting-on-disk-{_made}")
    monkeypatch.setattr(overwriting, "_layer", None)
    try:
        yield disk
    finally:
        if overwriting._layer is not None:
            overwriting._layer.unregister()
        disk.unregister()
        apsw.set_default_vfs("unix")
        monkeypatch.setattr(overwriting, "_layer", None)
        monkeypatch.setattr(overwriting, "NAME", f"overwriting-beside-disk-{_made}")
