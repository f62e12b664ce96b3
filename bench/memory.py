"""S1, S3: memory of a server at rest, and the time from `serve` to the first answer.

S1: 10,000 conversations and 100,000 entries, imported in bulk; resident memory after the first answer, and
after one client has walked through everything that it may see. S3: a store of 1 million objects; from the
start of the process to the first answer of a token's poll. Files are in the system's cache.
"""

import time
from functools import partial

from bench.harness import process, seed
from bench.harness.changes import Changes
from bench.harness.options import Options, parse
from bench.harness.process import Server
from bench.harness.table import Row, median, report
from bench.harness.usage import peak_bytes
from bench.harness.wire import answered, ask

MB = 1e6
REST_SECONDS = 3.0


def at_rest(server: Server, seconds: float) -> float:
    """Megabytes when nothing has happened for a while."""
    time.sleep(seconds)
    return server.rss() / MB


def first_answer(server: Server, poll: str) -> float:
    """Seconds from the start of a server to its first answer."""
    while True:
        try:
            answered(server.port, poll)
        except OSError:
            if time.perf_counter() - server.started > process.STARTING_SECONDS:
                raise
            time.sleep(0.001)
            continue
        return time.perf_counter() - server.started


def resting(options: Options) -> list[Row]:
    """S1."""
    conversations, entries = options.size((10_000, 100_000), (50, 500))
    make = partial(seed.archive, conversations=conversations, entries=entries)
    with (
        seed.seeded(options, f"archive-{conversations}-{entries}", make) as (data, found),
        process.product(data) as server,
    ):
        spoken, member = Changes(found), found.members[0]
        answered(server.port, spoken.poll(member, str(found.cursor)))
        fresh = at_rest(server, options.size(REST_SECONDS, 0.1))
        spoken.caught_up(server, member)
        walked = at_rest(server, options.size(REST_SECONDS, 0.1))
        peak = peak_bytes(server.pid) / MB
    with process.floor() as floor:
        ask(floor.port, "GET", "/bytes?10")
        bare = floor.rss() / MB
    what = f"{conversations:,} conversations, {entries:,} entries: memory at rest"
    return [
        Row("S1", what, f"{fresh:.0f} MB", f"floor {bare:.0f} MB", "", "≤ 100 MB", fresh <= 100),
        Row(
            "S1",
            "the same, after a client's first sync of it all",
            f"{walked:.0f} MB (peak {peak:.0f})",
            "",
            "",
            "≤ 100 MB",
            walked <= 100,
        ),
    ]


def starting(options: Options) -> list[Row]:
    """S3."""
    count, took = options.size(1_000_000, 2_000), []
    for _ in range(options.rounds):
        with (
            seed.seeded(options, f"objects-{count}", partial(seed.objects, count=count)) as (data, found),
            process.product(data, wait=False) as server,
        ):
            poll = Changes(found).poll(found.members[0], str(found.cursor))
            took.append(first_answer(server, poll))
    middle = median(took)
    what = f"serve until the first answer, {count:,} objects"
    return [Row("S3", what, f"{middle:.2f} s", "", "", "≤ 0.8 s", middle <= 0.8)]


def main(arguments: list[str] | None = None) -> None:
    """Run the script."""
    options = parse(__doc__, arguments)
    report("Size", [*resting(options), *starting(options)], (), record=options.record)


if __name__ == "__main__":
    main()
