"""Many waiting clients in one process on the load's core: park them all, send one POST, note each answer.

`Waiting` starts `python -m bench.harness.waiters`: one epoll loop, one socket a client. The POST leaves from
that loop too, so that "sent" and "received" are read from one clock. Answers that come before their time
(the server had something else to say) are counted and the poll is made again from the cursor they gave.
"""

import contextlib
import re
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import msgspec

from bench.harness.cores import LOAD_CORE, pin, raise_open_files
from bench.harness.process import ROOT
from bench.harness.usage import cpu_seconds
from bench.harness.wire import SLOT, answer_end

CURSOR = "{cursor}"
"""Stands in a poll's target where its cursor goes."""
WIDE_CURSOR = "{cursor, with blanks before it}"
"""The same for a body, whose length stands in the head: the cursor is filled up to this width."""
NEXT = re.compile(rb'"(?:next|event_horizon)":\s*"?([^",}]+)')
"""An answer's own cursor, without parsing 10,000 answers of JSON inside the measurement."""
PORTION = 1 << 18
QUIET = 0.3
"""seconds without an answer and without server CPU: everybody is parked"""


class Plan(msgspec.Struct, frozen=True):
    """Who waits with which request, and what wakes them.

    `awaited` is a text (with a slot) that an answer must hold to count as the one waited for; None takes
    any answer. After a round the server has to be idle for `gap` seconds.
    """

    port: int
    polls: tuple[str, ...]
    cursor: str
    post: str
    rounds: int = 1
    awaited: str | None = None
    gap: float = 0.02
    server_pid: int | None = None


class Round(msgspec.Struct, frozen=True):
    """One POST and its answers, in milliseconds after it left; `cpu` is the server's, in seconds."""

    first_ms: float
    median_ms: float
    last_ms: float
    posted_ms: float
    cpu: float


class Parked(msgspec.Struct, frozen=True):
    """All are waiting: how long that took, its server CPU, and how many answers came before their time."""

    seconds: float
    cpu: float
    early: int


class Waiting:
    """A running set of waiting clients, parked."""

    def __init__(self, process: "subprocess.Popen[bytes]", parked: Parked) -> None:
        """Hold the process and what parking took."""
        self._process = process
        self.parked = parked

    def wake(self) -> list[Round]:
        """Run the plan's rounds; the clients are gone afterwards."""
        output, errors = self._process.communicate(b"go\n", timeout=600)
        if self._process.returncode:
            raise RuntimeError(f"the waiting clients failed:\n{errors.decode()[-2000:]}")
        return msgspec.json.decode(output, type=list[Round])


@contextlib.contextmanager
def waiting(plan: Plan) -> Iterator[Waiting]:
    """Start the clients and park them; raises RuntimeError if they fail."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.harness.waiters"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(msgspec.json.encode(plan) + b"\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            _, errors = process.communicate(timeout=30)
            raise RuntimeError(f"the waiting clients failed:\n{errors.decode()[-2000:]}")
        yield Waiting(process, msgspec.json.decode(line, type=Parked))
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


class _Client:
    __slots__ = ("answer", "at", "cursor", "poll", "socket")

    def __init__(self, port: int, poll: str, cursor: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.poll = poll
        self.cursor = cursor
        self.answer = b""
        self.at = 0.0

    def ask(self) -> None:
        self.answer, self.at = b"", 0.0
        text = self.poll.replace(CURSOR, self.cursor)
        self.socket.sendall(text.replace(WIDE_CURSOR, self.cursor.rjust(len(WIDE_CURSOR))).encode())

    def follow(self) -> None:
        found = NEXT.search(self.answer)
        if found is not None:
            self.cursor = found[1].decode()


class _Crowd:
    """The clients, their epoll and the sender."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.early = 0
        self.poll = select.epoll()
        self.clients: dict[int, _Client] = {}

    def cpu(self) -> float:
        return 0.0 if self.plan.server_pid is None else cpu_seconds(self.plan.server_pid)

    def park(self) -> Parked:
        begin, before = time.perf_counter(), self.cpu()
        for i, text in enumerate(self.plan.polls):
            client = _Client(self.plan.port, text, self.plan.cursor)
            self.clients[client.socket.fileno()] = client
            self.poll.register(client.socket, select.EPOLLIN)
            client.ask()
            if i % 200 == 199:
                time.sleep(0.02)  # the backlog holds 2,048; an overflow costs a second of retry
        self.settle()
        took = time.perf_counter() - begin - QUIET
        # only now: the server closes a connection on which nothing is asked for ten seconds
        self.sender = socket.create_connection(("127.0.0.1", self.plan.port), 20)
        self.sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.poll.register(self.sender, select.EPOLLIN)
        return Parked(took, self.cpu() - before, self.early)

    def settle(self) -> None:
        """Serve early answers until everybody waits."""
        busy, since = self.cpu(), time.perf_counter()
        while time.perf_counter() - since < QUIET:
            for fd, _ in self.poll.poll(QUIET / 3, 1024):
                if self.receive(fd):
                    self.again(self.clients[fd])
                since = time.perf_counter()
            now = self.cpu()
            if now - busy > QUIET / 50:
                busy, since = now, time.perf_counter()

    def rest(self) -> None:
        """Wait until the server has nothing to do, so that everybody waits again (at most a second)."""
        deadline, busy = time.perf_counter() + 1, -1.0
        while (now := self.cpu()) != busy and time.perf_counter() < deadline:
            busy = now
            time.sleep(self.plan.gap)

    def receive(self, fd: int) -> bool:
        """Take in what came; whether the answer is whole."""
        client = self.clients[fd]
        data = client.socket.recv(PORTION)
        if not data:
            raise ConnectionError("the server closed a waiting connection")
        client.answer = client.answer + data if client.answer else data
        return answer_end(client.answer) > 0

    def again(self, client: _Client) -> None:
        self.early += 1
        if client.answer[9:10] != b"2":
            raise RuntimeError(f"a poll was refused: {client.answer[:500]!r}")
        if self.early > 1000 * len(self.clients):
            raise RuntimeError(f"polls do not wait; the last answer was {client.answer[:500]!r}")
        client.follow()
        client.ask()

    def round(self, number: int) -> Round:
        clock = time.perf_counter
        digits = f"{number:010d}"
        data = self.plan.post.replace(SLOT, digits).encode()
        awaited = None if self.plan.awaited is None else self.plan.awaited.replace(SLOT, digits).encode()
        left, posted, answer, sender = len(self.clients), 0.0, b"", self.sender.fileno()
        before, begin = self.cpu(), clock()
        self.sender.sendall(data)
        while left or not posted:
            events = self.poll.poll(30, 1024)
            if not events:
                raise TimeoutError(f"{left} clients were not woken within 30 s")
            for fd, _ in events:
                if fd == sender:
                    answer += self.sender.recv(PORTION)
                    if answer_end(answer):
                        posted = clock()
                elif self.receive(fd):
                    client = self.clients[fd]
                    if awaited is None or awaited in client.answer:
                        client.at = clock()
                        left -= 1
                    else:
                        self.again(client)
        if answer[9:10] != b"2":
            raise RuntimeError(f"the POST was refused: {answer[:500]!r}")
        self.rest()  # what the server does after its last answer is part of the wake's cost
        took = sorted(1000 * (client.at - begin) for client in self.clients.values())
        return Round(took[0], took[len(took) // 2], took[-1], 1000 * (posted - begin), self.cpu() - before)


def main() -> None:
    """Read a Plan line from stdin, write a Parked line, wait for a line, write the Rounds."""
    pin(LOAD_CORE)
    raise_open_files()
    crowd = _Crowd(msgspec.json.decode(sys.stdin.buffer.readline(), type=Plan))
    sys.stdout.buffer.write(msgspec.json.encode(crowd.park()) + b"\n")
    sys.stdout.buffer.flush()
    if not sys.stdin.buffer.readline():
        return
    rounds = []
    for number in range(1, crowd.plan.rounds + 1):
        rounds.append(crowd.round(number))
        if number < crowd.plan.rounds:
            for client in crowd.clients.values():
                client.follow()
                client.ask()
            crowd.rest()
    sys.stdout.buffer.write(msgspec.json.encode(rounds))


if __name__ == "__main__":
    main()
