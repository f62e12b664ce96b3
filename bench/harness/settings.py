"""The uvicorn settings that floor and product share: without the same ones no ratio means anything."""

import uvicorn
from starlette.types import ASGIApp

from syncline.config import Config
from syncline.server.run import Settings
from syncline.server.slow import Slow


def floor_settings(app: ASGIApp, port: int) -> uvicorn.Config:
    """The product's settings, but for the protocol: the floor keeps uvicorn's own httptools.

    So what Syncline's HTTP/1.1 adds to it (limits on heads and slow clients, header case) counts as ours.
    """
    server = Config().server
    ours = Settings(app, Slow(), keep_alive=server.keep_alive_timeout, graceful=server.graceful_timeout)
    return uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        loop="uvloop",
        http="httptools",
        ws=ours.ws,
        lifespan=ours.lifespan,
        interface=ours.interface,
        log_config=None,
        access_log=ours.access_log,
        proxy_headers=ours.proxy_headers,
        server_header=ours.server_header,
        backlog=ours.backlog,
        timeout_keep_alive=ours.timeout_keep_alive,
        timeout_graceful_shutdown=ours.timeout_graceful_shutdown,
    )
