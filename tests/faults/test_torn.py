"""Files that were cut short, lost or damaged: said at once, or by `verify`; never taken for an older one."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from syncline.core.errors import Damaged, SynclineError
from syncline.core.ids import Seq
from syncline.core.kinds import ZoneKind
from syncline.store.sqlite import open_store
from syncline.store.sqlite.verify import verify
from syncline.testing.store.opening import open_zone, put, send

PAGE = 8192


async def written(directory: Path, *, clean: bool) -> Path:
    """A store with some history; unclean: as a process leaves it that was killed."""
    store = await open_store(directory)
    conv = await open_zone(store)
    book = await open_zone(store, ZoneKind.BOOK)
    for number in range(60):
        await send(store, conv, b'{"number":%d,"x":"%s"}' % (number, b"-" * 500))
        await put(store, book, b'{"number":%d}' % number)
    copy = directory.with_name("copy")
    if clean:
        await store.close()
        shutil.copytree(directory, copy)
    else:
        shutil.copytree(directory, copy)
        await store.close()
    return copy


async def opened(directory: Path) -> Seq:
    """Open a store, and say its head."""
    store = await open_store(directory)
    try:
        return store.head
    finally:
        await store.close()


def cut(size: Callable[[int], int]) -> Callable[[Path], None]:
    """Cut a file to a size."""

    def act(file: Path) -> None:
        content = file.read_bytes()
        file.write_bytes(content[: size(len(content))])

    return act


def flip(place: Callable[[int], int]) -> Callable[[Path], None]:
    """Change one byte of a file."""

    def act(file: Path) -> None:
        content = bytearray(file.read_bytes())
        content[place(len(content))] ^= 0x55
        file.write_bytes(content)

    return act


@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        cut(lambda size: 0),
        cut(lambda size: size // 2),
        cut(lambda size: size - PAGE),
        cut(lambda size: size - 1),
        flip(lambda size: 3),
        flip(lambda size: 103),
    ],
    ids=["gone", "empty", "half", "a page short", "a byte short", "its name", "its first page"],
)
async def test_a_damaged_database_is_not_opened(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    """Above all an empty one: SQLite would take it for new, and give out ids and numbers again."""
    copy = await written(tmp_path / "data", clean=True)
    damage(copy / "store.db")
    with pytest.raises(Damaged):
        await opened(copy)


@pytest.mark.parametrize(
    "damage",
    [
        flip(lambda size: 17),
        flip(lambda size: 32 + 8),
        flip(lambda size: size // 3),
        flip(lambda size: size // 2),
    ],
    ids=["its head", "its first frame", "a third in", "half way"],
)
async def test_a_damaged_log_is_not_taken_for_a_shorter_one(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    """SQLite reads a write-ahead log up to its first damaged frame; what comes after it was acknowledged."""
    copy = await written(tmp_path / "data", clean=False)
    damage(copy / "store.db-wal")
    with pytest.raises(Damaged):
        await opened(copy)


@pytest.mark.parametrize("lost", [1, 100, 5000])
async def test_a_torn_last_commit_is_no_damage(tmp_path: Path, lost: int) -> None:
    """A power cut may tear what was being written, and was not answered yet: the store opens without it."""
    copy = await written(tmp_path / "data", clean=False)
    cut(lambda size: size - lost)(copy / "store.db-wal")
    assert await opened(copy) == 119
    assert list(verify(copy)) == []


async def test_lost_rows_of_the_store_itself_are_said(tmp_path: Path) -> None:
    """Without its counter of ids a store would give them out again; without its epoch, make another."""
    for table, name in (("meta", "epoch"), ("meta", "jumps"), ("counter", "id")):
        copy = await written(tmp_path / f"{name}" / "data", clean=True)
        connection = apsw.Connection(str(copy / "store.db"))
        connection.execute(f"DELETE FROM {table} WHERE name = ?", (name,))
        connection.close()
        with pytest.raises(Damaged):
            await opened(copy)


@pytest.mark.parametrize("seed", range(30))
async def test_damage_in_the_structure_of_pages_is_found(tmp_path: Path, seed: int) -> None:
    """One bit of one page's header or list of rows: `verify` names it."""
    copy = await written(tmp_path / "data", clean=True)
    chance = random.Random(seed)
    file = copy / "store.db"
    content = bytearray(file.read_bytes())
    page = chance.randrange(1, len(content) // PAGE) * PAGE
    # a page without rows holds nothing that could be lost, and SQLite's check does not look at its kind
    while content[page] not in (2, 5, 10, 13) or content[page + 3 : page + 5] == b"\0\0":
        page = chance.randrange(1, len(content) // PAGE) * PAGE
    rows = int.from_bytes(content[page + 3 : page + 5])
    header = 12 if content[page] in (2, 5) else 8
    # the count of stray bytes (7) is not checked by anybody, and harms nobody
    place = chance.choice([place for place in range(header + 2 * rows) if place not in (1, 2, 7)])
    content[page + place] ^= 1 << chance.randrange(8)
    file.write_bytes(content)
    assert list(verify(copy)) != []


async def test_damage_met_while_reading_is_said_in_the_words_of_the_store(tmp_path: Path) -> None:
    """Not in SQLite's: a protocol maps the one error, for readers and for works."""
    copy = await written(tmp_path / "data", clean=True)
    file = copy / "store.db"
    connection = apsw.Connection(str(file))
    root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'entry'").get
    connection.close()
    content = bytearray(file.read_bytes())
    content[(root - 1) * PAGE : (root - 1) * PAGE + 8] = b"\xff" * 8
    file.write_bytes(content)
    store = await open_store(copy)
    try:
        async with store.view() as view:
            (zone, *_) = [change.zone for change in await view.changes(Seq(0), limit=1)]
        with pytest.raises(Damaged):
            async with store.view() as view:
                await view.entries(zone)
        with pytest.raises(Damaged):
            await store.write(lambda tx: tx.entries(zone))
        assert list(verify(copy)) != []
    finally:
        await store.close()


async def test_an_unopened_store_lets_go_of_everything(tmp_path: Path) -> None:
    """After a refused start the directory can be opened at once: by a restore, by the next try."""
    copy = await written(tmp_path / "data", clean=True)
    whole = (copy / "store.db").read_bytes()
    (copy / "store.db").write_bytes(b"")
    for _ in range(3):
        with pytest.raises(SynclineError):
            await opened(copy)
    (copy / "store.db").write_bytes(whole)
    assert await opened(copy) == 120
