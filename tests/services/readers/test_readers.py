"""Readers: projections can be thrown away and made again; automations act once, over crashes too."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from syncline.core.errors import NotFound, Unavailable
from syncline.core.ids import DIRECTORY, Id, Seq
from syncline.core.kinds import Kind, ReaderKind
from syncline.core.objects import Object
from syncline.core.readers import Reader
from syncline.services.readers import Readers
from syncline.services.readers.following import ProjectionFollowing
from syncline.store.commit import Commit
from syncline.store.contract import Lane, Store, Tx
from syncline.store.sqlite import open_store
from syncline.store.sqlite.backup import backup
from syncline.store.sqlite.restore import restore


class Tally:
    """A projection: which objects were ever put. It can be told to fail."""

    def __init__(self) -> None:
        self.seen: dict[Id, Seq] = {}
        self.took: list[Seq] = []
        self.settled = Seq(0)
        self.cleared = 0
        self.fails = 0
        self.unsettled = False

    async def clear(self) -> None:
        """Forget all."""
        self.seen.clear()
        self.took.clear()
        self.cleared += 1

    async def take(self, commit: Commit) -> None:
        """Note what was put."""
        if self.fails:
            self.fails -= 1
            raise OSError("the disk of the projection")
        self.took.append(commit.seq)
        self.seen.update({change.object: change.seq for change in commit.changes})

    async def settle(self) -> None:
        """Note how far it is durable."""
        if self.unsettled:
            raise OSError("the disk of the projection")
        self.settled = self.took[-1] if self.took else Seq(0)


class Echo:
    """An automation: answers each LABEL with one FILE that says whose echo it is."""

    def __init__(self) -> None:
        self.fails = 0
        self.tries = 0

    def wants(self, commit: Commit) -> bool:
        """Labels only; its own files would make it answer itself for ever."""
        return any(change.kind == Kind.LABEL for change in commit.changes)

    async def react(self, tx: Tx, commit: Commit) -> None:
        """Put one file per label."""
        self.tries += 1
        if self.fails:
            self.fails -= 1
            raise OSError("for once")
        for change in commit.changes:
            await tx.put(Object(tx.new_id(), Kind.FILE, DIRECTORY, b'{"of":%d}' % change.object))


async def put(store: Store, kind: Kind = Kind.LABEL) -> Id:
    """Write one object."""

    async def work(tx: Tx) -> Id:
        id = tx.new_id()
        await tx.put(Object(id, kind, DIRECTORY, b"{}"))
        return id

    return (await store.write(work)).value


async def echoes(store: Store) -> list[bytes]:
    """What the automation wrote, in log order."""
    async with store.view() as view:
        return [each.body for each in await view.objects(DIRECTORY, [Kind.FILE])]


def wanted(labels: list[Id]) -> list[bytes]:
    """One echo for each, in order."""
    return [b'{"of":%d}' % label for label in labels]


async def stop(task: asyncio.Task[None]) -> None:
    """End a running `run`."""
    task.cancel()
    await asyncio.wait({task})


@pytest.fixture
def readers(store: Store) -> Readers:
    """The readers of a store."""
    return Readers(store)


async def test_a_projection_takes_the_whole_log_in_order(store: Store, readers: Readers) -> None:
    """From the first change on, though it was registered later."""
    made = [await put(store) for _ in range(5)]
    tally = Tally()
    readers.projection("tally", tally)
    assert await readers.catch_up("tally") == store.head
    assert list(tally.seen) == made
    assert tally.took == sorted(tally.took)
    assert tally.settled == readers.cursor("tally") == store.head


async def test_a_running_projection_is_waited_for(store: Store, readers: Readers) -> None:
    """A search lets the index reach the head of its moment: what is acknowledged is found."""
    tally = Tally()
    readers.projection("tally", tally)
    running = asyncio.create_task(readers.run())
    for _ in range(10):
        made = await put(store)
        async with asyncio.timeout(5):
            await readers.reach("tally", store.head)
        assert made in tally.seen
    await stop(running)


async def test_what_was_reached_before_a_restart_need_not_be_waited_for(store: Store) -> None:
    """The first search after a restart waited for the next commit, which may never come."""
    first = Readers(store)
    first.projection("tally", Tally())
    await put(store)
    await first.catch_up("tally")
    second = Readers(store)
    second.projection("tally", Tally())
    waiting = asyncio.create_task(second.reach("tally", store.head))
    await asyncio.sleep(0)
    running = asyncio.create_task(second.run())
    async with asyncio.timeout(5):
        await waiting
    await stop(running)


async def test_a_projection_goes_on_where_it_stopped(store: Store) -> None:
    """A server stopped in good order hands nothing out twice at its next start."""
    tally = Tally()
    first = Readers(store)
    first.projection("tally", tally)
    running = asyncio.create_task(first.run())
    made = [await put(store) for _ in range(3)]
    await first.reach("tally", store.head)
    await stop(running)
    made.append(await put(store))
    second = Readers(store)
    second.projection("tally", tally)
    await second.catch_up("tally")
    assert tally.cleared == 1, "at its very first start"
    assert len(tally.took) == 4
    assert list(tally.seen) == made


async def test_a_rebuilt_projection_says_the_same(store: Store, readers: Readers) -> None:
    """Thrown away and made again, at rest and while it runs."""
    tally = Tally()
    readers.projection("tally", tally)
    for _ in range(5):
        await put(store)
    await readers.catch_up("tally")
    before = dict(tally.seen)
    tally.seen[Id(9)] = Seq(9)
    assert await readers.rebuild("tally") == store.head
    assert tally.seen == before
    running = asyncio.create_task(readers.run())
    await readers.reach("tally", store.head)
    tally.seen.clear()
    await readers.rebuild("tally")
    assert tally.seen == before
    last = await put(store)
    async with asyncio.timeout(5):
        await readers.reach("tally", store.head)
    assert last in tally.seen, "and it follows again"
    await stop(running)


async def test_a_projection_that_fails_gets_the_same_commit_again(
    store: Store, readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is skipped, and the others go on meanwhile."""
    monkeypatch.setattr("syncline.services.readers.following.FIRST_RETRY", 0.01)
    tally, other = Tally(), Tally()
    tally.fails = 3
    readers.projection("tally", tally)
    readers.projection("other", other)
    made = [await put(store) for _ in range(3)]
    running = asyncio.create_task(readers.run())
    async with asyncio.timeout(5):
        await readers.reach("other", store.head)
        await readers.reach("tally", store.head)
    assert list(tally.seen) == list(other.seen) == made
    await stop(running)


async def test_a_cursor_is_saved_now_and_then_after_what_it_stands_for(
    store: Store, readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a crash only the last commits come again, and never less than all that was not durable."""
    monkeypatch.setattr("syncline.services.readers.following.SAVE_EVERY", 3)
    tally = Tally()
    readers.projection("tally", tally)
    running = asyncio.create_task(readers.run())
    for _ in range(8):
        await put(store)
        await readers.reach("tally", store.head)
        await asyncio.sleep(0)
        async with store.view() as view:
            row = await view.reader(ReaderKind.PROJECTION, None, "tally")
        assert row is not None
        assert row.cursor <= tally.settled
        assert store.head - row.cursor <= 3
    await stop(running)


async def test_a_cursor_never_runs_ahead_of_what_is_durable(store: Store, readers: Readers) -> None:
    """A projection that took commits but could not keep them gets them again."""
    tally = Tally()
    readers.projection("tally", tally)
    made = await put(store)
    tally.unsettled = True
    with pytest.raises(OSError, match="disk"):
        await readers.catch_up("tally")
    tally.unsettled = False
    tally.seen.clear()
    again = Readers(store)
    again.projection("tally", tally)
    await again.catch_up("tally")
    assert list(tally.seen) == [made]


async def test_after_a_restore_a_projection_is_made_again(store: Store, readers: Readers) -> None:
    """Its own files may know a future that did not happen: another epoch, or a cursor beyond the head."""
    tally = Tally()
    readers.projection("tally", tally)
    made = await put(store)
    await readers.catch_up("tally")
    async with store.view() as view:
        row = await view.reader(ReaderKind.PROJECTION, None, "tally")
    assert row is not None
    for cursor, body in ((row.cursor, b'{"epoch":"another"}'), (Seq(10_000), row.body)):

        async def restored(tx: Tx, cursor: Seq = cursor, body: bytes = body) -> None:
            tx.save_reader(Reader(row.id, row.kind, None, "tally", cursor=cursor, body=body))

        await store.write(restored)
        tally.seen[Id(9)] = Seq(9)
        again = Readers(store)
        again.projection("tally", tally)
        await again.catch_up("tally")
        assert list(tally.seen) == [made]


async def test_an_automation_acts_once_for_each_commit(store: Store, readers: Readers) -> None:
    """In log order; what it writes itself does not set it off."""
    readers.automation("echo", Echo(), from_start=True)
    labels = [await put(store) for _ in range(5)]
    await readers.catch_up("echo")
    await readers.catch_up("echo")
    assert await echoes(store) == wanted(labels)


async def test_an_automation_begins_with_what_happens_after_its_first_start(
    store: Store, readers: Readers
) -> None:
    """Switching it on does not answer ten years of history; switching it off for a while loses nothing."""
    await put(store)
    readers.automation("echo", Echo())
    await readers.catch_up("echo")
    assert await echoes(store) == []
    later = [await put(store), await put(store)]
    again = Readers(store)
    again.automation("echo", Echo())
    await again.catch_up("echo")
    assert await echoes(store) == wanted(later)


async def test_its_cursor_moves_in_the_commit_of_its_effect(store: Store, readers: Readers) -> None:
    """One commit for one effect: there is no moment in which a crash could separate the two."""
    readers.automation("echo", Echo(), from_start=True)
    await put(store)
    read: list[Seq] = []

    async def look(tx: Tx) -> None:
        row = await tx.reader(ReaderKind.AUTOMATION, None, "echo")
        files = await tx.objects(DIRECTORY, [Kind.FILE])
        assert row is not None
        read.append(row.cursor)
        assert bool(files) == (row.cursor >= 1)

    heard: list[Commit] = []
    store.watch(heard.append)
    await readers.catch_up("echo")
    await store.write(look)
    assert [[change.kind for change in commit.changes] for commit in heard] == [[Kind.FILE]]
    assert read[0] >= 1


@pytest.mark.parametrize("answered", [True, False])
async def test_a_crash_around_its_commit_neither_loses_nor_doubles(
    store: Store, monkeypatch: pytest.MonkeyPatch, answered: bool
) -> None:
    """Cut down before each of its writes, and after each commit whose answer it never got."""
    labels = [await put(store) for _ in range(4)]
    write = store.write
    left = 0

    async def failing(work: Callable[[Tx], Awaitable[object]], *, lane: Lane = Lane.LIVE) -> object:
        nonlocal left
        left -= 1
        if left < 0 and answered:
            raise Unavailable("down before the commit")
        written = await write(work, lane=lane)
        if left < 0:
            raise Unavailable("down after the commit")
        return written

    monkeypatch.setattr(store, "write", failing)
    starts = 0
    while True:
        left = starts % 3
        starts += 1
        readers = Readers(store)
        readers.automation("echo", Echo(), from_start=True)
        try:
            await readers.catch_up("echo")
        except Unavailable:
            continue
        break
    assert starts > 2
    assert await echoes(store) == wanted(labels)


async def test_stopping_while_it_writes_does_not_make_it_act_twice(store: Store) -> None:
    """A cancelled write may still be committed: the next start must see that it was."""
    labels = []
    for _ in range(10):
        readers = Readers(store)
        readers.automation("echo", Echo(), from_start=True)
        running = asyncio.create_task(readers.run())
        labels.append(await put(store))
        for _ in range(len(labels)):
            await asyncio.sleep(0)
        await stop(running)
    readers = Readers(store)
    readers.automation("echo", Echo(), from_start=True)
    await readers.catch_up("echo")
    assert await echoes(store) == wanted(labels)


async def test_an_automation_that_fails_tries_the_same_commit_again(
    store: Store, readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not go on to the next: order is part of what it promises."""
    monkeypatch.setattr("syncline.services.readers.following.FIRST_RETRY", 0.01)
    echo = Echo()
    echo.fails = 2
    readers.automation("echo", echo, from_start=True)
    labels = [await put(store), await put(store)]
    running = asyncio.create_task(readers.run())
    async with asyncio.timeout(5):
        await readers.reach("echo", Seq(2))
    assert await echoes(store) == wanted(labels)
    assert echo.tries == 4
    await stop(running)


async def test_what_nobody_wants_costs_no_write(store: Store, readers: Readers) -> None:
    """A thousand messages are not a thousand saved cursors."""
    readers.automation("echo", Echo(), from_start=True)
    await readers.catch_up("echo")
    for _ in range(10):
        await put(store, Kind.SETTING)
    writes = 0
    write = store.write

    async def counted(work: Callable[[Tx], Awaitable[object]], *, lane: Lane = Lane.LIVE) -> object:
        nonlocal writes
        writes += 1
        return await write(work, lane=lane)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "write", counted)
        await readers.catch_up("echo")
    assert writes == 1, "the cursor, once at the end"


async def test_a_reader_has_one_name_and_only_projections_are_rebuilt(readers: Readers) -> None:
    """What an automation did stands in the log: doing it again would double it."""
    readers.automation("echo", Echo())
    readers.projection("tally", Tally())
    assert readers.projections == ("tally",)
    assert readers.names == ("echo", "tally")
    with pytest.raises(ValueError, match="tally"):
        readers.projection("tally", Tally())
    for name in ("echo", "nobody"):
        with pytest.raises(NotFound):
            await readers.rebuild(name)


async def test_following_ends_when_the_store_closes(tmp_path: Path) -> None:
    """It neither spins nor waits for a log that will not go on; the last commits come again."""
    store = await open_store(tmp_path / "again")
    tally = Tally()
    following = ProjectionFollowing(store, "tally", tally)
    task = asyncio.create_task(following.follow())
    made = await put(store)
    await following.reach(store.head)
    await store.close()
    async with asyncio.timeout(5):
        await task
    store = await open_store(tmp_path / "again")
    readers = Readers(store)
    readers.projection("tally", tally)
    await readers.catch_up("tally")
    assert list(tally.seen) == [made]
    await store.close()


async def test_cursors_survive_a_restart(tmp_path: Path) -> None:
    """The log is read from where the cursor stands, though memory forgot the commits."""
    store = await open_store(tmp_path / "again")
    labels = [await put(store), await put(store)]
    for _ in range(2):
        readers = Readers(store)
        readers.automation("echo", Echo(), from_start=True)
        await readers.catch_up("echo")
        assert await echoes(store) == wanted(labels)
        labels.append(await put(store))
        await store.close()
        store = await open_store(tmp_path / "again")
    await store.close()


async def test_a_projection_reaches_the_head_that_a_restore_jumped_to(tmp_path: Path) -> None:
    """The head is then a number that no change has: a search right after a restore must not wait for one."""
    store = await open_store(tmp_path / "data")
    made = [await put(store) for _ in range(3)]
    await store.close()
    for turn in range(2):  # restored again before anything was written
        backup(tmp_path / ("data" if turn == 0 else "again-0"), tmp_path / f"{turn}.tar")
        restore(tmp_path / f"{turn}.tar", tmp_path / f"again-{turn}")
        store = await open_store(tmp_path / f"again-{turn}")
        readers, tally = Readers(store), Tally()
        readers.projection("tally", tally)
        running = asyncio.create_task(readers.run())
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            await readers.reach("tally", store.head)
            assert list(tally.seen) == made
            await readers.rebuild("tally")
            assert list(tally.seen) == made
            if turn:
                made.append(await put(store))
                await readers.reach("tally", store.head)
                assert list(tally.seen) == made
        await stop(running)
        await store.close()


async def test_a_reader_ends_when_told_though_its_cursor_cannot_be_saved(
    store: Store, readers: Readers
) -> None:
    """A full disk at the end of a server must not keep it from ending; the commits come again."""
    tally = Tally()
    readers.projection("tally", tally)
    running = asyncio.create_task(readers.run())
    await put(store)
    await asyncio.sleep(0)
    await readers.reach("tally", store.head)
    tally.unsettled = True
    async with asyncio.timeout(5):
        await stop(running)
    assert running.done()
