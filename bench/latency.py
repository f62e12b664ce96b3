"""P5: from a send to its arrival at clients that wait, in a conversation of 20 members.

One sender and one waiting client, then all 19 others waiting; received means the whole answer with the
message in it. Beside it the floor: a POST that wakes as many parked polls.
"""

from functools import partial

from bench.harness import changes, process, rounds, seed
from bench.harness.options import Options, parse
from bench.harness.process import Server
from bench.harness.rounds import percentile
from bench.harness.seed import Seeded
from bench.harness.table import Row, report
from bench.harness.waiters import Plan, waiting
from bench.harness.wire import ask, request

MEMBERS = 20


def arrivals(plan: Plan) -> list[float]:
    """Milliseconds from each POST to the last client's answer."""
    with waiting(plan) as clients:
        return [one.last_ms for one in clients.wake()]


def ours(server: Server, found: Seeded, waiters: int, posts: int, run: list[int]) -> list[float]:
    """The product: the first member sends, the next ones wait."""
    run.append(len(run))
    name = f"run{run[-1]}"
    sender, conversation = found.members[0].token, found.conversations[0]
    changes.post(server, sender, conversation, f"{name}-before", 0)
    plan = Plan(
        server.port,
        tuple(changes.waiting_poll(one.token) for one in found.members[1 : waiters + 1]),
        changes.caught_up(server, found.members[1].token),
        changes.send(sender, conversation, name),
        posts,
        changes.mark(name),
        server_pid=server.pid,
    )
    return arrivals(plan)


def bare(server: Server, size: int, waiters: int, posts: int) -> list[float]:
    """The floor with answers of that size."""
    poll = request("GET", f"/park?{size}", token="x" * 64)
    post = request("POST", "/wake?0", body='{"text":"hello"}')
    return arrivals(Plan(server.port, (poll,) * waiters, "", post, posts, server_pid=server.pid))


def measure(options: Options) -> list[Row]:
    """The rounds, and what they say."""
    posts, others, run = options.size(300, 5), MEMBERS - 1, [0]
    with (
        seed.seeded(options, f"crowd-{MEMBERS}", partial(seed.crowd, count=MEMBERS)) as (data, found),
        process.floor() as floor,
        process.product(data) as server,
    ):
        token = found.members[1].token
        before = changes.caught_up(server, token)
        changes.post(server, found.members[0].token, found.conversations[0], "probe", 0)
        size = len(ask(server.port, "GET", changes.target(before), token=token).body)
        turns = {
            "floor 1": partial(bare, floor, size, 1, posts),
            "ours 1": partial(ours, server, found, 1, posts, run),
            "floor all": partial(bare, floor, size, others, posts),
            "ours all": partial(ours, server, found, others, posts, run),
        }
        results = rounds.interleaved(options.rounds, turns)
    times = {name: [one for each in runs for one in each] for name, runs in results.items()}

    def row(what: str, name: str, share: float, limit: float) -> Row:
        here, there = percentile(times[f"ours {name}"], share), percentile(times[f"floor {name}"], share)
        return Row(
            "P5",
            what,
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
        Row("P5", "beside Synapse", "not applicable", "/changes is no Matrix"),
    ]


def main(arguments: list[str] | None = None) -> None:
    """Run the script."""
    options = parse(__doc__, arguments)
    report("Latency", measure(options), (), record=options.record)


if __name__ == "__main__":
    main()
