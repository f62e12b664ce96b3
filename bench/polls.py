"""P1, P2: what a poll costs in each protocol, as a share of the bare server.

Requests per second of the server's CPU on 64 keep-alive connections: nothing new for an account with 20 and
for one with 5,000 conversations, and 20 new messages. Beside each the floor, which is sent the very requests
and answers ready bytes of the same size.
"""

from functools import partial

from bench.harness import process, rounds, seed
from bench.harness.load import Load, Loaded, run
from bench.harness.options import Options, parse
from bench.harness.process import Server
from bench.harness.protocol import Protocol
from bench.harness.protocols import chosen
from bench.harness.table import Row, median, report
from bench.harness.wire import answered, elsewhere

FEW = 20
NEW_MESSAGES = 20
CONNECTIONS = 64


def measure(options: Options) -> list[Row]:
    """Seed, serve, and ask in each protocol; the rows."""
    many = options.size(5_000, 40)
    rows: list[Row] = []
    with (
        seed.seeded(options, f"workspace-{many}", partial(seed.workspace, many=many, few=FEW)) as (
            data,
            found,
        ),
        process.floor() as floor,
        process.product(data) as product,
    ):
        for protocol in chosen(options):
            rows += asked(options, protocol(found), many, floor, product)
    return [*rows, Row("P1", "beside Synapse", "not applicable", "none of these is Matrix")]


def asked(options: Options, spoken: Protocol, many: int, floor: Server, product: Server) -> list[Row]:
    """The rows of one protocol: load in turns."""
    busy, quiet = spoken.found.members[0], spoken.found.members[1]
    before = spoken.caught_up(product, quiet)
    for number in range(NEW_MESSAGES):
        spoken.post(product, busy, spoken.found.conversations[0], "news", number)
    requests = {
        "few": spoken.poll(quiet, spoken.caught_up(product, quiet)),
        "many": spoken.poll(busy, spoken.caught_up(product, busy)),
        "news": spoken.poll(quiet, before),
    }
    answers = {name: answered(product.port, text) for name, text in requests.items()}
    arrived = {name: spoken.news(answer) for name, answer in answers.items()}
    if arrived != {"few": 0, "many": 0, "news": NEW_MESSAGES}:
        raise RuntimeError(f"these answers told of other messages than {NEW_MESSAGES} new ones: {arrived}")

    def load(server: Server, text: str) -> Loaded:
        return run(Load(server.port, (text,), CONNECTIONS, options.seconds, server_pid=server.pid))

    turns = {}
    for name, text in requests.items():
        turns[f"floor {name}"] = partial(load, floor, elsewhere(text, f"/bytes?{len(answers[name])}"))
        turns[name] = partial(load, product, text)
    results = rounds.interleaved(options.rounds, turns)
    rates = {name: median(one.per_cpu_second for one in runs) for name, runs in results.items()}
    p99 = {name: median(one.p99_ms for one in runs) for name, runs in results.items()}

    def row(number: str, name: str, what: str) -> Row:
        share = rates[name] / rates[f"floor {name}"]
        return Row(
            number,
            f"{spoken.name}: {what}, {len(answers[name])} B",
            f"{rates[name]:,.0f}/CPU-s, p99 {p99[name]:.1f} ms",
            f"floor {rates[f'floor {name}']:,.0f}/CPU-s",
            f"{share:.2f} × floor",
            "≥ 0.5 × floor",
            share >= 0.5,
        )

    spread = rates["few"] / rates["many"]
    return [
        row("P1", "few", f"nothing new, no wait, {FEW} conversations"),
        row("P1", "many", f"nothing new, no wait, {many:,} conversations"),
        Row(
            "P1",
            f"{spoken.name}: cost with {many:,} / with {FEW} conversations",
            "",
            "",
            f"{spread:.2f} ×",
            "≤ 1.2 ×",
            spread <= 1.2,
        ),
        row("P2", "news", f"{NEW_MESSAGES} new messages"),
    ]


def main(arguments: list[str] | None = None) -> None:
    """Run the script."""
    options = parse(__doc__, arguments)
    report("Polls", measure(options), (), record=options.record)


if __name__ == "__main__":
    main()
