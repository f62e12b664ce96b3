"""One process owns a data directory."""

import contextlib
import errno
import fcntl
import json
import os
import time
from pathlib import Path

from syncline.core.errors import Owned

LOCK = "owner.lock"
TRIES = 3


class OwnerLock:
    """The lock of a data directory, held as long as this process lives or until `release`.

    The file's text says who owns it: {"pid": …, "socket": …}. The lock itself is the kernel's (flock), so
    that a process that was killed leaves nothing behind.
    """

    def __init__(self, directory: Path) -> None:
        """Name the directory; nothing is locked yet."""
        self.path = directory / LOCK
        self._file: int | None = None

    def acquire(self, *, socket: str | None = None) -> None:
        """Become the owner; raises Owned if another process is."""
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        for attempt in range(TRIES):
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                # a command that asks who owns it holds the lock for some microseconds (`read_owner`)
                if attempt + 1 < TRIES:
                    time.sleep(0.01)
        else:
            os.close(file)
            owner = read_owner(self.path.parent)
            pid = "" if owner is None else f" (process {owner.get('pid')})"
            raise Owned(
                f"another Syncline{pid} uses {self.path.parent}; stop it, or run the command through it"
            ) from None
        self._file = file
        self.announce(socket)

    def acquire_to_look(self) -> None:
        """Keep others from writing while this process reads; raises Owned if one does.

        Where nothing can be written (a failing disk mounted read-only), no lock has to be written either.
        """
        try:
            self.acquire()
        except OSError as error:
            if error.errno not in (errno.EROFS, errno.EACCES):
                raise
            if read_owner(self.path.parent) is not None:
                raise Owned(f"another Syncline uses {self.path.parent}; run the command through it") from None

    def announce(self, socket: str | None) -> None:
        """Write down by which socket other commands reach this process."""
        if self._file is None:
            raise Owned("the lock is not held")
        text = json.dumps({"pid": os.getpid(), "socket": socket}).encode()
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, text, 0)

    def release(self) -> None:
        """Let go; a second call does nothing."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._file is not None


def read_owner(directory: Path) -> dict[str, object] | None:
    """What the owner of a directory wrote down, or None where nobody owns it now."""
    path = directory / LOCK
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return None
        text = os.pread(file, 4096, 0)
    finally:
        os.close(file)
    try:
        owner = json.loads(text)
    except ValueError:
        return {}
    return owner if isinstance(owner, dict) else {}
