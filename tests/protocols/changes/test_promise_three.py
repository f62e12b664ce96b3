"""Promise 3 over HTTP: rows from memory and rows from the log lead to the same, from every cursor."""

import asyncio
import copy
import random
import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.protocols.changes.row_client import RowClient
from tests.services.sync.acts import World

from syncline.core.errors import Unauthorized
from syncline.core.ids import Id
from syncline.protocols.changes import PART
from syncline.server.application import Terms, edge
from syncline.server.limiter import Limiter
from syncline.server.metrics import Metrics
from syncline.services.accounts import Auth
from syncline.services.accounts.erasing import empty_subscriptions
from syncline.services.accounts.writings import erase_writings
from syncline.services.conversations import Conversations
from syncline.services.delivery import Delivery
from syncline.services.mail.erasing import forget_threads
from syncline.store.contract import Store
from syncline.store.sqlite import open_store

number = st.integers(0, 1 << 16)
steps = st.lists(st.tuples(number, number, number, number), min_size=1, max_size=3)


class AnybodysTokens:
    """Tokens that are the account's id: the accounts of these stories have no credentials."""

    def known(self, secret: str) -> Auth:
        """Whoever says so."""
        return Auth(Id(int(secret)), Id(int(secret)), frozenset({"read"}))

    async def authenticate(self, secret: str) -> Auth:
        """Never needed."""
        raise Unauthorized("No.")


class Needs:
    """The services of the protocol over a store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.tokens = AnybodysTokens()
        self.conversations = Conversations(store)
        self.delivery = Delivery(store)
        self.limiter = Limiter(address_rate=0, account_rate=0, guess_rate=0)


async def story(directory: Path, moments: list[tuple[list[Any], int]], seed: int) -> None:
    """Clients poll while others act; what each comes to is what a new client gets."""
    chooser = random.Random(seed)
    store = await open_store(directory)
    needs = Needs(store)
    try:
        app = edge((PART,), needs, Terms(), limiter=needs.limiter, metrics=Metrics())
        world = World(store)
        await world.begin(3)
        erased: set[Id] = set()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
            clients = {account: [RowClient()] for account in world.accounts}

            async def poll(account: Id, client: RowClient, limit: int) -> bool:
                answer = await http.get(
                    "/changes",
                    params={"since": client.since, "limit": str(limit)},
                    headers={"Authorization": f"Bearer {account}"},
                )
                page = answer.raise_for_status().json()
                client.take(page, account)
                return bool(page["more"])

            for done, what in moments:
                await world.do(done)
                await world.post.some(chooser, chooser.randrange(5))
                account = world.accounts[what % 3]
                client = clients[account][what % len(clients[account])]
                await poll(account, client, chooser.choice((1, 3, 100)))
                if len(clients[account]) < 4:
                    clients[account].append(RowClient())
                if chooser.random() < 0.15 and account not in erased:
                    await erase(store, account)
                    erased.add(account)
                    world.post.forget(account)
            for account, of_account in clients.items():
                fresh = RowClient()
                for client in (fresh, *of_account):
                    while await poll(account, client, chooser.choice((2, 100))):
                        pass
                    await same(world, client, fresh)
    finally:
        needs.delivery.close()
        await store.close()


async def erase(store: Store, account: Id) -> None:
    """What the erase of an account does to mails and conversations (these accounts hold no real objects)."""
    await empty_subscriptions(store, account)
    met = await erase_writings(store, account)
    await met.forget(store)
    await forget_threads(store, account)


async def same(world: World, client: RowClient, fresh: RowClient) -> None:
    """Equal, but for what an operator forgot, or was erased behind a closed range (docs/changes.md)."""
    async with world.store.view() as view:
        floors = {int(zone.id): zone.floor for zone in await view.zones(world.convs)}
    assert compared(client, fresh, floors) == compared(fresh, fresh, floors)


def compared(client: RowClient, fresh: RowClient, floors: dict[int, Any]) -> dict[str, Any]:
    """What counts of a client's content."""
    content = copy.deepcopy(client.content())
    for id, zone in content["zones"].items():
        entries = zone["entries"]
        known = fresh.zones.get(id, {"entries": {}})["entries"]
        for key, entry in [*entries.items()]:
            now = known.get(key, {})
            erased = not zone["open"] and (now.get("body") == {} or "erased" in now.get("form", ()))
            if erased or entry["seq"] < floors.get(id, 0):
                del entries[key]
        if not zone["open"]:
            # the words of facts may be erased, too
            zone["state"] = dict.fromkeys(zone["state"])
        for entry in entries.values():
            if "target" in entry and entry["target"] not in entries:
                # its target was forgotten: a new client is not told of what became of it
                del entry["target"]
                entry.pop("body", None)
    return content


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(moments=st.lists(st.tuples(steps, number), min_size=1, max_size=25), seed=number)
def test_memory_and_log_lead_every_client_to_the_same(
    moments: list[tuple[list[Any], int]], seed: int
) -> None:
    """Each poll may be answered from memory or from the log, whatever the page size; also between slices."""
    step, slice = (200, 0.0015) if seed % 2 else (1, 0.0)
    with (
        tempfile.TemporaryDirectory() as directory,
        patch("syncline.services.delivery.slices.STEP", step),
        patch("syncline.services.delivery.slices.SLICE", slice),
    ):
        asyncio.run(story(Path(directory) / "data", moments, seed))
