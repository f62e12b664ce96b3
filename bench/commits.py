"""W2: commits of the store with 64 writers, against a bare apsw group commit of the same rows.

Each writer adds one message to a conversation of its own and waits for the flush. The bare side gets the very
rows that the store wrote (all tables and indexes of its schema), ready made: 64 tasks queue them, a committer
writes what has queued in one transaction. Both in WAL with synchronous=FULL on one core; the bare side leaves
checkpoints to SQLite's default.
"""

import asyncio
import tempfile
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import apsw
import msgspec
import uvloop

from bench.harness import rounds
from bench.harness.cores import SERVER_CORE, pin
from bench.harness.options import Options, parse
from bench.harness.seed import WORDS
from bench.harness.table import Row, median, report
from syncline.core.entries import Entry, NewEntry
from syncline.core.ids import ZoneId
from syncline.core.kinds import EntryKind, ZoneKind
from syncline.store.contract import Tx
from syncline.store.sqlite import open_store

T = TypeVar("T")
WRITERS = 64
FILE = "store.db"

Rows = dict[str, list[tuple[Any, ...]]]
"""rows by table"""


class Replay(msgspec.Struct, frozen=True):
    """What a run of the store wrote: rows of each work, and those that a group writes once (counters)."""

    schema: list[str]
    works: list[Rows]
    shared: Rows


class Run(msgspec.Struct, frozen=True):
    """One side of one round."""

    works: int
    seconds: float
    cpu: float


def on_loop(main: Coroutine[Any, Any, T]) -> T:
    """Run on the loop that the server uses."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


async def store_side(directory: Path, each: int, replayed: "list[Replay]") -> Run:
    """The product's store; the first run leaves its schema and its rows, cut into works, in `replayed`."""
    store = await open_store(directory)

    async def conversations(tx: Tx) -> list[ZoneId]:
        return [tx.open_zone(ZoneKind.CONVERSATION) for _ in range(WRITERS)]

    zones = (await store.write(conversations)).value
    body = msgspec.json.encode({"text": WORDS})

    async def writer(zone: ZoneId) -> None:
        async def send(tx: Tx) -> Entry:
            return await tx.add(NewEntry(zone, EntryKind.MESSAGE, None, body, alerts=True))

        for _ in range(each):
            await store.write(send)

    path = directory / FILE
    before = {} if replayed else dump(path)
    begin, cpu = time.perf_counter(), time.process_time()
    async with asyncio.TaskGroup() as group:
        for zone in zones:
            group.create_task(writer(zone))
    run = Run(each * WRITERS, time.perf_counter() - begin, time.process_time() - cpu)
    if not replayed:
        replayed.append(replay_of(schema(path), before, dump(path), run.works))
    await store.close()
    return run


def schema(path: Path) -> list[str]:
    """The statements that make the store's tables and indexes."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    found = [sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")]
    connection.close()
    return found


def dump(path: Path) -> Rows:
    """All rows of all tables, in the order of the log where they have a place in it."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")]
    rows: Rows = {}
    for name in tables:
        columns = [column for _, column, *_ in connection.execute(f'PRAGMA table_info("{name}")')]
        # in the order in which they were written: sorted by conversation, a group of the bare side would
        # touch a page or two where the store had to touch a page for each writer
        order = " ORDER BY seq" if "seq" in columns else ""
        rows[name] = list(connection.execute(f'SELECT * FROM "{name}"{order}'))
    connection.close()
    return rows


def replay_of(statements: list[str], before: Rows, after: Rows, works: int) -> Replay:
    """The rows that a run wrote, spread evenly over its works: one of each growing table for each work.

    Tables in which rows were only updated: each work updates one in turn (its zone), but if there are fewer
    of them than writers a group writes them once (counters).
    """
    cut: list[Rows] = [{} for _ in range(works)]
    shared: Rows = {}
    for table, rows in after.items():
        known = set(before[table])
        new = [row for row in rows if row not in known]
        if len(rows) > len(before[table]):
            for at, row in enumerate(new):
                cut[at * works // len(new)].setdefault(table, []).append(row)
        elif len(new) >= WRITERS:
            for at, work in enumerate(cut):
                work[table] = [new[at % len(new)]]
        elif new:
            shared[table] = new
    return Replay(statements, cut, shared)


async def bare_side(directory: Path, replay: Replay) -> Run:
    """apsw alone: what has queued goes into one transaction, one statement a table."""
    connection = apsw.Connection(str(directory / FILE))
    for pragma in ("page_size=8192", "journal_mode=WAL", "synchronous=FULL", "cache_size=-16384"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    for sql in replay.schema:
        connection.execute(sql)
    works, inserts = replay.works, dict[str, str]()
    for work in (*works, replay.shared):
        for table, rows in work.items():
            places = ",".join("?" * len(rows[0]))
            inserts.setdefault(table, f'INSERT OR REPLACE INTO "{table}" VALUES({places})')
    queued: list[tuple[Rows, asyncio.Future[None]]] = []
    loop = asyncio.get_running_loop()
    arrived = asyncio.Event()

    async def writer(mine: list[Rows]) -> None:
        for work in mine:
            done = loop.create_future()
            queued.append((work, done))
            arrived.set()
            await done

    async def committer() -> None:
        while True:
            await arrived.wait()
            arrived.clear()
            group = queued[:]
            queued.clear()
            connection.execute("BEGIN IMMEDIATE")
            for table, sql in inserts.items():
                rows = [row for work, _ in group for row in work.get(table, ())]
                connection.executemany(sql, rows or replay.shared.get(table, ()))
            connection.execute("COMMIT")
            for _, done in group:
                done.set_result(None)

    task = asyncio.create_task(committer())
    begin, cpu = time.perf_counter(), time.process_time()
    async with asyncio.TaskGroup() as writers:
        for start in range(WRITERS):
            writers.create_task(writer(works[start::WRITERS]))
    run = Run(len(works), time.perf_counter() - begin, time.process_time() - cpu)
    task.cancel()
    connection.close()
    return run


def measure(options: Options) -> list[Row]:
    """The rounds, and what they say."""
    pin(SERVER_CORE)
    each, replayed = options.size(500, 5), list[Replay]()

    def ours() -> Run:
        with tempfile.TemporaryDirectory(prefix="syncline-bench-") as home:
            return on_loop(store_side(Path(home), each, replayed))

    def bare() -> Run:
        with tempfile.TemporaryDirectory(prefix="syncline-bench-") as home:
            return on_loop(bare_side(Path(home), replayed[0]))

    ours()  # the rows of the first, unmeasured run are what the bare side replays
    results = rounds.interleaved(options.rounds, {"bare": bare, "ours": ours})
    rate = {name: median(one.works / one.seconds for one in runs) for name, runs in results.items()}
    cost = {name: median(1e6 * one.cpu / one.works for one in runs) for name, runs in results.items()}
    rows = sum(len(lines) for lines in replayed[0].works[0].values())
    share = rate["ours"] / rate["bare"]
    return [
        Row(
            "W2",
            f"store commits, {WRITERS} writers, synchronous=FULL, {rows} rows a work",
            f"{rate['ours']:,.0f}/s, {cost['ours']:.0f} µs CPU each",
            f"bare apsw {rate['bare']:,.0f}/s, {cost['bare']:.0f} µs",
            f"{share:.2f} × bare",
            "≥ 0.6 × bare",
            share >= 0.6,
        )
    ]


def main(arguments: list[str] | None = None) -> None:
    """Run the script."""
    options = parse(__doc__, arguments)
    report("Commits", measure(options), (), record=options.record)


if __name__ == "__main__":
    main()
