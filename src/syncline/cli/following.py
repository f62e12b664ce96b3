"""Following the log over restarts of the server, and while nobody owns the directory."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from syncline.cli.admin import Refused
from syncline.cli.failures import Failure, say
from syncline.cli.owner import reach, socket_of_owner
from syncline.cli.settings import settings
from syncline.cli.where import Where
from syncline.core.errors import Owned
from syncline.server.admin.lines import TailLine

LOOK_AGAIN: Final = 0.5
"""Seconds between looks at a directory that nobody owns."""

SHOWN_AT_FIRST: Final = 20


async def follow_log(
    where: Where, *, account: str | None, since: int | None, follow: bool
) -> AsyncIterator[TailLine]:
    """Each change after `since` once, in order; without `follow` up to the newest one.

    A server streams them. Where nobody owns the directory it is opened for a moment whenever its files
    changed, so that a server can be started meanwhile.
    """
    directory = settings(where).directory
    query: dict[str, str | int] = {} if account is None else {"account": account}
    place = since
    seen: object = None
    said = False
    while True:
        if place is None:
            query["newest"] = SHOWN_AT_FIRST
        else:
            query.pop("newest", None)
            query["since"] = place
        try:
            async with reach(where, create=False) as admin:
                live = follow and not admin.here
                async for change in admin.tail(follow=int(live), **query):
                    place = change.seq
                    yield change
        except Refused:
            raise
        except (Failure, Owned):
            if not said and not (directory / "store.db").exists():
                raise
            if not follow:
                raise
        if not follow:
            return
        if not said and socket_of_owner(directory) is None:
            say(f"No server runs on {directory}; waiting for what is written next (Ctrl-C ends this).")
            said = True
        if place is None:
            place = 0
        seen = _signature(directory)
        # other processes write these files, so there is nothing to be woken by
        while socket_of_owner(directory) is None and _signature(directory) == seen:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_AGAIN)


def _signature(directory: Path) -> tuple[tuple[int, int], ...]:
    """What differs after any commit: sizes and times of the store's files."""
    found = []
    for name in ("store.db", "store.db-wal"):
        try:
            stat = (directory / name).stat()
        except FileNotFoundError:
            found.append((0, 0))
        else:
            found.append((stat.st_mtime_ns, stat.st_size))
    return tuple(found)
