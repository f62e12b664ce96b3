"""The access log: one JSON line a request, written by a thread, and without any secret.

Secrets come in queries (`access_token` of old Matrix clients, `code` of sign-in links), in paths
(`/hook/KEY`), and in places where a confused client puts them. So a value is written only if its name is
not secret and it holds no secret name itself, also after decoding twice; path parameters that are keys are
replaced by their name.
"""

import logging
import re
import threading
import time
from collections import deque
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

import msgspec

from syncline.core.ids import Id

LOGGER: Final = "syncline.access"

SECRET: Final = (
    "access_token",
    "ticket",
    "password",
    "code",
    "refresh_token",
    "token",
    "secret",
    "key",
    "session",
)
"""Names whose values are never written, whatever stands before or after them (`old_password`, `token_id`)."""

_SQUEEZE: Final = re.compile(r"[^a-z]")
_SECRET: Final = re.compile("|".join(_SQUEEZE.sub("", name) for name in SECRET))
_LONG: Final = re.compile(r"[A-Za-z0-9_-]{40,}")
HIDDEN: Final = "…"

WAITING_LINES: Final = 20_000
"""Lines kept while the log's target is slow (about 10 MB); beyond that new ones are dropped and counted."""

EVERY: Final = 0.25
"""Seconds between two writes: a line is late by at most this much."""


class Line(msgspec.Struct, gc=False):
    """What the loop notes of a request; all formatting is the thread's."""

    at: float
    request_id: str
    method: str
    path: str
    route: str | None
    params: dict[str, str] | None
    query: bytes
    status: int
    sent: int
    seconds: float
    address: str
    account: Id | None
    owner: str
    agent: bytes


class AccessLog:
    """Takes lines on the loop for almost nothing, writes them from a thread of its own."""

    def __init__(self, logger: logging.Logger | None = None) -> None:
        """Start the thread. It is a daemon, and `close` flushes what is left."""
        self._logger = logger or logging.getLogger(LOGGER)
        self._lines: deque[Line] = deque()
        self._stop = threading.Event()
        self.dropped = 0
        self._thread = threading.Thread(target=self._run, name="access-log", daemon=True)
        self._thread.start()

    def add(self, line: Line) -> None:
        """Note a request."""
        if len(self._lines) >= WAITING_LINES:
            self.dropped += 1
        else:
            self._lines.append(line)

    def close(self) -> None:
        """Write what is left, and end the thread."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(EVERY):
            self._flush()
        self._flush()

    def _flush(self) -> None:
        while self._lines:
            self._logger.info("%s", render(self._lines.popleft()))


def render(line: Line) -> str:
    """A line as JSON text."""
    shown: dict[str, Any] = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(line.at)) + f".{int(line.at % 1 * 1000):03d}Z",
        "id": line.request_id,
        "method": line.method,
        "path": _path(line),
        "status": line.status,
        "bytes": line.sent,
        "ms": round(line.seconds * 1000, 3),
        "address": line.address,
        "owner": line.owner,
    }
    if line.query:
        shown["query"] = dict(_query(line.query))
    if line.account is not None:
        shown["account"] = line.account
    if line.agent:
        shown["agent"] = _agent(line.agent.decode("latin-1"))[:200]
    return msgspec.json.encode(shown).decode()


def _path(line: Line) -> str:
    if line.route is None:
        return _clean(line.path)[:300]
    path = line.route
    for name, value in (line.params or {}).items():
        shown = HIDDEN if is_secret(name) else _clean(value)[:100]
        path = path.replace(f"{{{name}}}", shown).replace(f"{{{name}:path}}", shown)
    return path


def _query(query: bytes) -> Iterable[tuple[str, str]]:
    text = query.decode("latin-1").replace(";", "&")
    for name, value in parse_qsl(text)[:50]:  # a bare word is no name: it may be the secret itself
        yield _clean(name)[:50], HIDDEN if is_secret(name) else _clean(value)[:100]


def is_secret(name: str) -> bool:
    """Whether a value of this name may not be written; `Access%5FToken` and `access-token` are one name."""
    return _SECRET.search(_SQUEEZE.sub("", unquote(unquote(name)).lower())) is not None


def _agent(text: str) -> str:
    """A client's name for itself: `Visual Studio Code` is no secret, `client?code=1` might hold one."""
    return _clean(text) if "=" in unquote(text) else _LONG.sub(HIDDEN, text)


def _clean(text: str) -> str:
    """A text that may be written: all of it is hidden if it names a secret, long tokens are cut out of it."""
    return HIDDEN if is_secret(text) else _LONG.sub(HIDDEN, unquote(unquote(text)))
