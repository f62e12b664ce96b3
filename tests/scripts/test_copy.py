"""Both commands do what README says on a machine with bash, Python, a package index, and nothing else."""

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BASH = shutil.which("bash") or "bash"
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "data", "__pycache__", ".*_cache", ".hypothesis")
UNREACHABLE = re.compile(
    r"NewConnectionError|ConnectTimeout|ReadTimeoutError|ProxyError|Temporary failure in name resolution"
    r"|Connection (refused|reset|broken)|Network is unreachable|NameResolutionError|Max retries exceeded"
)
KEPT = re.compile(r"(PIP|UV)_\w+|\w+_PROXY|\w+_proxy|SSL_CERT_\w+|REQUESTS_CA_BUNDLE")
"""Where this machine's package index is, and how it is reached."""


def bare_machine(directory: Path) -> dict[str, str]:
    """An environment with bash and one Python on the PATH: no git, curl, compiler or HOME; LANG is C."""
    commands = directory / "bin"
    commands.mkdir()
    (commands / "bash").symlink_to(BASH)
    python = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    # A link would make Python look for its library beside the link.
    (commands / "python3").write_text(f'#!{BASH}\nexec "{python}" "$@"\n', encoding="utf-8")
    (commands / "python3").chmod(0o755)
    env = {name: value for name, value in os.environ.items() if KEPT.fullmatch(name)}
    home = Path.home()
    if "PIP_CACHE_DIR" not in env and (home / ".cache" / "pip").is_dir():
        env["PIP_CACHE_DIR"] = str(home / ".cache" / "pip")
    return env | {"PATH": str(commands), "LANG": "C", "TZ": "Asia/Kathmandu", "PIP_RETRIES": "1"}


def run(tree: Path, env: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    """Run a script of the copy to its end."""
    return subprocess.run(
        [BASH, *command], cwd=tree, env=env, capture_output=True, text=True, timeout=400, check=False
    )


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(server: subprocess.Popen[str], port: int, *, within: float) -> float:
    """Seconds until the server of that port is healthy."""
    begun = time.monotonic()
    while time.monotonic() < begun + within:
        if server.poll() is not None:
            out, err = server.communicate()
            pytest.fail(f"scripts/serve ended with {server.returncode}:\n{out}\n{err}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as response:
                assert response.status == 200
                return time.monotonic() - begun
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.02)
    pytest.fail(f"no answer within {within} s")


@pytest.mark.timeout(900)
def test_both_commands_work_in_an_empty_copy_of_the_tree(tmp_path: Path) -> None:
    """The path has a space, and a letter that is not ASCII: home directories do."""
    env = bare_machine(tmp_path)
    tree = tmp_path / "a copy für Ann"
    shutil.copytree(ROOT, tree, ignore=LEFT_OUT)

    # scripts/test makes .venv and hands its arguments to pytest (a few tests only: this one is among all).
    tested = run(tree, env, "scripts/test", "tests/config/test_load.py", "-k", "kubernetes", "-q")
    if tested.returncode and UNREACHABLE.search(tested.stderr):
        pytest.skip("the package index is out of reach")
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert "1 passed" in tested.stdout
    assert not (tree / "~").exists()
    assert (tree / ".venv" / "bin" / "syncline").exists()

    # From here on the machine is offline.
    env |= {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple"}

    # An up-to-date .venv costs no time; the best of three, because the machine is shared.
    took = []
    for _ in range(3):
        begun = time.monotonic()
        assert run(tree, env, "scripts/serve", "--help").returncode == 0
        took.append(time.monotonic() - begun)
    assert min(took) < 1.0

    # scripts/serve passes its arguments on, keeps its data in ./data, and ends cleanly on SIGTERM.
    port = free_port()
    for _ in range(2):
        server = subprocess.Popen(
            [BASH, "scripts/serve", "--port", str(port)],
            cwd=tree,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            answers(server, port, within=60)
            assert stat.S_IMODE((tree / "data").stat().st_mode) == 0o700
            taken = run(tree, env, "scripts/serve", "--port", str(port), "--data", str(tmp_path / "other"))
            assert taken.returncode == 1
            assert str(port) in taken.stderr
            assert "Traceback" not in taken.stderr
            server.send_signal(signal.SIGTERM)
            out, err = server.communicate(timeout=30)
        finally:
            server.kill()
            server.communicate()
        assert server.returncode == 0, err
        assert "Traceback" not in out + err
    private = [path for path in (tree / "data").rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    assert not private, "only the owner may read what is in the data directory"
