"""All that stores differ in: reading a moment, and appending a batch."""

from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeVar

from syncline.core.ids import Seq
from syncline.store.batch import Batch
from syncline.store.contract import Blobs, View

T = TypeVar("T")


class Backend(Protocol):
    """What the group commit needs of a database."""

    @property
    def blobs(self) -> Blobs:
        """Bytes by their hash."""

    epoch: str
    secret: str
    next_id: int
    """the first id that no committed work has"""

    def view(self) -> AbstractAsyncContextManager[View]:
        """One moment of committed works."""

    async def begin(self) -> View:
        """Begin a group: what its works read. Its head is the base of their batch."""

    async def perform(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a work's coroutine; raises RuntimeError if it awaits anything but its transaction."""

    async def append(self, batch: Batch) -> Seq:
        """Commit a batch durably and return its last seq.

        Raises Stale, Unstorable, DiskFull, ReadOnly, Unavailable.

        Blobs that the batch names are made durable first. After an error nothing of the batch stands, or
        (Unavailable) it is unknown whether it does: then `recover` tells.
        """

    async def abandon(self) -> None:
        """End a group that wrote nothing."""

    async def recover(self) -> Seq:
        """After Unavailable: make sure of what is durable, on fresh connections; returns the head."""

    async def scrub(self) -> None:
        """Leave no byte of overwritten content in any file."""

    async def close(self) -> None:
        """Let go of everything."""
