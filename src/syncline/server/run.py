"""Run the application on uvicorn: our HTTP/1.1, our signals, and a stop that answers everybody first."""

import asyncio
import logging
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp

from syncline.config import Config
from syncline.server.http1 import Http1
from syncline.server.slow import Slow
from syncline.server.sockets import BACKLOG, raise_open_files, tls_context
from syncline.server.stopping import Stopping

log: Final = logging.getLogger("syncline.server")

TICK: Final = 1.0
"""Seconds between two Date headers."""

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Settings(uvicorn.Config):
    """uvicorn's settings, and the limits that its protocol shares with ours."""

    def __init__(self, app: ASGIApp, slow: Slow, *, keep_alive: float, graceful: float) -> None:
        """The settings that no option changes; the socket and its TLS are given to `serve`."""
        super().__init__(
            app,
            loop="none",
            http=Http1,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            backlog=BACKLOG,
            timeout_keep_alive=int(keep_alive),
            timeout_graceful_shutdown=max(1, int(graceful)),
        )
        self.slow = slow
        self.context: Any = None

    def load(self) -> None:
        """Load, with a TLS side that was checked before."""
        super().load()
        self.ssl = self.context


class Server(uvicorn.Server):
    """uvicorn's server, stopping in the right order: no new clients, waiting ones answered, then the end."""

    config: Settings

    def __init__(
        self, config: Settings, stopping: Stopping, ready: "Callable[[Server], None] | None" = None
    ) -> None:
        """Call `ready` once requests are served."""
        super().__init__(config)
        self._stopping = stopping
        self._ready = ready
        self._stop = asyncio.Event()

    async def main_loop(self) -> None:
        """Wait for the stop; look up only to write a new date."""
        if self._ready is not None:
            self._ready(self)
        while not self.should_exit:
            self.server_state.default_headers = [(b"Date", formatdate(time.time(), usegmt=True).encode())]
            try:
                await asyncio.wait_for(self._stop.wait(), TICK)
            except TimeoutError:
                continue

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting, let idle connections go, make parked polls answer, and wait for the rest."""
        for server in self.servers:
            server.close()
        self.config.slow.stopping = True
        for connection in list(self.server_state.connections):
            connection.shutdown()
        self._stopping.set()
        await super().shutdown(sockets)
        self.config.slow.close()

    def stop(self) -> None:
        """Begin to stop; on the loop."""
        self.should_exit = True
        self._stop.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGTERM and SIGINT, and end as if asked (uvicorn would raise the signal again: status
        143)."""
        loop = asyncio.get_running_loop()
        try:
            for which in SIGNALS:
                loop.add_signal_handler(which, self._signalled, which)
        except (ValueError, RuntimeError):  # not the main thread (tests): the owner calls stop()
            yield
            return
        try:
            yield
        finally:
            for which in SIGNALS:
                loop.remove_signal_handler(which)

    def _signalled(self, which: int) -> None:
        if self.should_exit:
            log.warning("Stopping at once, because it was asked twice.")
            self.force_exit = True
        else:
            log.info("Stopping (%s).", signal.Signals(which).name)
        self.stop()


async def serve(
    app: ASGIApp,
    config: Config,
    bound: socket.socket,
    stopping: Stopping,
    *,
    ready: Callable[[Server], None] | None = None,
) -> None:
    """Serve until a signal (or `Server.stop`); returns after the last answer, or `server.graceful_timeout`.

    `bound` comes from `sockets.bind`, so that a taken port is said before a store is opened. `ready` is
    called on the loop when requests are served.
    """
    options = config.server
    raise_open_files()
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)  # what it tells beyond that, we tell
    slow = Slow(
        max_head=options.max_header, head_seconds=options.header_timeout, body_seconds=options.request_timeout
    )
    settings = Settings(app, slow, keep_alive=options.keep_alive_timeout, graceful=options.graceful_timeout)
    if options.tls_certificate is not None and options.tls_key is not None:
        settings.context = tls_context(options.tls_certificate, options.tls_key)
    await Server(settings, stopping, ready).serve(sockets=[bound])
