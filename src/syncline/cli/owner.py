"""Reaching the owner of a data directory: a running server through its socket, else this process itself."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from syncline.cli.admin import Admin
from syncline.cli.failures import Failure
from syncline.cli.inprocess import InProcess
from syncline.cli.settings import Settings, public_url, settings
from syncline.cli.where import Where
from syncline.core.errors import Owned
from syncline.store.sqlite.lock import OwnerLock, read_owner

PATIENCE: Final = 10.0
"""Seconds that a command waits for another one that works on the directory without a socket."""


@asynccontextmanager
async def reach(where: Where, *, create: bool = True, unopened: bool = False) -> AsyncIterator[Admin]:
    """The admin routes of whoever owns the directory; nobody does: this process, until the block ends.

    `create` False raises Failure where there is no store yet. `unopened`: in this process only the routes
    that look at the files work (verify, backup), and the store is not opened, so that a damaged one can be
    looked at.
    """
    chosen = settings(where)
    if not create and not (chosen.directory / "store.db").exists():
        raise Failure(
            f"There is no store in {chosen.directory}; name its directory with --data, or start one with "
            "`syncline serve`."
        )
    give_up = time.monotonic() + PATIENCE
    while True:
        if (path := socket_of_owner(chosen.directory)) and await _answers(path):
            async with through(path) as admin:
                yield admin
            return
        try:
            opened = beside(chosen) if unopened else here(chosen)
            admin = await opened.__aenter__()
        except Owned:
            if time.monotonic() > give_up:
                raise
            await asyncio.sleep(0.1)
            continue
        try:
            yield admin
        finally:
            await opened.__aexit__(None, None, None)
        return


def socket_of_owner(directory: Path) -> str | None:
    """The Unix socket of the server that owns a directory; None where nobody does, or it has no socket."""
    owner = read_owner(directory)
    path = None if owner is None else owner.get("socket")
    return path if isinstance(path, str) else None


async def _answers(path: str) -> bool:
    """Whether somebody listens: a server that is about to end has written the path, and listens no more."""
    try:
        _, writer = await asyncio.open_unix_connection(path)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


@asynccontextmanager
async def through(path: str) -> AsyncIterator[Admin]:
    """The admin routes of a running server."""
    transport = httpx.AsyncHTTPTransport(uds=path)
    async with httpx.AsyncClient(transport=transport, base_url="http://owner") as client:
        yield Admin(client, here=False)


@asynccontextmanager
async def here(chosen: Settings) -> AsyncIterator[Admin]:
    """The admin routes in this process, which owns the directory meanwhile; raises Owned if another does."""
    from syncline.server.assembly import build
    from syncline.store.sqlite import open_store

    store = await open_store(chosen.directory)
    try:
        services = build(store, chosen.config)
        try:
            async with _in_process(chosen, services) as admin:
                yield admin
        finally:
            await services.close()
    finally:
        await store.close()


@asynccontextmanager
async def beside(chosen: Settings) -> AsyncIterator[Admin]:
    """The admin routes for a store at rest that is not opened; raises Owned if another process has it."""
    lock = OwnerLock(chosen.directory)
    lock.acquire_to_look()
    try:
        async with _in_process(chosen, None) as admin:
            yield admin
    finally:
        lock.release()


@asynccontextmanager
async def _in_process(chosen: Settings, services: Any) -> AsyncIterator[Admin]:
    from syncline.server.admin.control import Control
    from syncline.server.admin.routes import admin_application

    routes = admin_application(
        Control(services=services, directory=chosen.directory, public_url=public_url(chosen.config))
    )
    async with httpx.AsyncClient(transport=InProcess(routes), base_url="http://here") as client:
        yield Admin(client, here=True)
