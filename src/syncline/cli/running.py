"""Running the server: port, store, services, the socket for commands, and an end in good order."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from shlex import quote
from typing import Any, Final

import msgspec

from syncline.cli.settings import Settings, public_url
from syncline.core.errors import Deactivated, NotFound
from syncline.core.ids import Id
from syncline.server import run as server
from syncline.server.admin.control import Control
from syncline.server.admin.listening import listening
from syncline.server.admin.routes import admin_application
from syncline.server.admin.shapes import Sample
from syncline.server.assembly import Services, build
from syncline.server.beside import beside
from syncline.server.collector import settle_collector
from syncline.server.plugged import application
from syncline.server.sockets import bind
from syncline.services.accounts import Role
from syncline.store.sqlite import open_store
from syncline.store.sqlite.store import SqliteStore

log = logging.getLogger("syncline")

COLLECT_AFTER: Final = 300.0
"""Seconds after the start: a start should not compete with its first clients."""
COLLECT_EVERY: Final = 86_400.0


async def run(chosen: Settings, *, sample: bool) -> None:
    """Serve until a signal; raises CannotListen, Owned and the store's errors before anything is served."""
    config = chosen.config
    logging.basicConfig(
        level=config.log.level.upper(), stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )
    for noisy in ("uvicorn.error", "httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    bound = bind(config.server.host, config.server.port)
    try:
        store = await open_store(chosen.directory)
    except BaseException:
        bound.close()
        raise
    try:
        services = build(store, config)
        if config.server.single_user is not None:
            one = await _single_user(services, config.server.single_user)
            services = msgspec.structs.replace(services, single_user=one)
        running: list[server.Server] = []
        url = public_url(config, port=bound.getsockname()[1])
        control = Control(
            services=services,
            directory=chosen.directory,
            public_url=url,
            stopping=services.stopping,
            stop=lambda: running[0].stop(),
        )
        routes = admin_application(control)
        shown = None
        if sample:
            from syncline.cli.sampling import make_sample  # it loads httpx: 0.1 s

            shown = await make_sample(routes)

        def ready(which: server.Server) -> None:
            running.append(which)
            settle_collector()
            _welcome(chosen, url, shown)

        async with AsyncExitStack() as stack:
            socket = await stack.enter_async_context(listening(routes, chosen.directory))
            for work in (*beside(services), _collect(store)):
                await stack.enter_async_context(_beside(work))
            store.lock.announce(socket)
            await server.serve(application(services, config), config, bound, services.stopping, ready=ready)
            store.lock.announce(None)
        await services.close()
    finally:
        await store.close()


async def _single_user(services: Services, email: str) -> Id:
    try:
        account = await services.accounts.by_email(email)
    except NotFound:
        account = await services.accounts.add(email, role=Role.ADMIN)
    if account.closed:
        raise Deactivated(f"{email} was closed; serve another single user, or none.")
    return account.id


async def _collect(store: SqliteStore) -> None:
    """Delete what a crash left behind: blobs that nothing names."""
    while True:
        await asyncio.sleep(COLLECT_AFTER)
        gone = await store.backend.collect_blobs()
        if gone:
            log.info("%d blobs that nothing names were deleted", gone)
        await asyncio.sleep(COLLECT_EVERY)


@asynccontextmanager
async def _beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Let something run while the block does; should it end with an error, that is said, not hidden."""
    task = asyncio.create_task(work)
    task.add_done_callback(_report)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("A part of the server ended; restart it.", exc_info=error)


def _welcome(chosen: Settings, url: str, sample: Sample | None) -> None:
    lines = [f"Syncline serves {url} from {chosen.directory}. Ctrl-C ends it."]
    if sample is not None and sample.link is not None:
        if sample.made:
            lines.append(f"It has made a small sample workspace; its passwords are in {sample.file}")
        data = "" if str(chosen.directory) == "data" else f" --data {quote(str(chosen.directory))}"
        ask = f"curl -H 'Authorization: Bearer {sample.token}'"
        lines += [
            "",
            f"Sign in as {sample.email}, once, in a browser:",
            f"  {sample.link}",
            "",
            "Watch it answer: paste one of these into another terminal.",
            f"  {ask} '{url}/changes?since='",
            f"  {ask} '{url}/search.json?q=~inbox'",
            f"  {ask} -d '{{\"wait\": false}}' {url}/api/account/poll",
            f"  {quote(_command())} tail{data}",
        ]
    print("\n".join(lines), flush=True)


def _command() -> str:
    """`syncline` as it can be pasted here: that of this interpreter, as short as the place allows."""
    command, place = Path(sys.prefix, "bin", "syncline"), Path.cwd()
    return str(command.relative_to(place) if command.is_relative_to(place) else command)
