"""W1: durable sends over HTTP into a conversation of 20 members, with 1, 8 and 64 senders, in each protocol.

Each sender waits for its answer before it sends again. Beside it the floor: the very POST answered with as
many ready bytes. Nobody is waiting for the messages.
"""

from functools import partial

from bench.harness import process, rounds, seed
from bench.harness.load import Load, Loaded, run
from bench.harness.options import Options, parse
from bench.harness.process import Server
from bench.harness.protocol import Protocol
from bench.harness.protocols import chosen
from bench.harness.table import Row, median, report
from bench.harness.wire import elsewhere

MEMBERS = 20
TARGETS = {1: 450, 8: 1_100, 64: 1_800}


def measure(options: Options) -> list[Row]:
    """The rounds, and what they say."""
    rows: list[Row] = []
    for protocol in chosen(options):
        with (
            seed.seeded(options, f"crowd-{MEMBERS}", partial(seed.crowd, count=MEMBERS)) as (data, found),
            process.floor() as floor,
            process.product(data) as product,
        ):
            rows += sent(options, protocol(found), floor, product)
    return [*rows, Row("W1", "beside Synapse", "not applicable", "none of these is Matrix")]


def sent(options: Options, spoken: Protocol, floor: Server, product: Server) -> list[Row]:
    """The rows of one protocol, on a store of its own."""
    used, found = [1], spoken.found
    conversation = found.conversations[0]
    answer = len(spoken.post(product, found.members[0], conversation, "probe", 0))
    ours = tuple(spoken.send(one, conversation, "load") for one in found.members)
    bare = tuple(elsewhere(text, f"/bytes?{answer}") for text in ours)

    def load(server: Server, requests: tuple[str, ...], senders: int) -> Loaded:
        plan = Load(
            server.port,
            requests,
            senders,
            options.seconds,
            server_pid=server.pid,
            first_number=used[0],
        )
        done = run(plan)
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
            f"{spoken.name}: {senders} sender{'s' if senders > 1 else ''}, {MEMBERS} members, {answer} B",
            f"{rate:,.0f}/s, p50 {median(one.p50_ms for one in here):.2f}, "
            f"p99 {median(one.p99_ms for one in here):.2f} ms, {1e6 / cpu:.0f} µs CPU each",
            f"floor {median(one.per_second for one in there):,.0f}/s",
            f"{cpu / floor_cpu:.2f} × floor by CPU",
            f"≥ {limit:,}/s",
            rate >= limit,
        )

    return [row(senders, limit) for senders, limit in TARGETS.items()]


def main(arguments: list[str] | None = None) -> None:
    """Run the script."""
    options = parse(__doc__, arguments)
    report("Sends", measure(options), (), record=options.record)


if __name__ == "__main__":
    main()
