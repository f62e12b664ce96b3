"""/healthz tells load balancers the truth; /metrics tells its numbers to those who may have them."""

import json
import os
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from tests.server.running import get, parsed, raw, running

from syncline.config import Config
from syncline.core.errors import Unavailable
from syncline.server.assembly import Services, build
from syncline.server.plugged import application
from syncline.store.contract import Store


def configured(directory: Any, **server: Any) -> Config:
    """A configuration over a data directory."""
    config = Config()
    return msgspec.structs.replace(
        config,
        server=msgspec.structs.replace(config.server, **server),
        store=msgspec.structs.replace(config.store, directory=directory),
    )


@pytest.fixture
async def services(store: Store, tmp_path: Any) -> AsyncIterator[Services]:
    """All services over a real store."""
    made = build(store, configured(tmp_path))
    yield made
    await made.close()


async def ask(services: Services, path: str, *headers: str) -> tuple[int, bytes]:
    """Status and body of one request to the whole application."""
    async with running(application(services, services.config)) as here:
        status, _, body = parsed(await raw(here.port, get(path, *headers)))
    return status, body


async def test_a_healthy_server_says_ok(services: Services) -> None:
    """The store answered and the disk has room."""
    assert await ask(services, "/healthz") == (200, b'{"status":"ok"}')


async def test_a_full_disk_is_said(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first write fails."""
    full = os.statvfs_result((4096, 4096, 1000, 10, 10, 0, 0, 0, 0, 255))
    monkeypatch.setattr("syncline.server.health.os.statvfs", lambda _: full)
    status, body = await ask(services, "/healthz")
    assert status == 503
    assert json.loads(body) == {"status": "failing", "problems": ["disk"]}


async def test_a_store_that_does_not_answer_is_said(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the reason: anybody may ask."""

    def failing() -> Any:
        raise Unavailable("secret detail")

    monkeypatch.setattr(services.store, "view", failing)
    status, body = await ask(services, "/healthz")
    assert status == 503
    assert json.loads(body)["problems"] == ["store"]
    assert b"secret" not in body


async def test_the_numbers_are_for_the_allowed_addresses(services: Services) -> None:
    """Counts of requests tell of other people's doings."""
    status, body = await ask(services, "/metrics")
    assert status == 200
    assert b"syncline_log_head" in body


async def test_a_proxy_that_nobody_declared_does_not_open_them_to_the_world(services: Services) -> None:
    """Through it every client seems to be on this machine."""
    assert (await ask(services, "/metrics", "X-Forwarded-For: 203.0.113.9"))[0] == 404


async def test_behind_a_trusted_proxy_the_clients_own_address_counts(store: Store, tmp_path: Any) -> None:
    """Prometheus may come the same way as everybody, from an allowed address."""
    services = build(store, configured(tmp_path, trusted_proxies=("127.0.0.1",)))
    outside = await ask(services, "/metrics", "X-Forwarded-For: 203.0.113.9")
    inside = await ask(services, "/metrics", "X-Forwarded-For: 127.0.0.1")
    await services.close()
    assert (outside[0], inside[0]) == (404, 200)


async def test_they_can_be_switched_off(services: Services) -> None:
    """metrics.enabled = false."""
    off = msgspec.structs.replace(services.config.metrics, enabled=False)
    config = msgspec.structs.replace(services.config, metrics=off)
    assert (await ask(msgspec.structs.replace(services, config=config), "/metrics"))[0] == 404
