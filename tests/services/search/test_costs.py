"""A search costs what it shows, not what there is: counted in SQLite's own steps, which no clock blurs."""

from collections import Counter
from collections.abc import Callable
from functools import partial
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
from syncline.store.sqlite.store import SqliteStore

SMALL = 1_000
MIDDLE = 6_000
LARGE = 30_000
HUGE = 100_000
LONG = 5_000


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


def own_steps(files: Files, act: Callable[[apsw.Connection], Any]) -> Counter[str]:
    """The steps of each statement of ours, without FTS5's look into each part of its own index."""
    connection = files.look()
    seen: Counter[str] = Counter()

    def note(event: dict[str, Any]) -> None:
        if "'main'.'text_" not in event["sql"]:
            seen[event["sql"]] += event["stmt_status"]["SQLITE_STMTSTATUS_VM_STEP"]

    connection.trace_v2(apsw.SQLITE_TRACE_PROFILE, note)
    try:
        act(connection)
    finally:
        connection.trace_v2(0)
    return seen


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


async def test_at_100000_mails_a_page_takes_the_steps_that_it_takes_at_1000(tmp_path: Path) -> None:
    """As many, or fewer: a label of few threads is read whole. A count has the hits for rows, and as few
    statements."""
    (tmp_path / "small").mkdir()
    small, huge = await filled(tmp_path / "small", SMALL), await filled(tmp_path, HUGE)

    def shown(query: str, connection: apsw.Connection) -> None:
        search = prepared(connection, ANA, meaning_of(parse(query)), Places())
        assert search is not None
        assert len(infos(connection, search.page(20, Order.ARRIVAL))) == 20

    def told(query: str, connection: apsw.Connection) -> None:
        search = prepared(connection, ANA, meaning_of(parse(query)), Places())
        assert search is not None
        assert search.count() > 0

    for query in QUERIES:
        few, many = (own_steps(each, partial(shown, query)) for each in (small, huge))
        assert many.total() <= few.total() * 1.05, query
        assert all(len(own_steps(each, partial(told, query))) <= 8 for each in (small, huge)), query
    small.close()
    huge.close()


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


async def test_labelling_5000_mails_costs_what_5_cost(desk: Desk) -> None:
    """In the store one subscription; in the index a card, the thread's row, and one mail that it shows."""
    for first, last in ((1, 5), (6, LONG + 5)):
        letters = [
            Letter(f"{n}@x", text="word", sender=f"p{n % 7}@x.example", refs=(f"{first}@x",))
            for n in range(first, last + 1)
        ]
        await desk.take(letters)
    assert [one.size for one in await desk.search.threads(ANA, "*")] == [LONG, 5]
    assert isinstance(desk.store, SqliteStore)
    connections = (desk.store.backend._writer, desk.search._files._writer)
    costs = []
    for no in (1, 6):
        seen = [noting(each) for each in connections]
        await desk.mails.relabel(ANA, no, ["inbox"])
        assert no in await desk.ids("~inbox")
        for each in connections:
            each.trace_v2(0)
        costs.append([(one["statements"], one["steps"]) for one in seen])
    for short, long in zip(*costs, strict=True):
        assert long[0] == short[0] < 30
        assert long[1] <= short[1] * 1.2 + 50
