"""Promise 8: the search index can be thrown away, lost, cut or put back, and gives the same answers."""

import asyncio
import copy
import random
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.properties.mail_acts import LABELS, WORDS, Post
from tests.services.mail.letters import new_account
from tests.services.search.desk import Desk

from syncline.core.errors import Unavailable
from syncline.core.ids import Id
from syncline.core.mail import MUTABLE
from syncline.services.mail.chains import prepare
from syncline.services.search import Order
from syncline.store.contract import Lane
from syncline.store.sqlite import open_store
from syncline.store.sqlite.backup import backup
from syncline.store.sqlite.restore import restore
from syncline.store.sqlite.verify import verify

QUERIES: Final = (
    "*",
    "~inbox",
    "~unread -~deleted",
    "~inbox ~starred",
    "-~work",
    "~attachment OR ~sent",
    '"two words"',
    "subject:plan lunch",
    "from:ana -to:bob",
    *WORDS[:4],
)
INDEX: Final = ("search.db", "search.db-wal", "search.db-shm")

number = st.integers(0, 1 << 16)


class Workplace:
    """A store with its index in one directory, as a server has them, and what befalls them."""

    def __init__(self, root: Path, chooser: random.Random) -> None:
        self.root = root
        self.chooser = chooser
        self.directory = root / "data-0"
        self.saved: tuple[Path, dict[Id, Any]] | None = None
        """a backup of the store, and the papers as they were then"""
        self.lives = 0

    async def begin(self) -> None:
        """Make the store and two accounts."""
        self.store = await open_store(self.directory)
        self.post = Post(self.store, [await new_account(self.store) for _ in range(2)])
        self.open_desk()

    def open_desk(self) -> None:
        self.desk = Desk(self.store, self.directory)
        self.post.mails = self.desk.mails

    async def shut(self, *, orderly: bool) -> None:
        """End everything; without order, what the index had not written yet is lost with the process."""
        if orderly:
            await self.desk.closed()
        else:
            await abandoned(self.desk)
        await self.store.close()

    async def again(self) -> None:
        """Start again on what lies there."""
        self.store = await open_store(self.directory)
        self.open_desk()

    async def restart(self) -> None:
        """Stopped and started, or killed and started."""
        await self.shut(orderly=self.chooser.random() < 0.5)
        await self.again()

    async def lose(self) -> None:
        """Some of the index's files are gone at the next start."""
        await self.shut(orderly=self.chooser.random() < 0.5)
        for name in self.chooser.sample(INDEX, self.chooser.randrange(1, 4)):
            (self.directory / name).unlink(missing_ok=True)
        await self.again()

    async def cut(self) -> None:
        """The file lost its end."""
        await self.shut(orderly=True)
        file = self.directory / "search.db"
        content = file.read_bytes()
        file.write_bytes(content[: self.chooser.randrange(len(content))])
        await self.again()

    async def put_back_index(self) -> None:
        """The index is an older copy than the store."""
        await self.shut(orderly=True)
        kept = self.root / "kept"
        if kept.exists():
            for name in INDEX:
                (self.directory / name).unlink(missing_ok=True)
                if (kept / name).exists():
                    shutil.copy(kept / name, self.directory / name)
        else:
            kept.mkdir()
            for name in INDEX:
                if (self.directory / name).exists():
                    shutil.copy(self.directory / name, kept / name)
        await self.again()

    async def put_back_store(self) -> None:
        """The store is restored from a backup, beside the index of what came after it."""
        if self.saved is None:
            backup(self.directory, self.root / "backup.tar")
            self.saved = (self.root / "backup.tar", copy.deepcopy(self.post.papers))
            return
        await self.shut(orderly=self.chooser.random() < 0.5)
        file, papers = self.saved
        self.lives += 1
        before, self.directory = self.directory, self.root / f"data-{self.lives}"
        restore(file, self.directory)
        for name in INDEX:
            if (before / name).exists():
                shutil.copy(before / name, self.directory / name)
        self.post.papers = copy.deepcopy(papers)
        await self.again()

    async def half_joined(self) -> None:
        """A mail joins long threads, and the chain of works that does it is broken off for a while."""
        account = self.chooser.choice(self.post.accounts)
        one = self.post.joining(account, *(self.chooser.randrange(1 << 16) for _ in range(3)))
        if one is None:
            return
        await prepare(self.store, account, one.mail, lane=Lane.LIVE)
        await self.same_when_made_again()
        await self.post.add(account, one)

    async def search(self) -> None:
        """Somebody searches, so the index takes in what there is."""
        await patiently(self.desk, self.chooser.choice(self.post.accounts))

    async def same_when_made_again(self) -> None:
        """What the index says now is what one made anew says."""
        live = [await patiently(self.desk, account) for account in self.post.accounts]
        await self.desk.readers.rebuild("search")
        assert [await patiently(self.desk, account) for account in self.post.accounts] == live


async def abandoned(desk: Desk) -> None:
    """End as a killed process does: what the index took and had not written is lost."""
    indexing = desk.search._indexing
    with patch.object(desk.readers._following["search"], "save", nothing):
        for task in (desk._running, indexing._soon, indexing._tidying, desk.search._anew):
            if task is not None:
                task.cancel()
                await asyncio.wait({task})
    await asyncio.to_thread(desk.search._files.close)


async def nothing() -> None:
    """What a killed process saves at its end."""


async def patiently(desk: Desk, account: Id) -> dict[str, Any]:
    """All answers, asked again while the index says that it is being made again."""
    for _ in range(200):
        try:
            return await answers(desk, account)
        except Unavailable:
            await asyncio.sleep(0.02)
    raise AssertionError("a damaged index is never made again")


async def answers(desk: Desk, account: Id) -> dict[str, Any]:
    """All that can be asked, for a set of queries."""
    search = desk.search
    told: dict[str, Any] = {
        "labels": await search.labels(account),
        "label counts": await search.label_counts(account),
        "contacts": [
            await search.contacts(account, prefix, num) for prefix in ("", "b") for num in (None, 1)
        ],
    }
    for query in QUERIES:
        told[query] = await search.count(account, query)
        for order in Order:
            told[f"{query} by {order}"] = await search.threads(account, query, num=100, order=order)
        told[f"{query} strictly"] = await search.threads(account, query, num=100, strict=True)
    told["infos"] = [await search.info(account, one.conv) for one in told["* by arrival"]]
    return told


async def as_on_paper(place: Workplace) -> None:
    """Every mail lies in exactly one thread, and the index says what the paper says of each."""
    desk, mails = place.desk, place.desk.mails
    for account, paper in place.post.papers.items():
        threads = paper.threads()
        found = await desk.search.threads(account, "*", num=1000)
        assert sum(one.size for one in found) == await mails.size(account) == len(paper.came)
        seen = {}
        for one in found:
            thread = await mails.thread(account, one.thread_id)
            seen[tuple(sorted(thread.mails))] = one
        assert sorted(seen) == [thread.mails for thread in threads], "each mail stands in exactly one thread"
        for known in threads:
            states = {state for state in MUTABLE if paper.marked(known, state)}
            one = seen[known.mails]
            assert states == {state for state in one.state if state in MUTABLE}
            assert {label for label in one.labels if label in LABELS} == set(known.labels)
        assert await desk.search.count(account, "~inbox") == len(paper.shown())
        for no, hashes in paper.copies.items():
            assert await mails.known(account, hashes) == [True] * len(hashes)
            assert [bytes(one.hash) for one in await mails.copies(account, no)] == hashes
            for place_of, hash in enumerate(hashes, start=1):
                assert bytes(await place.store.blobs.put(await mails.raw(account, no, place_of))) == hash


BEFALLS: Final[tuple[Callable[[Workplace], Awaitable[None]], ...]] = (
    Workplace.search,
    Workplace.restart,
    Workplace.lose,
    Workplace.cut,
    Workplace.put_back_index,
    Workplace.put_back_store,
    Workplace.half_joined,
    Workplace.same_when_made_again,
)


async def story(root: Path, moments: list[tuple[int, int]], seed: int) -> None:
    """Mails come and things befall the index; at the end it is as one made anew, and as the paper."""
    place = Workplace(root, random.Random(seed))
    await place.begin()
    try:
        for done, what in moments:
            await place.post.some(place.chooser, 2 + done)
            await BEFALLS[what % len(BEFALLS)](place)
        await place.same_when_made_again()
        await as_on_paper(place)
    finally:
        await place.shut(orderly=True)
    assert list(verify(place.directory)) == []


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(moments=st.lists(st.tuples(st.integers(0, 10), number), min_size=1, max_size=8), seed=number)
def test_whatever_befalls_the_index_it_says_what_one_made_anew_says(
    moments: list[tuple[int, int]], seed: int
) -> None:
    """Restarts, kills, files that are gone, torn, too old, or of a future that a restore took back."""
    slice, threads = (3, 2) if seed % 2 else (400, 50)
    with (
        tempfile.TemporaryDirectory() as directory,
        patch.multiple("syncline.services.mail.joining", SLICE=slice, THREADS=threads),
        patch.multiple("syncline.services.mail.chains", SLICE=slice, THREADS=threads),
    ):
        asyncio.run(story(Path(directory), moments, seed))
