"""F1: how soon a Fleep client shows something, and has everything, in an account with 5,000 conversations.

The first batch is timed on one connection: as the first request after a start of the server; then each time
after one more message, as for a client that comes for the first time; then as asked again, when the server
still has the list (beside it the floor with the same bytes). The whole first sync is walked alone, and once
more while another account polls every 2 ms: its slowest answer is a limit for how long the loop was held.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import msgspec

from bench.harness import process, rounds, seed
from bench.harness.cores import LOAD_CORE, pin
from bench.harness.fleep import Fleep, page
from bench.harness.options import Options, parse
from bench.harness.process import Server
from bench.harness.rounds import percentile
from bench.harness.seed import Seeded, Services
from bench.harness.table import Row, median, report
from bench.harness.wire import answered, elsewhere, line
from syncline.config import Config
from syncline.server.assembly import build
from syncline.store.contract import Store

LIMIT = 60
"""ms, for the first batch"""
PAUSE = 0.002
"""seconds between two polls of the other account"""
KB = 1024


class Whole(msgspec.Struct, frozen=True):
    """A first sync until the live horizon."""

    seconds: float
    batches: int
    size: int


def started(options: Options, conversations: int) -> list[float]:
    """Milliseconds of the first batch as the first request of a server, some times."""
    took = []
    for _ in range(options.size(4, 1) * options.rounds):
        with seeded(options, conversations) as (spoken, server), line(server.port) as client:
            took.append(client.ask(first(spoken))[1])
    return took


async def chats(store: Store, services: Services, *, conversations: int) -> Seeded:
    """Conversations with five messages each; all that follows the log has come to its end."""
    found = await seed.archive(store, services, conversations=conversations, entries=5 * conversations)
    parts = build(store, Config())
    try:
        for name in parts.readers.names:
            await parts.readers.catch_up(name)
    finally:
        await parts.close()
    return found


@contextmanager
def seeded(options: Options, conversations: int) -> Iterator[tuple[Fleep, Server]]:
    """A server on a fresh copy of the store."""
    make = partial(chats, conversations=conversations)
    with (
        seed.seeded(options, f"chats-{conversations}", make) as (data, found),
        process.product(data) as server,
    ):
        yield Fleep(found), server


def first(spoken: Fleep) -> str:
    """The request for the first batch."""
    return spoken.poll(spoken.found.members[0], spoken.beginning)


def one_more(spoken: Fleep, server: Server) -> None:
    """A message by the other member of a conversation."""
    number = time.monotonic_ns() // 1000 % 10**10  # another in each round: a repeated one would be none
    spoken.post(server, spoken.found.members[2], spoken.found.conversations[0], "more", number)


def anew(spoken: Fleep, server: Server, times: int) -> list[float]:
    """Milliseconds of the first batch, each time after one more message."""
    took = []
    with line(server.port) as client:
        for _ in range(times):
            one_more(spoken, server)
            took.append(client.ask(first(spoken))[1])
    return took


def again(server: Server, text: str, times: int) -> list[float]:
    """Milliseconds of a request made again and again."""
    with line(server.port) as client:
        return [client.ask(text)[1] for _ in range(times)]


def whole(spoken: Fleep, server: Server) -> Whole:
    """Walk the first sync."""
    member = spoken.found.members[0]
    one_more(spoken, server)
    horizon, batches, size = spoken.beginning, 0, 0
    began = time.perf_counter()
    with line(server.port) as client:
        while int(horizon) <= 0:
            answer, _ = client.ask(spoken.poll(member, horizon))
            horizon, batches, size = spoken.place(answer), batches + 1, size + len(answer)
            if horizon == spoken.beginning:
                raise RuntimeError("the server asks for the first sync anew")
    return Whole(time.perf_counter() - began, batches, size)


@contextmanager
def beside(server: Server, text: str, waited: list[float]) -> Iterator[None]:
    """Somebody polls meanwhile; `waited` gets his milliseconds."""
    ended = threading.Event()

    def ask() -> None:
        with line(server.port) as client:
            while not ended.is_set():
                waited.append(client.ask(text)[1])
                ended.wait(PAUSE)

    other = threading.Thread(target=ask)
    other.start()
    try:
        yield
    finally:
        ended.set()
        other.join()


def measure(options: Options) -> list[Row]:
    """The rounds, and what they say."""
    conversations, times = options.size(5_000, 60), options.size(100, 5)
    fresh = started(options, conversations)
    waited: list[float] = []
    with seeded(options, conversations) as (spoken, server), process.floor() as floor:
        batch = answered(server.port, first(spoken))
        size, shown = len(batch), sum(one["mk_rec_type"] == "conv" for one in page(batch).stream)
        bare = elsewhere(first(spoken), f"/bytes?{size}")
        idle = spoken.found.members[1]
        poll = spoken.poll(idle, spoken.caught_up(server, idle))
        turns = {
            "anew": partial(anew, spoken, server, times),
            "again": partial(again, server, first(spoken), times),
            "floor": partial(again, floor, bare, times),
        }
        results = rounds.interleaved(options.rounds, turns)
        alone = rounds.interleaved(options.rounds, {"whole": partial(whole, spoken, server)})["whole"]
        with beside(server, poll, waited):
            for _ in range(options.rounds):
                whole(spoken, server)
    took = {name: [one for each in runs for one in each] for name, runs in results.items()}

    def row(what: str, name: str, beside: str = "") -> Row:
        middle, worst = percentile(took[name], 0.5), percentile(took[name], 0.99)
        told = f"p50 {middle:.1f}, p99 {worst:.1f} ms"
        return Row("F1", what, told, beside, "", f"≤ {LIMIT} ms", middle <= LIMIT)

    middle = median(fresh)
    seconds = median(one.seconds for one in alone)
    return [
        Row(
            "F1",
            f"first batch ({shown} of {conversations:,} conversations, {size / KB:.0f} KB) after a start",
            f"p50 {middle:.1f}, slowest of {len(fresh)} {max(fresh):.1f} ms",
            "",
            "",
            f"≤ {LIMIT} ms",
            middle <= LIMIT,
        ),
        row("the same, each time after one more message", "anew"),
        row("the same, asked again", "again", f"floor p50 {percentile(took['floor'], 0.5):.1f} ms"),
        Row(
            "F1",
            "the whole first sync",
            f"{seconds:.2f} s, {alone[0].batches} batches, {alone[0].size / KB**2:.1f} MB",
        ),
        Row(
            "F1",
            "another account's poll meanwhile",
            f"p50 {percentile(waited, 0.5):.1f}, p99 {percentile(waited, 0.99):.1f}, "
            f"slowest of {len(waited):,} {max(waited):.1f} ms",
        ),
    ]


def main(arguments: list[str] | None = None) -> None:
    """Run the script."""
    options = parse(__doc__, arguments)
    pin(LOAD_CORE)
    report("First sync", measure(options), (), record=options.record)


if __name__ == "__main__":
    main()
