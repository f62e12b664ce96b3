"""P1, P2: what a poll of /changes costs, as a share of the bare server.

Requests per second of the server's CPU on 64 keep-alive connections: nothing new for an account with 20 and
for one with 5,000 conversations, and 20 new records; each beside ready bytes of the same size.
"""

from functools import partial

from bench.harness import changes, process, rounds, seed
from bench.harness.load import Load, Loaded, run
from bench.harness.options import Options, parse
from bench.harness.table import Row, median, report
from bench.harness.wire import ask, request

FEW = 20
NEW_RECORDS = 20
CONNECTIONS = 64


def measure(options: Options) -> list[Row]:
    """Seed, serve, load in turns; the rows."""
    many = options.size(5_000, 40)
    with (
        seed.seeded(options, f"workspace-{many}", partial(seed.workspace, many=many, few=FEW)) as (
            data,
            found,
        ),
        process.floor() as floor,
        process.product(data) as product,
    ):
        busy, quiet = found.members[0].token, found.members[1].token
        before = changes.caught_up(product, quiet)
        for number in range(NEW_RECORDS):
            changes.post(product, busy, found.conversations[0], "news", number)
        requests = {
            "few": changes.poll(quiet, changes.caught_up(product, quiet)),
            "many": changes.poll(busy, changes.caught_up(product, busy)),
            "news": changes.poll(quiet, before),
        }
        sizes = {
            name: len(ask(product.port, "GET", text.split(" ")[1], token=token).body)
            for (name, text), token in zip(requests.items(), (quiet, busy, quiet), strict=True)
        }
        arrived = len(changes.page(product, quiet, before).changes)
        if arrived != NEW_RECORDS:
            raise RuntimeError(f"{arrived} changes after {NEW_RECORDS} messages")

        def load(server: process.Server, text: str) -> Loaded:
            plan = Load(server.port, (text,), CONNECTIONS, options.seconds, server_pid=server.pid)
            return run(plan)

        turns = {}
        for name, text in requests.items():
            turns[f"floor {name}"] = partial(load, floor, request("GET", f"/bytes?{sizes[name]}"))
            turns[name] = partial(load, product, text)
        results = rounds.interleaved(options.rounds, turns)
    rates = {name: median(one.per_cpu_second for one in runs) for name, runs in results.items()}
    p99 = {name: median(one.p99_ms for one in runs) for name, runs in results.items()}

    def row(number: str, name: str, what: str) -> Row:
        share = rates[name] / rates[f"floor {name}"]
        return Row(
            number,
            f"{what}, {sizes[name]} B",
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
            f"cost with {many:,} / with {FEW} conversations",
            "",
            "",
            f"{spread:.2f} ×",
            "≤ 1.2 ×",
            spread <= 1.2,
        ),
        row("P2", "news", f"{NEW_RECORDS} new records"),
        Row("P1", "beside Synapse", "not applicable", "/changes is no Matrix"),
    ]


def main(arguments: list[str] | None = None) -> None:
    """Run the script."""
    options = parse(__doc__, arguments)
    report("Polls", measure(options), (), record=options.record)


if __name__ == "__main__":
    main()
