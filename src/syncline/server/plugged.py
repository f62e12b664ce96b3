"""All that answers requests, joined into the one ASGI callable over the services."""

import logging
from typing import Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp

from syncline import web
from syncline.config import Config
from syncline.gateways.http.origins import origin_of
from syncline.protocols import changes
from syncline.protocols.fleep import plugged as fleep
from syncline.protocols.heliotrope import plugged as heliotrope
from syncline.server import health
from syncline.server.access_log import LOGGER, AccessLog, to_stderr
from syncline.server.application import Terms, edge
from syncline.server.assembly import Services
from syncline.server.hosts import Hosts
from syncline.server.metrics import ACCESS_DROPPED
from syncline.server.peers import Proxies

PARTS: Final = (health.PART, changes.PART, fleep.PART, heliotrope.PART, web.PART)
"""Everything that answers requests."""


def application(services: Services, config: Config, *, access: AccessLog | None = None) -> ASGIApp:
    """The one ASGI callable. `access` None: a log is kept if `log.access` and the logger's level say so."""
    if access is None and config.log.access and logging.getLogger(LOGGER).isEnabledFor(logging.INFO):
        to_stderr(logging.getLogger(LOGGER))
        access = AccessLog()
    if access is not None:
        log = access
        services.metrics.gauge(ACCESS_DROPPED, lambda: log.dropped)
    server = config.server
    own = {origin_of(server.public_url)} if server.public_url else set()
    terms = Terms(
        max_body=server.max_body,
        proxies=Proxies(server.trusted_proxies),
        hosts=Hosts(
            server.host,
            public_url=server.public_url,
            name=urlsplit(f"//{server.name}").hostname,
            single_user=services.single_user is not None,
        ),
        own_origins=frozenset(origin for origin in own if origin is not None),
    )
    return edge(PARTS, services, terms, limiter=services.limiter, metrics=services.metrics, access=access)
