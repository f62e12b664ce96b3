"""The access log: one JSON line a request, written by a thread, and without any secret.

Secrets come in queries (`access_token` of old Matrix clients, `code` of sign-in links), in paths
(`/hook/KEY`), and in places where a confused client puts them. So a value is written only if its name is
not secret and it holds no secret name itself, also after decoding twice; path parameters that are keys are
replaced by their name.
"""

import atexit
import logging
import re
import threading
import time
from collections import deque
from functools import lru_cache
from typing import Final
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
_POLL: Final = re.compile(r"(?:(?:since|wait|limit|timeout)=[0-9]{0,19}(?:&|\Z))+")
"""What polls look like: nothing in it to decode, to clean or to hide."""
_LONG: Final = re.compile(r"[A-Za-z0-9_-]{40,}")
HIDDEN: Final = "…"

WAITING_LINES: Final = 20_000
"""Lines kept while the log's target is slow (about 10 MB); beyond that new ones are dropped and counted."""

EVERY: Final = 0.25
"""Seconds between two writes: a line is late by at most this much."""


def to_stderr(logger: logging.Logger) -> None:
    """Write bare lines to standard error, unless somebody has given the logger a handler of its own."""
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(message)s"))
        logger.addHandler(handler)
        logger.propagate = False


class Line(msgspec.Struct, gc=False):
    """What is noted of a request; `at` in seconds since 1970."""

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
    """Takes lines on the loop, and writes them from a thread, several as one record of the logger.

    They are rendered on the loop, at 3 µs each: a thread that renders would hold the interpreter for up to
    5 ms (its switch interval) each time the loop wants it back. The thread only waits for the disk.
    """

    def __init__(self, logger: logging.Logger | None = None) -> None:
        """Start the thread. It is a daemon; `close` writes what is left."""
        self._logger = logger or logging.getLogger(LOGGER)
        self._lines: deque[str] = deque()
        self._stop = threading.Event()
        self.dropped = 0
        self._thread = threading.Thread(target=self._run, name="access-log", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def add(self, line: Line) -> None:
        """Note a request."""
        if len(self._lines) >= WAITING_LINES:
            self.dropped += 1
        else:
            self._lines.append(render(line))

    def close(self) -> None:
        """Write what is left, and end the thread."""
        atexit.unregister(self.close)
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(EVERY):
            self._flush()
        self._flush()

    def _flush(self) -> None:
        lines = [self._lines.popleft() for _ in range(len(self._lines))]
        if lines:
            self._logger.info("%s", "\n".join(lines))


def render(line: Line) -> str:
    """A line as JSON text."""
    at = line.at
    text = (
        f'{{"at":"{_second(int(at))}.{int(at % 1 * 1000):03d}Z","id":"{line.request_id}"'
        f',"method":{_json(line.method)},"path":{_path(line)},"status":{line.status},"bytes":{line.sent}'
        f',"ms":{line.seconds * 1000:.3f},"address":{_json(line.address)},"owner":{_json(line.owner)}'
    )
    if line.account is not None:
        text += f',"account":{line.account}'
    if line.query:
        text += f',"query":{_query(line.query)}'
    if line.agent:
        text += f',"agent":{_agent(line.agent)}'
    return text + "}"


@lru_cache(maxsize=4)
def _second(at: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at))


@lru_cache(maxsize=4096)
def _json(text: str) -> str:
    """A text as JSON; the few that come again and again are remembered."""
    return msgspec.json.encode(text).decode()


def _path(line: Line) -> str:
    if line.route is None:
        return _quoted(_clean(line.path)[:300])
    if not line.params:
        return _json(line.route)
    path = line.route
    for name, value in line.params.items():
        shown = HIDDEN if is_secret(name) else _clean(value)[:100]
        path = path.replace(f"{{{name}}}", shown).replace(f"{{{name}:path}}", shown)
    return _quoted(path)


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()


def _query(query: bytes) -> str:
    text = query.decode("latin-1")
    if _POLL.fullmatch(text):
        return _poll(text)
    shown = {}
    # A bare word is no name: it may be the secret itself.
    for name, value in parse_qsl(text.replace(";", "&"), encoding="utf-8")[:50]:
        known = name if name in SECRET else _clean(name)[:50]
        shown[known] = HIDDEN if is_secret(name) else _clean(value)[:100]
    return _quoted_all(shown)


@lru_cache(maxsize=4096)
def _poll(query: str) -> str:
    """The query of a poll: a client that is caught up sends the same one again and again."""
    pairs = (part.partition("=") for part in query.split("&"))
    return _quoted_all({name: value for name, _, value in pairs if name})


def _quoted_all(shown: dict[str, str]) -> str:
    return msgspec.json.encode(shown).decode()


@lru_cache(maxsize=1024)
def is_secret(name: str) -> bool:
    """Whether a value of this name may not be written; `Access%5FToken` and `access-token` are one name."""
    return _SECRET.search(_SQUEEZE.sub("", unquote(unquote(name)).lower())) is not None


@lru_cache(maxsize=1024)
def _agent(agent: bytes) -> str:
    """A client's name for itself: `Visual Studio Code` is no secret, `client?code=1` might hold one."""
    text = agent.decode("latin-1")
    return _quoted((_clean(text) if "=" in unquote(text) else _LONG.sub(HIDDEN, text))[:200])


def _clean(text: str) -> str:
    """A text that may be written: all of it is hidden if it names a secret, long tokens are cut out of it."""
    return HIDDEN if is_secret(text) else _LONG.sub(HIDDEN, unquote(unquote(text)))
