"""W1: durable sends over HTTP into one conversation of 20 members, with 1, 8 and 64 senders.

Each sender waits for its answer before it sends again. Beside it the floor: the same POST answered with as
many ready bytes. Nobody is waiting for the messages.
"""

from functools import partial

from bench.harness import changes, process, rounds, seed
from bench.harness.load import Load, Loaded, run
from bench.harness.options import Options, parse
from bench.harness.process import Server
from bench.harness.table import Row, median, report
from bench.harness.wire import SLOT, body_of, request

MEMBERS = 20
TARGETS = {1: 450, 8: 1_100, 64: 1_800}
ANSWER = 60
"""bytes of {"id":…,"seq":…,"nr":…}"""


def measure(options: Options) -> list[Row]:
    """The rounds, and what they say."""
    used = [1]
    with (
        seed.seeded(options, f"crowd-{MEMBERS}", partial(seed.crowd, count=MEMBERS)) as (data, found),
        process.floor() as floor,
        process.product(data) as product,
    ):
        conversation = found.conversations[0]
        ours = tuple(changes.send(one.token, conversation, "load") for one in found.members)
        same = body_of(ours[0].encode()).decode()
        bare = (request("POST", f"/bytes?{ANSWER}", token="x" * 64, body=same),)

        def load(server: Server, requests: tuple[str, ...], senders: int) -> Loaded:
            done = run(
                Load(
                    server.port,
                    requests,
                    senders,
                    options.seconds,
                    server_pid=server.pid,
                    first_number=used[0],
                )
            )
            used[0] += done.numbers_used
            return done

        turns = {}
        for senders in TARGETS:
            turns[f"floor {senders}"] = partial(load, floor, bare, senders)
            turns[f"ours {senders}"] = partial(load, product, ours, senders)
        results = rounds.interleaved(options.rounds, turns)

    def row(senders: int, limit: int) -> Row:
        here, there = results[f"ours {senders}"], results[f"floor {senders}"]
        rate = median(one.per_second for one in here)
        cpu, floor_cpu = (median(one.per_cpu_second for one in side) for side in (here, there))
        return Row(
            "W1",
            f"{senders} sender{'s' if senders > 1 else ''}, {MEMBERS} members",
            f"{rate:,.0f}/s, p50 {median(one.p50_ms for one in here):.2f}, "
            f"p99 {median(one.p99_ms for one in here):.2f} ms, {1e6 / cpu:.0f} µs CPU each",
            f"floor {median(one.per_second for one in there):,.0f}/s",
            f"{cpu / floor_cpu:.2f} × floor by CPU",
            f"≥ {limit:,}/s",
            rate >= limit,
        )

    assert SLOT in same
    rows = [row(senders, limit) for senders, limit in TARGETS.items()]
    return [*rows, Row("W1", "beside Synapse", "not applicable", "/conversations is no Matrix")]


def main(arguments: list[str] | None = None) -> None:
    """Run the script."""
    options = parse(__doc__, arguments)
    report("Sends", measure(options), (), record=options.record)


if __name__ == "__main__":
    main()
