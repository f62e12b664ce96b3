"""A search costs what it shows, not what there is: counted in SQLite's own steps, which no clock blurs."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.services.search.desk import ANA, Desk
from tests.services.search.letters import Letter
from tests.services.search.many import A_THREAD, filled

from syncline.services.search import Order, parse
from syncline.services.search.evaluating import prepared
from syncline.services.search.files import Files
from syncline.services.search.meaning import meaning_of
from syncline.services.search.places import Places
from syncline.services.search.reading import infos

SMALL = 1_000
MIDDLE = 6_000
LARGE = 30_000


def noting(connection: apsw.Connection) -> Counter[str]:
    """Count statements and their steps from now on."""
    seen: Counter[str] = Counter()

    def note(event: dict[str, Any]) -> None:
        seen["statements"] += 1
        seen["steps"] += event["stmt_status"]["SQLITE_STMTSTATUS_VM_STEP"]

    connection.trace_v2(apsw.SQLITE_TRACE_PROFILE, note)
    return seen


def counted(connection: apsw.Connection, act: Callable[[], Any]) -> tuple[int, int]:
    """Statements and steps that an act takes."""
    seen = noting(connection)
    try:
        act()
    finally:
        connection.trace_v2(0)
    return seen["statements"], seen["steps"]


def page(files: Files, query: str, *, num: int = 20) -> tuple[int, int]:
    """What a page costs."""
    connection = files.look()

    def act() -> None:
        search = prepared(connection, ANA, meaning_of(parse(query)), Places())
        assert search is not None
        assert len(infos(connection, search.page(num, Order.ARRIVAL))) == num

    return counted(connection, act)


@pytest.fixture
async def sizes(tmp_path: Path) -> "tuple[Files, Files]":
    """A small index and a large one."""
    (tmp_path / "small").mkdir()
    (tmp_path / "large").mkdir()
    return await filled(tmp_path / "small", SMALL), await filled(tmp_path / "large", LARGE)


QUERIES = (
    "*",
    "common",
    "every",
    "~inbox",
    "~inbox common",
    "common -~inbox",
    "~inbox -~few",
    "-seldom ~inbox",
)


async def test_a_page_costs_the_same_however_many_mails_there_are(sizes: tuple[Files, Files]) -> None:
    """Newest first needs no look at what is older; a few statements, whatever is asked."""
    small, large = sizes
    for query in QUERIES:
        few, many = page(small, query), page(large, query)
        assert many[1] <= few[1] * 1.3 + 200, query
        assert many[0] <= 40, query  # FTS5 asks its own tables, once for each part of its index
    small.close()
    large.close()


async def test_counts_are_those_of_a_reader_of_every_mail(tmp_path: Path) -> None:
    """Counted over lists in memory, over labels, and listed by date."""
    large = await filled(tmp_path, MIDDLE)
    connection = large.look()
    places = Places()
    threads = MIDDLE // A_THREAD
    for query, number in (("every", threads), ("~few", threads // 100), ("every ~few", threads // 100)):
        search = prepared(connection, ANA, meaning_of(parse(query)), places)
        assert search is not None
        assert search.count() == number
        assert len(search.page(MIDDLE, Order.DATE)) == number
    assert 0.7 * threads < _count(large, "common", places) < 0.85 * threads
    assert _count(large, "common -~inbox", places) + _count(large, "common ~inbox", places) == _count(
        large, "common", places
    )
    large.close()


def _count(files: Files, query: str, places: Places) -> int:
    search = prepared(files.look(), ANA, meaning_of(parse(query)), places)
    assert search is not None
    return search.count()


async def test_labelling_costs_the_same_for_a_long_thread(desk: Desk) -> None:
    """One card, one row of the thread, one of what it shows: nothing for each mail."""
    letters = [
        Letter(f"{n}@x", text="word", sender=f"p{n % 7}@x.example", refs=("1@x",)) for n in range(1, 301)
    ]
    await desk.take(letters)
    await desk.add(Letter("alone@x", text="word"))
    costs = []
    for no in (1, 301):
        await desk.ids("*")
        seen = noting(desk.search._files._writer)
        await desk.mails.relabel(ANA, no, ["inbox"])
        assert no in await desk.ids("~inbox")
        desk.search._files._writer.trace_v2(0)
        costs.append((seen["statements"], seen["steps"]))
    assert costs[0][0] == costs[1][0] < 30
    assert costs[0][1] <= costs[1][1] * 1.2 + 50
