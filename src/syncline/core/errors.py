"""What can go wrong, in the words of the domain. Each protocol maps these to its own shape, in one place.

Every error has a stable `code` and a sentence that helps the person who reads it.
"""

from typing import ClassVar


class SynclineError(Exception):
    """The base of all errors that a caller may be told about."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        """Say what happened in one sentence; `field` names the input that caused it."""
        super().__init__(message)
        self.message = message
        self.field = field


class Invalid(SynclineError):
    """The input is not what it should be; nothing was changed."""

    code = "invalid"


class Missing(Invalid):
    """A required input was not given."""

    code = "missing"


class NotFound(SynclineError):
    """There is no such thing, or the caller may not know that there is."""

    code = "not_found"


class Forbidden(SynclineError):
    """The caller may see this, but not do that."""

    code = "forbidden"


class NotMember(Forbidden):
    """The caller has left the conversation, or was never in it."""

    code = "not_member"


class Unauthorized(SynclineError):
    """No credentials, or wrong, revoked or expired ones."""

    code = "unauthorized"


class WrongPassword(Unauthorized):
    """E-mail address and password do not belong together (never said which is wrong)."""

    code = "wrong_password"


class Deactivated(Unauthorized):
    """The account was closed."""

    code = "deactivated"


class ScopeMissing(Forbidden):
    """The token lacks the scope that this call needs."""

    code = "insufficient_scope"


class Conflict(SynclineError):
    """It collides with something that exists already."""

    code = "conflict"


class Taken(Conflict):
    """That name or address is in use."""

    code = "taken"


class Gone(SynclineError):
    """It existed once and was removed for good."""

    code = "gone"


class TooLarge(SynclineError):
    """More bytes, entries or levels than the limit allows."""

    code = "too_large"


class TooMany(SynclineError):
    """Too many requests; try again after `retry_after` seconds."""

    code = "too_many_requests"

    def __init__(self, message: str, *, retry_after: float) -> None:
        """Say what was limited, and for how many seconds."""
        super().__init__(message)
        self.retry_after = retry_after


class Closed(Forbidden):
    """Registration is closed on this server."""

    code = "registration_closed"


class Unavailable(SynclineError):
    """The server cannot do this now (disk full, shutting down); nothing was acknowledged."""

    code = "unavailable"


class DiskFull(Unavailable):
    """The disk is full: the work was undone, nothing acknowledged is lost."""

    code = "disk_full"


class ReadOnly(Unavailable):
    """The data directory cannot be written."""

    code = "read_only"


class Damaged(SynclineError):
    """The store is not what it should be; `syncline verify` names the damage."""

    code = "damaged"


class Owned(Unavailable):
    """Another process owns the data directory."""

    code = "owned"


class Unfit(Invalid):
    """The request is well made, but this mail or label cannot be taken; nothing was changed."""

    code = "unfit"


class BadQuery(Invalid):
    """A search query cannot be read. `position` is the character (from 0) at which it stops making sense."""

    code = "bad_query"

    def __init__(self, message: str, position: int) -> None:
        """Say what was expected, and where."""
        super().__init__(message, field="q")
        self.position = position


class RelayMissing(Unavailable):
    """Mail cannot be sent: no relay is configured."""

    code = "relay_missing"


class RelayFailed(Unavailable):
    """The relay did not take a mail; nothing was stored. Whether it may have been sent is in the message."""

    code = "relay_failed"
