"""Commands beside a running server: they work through its socket, and nobody else can."""

import json
import shlex
import signal
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import httpx
from tests.cli.conftest import Run, Serving, stop

from syncline.store.sqlite.lock import read_owner
from syncline.store.sqlite.verify import verify


def socket_of(data: Path) -> Path:
    """Where the server's socket is."""
    owner = read_owner(data)
    assert owner is not None
    return Path(str(owner["socket"]))


def test_the_sample_workspace_can_be_entered_and_seen(serving: Serving, run: Run) -> None:
    """A fresh start prints a sign-in link and one command to paste; passwords are for the owner's eyes."""
    assert "/login/link?code=" in serving.said
    assert "/changes?since=" in serving.said
    assert "/search.json?q=~inbox" in serving.said
    pasted = shlex.split(serving.said.splitlines()[-1])
    assert Path(pasted[0]).exists(), "the command to paste works where one is"
    assert pasted[1:] == ["tail", "--data", str(serving.data)]
    assert [line.split("\t")[1] for line in run("account", "list").out.splitlines()] == [
        "ann@example.org",
        "bo@example.org",
        "cleo@example.org",
    ]
    file = serving.data / "sample-accounts.txt"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    url = next(line.strip() for line in serving.said.splitlines() if "/login/link" in line)
    assert httpx.get(url).status_code == 200


def test_commands_reach_the_owner(serving: Serving, run: Run, tmp_path: Path) -> None:
    """What a command writes is in the server's log at once: the server wrote it."""
    assert run("account", "add", "dora@example.org").code == 0
    assert len(run("token", "create", "dora@example.org").out) == 65
    assert "dora@example.org" in run("account", "list").out
    verified = run("verify")
    assert (verified.code, verified.out) == (0, "")
    assert run("backup", str(tmp_path / "b.tar")).code == 0
    assert run("restore", str(tmp_path / "b.tar"), "--data", str(tmp_path / "new")).code == 0
    assert serving.process.poll() is None


def test_tail_follows_what_others_write(serving: Serving, run: Run) -> None:
    """A line comes for each change, as it comes."""
    command = [
        sys.executable,
        "-m",
        "syncline",
        "tail",
        "--json",
        "--since",
        "0",
        "--data",
        str(serving.data),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as tail:
        assert tail.stdout is not None
        first = json.loads(tail.stdout.readline())
        assert first["seq"] == 1
        writer = threading.Thread(target=lambda: run("account", "add", "dora@example.org"))
        writer.start()
        seqs = [1]
        for line in tail.stdout:
            change = json.loads(line)
            seqs.append(change["seq"])
            if change["kind"] == "profile" and "dora" in json.dumps(change["body"]):
                break
        writer.join()
        tail.send_signal(signal.SIGINT)
        assert seqs == list(range(1, len(seqs) + 1))
        assert tail.wait(10) == 130


def test_tail_outlives_servers(data: Path, run: Run) -> None:
    """Without a server it shows what other commands write, and it keeps nobody from owning the directory."""
    run("account", "add", "ann@example.org")
    command = [sys.executable, "-m", "syncline", "tail", "--json", "--since", "0", "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as tail:
        assert tail.stdout is not None
        assert tail.stderr is not None
        assert "No server runs" in tail.stderr.readline()
        assert run("account", "add", "dora@example.org").code == 0
        seqs = []
        for line in tail.stdout:
            change = json.loads(line)
            seqs.append(change["seq"])
            if change["kind"] == "profile" and "dora" in json.dumps(change["body"]):
                break
        tail.send_signal(signal.SIGINT)
        tail.communicate(timeout=20)
        assert seqs == list(range(1, len(seqs) + 1))
        assert tail.returncode == 130


def test_the_socket_is_the_owners_alone(serving: Serving) -> None:
    """Whoever opens it is the operator, so nobody else may: mode 0600 in a directory of mode 0700."""
    path = socket_of(serving.data)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_second_server_is_refused_with_a_sentence(serving: Serving, run: Run) -> None:
    """One process owns a data directory."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = run("serve", "--port", str(taken.getsockname()[1]))
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert "taken" in said.err
    said = run("serve", "--port", "0")
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert str(serving.process.pid) in said.err


def test_a_server_ends_in_good_order(serving: Serving, run: Run) -> None:
    """SIGTERM: exit code 0, no socket left, commands go on without it, and nothing is damaged."""
    path = socket_of(serving.data)
    assert stop(serving.process) == 0
    assert not path.exists()
    assert list(verify(serving.data)) == []
    assert "ann@example.org" in run("account", "list").out


def test_a_killed_server_leaves_nothing_in_the_way(serving: Serving, run: Run) -> None:
    """The lock is the kernel's: after kill -9 the next command owns the directory, a stale socket or not."""
    serving.process.kill()
    serving.process.wait()
    assert socket_stays(serving.data)
    assert "ann@example.org" in run("account", "list").out
    assert run("verify").code == 0


def socket_stays(data: Path) -> bool:
    """Whether the socket's file was left behind."""
    return (data / "admin.sock").exists()
