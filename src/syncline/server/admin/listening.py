"""The Unix socket on which a running server answers the `syncline` command."""

import asyncio
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

import uvicorn
from starlette.types import ASGIApp

NAME: Final = "admin.sock"

LONGEST: Final = 100
"""Bytes of a socket's path: the kernel takes 107, macOS 103."""


@asynccontextmanager
async def listening(app: ASGIApp, directory: Path) -> AsyncIterator[str]:
    """Answer on a socket that only this user can open; the value is its path, for the lock file."""
    with _socket(directory) as (bound, path):
        server = _Quiet(
            uvicorn.Config(
                app,
                loop="none",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=2,
            )
        )
        task = asyncio.create_task(server.serve(sockets=[bound]), name="admin socket")
        try:
            yield path
        finally:
            server.should_exit = True
            await task


class _Quiet(uvicorn.Server):
    """A second server in the process: signals belong to the first."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextmanager
def _socket(directory: Path) -> Iterator[tuple[socket.socket, str]]:
    """A bound socket of mode 0600: in the data directory, or in one of its own where that path is long."""
    path = directory.resolve() / NAME
    short: str | None = None
    if len(os.fsencode(path)) > LONGEST:
        short = tempfile.mkdtemp(prefix="syncline-")
        path = Path(short) / NAME
    path.unlink(missing_ok=True)  # left by a process that was killed; the lock says that it is gone
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        before = os.umask(0o177)
        try:
            bound.bind(str(path))
        finally:
            os.umask(before)
        bound.listen(64)
        bound.setblocking(False)
        yield bound, str(path)
    finally:
        bound.close()
        path.unlink(missing_ok=True)
        if short is not None:
            shutil.rmtree(short, ignore_errors=True)
