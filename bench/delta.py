"""P6: what a delta of 10 objects costs with 10 thousand and with 1 million objects in the store.

Half of the objects lie in the reader's own zone, half in a team that it may see; the newest ten are the
delta. Measured at `services.sync.delta` on a fresh view each time, and over HTTP on one connection.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import uvloop

from bench.harness import process, rounds, seed
from bench.harness.changes import PAGE, Changes
from bench.harness.cores import SERVER_CORE, pin
from bench.harness.load import Load, Loaded, run
from bench.harness.options import Options, parse
from bench.harness.seed import NEWEST, Seeded
from bench.harness.table import Row, median, report
from bench.harness.wire import answered
from syncline.core.deltas import Place
from syncline.core.ids import Id
from syncline.core.kinds import VISIBLE_OBJECT_KINDS
from syncline.services.sync import delta
from syncline.store.contract import Store
from syncline.store.sqlite import open_store


@contextmanager
def seeded_stores(options: Options, counts: tuple[int, int]) -> Iterator[list[tuple[Path, Seeded]]]:
    """A small and a large store."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(seed.seeded(options, f"objects-{count}", partial(seed.objects, count=count)))
            for count in counts
        ]


async def time_deltas(store: Store, found: Seeded, repeats: int) -> float:
    """Microseconds a delta, view included, as the middle of some."""
    account, after = Id(found.members[0].id), Place(found.cursor)
    took = []
    for _ in range(repeats):
        begin = time.perf_counter()
        async with store.view() as view:
            page = await delta(view, account, after, kinds=VISIBLE_OBJECT_KINDS, limit=PAGE)
        took.append(1e6 * (time.perf_counter() - begin))
        own = page.own.objects if page.own else ()
        objects = len(own) + sum(len(one.objects) for one in page.changed)
        if objects != NEWEST:
            raise RuntimeError(f"a delta with {objects} objects instead of {NEWEST}")
    return median(took)


async def at_the_service(options: Options, stores: list[tuple[Path, Seeded]]) -> list[list[float]]:
    """Microseconds for the small and the large store, in turns."""
    opened = [await open_store(path) for path, _ in stores]
    results: list[list[float]] = [[], []]
    for _ in range(1 + options.rounds * options.size(5, 1)):
        for at, store in enumerate(opened):
            results[at].append(await time_deltas(store, stores[at][1], options.size(200, 5)))
    for store in opened:
        await store.close()
    return [each[1:] for each in results]


def over_http(options: Options, stores: list[tuple[Path, Seeded]]) -> list[list[Loaded]]:
    """The same for GET /changes on one connection."""
    with ExitStack() as stack:
        servers = [stack.enter_context(process.product(path)) for path, _ in stores]

        def load(at: int) -> Loaded:
            found, server = stores[at][1], servers[at]
            spoken = Changes(found)
            text = spoken.poll(found.members[0], str(found.cursor))
            arrived = spoken.news(answered(server.port, text))
            if arrived != NEWEST:
                raise RuntimeError(f"{arrived} changes instead of {NEWEST}")
            return run(Load(server.port, (text,), 1, options.seconds, server_pid=server.pid))

        turns = {"small": partial(load, 0), "large": partial(load, 1)}
        return list(rounds.interleaved(options.rounds, turns).values())


def cpu_micros(loaded: Loaded) -> float:
    """The server's CPU for an answer."""
    return 1e6 / loaded.per_cpu_second


def row(what: str, micros: list[float], counts: tuple[int, int]) -> Row:
    """One comparison of the small with the large store, in microseconds."""
    small, large = micros
    return Row(
        "P6",
        f"a delta of {NEWEST} among {counts[1]:,} objects, {what}",
        f"{large:.0f} µs",
        f"among {counts[0]:,}: {small:.0f} µs",
        f"{large / small:.2f} ×",
        "≤ 1.2 ×",
        large / small <= 1.2,
    )


def measure(options: Options) -> list[Row]:
    """The rounds, and what they say."""
    counts = (options.size(10_000, 500), options.size(1_000_000, 2_000))
    with seeded_stores(options, counts) as stores:
        loads = over_http(options, stores)
        pin(SERVER_CORE)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            times = runner.run(at_the_service(options, stores))
    return [
        row("services.sync.delta", [median(each) for each in times], counts),
        row("GET /changes, server CPU", [median(map(cpu_micros, each)) for each in loads], counts),
        row("GET /changes, p50", [1000 * median(one.p50_ms for one in each) for each in loads], counts),
    ]


def main(arguments: list[str] | None = None) -> None:
    """Run the script."""
    options = parse(__doc__, arguments)
    report("Deltas", measure(options), (), record=options.record)


if __name__ == "__main__":
    main()
