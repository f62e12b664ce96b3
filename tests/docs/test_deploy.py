"""The examples for a service and its proxies let long polls and streams through, and fit our defaults."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from syncline.config import Server

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
POLL = 55
"""Seconds that a long poll may wait before its first byte."""


def text(name: str) -> str:
    """An example."""
    return (DEPLOY / name).read_text(encoding="utf-8")


def number(pattern: str, of: str) -> int:
    """The one number of a setting."""
    (value,) = re.findall(pattern, of)
    return int(value)


def test_nginx_waits_longer_than_a_poll_and_holds_nothing_back() -> None:
    conf = text("nginx.conf")
    assert number(r"proxy_read_timeout (\d+)s;", conf) >= 2 * POLL
    assert "proxy_buffering off;" in conf
    assert "proxy_request_buffering off;" in conf
    assert 'proxy_set_header Connection "";' in conf
    assert number(r"\n    keepalive_timeout (\d+)s;", conf) < Server().keep_alive_timeout
    assert number(r"client_max_body_size (\d+)m;", conf) << 20 == Server().max_body


def test_caddy_waits_longer_than_a_poll_and_holds_nothing_back() -> None:
    conf = text("Caddyfile")
    assert number(r"response_header_timeout (\d+)s", conf) >= 2 * POLL
    assert number(r"\bread_timeout (\d+)s", conf) >= 2 * POLL
    assert "flush_interval -1" in conf
    assert number(r"keepalive (\d+)s", conf) < Server().keep_alive_timeout
    assert number(r"max_size (\d+)MiB", conf) << 20 == Server().max_body


def test_the_service_is_given_time_to_answer_waiting_polls_and_enough_open_files() -> None:
    unit = text("syncline.service")
    assert number(r"TimeoutStopSec=(\d+)", unit) > Server().graceful_timeout
    assert number(r"LimitNOFILE=(\d+)", unit) >= 20_000
    assert "StateDirectoryMode=0700" in unit


def test_the_container_has_wheels_with_hashes_only_and_is_not_root() -> None:
    lines = text("Containerfile")
    assert "--require-hashes --only-binary :all: -r requirements.txt" in lines
    assert re.search(r"^USER syncline$", lines, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("systemd-analyze", ["verify", "--man=no", "syncline.service"]),
        ("caddy", ["validate", "--adapter", "caddyfile", "--config", "Caddyfile"]),
    ],
)
def test_the_programs_themselves_accept_the_examples(command: str, arguments: list[str]) -> None:
    if shutil.which(command) is None:
        pytest.skip(f"{command} is not installed")
    done = subprocess.run([command, *arguments], cwd=DEPLOY, capture_output=True, text=True, check=False)
    if command == "systemd-analyze":
        said = [line for line in done.stderr.splitlines() if "syncline.service:" in line]
        # Syncline itself is not installed where the unit expects it.
        assert [line for line in said if "is not executable" not in line] == []
    else:
        assert done.returncode == 0, done.stderr


def test_nginx_accepts_its_example(tmp_path: Path) -> None:
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed")
    conf = re.sub(r"\n    ssl_certificate.*|\n    listen \[::\].*", "", text("nginx.conf"))
    conf = conf.replace("listen 443 ssl", "listen 127.0.0.1:1443").replace(
        "listen 80", "listen 127.0.0.1:1080"
    )
    whole = f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{conf}\n}}\n"
    (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")
    done = subprocess.run(
        ["nginx", "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
