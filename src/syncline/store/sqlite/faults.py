"""What SQLite and the disk may say, in the words of the domain."""

import errno

import apsw

from syncline.core.errors import Damaged, DiskFull, ReadOnly, SynclineError, Unavailable


def fault(error: Exception) -> SynclineError:
    """The domain's error for one of the database or the operating system."""
    if isinstance(error, SynclineError):
        return error
    if isinstance(error, apsw.FullError) or (isinstance(error, OSError) and error.errno == errno.ENOSPC):
        return DiskFull("the disk is full: make room; nothing that was acknowledged is lost")
    if isinstance(error, (apsw.ReadOnlyError, apsw.PermissionsError)) or (
        isinstance(error, OSError) and error.errno in (errno.EROFS, errno.EACCES)
    ):
        return ReadOnly("the data directory cannot be written: check its owner, and how its disk is mounted")
    if isinstance(error, apsw.CantOpenError):
        return ReadOnly(f"a file of the store cannot be opened: {error}")
    if isinstance(error, (apsw.CorruptError, apsw.NotADBError)):
        return Damaged(f"a file of the store is damaged ({error}): run `syncline verify`")
    if isinstance(error, apsw.BusyError):
        return Unavailable("another process holds the store's write lock")
    return Unavailable(f"the store could not write: {error}")
