"""The kit's part about what goes wrong between the group commit and its database.

Each test puts something between the two (see `Opening.over`): a quicker node, a disk that fails, an answer
that is lost.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from syncline.core.errors import DiskFull, NotFound, Unavailable
from syncline.core.ids import Seq
from syncline.core.kinds import Space
from syncline.store.backend import Backend
from syncline.store.batch import Batch, Stale
from syncline.store.commit import Commit
from syncline.store.contract import Blobs, Tx, View
from syncline.store.group import LogStore
from syncline.testing.store.log import follow, seqs
from syncline.testing.store.opening import Opening, message, open_zone, send

T = TypeVar("T")


class Passing(Backend):
    """Hands everything on to the backend below; its heirs interfere."""

    def __init__(self, below: Backend) -> None:
        """Stand before this backend."""
        self.below = below

    @property
    def blobs(self) -> Blobs:
        """Those below."""
        return self.below.blobs

    @property
    def epoch(self) -> str:  # type: ignore[override]
        """The one below."""
        return self.below.epoch

    @property
    def secret(self) -> str:  # type: ignore[override]
        """The one below."""
        return self.below.secret

    @property
    def next_id(self) -> int:  # type: ignore[override]
        """The one below."""
        return self.below.next_id

    def view(self) -> AbstractAsyncContextManager[View]:
        """One from below."""
        return self.below.view()

    async def begin(self) -> View:
        """Begin below."""
        return await self.below.begin()

    async def perform(self, work: Coroutine[Any, Any, T]) -> T:
        """Perform below."""
        return await self.below.perform(work)

    async def append(self, batch: Batch) -> Seq:
        """Append below."""
        return await self.below.append(batch)

    async def abandon(self) -> None:
        """Abandon below."""
        await self.below.abandon()

    async def recover(self) -> Seq:
        """Recover below."""
        return await self.below.recover()

    async def scrub(self) -> None:
        """Scrub below."""
        await self.below.scrub()

    async def close(self) -> None:
        """Close below."""
        await self.below.close()


class _QuickerNode(Passing):
    """The heads were stale so many times."""

    times = 0

    async def append(self, batch: Batch) -> Seq:
        if self.times:
            self.times -= 1
            await self.below.abandon()
            raise Stale
        return await self.below.append(batch)


class _Failing(Passing):
    """The next appends fail: with this error, before or after they stood."""

    errors: list[tuple[Exception, bool]]

    def __init__(self, below: Backend) -> None:
        super().__init__(below)
        self.errors = []
        self.recovered = 0

    async def append(self, batch: Batch) -> Seq:
        if not self.errors:
            return await self.below.append(batch)
        error, stood = self.errors.pop(0)
        if stood:
            await self.below.append(batch)
        else:
            await self.below.abandon()
        raise error

    async def recover(self) -> Seq:
        self.recovered += 1
        return await self.below.recover()


def _make(directory: Path) -> None:
    directory.mkdir(mode=0o700)


class FaultKit(Opening):
    """Faults."""

    async def test_stale_heads_run_the_group_again(self, directory: Path) -> None:
        """Each author is answered once, with what its last run gave; numbers stay dense."""
        _make(directory)
        node: list[_QuickerNode] = []

        def wrap(backend: Backend) -> Backend:
            node.append(_QuickerNode(backend))
            return node[0]

        store = self.over(directory, wrap)
        try:
            conv = await open_zone(store)
            runs: list[int] = []

            async def work(tx: Tx) -> int | None:
                runs.append(1)
                return (await tx.add(message(conv))).nr

            async def fail(tx: Tx) -> int | None:
                runs.append(1)
                raise NotFound("always")

            node[0].times = 3
            answers = await asyncio.gather(
                *(store.write(fail if place == 3 else work) for place in range(6)),
                return_exceptions=True,
            )
            numbers = [getattr(answer, "value", None) for answer in answers]
            assert numbers == [1, 2, 3, None, 4, 5]
            assert len(runs) == 6 + 3 * 5
        finally:
            await store.close()

    async def test_nobody_is_forgotten_when_a_long_group_runs_again(self, directory: Path) -> None:
        """More works than fit into the time of one group, stale on the first try: all are answered."""
        _make(directory)
        node: list[_QuickerNode] = []

        def wrap(backend: Backend) -> Backend:
            node.append(_QuickerNode(backend))
            return node[0]

        store = self.over(directory, wrap)
        try:
            conv = await open_zone(store)
            runs: list[int] = []

            async def work(tx: Tx) -> None:
                runs.append(1)
                # the second try is slower than the first: its group's time is over sooner
                for _ in range(1 if len(runs) <= 100 else 300):
                    await tx.zone(conv)
                await tx.add(message(conv))

            node[0].times = 1
            async with asyncio.timeout(20):
                await asyncio.gather(*(store.write(work) for _ in range(100)))
            async with store.view() as view:
                assert len(await view.entries(conv)) == 100
        finally:
            await store.close()

    async def test_a_refused_group_is_told_and_the_next_one_stands(self, directory: Path) -> None:
        """The disk was full for a moment: nothing of the group is there, and the store goes on."""
        store, backend = self._failing(directory)
        try:
            conv = await open_zone(store)
            backend.errors = [(DiskFull("no room"), False)]
            answers = await asyncio.gather(*(send(store, conv) for _ in range(3)), return_exceptions=True)
            assert {type(answer) for answer in answers} == {DiskFull}
            assert len({id(answer) for answer in answers}) == 3
            assert (await send(store, conv)).nr == 1
        finally:
            await store.close()

    @pytest.mark.parametrize("stood", [False, True], ids=["it did not stand", "it stood"])
    async def test_an_unknown_outcome_is_found_out(self, directory: Path, stood: bool) -> None:
        """The answer of a commit was lost. Its authors are told so; whether it stood, the store finds out.

        If it stood, readers get it, once and in order; a repeat with the same request id makes no second.
        """
        store, backend = self._failing(directory)
        heard: list[Commit] = []
        end = store.watch(heard.append)
        try:
            conv = await open_zone(store)

            async def once(tx: Tx) -> int | None:
                known = await tx.key(Space.REQUEST, b"txn")
                if known is not None:
                    entry = await tx.entry(known.object)
                    assert entry is not None
                    return entry.nr
                added = await tx.add(message(conv))
                await tx.bind(Space.REQUEST, b"txn", added.id)
                return added.nr

            backend.errors = [(Unavailable("the connection was lost"), stood)]
            with pytest.raises(Unavailable):
                await store.write(once)
            assert (await store.write(once)).value == 1
            assert backend.recovered == 1
            async with store.view() as view:
                assert len(await view.entries(conv)) == 1
            last = await send(store, conv)
            assert seqs(heard) == [change.seq for commit in heard for change in commit.changes]
            assert seqs(heard) == list(range(1, last.seq + 1))
            assert seqs(await follow(store, Seq(0), store.head)) == seqs(heard)
        finally:
            end()
            await store.close()

    async def test_an_unforeseen_fault_does_not_end_the_writer(self, directory: Path) -> None:
        """Whoever waits is told, the next group starts on fresh ground."""
        store, backend = self._failing(directory)
        try:
            conv = await open_zone(store)
            backend.errors = [(ZeroDivisionError("never thought of"), False)]
            with pytest.raises(Unavailable):
                await send(store, conv)
            assert (await send(store, conv)).nr == 1
            assert backend.recovered == 1
        finally:
            await store.close()

    def _failing(self, directory: Path) -> tuple[LogStore, _Failing]:
        _make(directory)
        backends: list[_Failing] = []

        def wrap(backend: Backend) -> Backend:
            backends.append(_Failing(backend))
            return backends[0]

        return self.over(directory, wrap), backends[0]
