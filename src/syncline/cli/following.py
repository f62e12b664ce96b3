"""Following the log, or what an account sees of it, over restarts of the server and while there is none."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Final, TypeVar

import httpx

from syncline.cli.admin import Admin
from syncline.cli.answers import Lost
from syncline.cli.changes import Changes, Page
from syncline.cli.failures import Failure, say
from syncline.cli.owner import reach, socket_of_owner
from syncline.cli.settings import settings
from syncline.cli.where import Where
from syncline.core.errors import Owned
from syncline.server.admin.lines import TailLine

T = TypeVar("T")

LOOK_AGAIN: Final = 0.5
"""Seconds between looks at a directory that nobody owns."""

AGAIN: Final = 0.2
"""Seconds before a server that ended, or is about to, is asked again; it doubles for one elsewhere …"""

LONGEST: Final = 30.0
"""… up to this."""

SHOWN_AT_FIRST: Final = 20


def follow_log(where: Where, *, since: int | None, follow: bool) -> AsyncGenerator[TailLine, None]:
    """Each change of the log after `since` once, in order; without `follow` up to the newest one."""
    place = since

    async def visit(admin: Admin, live: bool) -> AsyncGenerator[TailLine, None]:
        nonlocal place
        query = {"newest": SHOWN_AT_FIRST} if place is None else {"since": place}
        async with aclosing(admin.tail(follow=int(live), **query)) as changes:
            async for change in changes:
                place = change.seq
                yield change
        place = place or 0

    return _over_restarts(where, visit, follow=follow)


def follow_account(
    where: Where, account: str, *, since: str | None, follow: bool
) -> AsyncGenerator[Page, None]:
    """Each page of /changes after the cursor `since` as this account sees it; without `follow` to the end."""
    cursor = since

    async def visit(admin: Admin, live: bool) -> AsyncGenerator[Page, None]:
        nonlocal cursor
        async with aclosing(admin.changes(account).pages(cursor, newest=SHOWN_AT_FIRST, live=live)) as pages:
            async for page in pages:
                cursor = page.next
                yield page

    return _over_restarts(where, visit, follow=follow)


async def follow_remote(
    url: str, token: str, *, since: str | None, follow: bool
) -> AsyncGenerator[Page, None]:
    """Each page of a server's /changes after the cursor `since`; without `follow` to the end.

    The first request must succeed; after that the server may go and come back.
    """
    cursor = since
    met = said = False
    pause = AGAIN
    async with httpx.AsyncClient(
        base_url=url, headers={"Authorization": f"Bearer {token}"}, trust_env=True
    ) as client:
        changes = Changes(client, f"The server at {url}")
        while True:
            try:
                async with aclosing(changes.pages(cursor, live=follow)) as pages:
                    async for page in pages:
                        cursor = page.next
                        met, said, pause = True, False, AGAIN
                        yield page
            except Lost as lost:
                if not met or not follow:
                    raise
                if not said:
                    say(f"{lost.message} Waiting for it (Ctrl-C ends this).")
                    said = True
            if not follow:
                return
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST)


async def _over_restarts(
    where: Where, visit: Callable[[Admin, bool], AsyncGenerator[T, None]], *, follow: bool
) -> AsyncGenerator[T, None]:
    """What visits of the owner bring, one after the other; `visit` knows where it was.

    A server is asked to go on telling. Where nobody owns the directory it is opened for a moment whenever its
    files changed, so that a server can be started meanwhile.
    """
    directory = settings(where).directory
    said = False
    while True:
        try:
            async with (
                reach(where, create=False) as admin,
                aclosing(visit(admin, follow and not admin.here)) as found,
            ):
                async for one in found:
                    yield one
        except (Lost, Owned):
            if not follow:
                raise
        except Failure:
            # a store that was here may be away for a moment, while a backup is put in its place
            if not said or (directory / "store.db").exists():
                raise
        if not follow:
            return
        if not said and socket_of_owner(directory) is None:
            say(f"No server runs on {directory}; waiting for what is written next (Ctrl-C ends this).")
            said = True
        seen = _signature(directory)
        await asyncio.sleep(AGAIN)
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
