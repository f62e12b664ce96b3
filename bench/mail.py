"""M2–M5, S1: search, counting, threads and adding over HTTP, in a mailbox of 100,000 mails.

Each request is made on one keep-alive connection after the other answer has come; the words and labels are
drawn anew for each, so that answers kept in memory do not count (counts are asked twice, and the second
time is a row of its own). S1: the same server at rest, with 10,000 conversations beside the mails.
"""

import http.client
import random
import time
from collections.abc import Callable, Iterable
from functools import partial
from urllib.parse import quote

import msgspec

from bench.harness import letters, process, seed
from bench.harness.letters import COMMON, LABELS, LONG_THREAD, MEDIUM
from bench.harness.options import Options, parse
from bench.harness.process import Server
from bench.harness.rounds import percentile
from bench.harness.seed import Seeded, Services
from bench.harness.table import Row, report
from syncline.config import Config
from syncline.core.ids import Id
from syncline.server.assembly import build
from syncline.store.contract import Store

BATCH = 500
MB = 1e6


async def mailbox(store: Store, services: Services, *, mails: int, conversations: int) -> Seeded:
    """One account with mails, indexed, and conversations with another."""
    found = await seed.workspace(store, services, many=conversations, few=0)
    parts = build(store, Config())
    try:
        for start in range(0, mails, BATCH):
            numbers = range(start, min(mails, start + BATCH))
            await parts.mails.take(Id(found.members[0].id), [letters.incoming(n) for n in numbers])
            await parts.readers.catch_up("search")
    finally:
        await parts.close()
    return found


class Client:
    """One keep-alive connection with a token."""

    def __init__(self, server: Server, token: str) -> None:
        """Connect to a server."""
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
        self._headers = {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, target: str, body: bytes | None = None) -> tuple[bytes, float]:
        """The body of an answer, and how many milliseconds it took; raises RuntimeError for a refusal."""
        headers = self._headers
        if body is not None:
            headers = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
        began = time.perf_counter()
        self._connection.request(method, target, body=body, headers=headers)
        answer = self._connection.getresponse()
        told = answer.read()
        took = (time.perf_counter() - began) * 1000
        if answer.status != 200 or b'"response":"ok"' not in told:
            raise RuntimeError(f"{method} {target} gave {answer.status}: {told[:300]!r}")
        return told, took


def timed(client: Client, targets: Iterable[str]) -> list[float]:
    """Milliseconds of each."""
    return [client.ask("GET", target)[1] for target in targets]


def searches(chance: random.Random, words: tuple[str, ...], count: int) -> list[str]:
    """Search pages of a label and a word; each differs from all others in where it ends."""
    found = []
    for number in range(count):
        query = quote(f"~{chance.choice(LABELS)} {chance.choice(words)} -q{chance.randrange(10**9)}z{number}")
        found.append(f"/search.json?q={query}&num=20")
    return found


def counts(chance: random.Random, count: int) -> list[str]:
    """Counts of a common word, none asked twice."""
    return [
        f"/count.json?q={quote(f'{chance.choice(COMMON)} -q{chance.randrange(10**9)}z{number}')}"
        for number in range(count)
    ]


def additions(client: Client, first: int, count: int) -> list[float]:
    """Milliseconds from the POST of one mail until a search has found it."""
    found = []
    for number in range(first, first + count):
        body = b"message=" + quote(letters.raw(number)).encode()
        _, took = client.ask("POST", "/message.json", body)
        told, searched = client.ask("GET", f"/search.json?q={quote(f'id:{number}@bench.example')}")
        if len(msgspec.json.decode(told)["results"]) != 1:
            raise RuntimeError(f"mail {number} was not found after it was added")
        found.append(took + searched)
    return found


def row(number: str, what: str, times: list[float], p50: float | None, p99: float | None = None) -> Row:
    """A line of times in ms with their limits."""
    middle, slow = percentile(times, 0.5), percentile(times, 0.99)
    target = "" if p50 is None else f"p50 ≤ {p50:g} ms" + (f", p99 ≤ {p99:g} ms" if p99 else "")
    met = None if p50 is None else middle <= p50 and (p99 is None or slow <= p99)
    return Row(number, what, f"p50 {middle:.2f}, p99 {slow:.2f} ms", "", "", target, met)


def measure(options: Options) -> list[Row]:
    """Seed, serve, ask; the rows."""
    mails, conversations = options.size((100_000, 10_000), (1_200, 20))
    asked = options.size(600, 5)
    chance = random.Random(7)
    make = partial(mailbox, mails=mails, conversations=conversations)
    with (
        seed.seeded(options, f"mailbox-{mails}-{conversations}", make) as (data, found),
        process.product(data) as server,
    ):
        client = Client(server, found.members[0].token)
        client.ask("GET", "/search.json?q=*")
        time.sleep(options.size(3.0, 0.1))
        rest = server.rss() / MB
        ways: dict[str, Callable[[], list[float]]] = {
            "medium": lambda: timed(client, searches(chance, MEDIUM, asked)),
            "common": lambda: timed(client, searches(chance, COMMON, asked)),
            "count": lambda: timed(client, counts(chance, asked)),
            "thread": lambda: timed(client, ["/thread/1.json"] * options.size(60, 2)),
        }
        times: dict[str, list[float]] = {name: [] for name in [*ways, "again"]}
        for _ in range(options.rounds):
            for name, way in ways.items():
                times[name] += way()
            again = counts(chance, 1) * options.size(50, 2)
            times["again"] += timed(client, again)[1:]
        added = additions(client, mails, options.size(200, 3))
    what = f"{mails:,} mails"
    return [
        row("M2", f"search page, label + medium word, {what}", times["medium"], 3, 10),
        row("M2", f"search page, label + common word, {what}", times["common"], 3, 10),
        row("M3", f"count of a common word, {what}, asked for the first time", times["count"], 8),
        row("M3", "the same count asked again", times["again"], None),
        row("M4", f"thread of {min(mails, LONG_THREAD)} mails", times["thread"], 20),
        row("M5", "one mail by POST, until a search has found it", added, 4),
        Row(
            "S1",
            f"{what} and {conversations:,} conversations: memory at rest",
            f"{rest:.0f} MB",
            "",
            "",
            "≤ 100 MB",
            rest <= 100,
        ),
    ]


if __name__ == "__main__":
    given = parse(__doc__)
    report("M2–M5, S1: a mailbox", measure(given), [], record=given.record)
