"""The kit's part about the log as its followers see it: views, listeners, commits."""

import asyncio
from pathlib import Path

from syncline.core.ids import Seq
from syncline.core.kinds import Kind
from syncline.core.objects import Object
from syncline.store.commit import Commit
from syncline.store.contract import Store, Tx
from syncline.testing.store.opening import Opening, message, open_zone, send


async def follow(store: Store, after: Seq, until: Seq) -> list[Commit]:
    """The commits after a seq, until one reaches another."""
    commits: list[Commit] = []
    async for commit in store.commits(after):
        commits.append(commit)
        if commit.seq >= until:
            break
    return commits


def seqs(commits: list[Commit]) -> list[int]:
    """The seqs of all their changes."""
    return [change.seq for commit in commits for change in commit.changes]


class LogKit(Opening):
    """The log."""

    async def test_a_view_is_of_one_moment(self, store: Store) -> None:
        """What is committed while it is open does not reach it."""
        conv = await open_zone(store)
        await send(store, conv)
        async with store.view() as view:
            head = view.head
            await send(store, conv)
            assert view.head == head
            assert len(await view.entries(conv)) == 1
            async with store.view() as newer:
                assert newer.head == head + 1
                assert len(await newer.entries(conv)) == 2
            assert len(await view.changes(Seq(0), limit=9)) == 1

    async def test_a_reader_during_an_open_group_sees_nothing_of_it(self, store: Store) -> None:
        """From within a work: neither its own writes nor its group's, in any view."""
        conv = await open_zone(store)
        head = store.head
        seen: list[int] = []

        async def look() -> None:
            async with store.view() as view:
                seen.append(len(await view.entries(conv)))
                seen.append(view.head - head)

        async def work(tx: Tx) -> None:
            await tx.add(message(conv))
            looking = look()
            # stepped by hand: a store that reads without suspending answers here and now
            try:
                looking.send(None)
            except StopIteration:
                return
            looking.close()

        await asyncio.gather(store.write(work), store.write(work))
        assert set(seen) <= {0}
        async with store.view() as view:
            assert len(await view.entries(conv)) == 2

    async def test_commit_then_publish_then_answer(self, store: Store) -> None:
        """A listener finds the commit in a fresh view, and no author was answered before it was told."""
        conv = await open_zone(store)
        order: list[str] = []
        found: list[bool] = []

        async def read(seq: Seq) -> None:
            async with store.view() as view:
                found.append(view.head >= seq and await view.change(seq) is not None)

        def listen(commit: Commit) -> None:
            order.append(f"published {commit.seq}")
            reading = read(commit.seq)
            try:
                reading.send(None)
            except StopIteration:
                return
            reading.close()

        end = store.watch(listen)

        async def write() -> None:
            entry = await send(store, conv)
            order.append(f"answered {entry.seq}")
            assert store.head >= entry.seq

        await asyncio.gather(*(write() for _ in range(20)))
        end()
        assert all(found)
        for place, event in enumerate(order):
            if event.startswith("answered"):
                assert event.replace("answered", "published") in order[:place]
        published = [int(event.split()[1]) for event in order if event.startswith("published")]
        assert published == sorted(published)
        assert len(published) == 20

    async def test_a_listener_may_end_itself_and_may_not_hurt_the_others(self, store: Store) -> None:
        """Each other one hears of each commit: what it misses is a lost wake-up."""
        conv = await open_zone(store)
        heard: list[int] = []

        def once(commit: Commit) -> None:
            heard.append(-1)
            end_once()

        def broken(commit: Commit) -> None:
            raise RuntimeError("a listener must not raise")

        end_broken = store.watch(broken)
        end_once = store.watch(once)
        end = store.watch(lambda commit: heard.append(commit.seq))
        first, second = await send(store, conv), await send(store, conv)
        assert heard == [-1, first.seq, second.seq]
        end_broken()
        end()
        end()
        await send(store, conv)
        assert len(heard) == 3

    async def test_a_work_without_changes_is_no_commit(self, store: Store) -> None:
        """Nobody is woken for a cursor."""
        commits: list[Commit] = []
        end = store.watch(commits.append)

        async def work(tx: Tx) -> None:
            tx.set_meta("a", "b")

        await store.write(work)
        end()
        assert commits == []

    async def test_commits_come_without_a_hole_while_many_write(self, store: Store) -> None:
        """Followers from several places, begun at several moments, get every seq once and in order."""
        conv = await open_zone(store)
        last = Seq(store.head + 400)
        followers = [asyncio.create_task(follow(store, Seq(0), last))]

        async def write() -> None:
            for _ in range(25):
                await send(store, conv)

        writers = [asyncio.create_task(write()) for _ in range(16)]
        while not all(writer.done() for writer in writers):
            if len(followers) < 8:
                followers.append(asyncio.create_task(follow(store, Seq(store.head // 2), last)))
            await asyncio.sleep(0)
        await asyncio.gather(*writers)
        followers.append(asyncio.create_task(follow(store, Seq(last - 1), last)))
        async with asyncio.timeout(10):
            for commits in await asyncio.gather(*followers):
                found = seqs(commits)
                assert found == list(range(found[0], last + 1))

    async def test_commits_of_before_a_restart_are_told_from_the_log(
        self, store: Store, directory: Path
    ) -> None:
        """With the same works as before, whole, though without what they carried."""
        conv = await open_zone(store)
        live: list[Commit] = []
        end = store.watch(live.append)

        for count in (1, 3, 999, 1000, 2):

            async def work(tx: Tx, count: int = count) -> None:
                for _ in range(count):
                    await tx.put(Object(tx.new_id(), Kind.LABEL, conv, b"{}"))

            await store.write(work)
        end()
        await store.close()
        again = await self.open(directory)
        try:
            told = await follow(again, Seq(0), again.head)
            assert [commit.changes for commit in told] == [commit.changes for commit in live]
            assert all(live_.complete and not told_.complete for live_, told_ in zip(live, told, strict=True))
            assert (told[-1].first, told[-1].seq) == (again.head - 1, again.head)
        finally:
            await again.close()

    async def test_a_follower_from_inside_a_work_gets_its_rest(self, store: Store) -> None:
        """No reader is ever told to stop there, but one that does must not have a hole."""
        conv = await open_zone(store)

        async def work(tx: Tx) -> None:
            for _ in range(3):
                await tx.add(message(conv))

        for _ in range(3):
            await store.write(work)
        for after in range(store.head):
            found = seqs(await follow(store, Seq(after), store.head))
            assert set(found) >= set(range(after + 1, store.head + 1))
            assert found == sorted(found)

    async def test_followers_end_when_the_store_closes(self, store: Store) -> None:
        """None is left waiting for ever."""
        conv = await open_zone(store)
        entry = await send(store, conv)

        async def all_of_them() -> list[Seq]:
            return [commit.seq async for commit in store.commits(Seq(0))]

        following = asyncio.create_task(all_of_them())
        await asyncio.sleep(0)
        await store.close()
        assert await asyncio.wait_for(following, 5) == [entry.seq]

    async def test_a_form_is_rendered_once_a_commit(self, store: Store) -> None:
        """Ten thousand waiters share its bytes."""
        conv = await open_zone(store)
        commits: list[Commit] = []
        end = store.watch(commits.append)
        await send(store, conv)
        end()
        rendered: list[int] = []

        def render() -> bytes:
            rendered.append(1)
            return b"form"

        assert {commits[0].once("key", render) for _ in range(3)} == {b"form"}
        assert len(rendered) == 1
