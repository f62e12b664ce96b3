"""An account with a great many conversations, made quickly; and what reading it costs."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from tests.protocols.changes.place import Client

from syncline.core.entries import NewEntry, NewFact
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import EntryKind, Why, ZoneKind
from syncline.core.objects import Subscription
from syncline.services.people import Profile, know, put_profile
from syncline.store.contract import Lane, Store, Tx
from syncline.store.sqlite.tracing import count_statements, count_steps

AT_ONCE = 50
"""Conversations made, or written into, by one work."""


async def converse(store: Store, account: Id, count: int) -> list[ZoneId]:
    """So many conversations with a person each, whom the account knows, and two rounds of messages.

    The rounds come when all are made, so that each is talked in long after it was entered.
    """

    async def begin(tx: Tx) -> list[ZoneId]:
        made = []
        for _ in range(AT_ONCE):
            other = tx.new_id()
            await put_profile(tx, Profile(person=other, name="somebody"))
            conv = tx.open_zone(ZoneKind.CONVERSATION)
            await tx.grant(account, conv, first=None, why=Why.MEMBER)
            topic = NewFact("m.room.name", "", b'{"name":"x"}')
            await tx.add(NewEntry(conv, EntryKind.CREATE, other, b"{}"), [topic])
            await tx.subscribe(Subscription(account, conv, body=b"{}"))
            await know(tx, account, other)
            made.append(conv)
        return made

    convs: list[ZoneId] = []
    while len(convs) < count:
        convs += (await store.write(begin, lane=Lane.BULK)).value
    await say(store, convs, 2)
    return convs


async def say(store: Store, convs: list[ZoneId], rounds: int) -> None:
    """A message in each conversation, so many times."""

    async def work(tx: Tx, some: list[ZoneId]) -> None:
        for conv in some:
            await tx.add(NewEntry(conv, EntryKind.MESSAGE, None, b'{"text":"hello"}'))

    for _ in range(rounds):
        for start in range(0, len(convs), AT_ONCE):
            some = convs[start : start + AT_ONCE]
            await store.write(lambda tx, some=some: work(tx, some), lane=Lane.BULK)  # type: ignore[misc]


class Cost(NamedTuple):
    """What a page cost: statements, steps of SQLite's machine (10 a row), the longest hold of the loop."""

    kinds: list[str]
    """of its changes"""
    statements: int
    steps: int
    held: float
    """seconds of this thread's time: what others do on the machine is not counted"""


async def pages(client: Client, since: str = "", *, limit: int = 100) -> list[Cost]:
    """Follow `next` to the end; the cost of each page."""
    costs: list[Cost] = []
    gc.freeze()  # what the tests before this one left behind is not the server's to walk over
    try:
        while True:
            with count_statements() as statements, count_steps() as steps:
                async with longest_hold() as held:
                    page = await client.changes(since, limit=limit)
            kinds = [str(change["kind"]) for change in page["changes"]]
            costs.append(Cost(kinds, statements.total(), steps.total(), max(held)))
            since = page["next"]
            if not page["more"]:
                return costs
    finally:
        gc.unfreeze()


@asynccontextmanager
async def longest_hold() -> AsyncIterator[list[float]]:
    """For how long each turn of the loop held it, in seconds."""
    held = [0.0]
    loop = asyncio.get_running_loop()
    before = time.thread_time()
    ended = False

    def turn() -> None:
        nonlocal before
        now = time.thread_time()
        held.append(now - before)
        before = now
        if not ended:
            loop.call_soon(turn)

    loop.call_soon(turn)
    try:
        yield held
    finally:
        ended = True
