"""P3, P4: ten thousand parked polls, and one commit that wakes them all, in each protocol.

Each poll is of an account of its own, all members of one conversation; one of them posts a message, and
again when all wait again. The first wake after a start stands in a line of its own: the server meets all
these accounts for the first time. Beside it the floor, which is sent the very requests, and whose polls wait
on a future each. Every round starts both servers anew.
"""

import time
from functools import partial

import msgspec

from bench.harness import process, rounds, seed
from bench.harness.options import Options, parse
from bench.harness.process import Server
from bench.harness.protocol import Protocol, mark
from bench.harness.protocols import chosen
from bench.harness.table import Row, median, report
from bench.harness.waiters import Plan, Round, waiting
from bench.harness.wire import answered, ask, elsewhere

KB = 1024
WAKES = 4
"""the first of a start, and three more whose median counts"""


class Crowd(msgspec.Struct, frozen=True):
    """One round with one server: bytes a poll, idle CPU share, server CPU of parking, and the wakes."""

    bytes_each: float
    idle: float
    parking_cpu: float
    wakes: list[Round]

    def wake(self, get: str, *, first: bool) -> float:
        """A figure of the first wake, or the middle of the later ones."""
        return median(getattr(one, get) for one in (self.wakes[:1] if first else self.wakes[1:]))


class Sizes(msgspec.Struct, frozen=True):
    """What the floor is to do as well: a poll and a POST, and the bytes of their answers."""

    poll: str
    told: int
    post: str
    posted: int


def crowd(server: Server, plan: Plan, idle_seconds: float) -> Crowd:
    """Park all, look at the server, wake all."""
    empty = server.rss()
    with waiting(plan) as crowded:
        full = server.rss()
        before, since = server.cpu(), time.perf_counter()
        time.sleep(idle_seconds)
        idle = (server.cpu() - before) / (time.perf_counter() - since)
        wakes = crowded.wake()
    return Crowd((full - empty) / len(plan.polls), idle, crowded.parked.cpu, wakes)


def ours(options: Options, protocol: type[Protocol], count: int, sizes: list[Sizes]) -> Crowd:
    """A round of the product on a fresh copy of the seeded store."""
    with (
        seed.seeded(options, f"crowd-{count}", partial(seed.crowd, count=count)) as (data, found),
        process.product(data) as server,
    ):
        spoken, conversation = protocol(found), found.conversations[0]
        first, second = found.members[:2]
        spoken.post(server, first, conversation, "before", 0)
        plan = Plan(
            server.port,
            tuple(spoken.waiting_poll(member) for member in found.members),
            spoken.caught_up(server, second),
            spoken.send(first, conversation, "wake"),
            WAKES,
            awaited=mark("wake"),
            server_pid=server.pid,
        )
        result = crowd(server, plan, options.size(3.0, 0.2))
        before = spoken.caught_up(server, second)
        posted = spoken.post(server, first, conversation, "after", 0)
        told = answered(server.port, spoken.poll(second, before))
        sizes.append(Sizes(plan.polls[1], len(told), plan.post, len(posted)))
        return result


def bare(options: Options, count: int, sizes: list[Sizes]) -> Crowd:
    """A round of the floor with the product's requests, and answers of their size."""
    same = sizes[-1]
    with process.floor() as server:
        ask(server.port, "GET", "/bytes?10")
        poll = elsewhere(same.poll, f"/park?{same.told}")
        post = elsewhere(same.post, f"/wake?{same.posted}")
        plan = Plan(server.port, (poll,) * count, "", post, WAKES, server_pid=server.pid)
        return crowd(server, plan, options.size(3.0, 0.2))


def measure(options: Options) -> list[Row]:
    """The rows of each protocol."""
    return [row for protocol in chosen(options) for row in parked(options, protocol)]


def parked(options: Options, protocol: type[Protocol]) -> list[Row]:
    """The rounds of one protocol, and what they say."""
    count, sizes = options.size(10_000, 60), list[Sizes]()
    results = rounds.interleaved(
        options.rounds,
        {
            "ours": partial(ours, options, protocol, count, sizes),
            "floor": partial(bare, options, count, sizes),
        },
    )
    name = protocol.name

    def middle(name: str, get: str) -> float:
        return median(getattr(one, get) for one in results[name])

    def woken(what: str, target: float | None, *, first: bool) -> list[Row]:
        def of(name: str, get: str) -> float:
            return median(one.wake(get, first=first) for one in results[name])

        last = of("ours", "last_ms") / of("floor", "last_ms")
        cpu = of("ours", "cpu") / of("floor", "cpu")
        limit = "" if target is None else f"≤ {target} × floor"
        return [
            Row(
                "P4",
                f"{what}: last client",
                f"{of('ours', 'last_ms'):.0f} ms (median {of('ours', 'median_ms'):.0f})",
                f"floor {of('floor', 'last_ms'):.0f} ms (median {of('floor', 'median_ms'):.0f})",
                f"{last:.2f} × floor",
                limit,
                None if target is None else last <= target,
            ),
            Row(
                "P4",
                f"{what}: server CPU",
                f"{1e6 * of('ours', 'cpu') / count:.0f} µs a client",
                f"floor {1e6 * of('floor', 'cpu') / count:.0f} µs",
                f"{cpu:.2f} × floor",
                limit,
                None if target is None else cpu <= target,
            ),
        ]

    kilobytes = middle("ours", "bytes_each") / KB
    return [
        Row(
            "P3",
            f"{name}: {count:,} parked polls, memory each",
            f"{kilobytes:.1f} KB",
            f"floor {middle('floor', 'bytes_each') / KB:.1f} KB",
            "",
            "≤ 16 KB",
            kilobytes <= 16,
        ),
        Row(
            "P3",
            f"{name}: CPU while idle",
            f"{100 * middle('ours', 'idle'):.2f} %",
            f"floor {100 * middle('floor', 'idle'):.2f} %",
            "",
            "0 (< 0.5 %)",
            middle("ours", "idle") < 0.005,
        ),
        Row(
            "P3",
            f"{name}: server CPU to accept and park them",
            f"{middle('ours', 'parking_cpu'):.2f} s",
            f"floor {middle('floor', 'parking_cpu'):.2f} s",
        ),
        *woken(f"{name}: one commit wakes all, {sizes[-1].told} B each", 1.5, first=False),
        *woken(f"{name}: the first wake after a start", None, first=True),
    ]


def main(arguments: list[str] | None = None) -> None:
    """Run the script."""
    options = parse(__doc__, arguments)
    report("Parked polls", measure(options), (), record=options.record)


if __name__ == "__main__":
    main()
