"""P5: from a send to its arrival at clients that wait, in a conversation of 20 members, in each protocol.

One sender and one waiting client, then all 19 others waiting; received means the whole answer with the
message in it. Beside it the floor: the very POST wakes as many parked polls with answers of the same size.
"""

from functools import partial

from bench.harness import process, rounds, seed
from bench.harness.options import Options, parse
from bench.harness.process import Server
from bench.harness.protocol import Protocol, mark
from bench.harness.protocols import chosen
from bench.harness.rounds import percentile
from bench.harness.table import Row, report
from bench.harness.waiters import Plan, waiting
from bench.harness.wire import answered, elsewhere

MEMBERS = 20


def arrivals(plan: Plan) -> list[float]:
    """Milliseconds from each POST to the last client's answer."""
    with waiting(plan) as clients:
        return [one.last_ms for one in clients.wake()]


def plan(spoken: Protocol, server: Server, waiters: int, posts: int, name: str) -> Plan:
    """The product: the first member sends, the next ones wait."""
    found = spoken.found
    sender, conversation = found.members[0], found.conversations[0]
    spoken.post(server, sender, conversation, f"{name}-before", 0)
    return Plan(
        server.port,
        tuple(spoken.waiting_poll(one) for one in found.members[1 : waiters + 1]),
        spoken.caught_up(server, found.members[1]),
        spoken.send(sender, conversation, name),
        posts,
        mark(name),
        server_pid=server.pid,
    )


def measure(options: Options) -> list[Row]:
    """The rounds, and what they say."""
    rows: list[Row] = []
    with (
        seed.seeded(options, f"crowd-{MEMBERS}", partial(seed.crowd, count=MEMBERS)) as (data, found),
        process.floor() as floor,
        process.product(data) as server,
    ):
        for protocol in chosen(options):
            rows += sent(options, protocol(found), floor, server)
    return [*rows, Row("P5", "beside Synapse", "not applicable", "none of these is Matrix")]


def sent(options: Options, spoken: Protocol, floor: Server, server: Server) -> list[Row]:
    """The rows of one protocol."""
    posts, others, runs = options.size(300, 5), MEMBERS - 1, [0]
    first, second = spoken.found.members[:2]
    conversation = spoken.found.conversations[0]
    before = spoken.caught_up(server, second)
    answer = len(spoken.post(server, first, conversation, "probe", 0))
    size = len(answered(server.port, spoken.poll(second, before)))

    def ours(waiters: int) -> list[float]:
        runs[0] += 1
        return arrivals(plan(spoken, server, waiters, posts, f"run{runs[0]}"))

    def bare(waiters: int) -> list[float]:
        poll = elsewhere(spoken.waiting_poll(second), f"/park?{size}")
        post = elsewhere(spoken.send(first, conversation, "bare"), f"/wake?{answer}")
        return arrivals(Plan(floor.port, (poll,) * waiters, "", post, posts, server_pid=floor.pid))

    turns = {
        "floor 1": partial(bare, 1),
        "ours 1": partial(ours, 1),
        "floor all": partial(bare, others),
        "ours all": partial(ours, others),
    }
    results = rounds.interleaved(options.rounds, turns)
    times = {name: [one for each in results[name] for one in each] for name in turns}

    def row(what: str, name: str, share: float, limit: float) -> Row:
        here, there = percentile(times[f"ours {name}"], share), percentile(times[f"floor {name}"], share)
        return Row(
            "P5",
            f"{spoken.name}: {what}",
            f"{here:.2f} ms",
            f"floor {there:.2f} ms",
            f"{here / there:.1f} × floor",
            f"≤ {limit:g} ms",
            here <= limit,
        )

    return [
        row("send → received by a waiting client, p50", "1", 0.5, 4),
        row("the same, p99", "1", 0.99, 15),
        row(f"send → last of {others} members, p50", "all", 0.5, 12),
    ]


def main(arguments: list[str] | None = None) -> None:
    """Run the script."""
    options = parse(__doc__, arguments)
    report("Latency", measure(options), (), record=options.record)


if __name__ == "__main__":
    main()
