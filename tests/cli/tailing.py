"""A workspace that can be stopped and started again at the same address, and a `syncline tail` that runs."""

import json
import queue
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import httpx
from tests.cli.conftest import SERVING, Run, stop
from tests.protocols.changes.row_client import RowClient

Fields = dict[str, Any]


class Workspace:
    """Two people with tokens, ann and bo, and a server that comes and goes."""

    def __init__(self, data: Path, log: Path, run: Run) -> None:
        self.data = data
        self.log = log
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.tokens: dict[str, str] = {}
        for name in ("ann", "bo"):
            assert run("account", "add", f"{name}@example.org").code == 0
            self.tokens[name] = run("token", "create", f"{name}@example.org").out.strip()
        listed = run("account", "list").out.splitlines()
        self.ids = dict(zip(("ann", "bo"), (int(line.split("\t")[0]) for line in listed), strict=True))
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Serve; returns when requests are answered."""
        with self.log.open("a") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "syncline", "serve", "--port", str(self.port)],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self.process.stdout is not None
        assert "Syncline serves" in self.process.stdout.readline(), self.log.read_text()

    def stop(self, *, kill: bool = False) -> None:
        """End the server, in good order or not."""
        if self.process is None:
            return
        if kill:
            self.process.kill()
            self.process.wait(SERVING)
        else:
            assert stop(self.process) == 0
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process = None

    def post(self, who: str, path: str, **body: object) -> Fields:
        """A write that is accepted."""
        answer = httpx.post(self.url + path, json=body, headers=self._as(who))
        assert answer.status_code in (200, 201), answer.text
        written: Fields = answer.json()
        return written

    def conversation(self, who: str, *others: str) -> str:
        """A new conversation's path."""
        members = [self.ids[other] for other in others]
        made = self.post(who, "/conversations", members=members, preset="fleep")
        return f"/conversations/{made['conversation']}"

    def say(self, who: str, conv: str, text: str) -> Fields:
        """A message."""
        return self.post(who, f"{conv}/entries", body={"text": text})

    def edit(self, who: str, conv: str, entry: Fields, text: str) -> None:
        """Another text for a message."""
        self.post(who, f"{conv}/entries/{entry['entry']}/amendments", rel="edit", body={"text": text})

    def held_by_a_new_client(self, who: str) -> Fields:
        """What the account has at this moment."""
        client = RowClient()
        while True:
            answer = httpx.get(f"{self.url}/changes", params={"since": client.since}, headers=self._as(who))
            client.take(answer.json(), self.ids[who])
            if not answer.json()["more"]:
                return client.content()

    def _as(self, who: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[who]}"}


class Tail:
    """A `syncline tail --json` of its own process; rows are read while it runs."""

    def __init__(self, *arguments: str, stdin: str = "") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "syncline", "tail", "--json", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdin is not None
        self.process.stdin.write(stdin)
        self.process.stdin.close()
        self.process.stdin = None
        self.rows: list[Fields] = []
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def until(self, text: str) -> list[Fields]:
        """All rows so far, when one came that holds this text."""
        while True:
            line = self._lines.get(timeout=SERVING)
            assert line, f"tail ended: {self.rows}"
            self.rows.append(json.loads(line))
            if text in line:
                return self.rows

    def end(self) -> tuple[int, str]:
        """Interrupt it if it still runs: its exit code, and what it said on stderr."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.ended()

    def ended(self) -> tuple[int, str]:
        """Wait for its own end."""
        code = self.process.wait(SERVING)
        self._reader.join()
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        said = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        return code, said

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put("")


def led_to(rows: list[Fields], account: int) -> Fields:
    """What a client holds that did with these rows what docs/changes.md says."""
    client = RowClient()
    client.take({"changes": rows, "next": ""}, account)
    return client.content()
