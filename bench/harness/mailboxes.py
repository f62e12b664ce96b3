"""Mailboxes to be imported: a real one where it lies beside the project, else one that is made up."""

import gzip
import random
from collections.abc import Iterator
from pathlib import Path

from bench.harness.process import ROOT
from syncline.gateways.mbox.cutting import mails

CORPUS = ROOT.parent / "shared" / "corpora" / "usrp-users-1500.mbox.gz"
SEPARATOR = b"From list@example.invalid Thu Jan  1 00:00:00 1970\n"


def archive(home: Path, *, smoke: bool) -> tuple[Path, str]:
    """A mailbox as an mbox.gz, and what it is called in a table."""
    if CORPUS.exists() and not smoke:
        return CORPUS, "usrp-users-1500"
    count = 60 if smoke else 1500
    path = home / "made.mbox.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for raw in made(count):
            file.write(SEPARATOR + raw + b"\n")
    return path, f"{count:,} made-up mails"


def made(count: int) -> Iterator[bytes]:
    """Mails of 5 KB in threads of ten, the same ones each time."""
    chance = random.Random(1)
    words = [
        "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(5000)
    ]
    for number in range(count):
        root = number - number % 10
        refs = "" if number == root else f"References: <{root}@bench.example>\n"
        text = "\n".join(" ".join(chance.choices(words, k=12)) for _ in range(70))
        yield (
            f"From: Member {number % 50} <member{number % 50}@bench.example>\nTo: list@bench.example\n"
            f"Message-ID: <{number}@bench.example>\n{refs}Subject: {words[root % 5000]}\n"
            f"Date: Thu, 01 Jan 2026 10:00:00 +0000\n\n{text}\n"
        ).encode()


def repeated(source: Path, target: Path, times: int) -> int:
    """The mails of an archive several times over, each time with other Message-IDs; bytes unpacked."""
    size = 0
    with gzip.open(target, "wb", compresslevel=1) as file:
        for turn in range(times):
            with gzip.open(source) as packed:
                for raw in mails(packed.read):
                    head, end, text = raw.partition(b"\n\n")
                    other = head.replace(b"@", b"@x%d." % turn) + end + text
                    file.write(SEPARATOR + other + b"\n")
                    size += len(other)
    return size


def maildir(source: Path, target: Path) -> None:
    """The mails of an archive as a Maildir, for programs that read nothing else."""
    for box in ("cur", "new", "tmp"):
        (target / box).mkdir(parents=True)
    with gzip.open(source) as file:
        for number, raw in enumerate(mails(file.read)):
            (target / "cur" / f"{number}.bench:2,").write_bytes(raw)
