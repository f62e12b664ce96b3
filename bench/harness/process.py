"""Servers under measurement: each a process of its own, pinned to the server's core."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.harness.cores import SERVER_CORE, pin, raise_open_files
from bench.harness.usage import cpu_seconds, rss_bytes

ROOT = Path(__file__).parents[2]
STARTING_SECONDS = 60


class Server:
    """A running server: where it listens and what it costs."""

    def __init__(
        self, name: str, port: int, process: subprocess.Popen[bytes], log: Path, started: float
    ) -> None:
        """Hold a process that was started at this reading of `time.perf_counter()`."""
        self.name = name
        self.port = port
        self.started = started
        self._process = process
        self._log = log

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def rss(self) -> int:
        """Resident bytes now, children included."""
        return rss_bytes(self.pid)

    def cpu(self) -> float:
        """CPU seconds so far."""
        return cpu_seconds(self.pid)

    def wait_until_listening(self) -> None:
        """Return when it takes connections; raises RuntimeError with its output if it ends or is too slow."""
        deadline = time.perf_counter() + STARTING_SECONDS
        while time.perf_counter() < deadline:
            if self._process.poll() is not None:
                break
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.002)
        raise RuntimeError(f"{self.name} did not start:\n{self._log.read_text(errors='replace')[-4000:]}")

    def close(self) -> None:
        """End it and wait until it is gone."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


def free_port() -> int:
    """A loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _in_child() -> None:
    pin(SERVER_CORE)
    raise_open_files()


@contextlib.contextmanager
def _running(name: str, command: Sequence[str], port: int, env: dict[str, str]) -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="syncline-bench-") as home:
        log = Path(home) / "output"
        with log.open("wb") as output:
            started = time.perf_counter()
            process = subprocess.Popen(  # one thread here, so preexec_fn is safe
                [sys.executable, *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env={**os.environ, **env},
                preexec_fn=_in_child,
            )
        server = Server(name, port, process, log, started)
        try:
            yield server
        finally:
            server.close()


@contextlib.contextmanager
def floor() -> Iterator[Server]:
    """The bare server of `bench/floor.py`, listening."""
    port = free_port()
    with _running("floor", ["-m", "bench.floor", "--port", str(port)], port, {}) as server:
        server.wait_until_listening()
        yield server


@contextlib.contextmanager
def product(data: Path, *, wait: bool = True) -> Iterator[Server]:
    """`syncline serve` on a data directory; with `wait` False it may not listen yet.

    Its limiter is off: one account asks more in a second than any real client in a day.
    """
    port = free_port()
    command = ["-m", "syncline", "serve", "--host", "127.0.0.1", "--port", str(port), "--data", str(data)]
    with _running("syncline", command, port, UNLIMITED) as server:
        if wait:
            server.wait_until_listening()
        yield server


UNLIMITED = {
    "SYNCLINE_SERVER_RATE_LIMITS": "false",
    "SYNCLINE_FLEEP_SEND_RATE": "0",
    "SYNCLINE_LOG_ACCESS": "false",
}
"""Settings by environment: no limits of rates, and no access log, which the floor has not either."""
