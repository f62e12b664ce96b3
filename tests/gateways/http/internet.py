"""A small internet of our own: names and public addresses that all lead to one local server."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_address
from typing import Any

import httpcore
from starlette.types import ASGIApp
from tests.server.running import running

from syncline.gateways.http.client import GuardedClient

Answers = Mapping[str, list[list[str]]]

PUBLIC = "93.184.216.34"
PUBLIC_6 = "2606:2800:220:1::1"


class Network(httpcore.AsyncNetworkBackend):
    """Leads every address to one local port, and notes which was asked for."""

    def __init__(self, port: int) -> None:
        """Lead to this port."""
        self.port = port
        self.asked: list[tuple[str, int]] = []
        self.down: set[str] = set()
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the local server instead."""
        self.asked.append((host, port))
        if host in self.down:
            raise httpcore.ConnectError("down")
        return await self._inner.connect_tcp("127.0.0.1", self.port, timeout)


class Names:
    """A resolver with made-up answers, one list after the other for each name."""

    def __init__(self, names: Answers | None = None) -> None:
        """Unknown names lead to PUBLIC."""
        self.names = names or {}
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """The next answer for a name, whose last one stays; an address is its own."""
        self.asked.append(host)
        with suppress(ValueError):
            return [str(ip_address(host))]
        answers = self.names.get(host, [[PUBLIC]])
        return answers.pop(0) if len(answers) > 1 else answers[0]


class World:
    """A client with the names and the network that it believes in."""

    def __init__(self, port: int, names: Names, options: dict[str, Any]) -> None:
        """Join them."""
        self.names = names
        self.network = Network(port)
        self.client = GuardedClient(resolver=names, network=self.network, **options)


@asynccontextmanager
async def internet(app: ASGIApp, names: Answers | None = None, **options: Any) -> AsyncIterator[World]:
    """A world in which every public address is served by this application."""
    async with running(app) as here:
        world = World(here.port, Names(names), options)
        try:
            yield world
        finally:
            await world.client.close()
