"""`/healthz` for load balancers and `/metrics` for Prometheus."""

import asyncio
import os
from ipaddress import ip_address, ip_network
from typing import Final, Protocol

import msgspec
from starlette.types import ASGIApp, Receive, Scope, Send

from syncline.config import Config
from syncline.core.errors import NotFound, SynclineError
from syncline.gateways.http.answers import Answer, send_answer
from syncline.gateways.http.routes import Part, Route
from syncline.server.metrics import Metrics
from syncline.server.paths import SERVER
from syncline.server.stopping import Stopping
from syncline.server.unknown import unknown
from syncline.store.contract import Store

PATIENCE: Final = 2.0
"""Seconds that the store has to answer."""

SPARE: Final = 64 << 20
"""bytes; with less free the disk counts as full: the write-ahead log alone may need 16 MB."""

_JSON: Final = ((b"Content-Type", b"application/json"), (b"Cache-Control", b"no-store"))
_TEXT: Final = (
    (b"Content-Type", b"text/plain; version=0.0.4; charset=utf-8"),
    (b"Cache-Control", b"no-store"),
)


class Needs(Protocol):
    """What these two routes need."""

    @property
    def store(self) -> Store:
        """The log."""

    @property
    def config(self) -> Config:
        """The configuration."""

    @property
    def metrics(self) -> Metrics:
        """All numbers."""

    @property
    def stopping(self) -> Stopping:
        """Whether the server is about to end."""


async def problems(needs: Needs) -> list[str]:
    """What keeps this server from serving, a word each."""
    found = []
    if needs.stopping.now:
        found.append("stopping")
    try:
        async with asyncio.timeout(PATIENCE), needs.store.view() as view:
            await view.meta("epoch")
    except (SynclineError, TimeoutError):
        found.append("store")
    try:
        async with asyncio.timeout(PATIENCE):
            disk = await asyncio.to_thread(os.statvfs, needs.config.store.directory)
        if disk.f_bavail * disk.f_frsize < SPARE:
            found.append("disk")
    except (OSError, TimeoutError):
        found.append("disk")
    return found


def healthz(needs: Needs) -> ASGIApp:
    """GET /healthz: 200 `{"status": "ok"}`, else 503 with what is wrong."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        wrong = await problems(needs)
        if wrong:
            body = msgspec.json.encode({"status": "failing", "problems": wrong})
            await send_answer(send, Answer(503, _JSON, body))
        else:
            await send_answer(send, Answer(200, _JSON, b'{"status":"ok"}'))

    return serve


def metrics(needs: Needs) -> ASGIApp:
    """GET /metrics: the numbers, for the addresses of `metrics.allowed`; others find nothing here.

    A proxy on this machine that nobody declared trusted must not open them to the world, so a request with
    forwarding headers from an untrusted peer is not local.
    """
    networks = [ip_network(each) for each in needs.config.metrics.allowed]
    trusted = bool(needs.config.server.trusted_proxies)

    def allowed(scope: Scope) -> bool:
        header = scope["header"]
        if not trusted and (b"x-forwarded-for" in header or b"forwarded" in header):
            return False
        try:
            address = ip_address(scope["address"])
        except ValueError:
            return False
        return any(address in network for network in networks)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if not needs.config.metrics.enabled or not allowed(scope):
            raise NotFound("There is nothing at this address.")
        await send_answer(send, Answer(200, _TEXT, needs.metrics.text()))

    return serve


PART: Final = Part(
    SERVER,
    (Route(("GET",), "/healthz", healthz, SERVER), Route(("GET",), "/metrics", metrics, SERVER)),
    unknown,
)
"""The server's own routes."""
