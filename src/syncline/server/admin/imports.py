"""Admin routes that take mails from an import, batch by batch."""

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Final

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from syncline.core.errors import Invalid, Missing
from syncline.core.ids import Id, ZoneId
from syncline.gateways.imports.batches import Prepared
from syncline.gateways.imports.pipes import LENGTH
from syncline.server.admin.answers import account_named, answer, body, control
from syncline.server.admin.shapes import Imported, ImportEnd, LinkFor, Mailbox
from syncline.services.accounts import Account
from syncline.services.conversations.access import conversation
from syncline.services.mail import Incoming, Mails, Status
from syncline.store.contract import Store

INDEX: Final = "search"

INDEX_EVERY: Final = 8
"""Batches after which the search index must have taken all before, so that it cannot lag without bound."""

HASH: Final = 32

SLICE: Final = 200
"""Threads that are looked up at once."""


async def open_mailbox(request: Request) -> Response:
    """POST /mailbox: whose mails they are; without a name the only account there is."""
    wanted = await body(request, LinkFor)
    if wanted.account is None:
        account = await _only_account(request)
    else:
        account = await account_named(request, wanted.account)
    return answer(
        Mailbox(account=account.id, email=account.email, mails=await _mails(request).size(account.id))
    )


async def _only_account(request: Request) -> Account:
    accounts: list[Account] = [
        one for one in await control(request).services.accounts.list() if not one.closed
    ]
    if not accounts:
        raise Missing("There is no account yet; make one with `syncline account add EMAIL`.", field="account")
    if len(accounts) > 1:
        some = ", ".join(one.email for one in accounts[:5]) + (" …" if len(accounts) > 5 else "")
        raise Missing(f"Say whose mails they are with --account; there are {some}.", field="account")
    return accounts[0]


async def known_mails(request: Request) -> Response:
    """POST /import/known?account=: which of these raw mails (SHA-256 one after the other) are there."""
    sent = await request.body()
    hashes = [sent[at : at + HASH] for at in range(0, len(sent), HASH)]
    return answer(await _mails(request).known(_account(request), hashes))


async def take_mails(request: Request) -> Response:
    """POST /import?account=&before=: a batch (`packed`); `before` mails were there when the import began."""
    try:
        account, before = _account(request), int(request.query_params["before"])
        incoming = await _incoming(request)
    except (msgspec.MsgspecError, KeyError, ValueError) as error:
        raise Invalid(f"The batch is not what this version expects: {error}.") from error
    indexing = _indexing(request)
    added, _ = await asyncio.gather(_mails(request).take(account, incoming), indexing.keep_up())
    threads: set[ZoneId] = set()
    counts = {"messages": 0, "copies": 0, "kept_raw": 0, "known": 0}
    for one, got in zip(incoming, added, strict=True):
        # the same bytes twice in one import are a copy; those of an import before are there already
        if got.status == Status.SAME and got.no <= before:
            counts["known"] += 1
            continue
        threads.add(got.conv)
        if got.status != Status.NEW:
            counts["copies"] += 1
        elif one.mail.kept_raw:
            counts["kept_raw"] += 1
        else:
            counts["messages"] += 1
    return answer(Imported(**counts, threads=tuple(threads)))


async def _incoming(request: Request) -> list[Incoming]:
    body = _Body(request.stream())
    head = await body.exactly(int.from_bytes(await body.exactly(LENGTH), "little"))
    mails = msgspec.msgpack.decode(head, type=list[Prepared])
    return [Incoming(one.mail, await body.exactly(one.mail.size), one.labels, one.state) for one in mails]


class _Body:
    """A request's body, taken in pieces of known sizes; what arrives as one piece is not copied."""

    def __init__(self, stream: AsyncIterator[bytes]) -> None:
        self._stream = stream
        self._held = b""
        self._at = 0

    async def exactly(self, size: int) -> bytes:
        """The next bytes, so many; raises ValueError where there are not."""
        # of a large mail two copies in memory would be too much: its value is taken from this without one
        parts: io.BytesIO | None = None
        while size:
            if self._at == len(self._held):
                self._held, self._at = await self._next(), 0
            part = (
                self._held[self._at : self._at + size] if self._at or size < len(self._held) else self._held
            )
            self._at += len(part)
            size -= len(part)
            if not size and parts is None:
                return part
            if parts is None:
                parts = io.BytesIO()
            parts.write(part)
        return b"" if parts is None else parts.getvalue()

    async def _next(self) -> bytes:
        try:
            async for piece in self._stream:
                if piece:
                    return piece
        except ClientDisconnect as gone:
            raise ValueError("it ends too early") from gone
        raise ValueError("it ends too early")


async def end_import(request: Request) -> Response:
    """POST /import/end: the threads that mails were put into; answers when all can be searched."""
    convs = await body(request, list[int])
    await _indexing(request).finish()
    return answer(ImportEnd(threads=await _distinct(control(request).services.store, convs)))


async def _distinct(store: Store, convs: list[int]) -> int:
    """How many threads these are now: some were joined since."""
    present: set[ZoneId] = set()
    for start in range(0, len(convs), SLICE):
        async with store.view() as view:
            for conv in convs[start : start + SLICE]:
                present.add((await conversation(view, ZoneId(Id(conv)))).id)
        await asyncio.sleep(0)
    return len(present)


class _Indexing:
    """The search index beside an import. Where no server runs, nobody else keeps it going."""

    def __init__(self, request: Request) -> None:
        self._readers = control(request).services.readers
        self._behind = 0
        self._turn = asyncio.Lock()

    async def keep_up(self) -> None:
        """Now and then wait until all that was there before is in the index."""
        self._behind += 1
        if self._behind > INDEX_EVERY:
            await self.finish()

    async def finish(self) -> None:
        """Wait until all that is there is in the index."""
        async with self._turn:
            self._behind = 0
            if INDEX in self._readers.names:
                await self._readers.catch_up(INDEX)


def _indexing(request: Request) -> _Indexing:
    state = request.app.state
    if not hasattr(state, "indexing"):
        state.indexing = _Indexing(request)
    found: _Indexing = state.indexing
    return found


def _mails(request: Request) -> Mails:
    mails: Mails = control(request).services.mails
    return mails


def _account(request: Request) -> Id:
    return Id(int(request.query_params["account"]))


ROUTES = (
    Route("/mailbox", open_mailbox, methods=["POST"]),
    Route("/import", take_mails, methods=["POST"]),
    Route("/import/known", known_mails, methods=["POST"]),
    Route("/import/end", end_import, methods=["POST"]),
)
