"""A data directory for commands, and ways to run them."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from syncline.cli import main

SERVING = 30.0
"""Seconds that a server may take to start on a busy machine."""


class Ran(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data directory that all commands of a test use; nobody's environment gets in."""
    for name in [name for name in os.environ if name.startswith("SYNCLINE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SYNCLINE_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


@pytest.fixture
def run(data: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run one command in this process."""

    def run(*arguments: str) -> Ran:
        capfd.readouterr()
        code = main(arguments)
        out, err = capfd.readouterr()
        return Ran(code, out, err)

    return run


class Serving(NamedTuple):
    """A running server, and what it said when it was ready."""

    process: subprocess.Popen[str]
    said: str
    data: Path


@pytest.fixture
def serving(data: Path, tmp_path: Path) -> Iterator[Serving]:
    """A server with the sample workspace on a free port."""
    with serve(data, tmp_path / "server.log") as process:
        said = process.stdout
        assert said is not None
        lines = []
        for line in said:
            lines.append(line)
            if line.strip().endswith("tail") or "tail --data" in line:
                break
        else:
            pytest.fail(f"the server ended: {(tmp_path / 'server.log').read_text()}")
        yield Serving(process, "".join(lines), data)
        stop(process)


def serve(data: Path, log: Path) -> subprocess.Popen[str]:
    """Start a server."""
    with log.open("w") as errors:
        return subprocess.Popen(
            [sys.executable, "-m", "syncline", "serve", "--port", "0", "--sample", "--data", str(data)],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )


def stop(process: subprocess.Popen[str]) -> int:
    """Ask a server to end, and wait until it did."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    return process.wait(SERVING)
