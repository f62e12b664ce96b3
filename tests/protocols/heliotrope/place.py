"""A whole server in process, people with mailboxes on it, and the mails that they get."""

import asyncio
import base64
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec
from starlette.types import ASGIApp

from syncline.config import Config
from syncline.core.ids import Id
from syncline.server.assembly import Services, build
from syncline.server.plugged import application
from syncline.store.contract import Store

PASSWORD = "correct horse battery"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

THREADINFO = {
    "subject",
    "date",
    "participants",
    "direct_recipients",
    "indirect_recipients",
    "size",
    "thread_id",
    "state",
    "labels",
    "snippet",
    "unread_participants",
}
"""The keys of a result, as the wiki shows them."""

MESSAGEINFO = {
    "subject",
    "date",
    "from",
    "to",
    "cc",
    "has_attachment",
    "loc",
    "state",
    "labels",
    "thread_id",
    "snippet",
    "message_id",
}
"""The keys of a message in short, as the original gives them."""

MESSAGE = MESSAGEINFO | {
    "bcc",
    "refs",
    "parts",
    "reply_to",
    "recipient_email",
    "list_post",
    "list_subscribe",
    "list_unsubscribe",
    "email_message_id",
}
"""The keys of a whole message."""


def letter(
    id: str,
    subject: str = "Hello",
    body: str | bytes = "Hello there.",
    *,
    sender: str = "Alice Liddell <alice@wonder.org>",
    to: str = "Bob <bob@b.com>",
    refs: Sequence[str] = (),
    reply: str = "",
    date: str = "Sun, 03 Apr 2011 07:48:11 +0000",
    **headers: str,
) -> bytes:
    """A raw mail; further headers by name (`List_Id` is List-Id)."""
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Date: {date}", f"Message-ID: <{id}>"]
    if refs:
        lines.append("References: " + " ".join(f"<{ref}>" for ref in refs))
    if reply:
        lines.append(f"In-Reply-To: <{reply}>")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    text = body.encode() if isinstance(body, str) else body
    return "\n".join(lines).encode() + b"\n\n" + text + b"\n"


PICTURE = b"\x89PNG\r\n\x1a\n"

MIXED = (
    b"""From: Att <att@c.com>
To: <alice@wonder.org>
Subject: =?utf-8?q?=C3=A9t=C3=A9?= pics
Date: Tue, 05 Apr 2011 07:00:00 +0000
Message-ID: <att@w>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=utf-8

voil\xc3\xa0 le texte
--inner
Content-Type: text/html; charset=utf-8

<p>voila <b>html</b></p>
--inner--
--outer
Content-Type: image/png; name="a.png"
Content-ID: <cid1@x>
Content-Transfer-Encoding: base64

"""
    + base64.b64encode(PICTURE)
    + b"""
--outer
Content-Type: text/plain; name="notes.txt"

secretword inside
--outer--
"""
)
"""The mail with attachments of the reference, 1.5."""


class Client:
    """Somebody with a mailbox."""

    def __init__(self, app: ASGIApp, id: Id, secret: str, email: str) -> None:
        self.id = id
        self.secret = secret
        self.email = email
        headers = {"Authorization": f"Bearer {secret}"}
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://localhost:8080", headers=headers
        )

    async def get(self, path: str, **query: object) -> Any:
        """A JSON answer that is a success, without `response`."""
        return said(await self.http.get(path, params={name: str(value) for name, value in query.items()}))

    async def post(self, path: str, **fields: object) -> Any:
        """The same for a form; lists and objects go as JSON."""
        return said(await self.form(path, **fields))

    async def form(self, path: str, **fields: object) -> httpx.Response:
        """Any answer to a form."""
        return await self.http.post(path, content=encoded(**fields), headers=FORM)

    async def add(
        self, raw: bytes, labels: Iterable[str] = (), state: Iterable[str] = (), **fields: object
    ) -> Any:
        """Add a mail."""
        return await self.post("/message.json", message=raw, labels=list(labels), state=list(state), **fields)

    async def search(self, q: str, **query: object) -> list[Any]:
        """The results of a search."""
        results: list[Any] = (await self.get("/search.json", q=q, **query))["results"]
        return results

    async def found(self, q: str) -> list[int]:
        """The thread ids of a search's results, which are as many as are counted."""
        found = [one["thread_id"] for one in await self.search(q)]
        assert await self.get("/count.json", q=q) == {"count": len(found)}
        return found


def encoded(**fields: object) -> bytes:
    """A form: bytes and texts as they are, everything else as JSON."""
    values = {
        name: value if isinstance(value, bytes | str) else msgspec.json.encode(value)
        for name, value in fields.items()
    }
    return urlencode(values).encode()


def said(answer: httpx.Response) -> Any:
    """A success, without its `response`."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    told = answer.json()
    assert told.pop("response") == "ok", told
    return told


def refused(answer: httpx.Response, status: int = 200) -> Any:
    """A refusal in this protocol's own shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    told = answer.json()
    assert told["response"] == "error"
    assert told["message"] == told["error_message"] != ""
    assert told["request_id"] == answer.headers["X-Request-Id"]
    assert told.keys() <= {
        "response",
        "message",
        "error_message",
        "code",
        "field",
        "position",
        "request_id",
    }
    return told


class Place:
    """The server."""

    def __init__(self, store: Store, config: Config | None = None, *, single_user: Id | None = None) -> None:
        if config is None:
            base = Config()
            config = msgspec.structs.replace(
                base, server=msgspec.structs.replace(base.server, rate_limits=False)
            )
        self.store = store
        self.services: Services = build(store, config, single_user=single_user)
        self.app = application(self.services, config)
        self.clients: list[Client] = []
        self._following = asyncio.get_running_loop().create_task(self.services.readers.run())

    async def client(self, name: str, scopes: Iterable[str] = ("read", "write")) -> Client:
        """A new account with a token and a password."""
        email = f"{name}@example.org"
        account = await self.services.accounts.add(email, name=name, password=PASSWORD)
        return await self.token(account.id, scopes, email)

    async def token(self, account: Id, scopes: Iterable[str], email: str = "") -> Client:
        """Another token of an account."""
        secret, _ = await self.services.tokens.create(account, scopes)
        client = Client(self.app, account, secret, email)
        self.clients.append(client)
        return client

    def bare(self, base_url: str = "http://localhost:8080", **options: Any) -> httpx.AsyncClient:
        """A client that sends nothing by itself."""
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=base_url, **options)

    async def close(self) -> None:
        """End everything."""
        for client in self.clients:
            await client.http.aclose()
        self._following.cancel()
        await asyncio.gather(self._following, return_exceptions=True)
        await self.services.close()
