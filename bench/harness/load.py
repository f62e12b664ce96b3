"""Closed-loop HTTP load from a process of its own on the load's core.

`run(load)` starts `python -m bench.harness.load`, which keeps one request in flight on each connection: epoll
and plain sockets, about 10 µs a request, so that it outruns any Python server. It reads the server's CPU time
itself, at the two ends of the measured window.
"""

import select
import socket
import subprocess
import sys
import time
from array import array

import msgspec

from bench.harness.cores import LOAD_CORE, pin, raise_open_files
from bench.harness.process import ROOT
from bench.harness.usage import cpu_seconds
from bench.harness.wire import SLOT, answer_end

PORTION = 1 << 18
FIRST_ANSWER_SECONDS = 30
"""how much longer a window may grow on a crowded machine until anything was answered at all"""


class Load(msgspec.Struct, frozen=True):
    """What to send where. Connection i sends `requests[i % len]` again and again.

    A request's slots (`wire.SLOT`), if it has them, become a number that never repeats; it starts at
    `first_number`, so that two runs on one server can differ.
    """

    port: int
    requests: tuple[str, ...]
    connections: int
    seconds: float
    warm_up: float = 0.3
    server_pid: int | None = None
    first_number: int = 1


class Loaded(msgspec.Struct, frozen=True):
    """What came of it, of the measured window only. `refused` counts answers that were not 2xx,
    `refusal` is the first of them."""

    answered: int
    refused: int
    seconds: float
    server_cpu: float
    load_cpu: float
    p50_ms: float
    p99_ms: float
    numbers_used: int
    refusal: str = ""

    @property
    def per_second(self) -> float:
        """Answers in a second of wall time."""
        return self.answered / self.seconds

    @property
    def per_cpu_second(self) -> float:
        """Answers in a second of the server's CPU time: survives other jobs and a slow load generator."""
        return self.answered / self.server_cpu if self.server_cpu else self.per_second


def run(load: Load) -> Loaded:
    """Run a load in its own process; raises RuntimeError if it failed or anything was refused."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.harness.load"],
        input=msgspec.json.encode(load),
        capture_output=True,
        cwd=ROOT,
        timeout=load.seconds + load.warm_up + 120,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the load failed:\n{done.stderr.decode()[-2000:]}")
    loaded = msgspec.json.decode(done.stdout, type=Loaded)
    if loaded.refused:
        raise RuntimeError(f"{loaded.refused} of {loaded.answered} were refused:\n{loaded.refusal}")
    return loaded


class _Connection:
    __slots__ = ("before", "number_at", "request", "sent", "socket")

    def __init__(self, port: int, text: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.before, *rest = text.encode().split(SLOT.encode())
        self.request = text.encode()
        self.number_at = [len(self.before)] if rest else []
        for piece in rest[:-1]:
            self.number_at.append(self.number_at[-1] + len(SLOT) + len(piece))
        self.sent = 0.0

    def send(self, number: int) -> None:
        data = self.request
        if self.number_at:
            digits, filled = b"%010d" % number, bytearray(data)
            for at in self.number_at:
                filled[at : at + len(SLOT)] = digits
            data = bytes(filled)
        self.sent = time.perf_counter()
        self.socket.sendall(data)


def _drive(load: Load) -> Loaded:
    poll = select.epoll()
    connections: dict[int, _Connection] = {}
    for i in range(load.connections):
        connection = _Connection(load.port, load.requests[i % len(load.requests)])
        connections[connection.socket.fileno()] = connection
        poll.register(connection.socket, select.EPOLLIN)
    number = load.first_number
    for connection in connections.values():
        connection.send(number)
        number += 1

    def cpu() -> float:
        return 0.0 if load.server_pid is None else cpu_seconds(load.server_pid)

    clock, latencies, refused, refusal = time.perf_counter, array("d"), 0, ""
    unfinished: dict[int, bytes] = {}
    begin = clock() + load.warm_up
    end, measuring, server_before, own_before = begin + load.seconds, False, 0.0, 0.0
    now = clock()
    while now < end or (not latencies and now < end + FIRST_ANSWER_SECONDS):
        if not measuring and now >= begin:
            measuring, server_before, own_before = True, cpu(), time.process_time()
            begin = clock()
            end = begin + load.seconds
        for fd, _ in poll.poll(0.5, 1024):
            connection = connections[fd]
            data = connection.socket.recv(PORTION)
            if not data:
                raise ConnectionError("the server closed a connection under load")
            if fd in unfinished:
                data = unfinished.pop(fd) + data
            if not answer_end(data):
                unfinished[fd] = data
                continue
            now = clock()
            if measuring:
                latencies.append(now - connection.sent)
                if data[9:10] != b"2":
                    refused += 1
                    refusal = refusal or data[:1000].decode("latin-1")
            connection.send(number)
            number += 1
        now = clock()
    server_cpu, own_cpu, seconds = cpu() - server_before, time.process_time() - own_before, now - begin
    for connection in connections.values():
        connection.socket.close()
    if not latencies:
        raise TimeoutError(f"no answer within {seconds:.0f} s")
    ordered = sorted(latencies)
    return Loaded(
        answered=len(latencies),
        refused=refused,
        seconds=seconds,
        server_cpu=server_cpu,
        load_cpu=own_cpu,
        p50_ms=1000 * ordered[len(ordered) // 2],
        p99_ms=1000 * ordered[len(ordered) * 99 // 100],
        numbers_used=number - load.first_number,
        refusal=refusal,
    )


def main() -> None:
    """Read a Load from stdin, write a Loaded to stdout."""
    pin(LOAD_CORE)
    raise_open_files()
    load = msgspec.json.decode(sys.stdin.buffer.read(), type=Load)
    sys.stdout.buffer.write(msgspec.json.encode(_drive(load)))


if __name__ == "__main__":
    main()
