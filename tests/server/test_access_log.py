"""The access log: all that operators need, and no secret, wherever a client puts it."""

import json
import logging
from typing import Any

import pytest
from tests.server.running import get, hello, part, raw, running, wrapped

from syncline.server.access_log import AccessLog, Line, render

NAMES = ("access_token", "ticket", "password", "code", "refresh_token")
SECRET = "hunter2butlonger"


class Kept(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        """Keep everything."""
        super().__init__()
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record."""
        self.text += record.getMessage() + "\n"


def logger() -> tuple[logging.Logger, Kept]:
    """A logger of its own with its handler."""
    made, kept = logging.Logger("access-of-a-test", logging.INFO), Kept()
    made.addHandler(kept)
    return made, kept


def line(**values: Any) -> Line:
    """A line with ordinary values."""
    usual: dict[str, Any] = {
        "at": 1_700_000_000.25,
        "request_id": "0123456789abcdef",
        "method": "GET",
        "path": "/changes",
        "route": "/changes",
        "params": None,
        "query": b"",
        "status": 200,
        "sent": 5,
        "seconds": 0.00123,
        "address": "192.0.2.1",
        "account": None,
        "owner": "changes",
        "agent": b"",
    }
    return Line(**{**usual, **values})


def test_a_line_is_one_json_object_with_all_that_an_operator_needs() -> None:
    """Names and shapes are stable: people's tools read them."""
    shown = render(line(query=b"since=17&wait=30", account=1234, agent=b"Visual Studio Code/1.9"))
    assert "\n" not in shown
    assert json.loads(shown) == {
        "at": "2023-11-14T22:13:20.250Z",
        "id": "0123456789abcdef",
        "method": "GET",
        "path": "/changes",
        "status": 200,
        "bytes": 5,
        "ms": 1.23,
        "address": "192.0.2.1",
        "owner": "changes",
        "account": 1234,
        "query": {"since": "17", "wait": "30"},
        "agent": "Visual Studio Code/1.9",
    }


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "where",
    [
        "/changes?{name}={secret}",
        "/changes?{upper}={secret}",
        "/changes?since=1&{name}={secret}&wait=3",
        "/changes?a=1;{name}={secret}",
        "/changes?{name}={secret}&{name}={secret}",
        "/changes?{encoded}={secret}",
        "/changes?{twice}={secret}",
        "/changes?old_{name}={secret}",
        "/changes?{name}[]={secret}",
        "/changes?next=/login?{name}%3D{secret}",
        "/changes?next=%2Flogin%3F{name}%253D{secret}",
        "/nowhere/{name}={secret}",
        "/nowhere/{name}/{secret}",
        "/nowhere;{name}={secret}",
        "/conversations/{name}={secret}",
    ],
)
async def test_values_of_secret_names_never_reach_the_log(name: str, where: str) -> None:
    """The log is grepped for the value, after real requests with the secret in query, path and headers."""
    encoded = "".join(f"%{ord(letter):02X}" for letter in name)
    path = where.format(
        name=name, upper=name.upper(), secret=SECRET, encoded=encoded, twice=encoded.replace("%", "%25")
    )
    target, kept = logger()
    access = AccessLog(target)
    app = wrapped(part("/changes", hello), part("/conversations/{id}", hello, owner="base"), access=access)
    headers = (
        f"Referer: http://localhost/login?{name}={SECRET}",
        f"Cookie: syncline={SECRET}",
        f"Authorization: Bearer {SECRET}",
        f"User-Agent: client {name}={SECRET}",
    )
    async with running(app) as here:
        await raw(here.port, get(path, *headers))
    access.close()
    assert '"status":' in kept.text
    assert SECRET not in kept.text


@pytest.mark.parametrize("query", [b"a=" + b"Z" * 64, b"Z" * 64, b"hunter2butlonger", b"%68unter2butlonger"])
def test_what_looks_like_a_token_is_not_written_under_any_name(query: bytes) -> None:
    """A bare word in a query may be the secret itself."""
    shown = render(line(query=query))
    assert "Z" * 40 not in shown
    assert SECRET not in shown


def test_the_name_of_a_hidden_value_is_written() -> None:
    """So that an operator sees how a client signs in."""
    assert json.loads(render(line(query=b"access_token=abc&x=1")))["query"] == {"access_token": "…", "x": "1"}


def test_keys_in_paths_are_replaced() -> None:
    """/hook/KEY is a password in a path."""
    shown = render(line(path="/hook/abc123", route="/hook/{key}", params={"key": "abc123"}))
    assert json.loads(shown)["path"] == "/hook/…"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_keys_are_not_written_where_the_method_is_wrong(method: str) -> None:
    """Somebody opens a hook's address in a browser: 405, and the key is worth as much as before."""
    target, kept = logger()
    access = AccessLog(target)
    app = wrapped(part("/hook/{key}", hello, methods=("POST",)), access=access)
    async with running(app) as here:
        await raw(here.port, get(f"/hook/{SECRET}", method=method))
    access.close()
    shown = json.loads(kept.text)
    assert (shown["status"], shown["path"]) == (405, "/hook/…")


def test_a_client_cannot_write_a_line_of_its_own() -> None:
    """Line ends and quotes from outside stay inside their JSON text."""
    forged = b'x"}\n{"status":200'
    shown = render(line(agent=forged, route=None, path='/a"}\n{"b":1', method='G"ET', address='a"b'))
    assert "\n" not in shown
    assert json.loads(shown)["agent"] == forged.decode()


def test_a_slow_target_costs_lines_not_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be written in time is dropped and counted."""
    monkeypatch.setattr("syncline.server.access_log.WAITING_LINES", 10)
    monkeypatch.setattr("syncline.server.access_log.EVERY", 60.0)
    target, kept = logger()
    access = AccessLog(target)
    for _ in range(25):
        access.add(line())
    access.close()
    assert access.dropped == 15
    assert len(kept.text.splitlines()) == 10
