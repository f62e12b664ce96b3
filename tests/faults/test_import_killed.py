"""An import killed anywhere and repeated gives the store that one undisturbed import gives."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.cli.mailbox import Kept, mailbox
from tests.gateways.imports.mailboxes import mail, mbox

from syncline.store.sqlite.verify import verify

KILLS = 3
MAILS = 400


def archive(chance: random.Random) -> bytes:
    """Mails that make it hard: late roots and middles that join threads, copies, labels, states."""
    mails: list[bytes] = []
    for number in range(MAILS):
        refs = [f"<n{chance.randrange(MAILS)}@example.org>" for _ in range(chance.randrange(3))]
        more = f"References: {' '.join(refs)}\n" if refs and number % 3 else ""
        if number % 7 == 0:
            more += f"X-Gmail-Labels: Inbox,Starred,label {number % 5}\n"
        mails.append(mail(f"n{number}", more))
        if number % 11 == 0:
            mails.append(mails[-1].replace(b"Text of", b"The text of"))
        if number % 13 == 0:
            mails.append(chance.choice(mails))
    mails.insert(40, mail("large", "X-Filling: " + "x" * 300_000 + "\n"))
    return mbox(*mails)


def command(*arguments: str, data: Path) -> list[str]:
    """A `syncline` command in a process of its own."""
    return [sys.executable, "-m", "syncline", *arguments, "--data", str(data)]


def imported(file: Path, data: Path) -> list[Kept]:
    """The mailbox after an import that runs to its end."""
    done = subprocess.run(
        command("import", "mbox", str(file), data=data), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert list(verify(data)) == []
    return mailbox(data)


def begun(data: Path) -> int:
    """Bytes that the store has written."""
    size = 0
    for file in data.glob("store.db*"):
        with contextlib.suppress(FileNotFoundError):  # the log's files go when their last user does
            size += file.stat().st_size
    return size


@pytest.mark.parametrize("seed", range(2))
def test_a_killed_import_is_repeated(seed: int, tmp_path: Path) -> None:
    """Same numbers, threads, labels, states, copies; no worker stays behind to disturb the next run."""
    chance = random.Random(seed)
    file = tmp_path / "box"
    file.write_bytes(archive(chance))
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    for data in (whole, torn):
        subprocess.run(
            command("account", "add", "ann@example.org", data=data), check=True, capture_output=True
        )
    wanted = imported(file, whole)
    assert len(wanted) >= MAILS
    disturbed = 0
    for _ in range(KILLS):
        at_first = begun(torn)
        with subprocess.Popen(
            command("import", "mbox", str(file), data=torn), stderr=subprocess.PIPE, process_group=0
        ) as running:
            give_up = time.monotonic() + 10
            # from the first mail written on: before that a kill proves little
            while begun(torn) == at_first and running.poll() is None and time.monotonic() < give_up:
                time.sleep(0.001)
            time.sleep(chance.random() * 0.25)
            os.kill(running.pid, signal.SIGKILL)
            running.wait()
            disturbed += running.returncode == -signal.SIGKILL
    assert disturbed
    assert imported(file, torn) == wanted
