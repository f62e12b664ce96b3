"""Seeded stores: made once through the real store and services, kept, and copied for each use.

What a seed is made of is part of its name, and so are the sources of the store: a changed store makes its
seeds anew. A measurement gets a copy, so that what it writes is gone afterwards.
"""

import asyncio
import contextlib
import hashlib
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import msgspec
import uvloop

from bench.harness.options import Options
from bench.harness.process import ROOT
from syncline.core.entries import NewEntry
from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.kinds import EntryKind, Kind, Why, ZoneKind
from syncline.core.objects import Object
from syncline.services.accounts import Accounts, Passwords, Sessions, Tokens
from syncline.services.accounts.auth import Pair
from syncline.services.conversations import Beginning, Conversations
from syncline.store.contract import CHANGES_A_WORK, Lane, Store, Tx
from syncline.store.sqlite import open_store

WORDS = "The quick brown fox jumps over the lazy dog, and twelve more words make a usual chat line. "
"""about as long as a chat message is"""
NEWEST = 10
"""objects put last, after the cursor of a seed of objects"""
AT_ONCE = 200
"""writes that wait for one commit together"""
SCOPES = ("read", "write", "profile", "sync")
STORE_SOURCES = ("src/syncline/store", "src/syncline/core")
MARK = "seed.json"
YEAR = 365 * 24 * 3600 * 1000
"""ms: how long the sessions of a seed last, which may be kept for long"""


class Member(msgspec.Struct, frozen=True):
    """An account with a personal token, and with a session whose secret is a pair."""

    id: int
    token: str
    pair: Pair


class Seeded(msgspec.Struct, frozen=True):
    """What a seeded store holds for a script.

    `cursor` is the head before what was written last; `secret` the store's own, of which names are made.
    """

    members: list[Member]
    conversations: list[int]
    cursor: Seq
    secret: str


class Services:
    """The services that make seeds."""

    def __init__(self, store: Store) -> None:
        """Work on this store."""
        self.accounts = Accounts(store, Passwords())
        self.tokens = Tokens(store)
        self.sessions = Sessions(store)
        self.conversations = Conversations(store)


Make = Callable[[Store, Services], Awaitable[Seeded]]


@contextlib.contextmanager
def seeded(options: Options, name: str, make: Make) -> Iterator[tuple[Path, Seeded]]:
    """A private copy of a seeded data directory, made first if it is not kept yet."""
    kept = options.seeds / f"{name}-{fingerprint()}"
    if not (kept / MARK).exists():
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True, mode=0o700)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            found = runner.run(_made(kept, make))
        (kept / MARK).write_bytes(msgspec.json.encode(found))
    with tempfile.TemporaryDirectory(prefix="syncline-bench-") as home:
        copy = Path(home) / "data"
        shutil.copytree(kept, copy, ignore=shutil.ignore_patterns(MARK))
        yield copy, msgspec.json.decode((kept / MARK).read_bytes(), type=Seeded)


def fingerprint() -> str:
    """Changes with the store's sources."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for folder in STORE_SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


async def _made(directory: Path, make: Make) -> Seeded:
    store = await open_store(directory)
    try:
        return await make(store, Services(store))
    finally:
        await store.close()


async def members(services: Services, count: int) -> list[Member]:
    """Accounts without a password, each with a token and a session."""

    async def one(number: int) -> Member:
        account = await services.accounts.add(f"member{number}@bench.example", name=f"Member {number}")
        secret, _ = await services.tokens.create(account.id, frozenset(SCOPES))
        return Member(account.id, secret, await services.sessions.create_pair(account.id, YEAR))

    made: list[Member] = []
    for start in range(0, count, AT_ONCE):
        made += await asyncio.gather(*(one(n) for n in range(start, min(count, start + AT_ONCE))))
    return made


async def crowd(store: Store, services: Services, *, count: int) -> Seeded:
    """One conversation, and `count` members of it with a token each."""
    found = await members(services, count)
    conversation = await converse(services, found[0], found[1:])
    return Seeded(found, [conversation], store.head, store.secret)


async def workspace(store: Store, services: Services, *, many: int, few: int) -> Seeded:
    """`many` conversations of two members, the first `few` of which a third account shares.

    Members: the one in all of them, the one in the first few, the other member of all.
    """
    found = await members(services, 3)
    conversations: list[int] = []
    for start in range(0, many, AT_ONCE):
        wanted = range(start, min(many, start + AT_ONCE))
        made = (converse(services, found[0], found[1:] if n < few else found[2:]) for n in wanted)
        conversations += await asyncio.gather(*made)
    return Seeded(found, conversations, store.head, store.secret)


async def archive(store: Store, services: Services, *, conversations: int, entries: int) -> Seeded:
    """`conversations` of two members with `entries` messages spread evenly over them."""
    seed = await workspace(store, services, many=conversations, few=0)
    authors = [Id(seed.members[0].id), Id(seed.members[2].id)]
    for start in range(0, entries, CHANGES_A_WORK):
        numbers = range(start, min(entries, start + CHANGES_A_WORK))
        await store.write(partial(_messages, seed.conversations, authors, numbers), lane=Lane.BULK)
    return Seeded(seed.members, seed.conversations, store.head, store.secret)


async def _messages(conversations: Sequence[int], authors: Sequence[Id], numbers: range, tx: Tx) -> None:
    for number in numbers:
        conv = ZoneId(Id(conversations[number % len(conversations)]))
        body = msgspec.json.encode({"text": f"{WORDS}{number}"})
        author = authors[number % len(authors)]
        await tx.add(NewEntry(conv, EntryKind.MESSAGE, author, body, alerts=True))


async def objects(store: Store, services: Services, *, count: int) -> Seeded:
    """`count` objects, in turns in one account's own zone and in a team that it may see; then ten more."""
    found = await members(services, 1)
    account = Id(found[0].id)

    async def open_team(tx: Tx) -> ZoneId:
        team = tx.open_zone(ZoneKind.TEAM)
        await tx.grant(account, team, first=None, why=Why.TEAM)
        return team

    places = (ZoneId(account), (await store.write(open_team)).value)
    for start in range(0, count, CHANGES_A_WORK):
        numbers = range(start, min(count, start + CHANGES_A_WORK))
        await store.write(partial(_files, places, numbers), lane=Lane.BULK)
    cursor = store.head
    await store.write(partial(_files, places, range(count, count + NEWEST)))
    return Seeded(found, [], cursor, store.secret)


async def _files(places: Sequence[ZoneId], numbers: range, tx: Tx) -> None:
    for number in numbers:
        body = msgspec.json.encode({"name": f"file {number}.txt", "size": number, "note": WORDS})
        await tx.put(Object(tx.new_id(), Kind.FILE, places[number % len(places)], body))


async def converse(services: Services, owner: Member, others: Sequence[Member]) -> int:
    """A conversation of these members."""
    begin = Beginning(name="Benchmark", members=[Id(one.id) for one in others])
    return (await services.conversations.create(Id(owner.id), begin)).value.conv
