"""A whole server in process, and people with Fleep clients on it."""

from typing import Any

import httpx
import msgspec
from starlette.types import ASGIApp

from syncline.config import Config
from syncline.core.ids import Id, ZoneId
from syncline.protocols.fleep.fleep import Fleep, fleep_of
from syncline.server.assembly import Services, build
from syncline.server.plugged import application
from syncline.store.contract import Store

PASSWORD = "correct horse battery"


class Failed(AssertionError):
    """A call was refused that should not have been."""


class Client:
    """One session of somebody's client; sends ticket and cookie, and knows no more."""

    def __init__(self, app: ASGIApp, account: Id, email: str, pair: tuple[str, str]) -> None:
        self.account = account
        self.email = email
        self.token, self.ticket = pair
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://localhost:8080", timeout=100
        )

    async def send(self, path: str, **fields: Any) -> httpx.Response:
        """A call with whatever comes back."""
        return await self.http.post(
            f"/api/{path}",
            json={"ticket": self.ticket, **fields},
            headers={"Cookie": f"token_id={self.token}"},
        )

    async def call(self, path: str, **fields: Any) -> Any:
        """A call that succeeds."""
        answer = await self.send(path, **fields)
        if answer.status_code != 200:
            raise Failed(f"{path}: {answer.status_code} {answer.text}")
        return answer.json()

    async def fails(self, path: str, **fields: Any) -> tuple[int, dict[str, Any]]:
        """A call that is refused: its status, and what it says."""
        answer = await self.send(path, **fields)
        assert answer.status_code != 200, answer.text
        said = answer.json()
        assert {"error_id", "error_message"} <= said.keys(), said
        return answer.status_code, said

    async def caught_up(self, horizon: int = 0, **fields: Any) -> tuple[int, list[dict[str, Any]]]:
        """Polls without waiting until the horizon stays: the horizon, and all records on the way."""
        records: list[dict[str, Any]] = []
        while True:
            said = await self.call("account/poll", event_horizon=horizon, wait=False, **fields)
            records += said["stream"]
            if said["event_horizon"] == horizon:
                return horizon, records
            horizon = said["event_horizon"]


class Place:
    """A server over a store, as `options` of the section `fleep` (and other sections by name) say."""

    def __init__(self, store: Store, **sections: dict[str, Any]) -> None:
        config = Config()
        for name, options in {"fleep": {"send_rate": 0, "support": False}, **sections}.items():
            section = msgspec.structs.replace(getattr(config, name), **options)
            config = msgspec.structs.replace(config, **{name: section})
        server = msgspec.structs.replace(config.server, rate_limits=False)
        self.config = msgspec.structs.replace(config, server=server)
        self.store = store
        self.services: Services = build(store, self.config)
        self.app = application(self.services, self.config)
        self.clients: list[Client] = []

    @property
    def fleep(self) -> Fleep:
        """The protocol's context: names above all."""
        return fleep_of(self.services)

    def conv(self, conversation_id: str) -> ZoneId:
        """The conversation behind an id of the protocol."""
        return self.fleep.names.conv_of(conversation_id)

    async def user(self, name: str, *, password: str | None = None) -> Client:
        """A new account with one signed-in client. Without a password none is set, which is quicker."""
        email = f"{name}@example.org"
        shown = f"{name.capitalize()} Sample"
        account = await self.services.accounts.add(email, name=shown, local=name, password=password)
        return await self.client(account.id, email)

    async def client(self, account: Id, email: str) -> Client:
        """One more session of an account."""
        pair = await self.services.sessions.create_pair(account, 1 << 40)
        client = Client(self.app, account, email, (pair.token, pair.ticket))
        self.clients.append(client)
        return client

    async def close(self) -> None:
        """Let go of all but the store."""
        for client in self.clients:
            await client.http.aclose()
        await self.services.close()
