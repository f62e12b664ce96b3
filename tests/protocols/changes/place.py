"""A server in process, and clients of it."""

from collections.abc import Iterable
from typing import Any

import httpx
import msgspec
from starlette.types import ASGIApp

from syncline.core.ids import Id
from syncline.protocols.changes import PART
from syncline.server.application import Terms, edge
from syncline.server.limiter import Limiter
from syncline.server.metrics import Metrics
from syncline.services.accounts import Accounts, Passwords, Tokens
from syncline.services.conversations import Conversations
from syncline.services.delivery import Delivery
from syncline.store.contract import Store

ALL = ("read", "write")


class Needs(msgspec.Struct, frozen=True):
    """The services that the protocol asks for."""

    store: Store
    tokens: Tokens
    conversations: Conversations
    delivery: Delivery
    limiter: Limiter


class Client:
    """Somebody with a token."""

    def __init__(self, app: ASGIApp, id: Id, secret: str, token: Id) -> None:
        self.id = id
        self.secret = secret
        self.token = token
        self.app = app
        # a client of its own connection: the server tells waiting requests apart by it
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 20_000 + token))
        headers = {"Authorization": f"Bearer {secret}"}
        self.http = httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)

    async def changes(self, since: object = "", **query: object) -> Any:
        """A page; fails unless it is one."""
        answer = await self.http.get("/changes", params=_params(since, query), timeout=30)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/json"
        return answer.json()

    async def get(self, path: str, **query: object) -> httpx.Response:
        """Any answer."""
        return await self.http.get(path, params={name: str(value) for name, value in query.items()})

    async def post(self, path: str, **body: object) -> httpx.Response:
        """Any answer to a POST."""
        return await self.http.post(path, json=body)

    async def wrote(self, path: str, **body: object) -> Any:
        """A write that is accepted."""
        answer = await self.post(path, **body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async def everything(self, since: object = "", **query: object) -> list[Any]:
        """All changes after a cursor, following `next`."""
        rows: list[Any] = []
        while True:
            page = await self.changes(since, **query)
            rows += page["changes"]
            since = page["next"]
            if not page["more"]:
                return rows

    async def caught_up(self) -> str:
        """The cursor after everything."""
        since = ""
        while True:
            page = await self.changes(since, limit=1000)
            since = str(page["next"])
            if not page["more"]:
                return since

    async def conversation(self, *others: "Client", **more: object) -> int:
        """A new conversation with these members."""
        made = await self.wrote(
            "/conversations", members=[other.id for other in others], preset="fleep", **more
        )
        return int(made["conversation"])

    async def say(self, conv: int, text: str, **more: object) -> Any:
        """A message."""
        return await self.wrote(f"/conversations/{conv}/entries", body={"text": text}, **more)


class Place:
    """The server."""

    def __init__(self, store: Store, limiter: Limiter | None = None) -> None:
        self.store = store
        self.passwords = Passwords(memory_kib=8, rounds=1)
        self.accounts = Accounts(store, self.passwords)
        self.needs = Needs(
            store,
            Tokens(store),
            Conversations(store),
            Delivery(store),
            limiter or Limiter(address_rate=0, account_rate=0, guess_rate=0),
        )
        self.app = edge((PART,), self.needs, Terms(), limiter=self.needs.limiter, metrics=Metrics())
        self.clients: list[Client] = []

    async def client(self, name: str, scopes: Iterable[str] = ALL) -> Client:
        """A new account with a token."""
        account = await self.accounts.add(f"{name}@example.org", name=name)
        return await self.token(account.id, scopes)

    async def token(self, account: Id, scopes: Iterable[str] = ALL) -> Client:
        """Another token of an account."""
        secret, token = await self.needs.tokens.create(account, scopes)
        client = Client(self.app, account, secret, token.id)
        self.clients.append(client)
        return client

    async def close(self) -> None:
        """End everything."""
        for client in self.clients:
            await client.http.aclose()
        self.needs.delivery.close()
        self.needs.tokens.close()
        self.passwords.close()


def _params(since: object, query: dict[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in {"since": since, **query}.items() if value != ""}
