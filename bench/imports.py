"""M1, S2: an import until all of it can be searched, what others feel of it, and the memory that it takes.

M1: `syncline import mbox` on a store at rest, in a process of its own on both cores, from its start to its
end; beside it `notmuch new` on the same mails as a Maildir. Then the same through a running server, while
somebody sends a durable message again and again. S2: resident memory of the command, its workers and the
server, looked at 50 times a second, for a mailbox three times as long, and for one mail of 150 MB.
"""

import contextlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from bench.harness import mailboxes, process, rounds, seed
from bench.harness.changes import Changes
from bench.harness.cores import crowded
from bench.harness.options import Options, parse
from bench.harness.process import Server
from bench.harness.rounds import percentile
from bench.harness.table import Row, median, report
from bench.harness.usage import rss_bytes
from bench.harness.wire import ask

MB = 1e6
EMAIL = "member0@bench.example"
EVERY = 0.02


def syncline(*arguments: str, data: Path) -> "subprocess.Popen[bytes]":
    """A `syncline` command."""
    command = [sys.executable, "-m", "syncline", *arguments, "--data", str(data)]
    return subprocess.Popen(command, cwd=process.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finished(running: "subprocess.Popen[bytes]") -> str:
    """What a command said, after it ended well."""
    said = running.communicate()[1].decode()
    if running.returncode:
        raise RuntimeError(said)
    return said.strip()


@contextlib.contextmanager
def empty() -> Iterator[Path]:
    """A store with one account."""
    with tempfile.TemporaryDirectory(prefix="syncline-bench-") as home:
        data = Path(home) / "data"
        finished(syncline("account", "add", EMAIL, data=data))
        yield data


def imported(file: Path) -> float:
    """Seconds of an import into an empty mailbox."""
    with empty() as data:
        started = time.perf_counter()
        finished(syncline("import", "mbox", str(file), data=data))
        return time.perf_counter() - started


def notmuch(folder: Path) -> float:
    """Seconds that notmuch takes for the same mails."""
    shutil.rmtree(folder / ".notmuch", ignore_errors=True)
    config = folder.parent / "notmuch"
    config.write_text(f"[database]\npath={folder}\n[user]\nprimary_email={EMAIL}\n[new]\ntags=unread;inbox\n")
    started = time.perf_counter()
    subprocess.run(["notmuch", f"--config={config}", "new"], check=True, capture_output=True)
    return time.perf_counter() - started


def until_searchable(options: Options, file: Path, name: str) -> list[Row]:
    """M1, and how long others wait meanwhile."""
    turns: dict[str, Callable[[], float]] = {"ours": partial(imported, file)}
    with tempfile.TemporaryDirectory(prefix="syncline-bench-") as home:
        if shutil.which("notmuch"):
            mailboxes.maildir(file, Path(home) / "mail")
            turns["notmuch"] = partial(notmuch, Path(home) / "mail")
        took = rounds.interleaved(options.rounds, turns)
    here = median(took["ours"])
    if "notmuch" in took:
        there = median(took["notmuch"])
        beside, ratio, met = f"notmuch new {there:.2f} s", f"{there / here:.1f} ×", there / here >= 6
        rows = [Row("M1", f"{name} until searchable", f"{here:.2f} s", beside, ratio, "≥ 6 ×", met)]
    else:
        rows = [
            Row("M1", f"{name} until searchable", f"{here:.2f} s", "notmuch is not installed", "", "≥ 6 ×")
        ]
    return [*rows, *beside_others(options, file, name)]


def beside_others(options: Options, file: Path, name: str) -> list[Row]:
    """The same through a running server, with somebody else's durable writes beside it."""
    with (
        seed.seeded(options, "crowd-2", partial(seed.crowd, count=2)) as (data, found),
        process.product(data) as server,
    ):
        spoken, waited = Changes(found), list[float]()
        ended = threading.Event()

        def write() -> None:
            number = 0
            while not ended.is_set():
                number += 1
                started = time.perf_counter()
                spoken.post(server, found.members[1], found.conversations[0], "beside", number)
                waited.append((time.perf_counter() - started) * 1000)
                ended.wait(0.005)

        writer = threading.Thread(target=write)
        started = time.perf_counter()
        writer.start()
        try:
            finished(syncline("import", "mbox", str(file), "--account", EMAIL, data=data))
            took = time.perf_counter() - started
            answer = ask(server.port, "GET", "/count.json?q=~inbox", token=found.members[0].token)
            if answer.status == 200 and b'"count":0' in answer.body:
                raise RuntimeError("the import has ended, and nothing can be found")
        finally:
            ended.set()
            writer.join()
    worst = percentile(waited, 0.99)
    return [
        Row("M1", f"{name} through a running server", f"{took:.2f} s"),
        Row(
            "M1",
            "a foreign durable write meanwhile",
            f"p50 {percentile(waited, 0.5):.1f}, p99 {worst:.1f} ms of {len(waited):,}",
            "",
            "",
            "p99 ≤ 250 ms",
            worst <= 250,
        ),
    ]


def peak(running: "subprocess.Popen[bytes]", server: Server | None = None) -> float:
    """The most memory (MB) that a command with its workers, and the server, had at one moment."""
    most = 0
    while running.poll() is None:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            most = max(most, rss_bytes(running.pid) + (server.rss() if server is not None else 0))
        time.sleep(EVERY)
    finished(running)
    return most / MB


def memory(options: Options, file: Path, name: str) -> list[Row]:
    """S2."""
    rows = []
    times = options.size(3, 2)
    with tempfile.TemporaryDirectory(prefix="syncline-bench-") as home:
        long = Path(home) / "long.mbox.gz"
        size = mailboxes.repeated(file, long, times) / MB
        with empty() as data:
            most = peak(syncline("import", "mbox", str(long), data=data))
        what = f"{times} × {name} ({size:,.0f} MB), the command and its workers"
        rows.append(Row("S2", what, f"{most:.0f} MB", "", "", "≤ 350 MB", most <= 350))
        with (
            seed.seeded(options, "crowd-2", partial(seed.crowd, count=2)) as (data, _),
            process.product(data) as server,
        ):
            most = peak(syncline("import", "mbox", str(long), "--account", EMAIL, data=data), server)
        what = "the same through a running server, with the server"
        rows.append(Row("S2", what, f"{most:.0f} MB", "", "", "≤ 350 MB", most <= 350))
        large = Path(home) / "large.eml"
        megabytes = options.size(150, 5)
        with large.open("wb") as out:
            out.write(b"Subject: large\nContent-Type: application/x\nContent-Transfer-Encoding: base64\n\n")
            line = b"QUJD" * 19 + b"\n"
            for _ in range(megabytes * 1_000_000 // len(line)):
                out.write(line)
        with empty() as data:
            most = peak(syncline("import", "eml", str(large), data=data))
        rows.append(Row("S2", f"one mail of {megabytes} MB", f"{most:.0f} MB"))
    return rows


def main(arguments: list[str] | None = None) -> None:
    """Run the script."""
    options = parse(__doc__, arguments)
    with tempfile.TemporaryDirectory(prefix="syncline-bench-") as home:
        file, name = mailboxes.archive(Path(home), smoke=options.smoke)
        rows = [*until_searchable(options, file, name), *memory(options, file, name)]
    notes = ["The command is not pinned: its workers use both cores, also beside the server."]
    report("Imports", rows, [*notes, *filter(None, [crowded()])], record=options.record)


if __name__ == "__main__":
    main()
