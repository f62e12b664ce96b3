"""What `syncline doctor` looks at, one function each."""

import asyncio
import os
import resource
import shutil
import socket
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from syncline.cli.certificates import read_certificate
from syncline.cli.owner import socket_of_owner
from syncline.cli.settings import Settings, public_url
from syncline.core.errors import SynclineError


class Health(StrEnum):
    """How a finding is to be taken."""

    GOOD = "good"
    FAIR = "fair"
    """it works, but not as well or as long as it could"""
    BAD = "BAD"


class Finding(NamedTuple):
    """What one look came to; the sentence names the next step where one is needed."""

    health: Health
    what: str
    sentence: str


FILES_WANTED: Final = 4096
FLUSHES: Final = 20
SLOW_FLUSH: Final = 0.010
"""seconds: each group of works waits for one flush"""
DISK_LOW: Final = 1 << 30
DISK_SHARE_LOW: Final = 0.05
CLOCK_BORN: Final = 1_735_689_600
"""2025-01-01: this program is younger"""
CLOCK_OFF: Final = 5.0
EXPIRES_SOON: Final = 14 * 24 * 3600
CONNECT: Final = 5.0


async def open_files(_chosen: Settings) -> Finding:
    """Each client needs an open file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    can = hard if hard != resource.RLIM_INFINITY else soft
    text = f"{soft} now, {can} at most (the server raises it by itself)"
    if can < FILES_WANTED:
        return Finding(
            Health.FAIR,
            "open files",
            f"{text}: fewer than {FILES_WANTED} clients; raise LimitNOFILE or `ulimit -Hn`",
        )
    return Finding(Health.GOOD, "open files", text)


async def flush_time(chosen: Settings) -> Finding:
    """What is acknowledged has been flushed, so this is the time of a quick answer."""
    place = _existing(chosen.directory)
    try:
        taken = await asyncio.to_thread(_flushes, place)
    except OSError as error:
        return Finding(
            Health.BAD, "flush", f"{place} cannot be written ({error.strerror}); choose another --data"
        )
    middle, worst = statistics.median(taken), max(taken)
    text = f"{middle * 1000:.2f} ms for a flush to the disk, {worst * 1000:.2f} ms at worst"
    if middle > SLOW_FLUSH:
        return Finding(
            Health.FAIR, "flush", f"{text}: every write waits for it; use a local solid-state disk"
        )
    return Finding(Health.GOOD, "flush", text)


def _flushes(place: Path) -> list[float]:
    taken = []
    with tempfile.NamedTemporaryFile(dir=place, prefix=".doctor-") as file:
        for _ in range(FLUSHES):
            file.write(b"x" * 8192)
            file.flush()
            started = time.perf_counter()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - started)
    return taken


async def clock(chosen: Settings) -> Finding:
    """Times are shown to people and in mails; order never depends on them."""
    now = time.time()
    if now < CLOCK_BORN:
        return Finding(Health.BAD, "clock", f"it says {time.ctime(now)}; set it, and keep it with NTP")
    newest = await asyncio.to_thread(_newest_change, chosen.directory / "store.db")
    if newest is not None and newest / 1000 > now + CLOCK_OFF:
        ahead = newest / 1000 - now
        return Finding(
            Health.BAD,
            "clock",
            f"the newest change was written {ahead:.0f} s in the future; keep the clock with NTP",
        )
    return Finding(Health.GOOD, "clock", time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(now)))


def _newest_change(file: Path) -> int | None:
    if not file.exists():
        return None
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as store:
            row = store.execute("SELECT at FROM change ORDER BY seq DESC LIMIT 1").fetchone()
    except sqlite3.Error:
        return None  # `syncline verify` is the one to speak of it
    return None if row is None else int(row[0])


async def disk(chosen: Settings) -> Finding:
    """A full disk stops writing, and loses nothing."""
    usage = shutil.disk_usage(_existing(chosen.directory))
    text = f"{usage.free / 1e9:.1f} GB free of {usage.total / 1e9:.1f}"
    if usage.free < DISK_LOW or usage.free < usage.total * DISK_SHARE_LOW:
        return Finding(Health.FAIR, "disk", f"{text}: make room before it is full")
    return Finding(Health.GOOD, "disk", text)


async def directory(chosen: Settings) -> Finding:
    """The data directory holds everybody's mail: nobody else may look into it."""
    if not chosen.directory.exists():
        return Finding(Health.GOOD, "data", f"{chosen.directory} is not there yet; `syncline serve` makes it")
    mode = chosen.directory.stat().st_mode & 0o777
    if mode & 0o077:
        return Finding(
            Health.BAD, "data", f"{chosen.directory} can be opened by others (mode {mode:o}); `chmod 700` it"
        )
    return Finding(Health.GOOD, "data", f"{chosen.directory}, for its owner only")


async def port(chosen: Settings) -> Finding:
    """The port must be free, unless this directory's own server has it."""
    from syncline.server.sockets import bind

    server = chosen.config.server
    text = f"{server.port} on {server.host}"
    if socket_of_owner(chosen.directory) is not None:
        return Finding(Health.GOOD, "port", f"{text}: a server runs on this directory")
    try:
        bind(server.host, server.port).close()
    except SynclineError as error:
        return Finding(Health.BAD, "port", error.message)
    return Finding(Health.GOOD, "port", f"{text} is free")


async def certificate(chosen: Settings) -> Finding:
    """The certificate must be good for the name that clients use, and for a while yet."""
    server = chosen.config.server
    url = public_url(chosen.config)
    if server.tls_certificate is None or server.tls_key is None:
        if url.startswith("https:"):
            return Finding(Health.GOOD, "TLS", f"a proxy before the server answers for {url}")
        return Finding(Health.FAIR, "TLS", "none: only for this machine, or with a proxy before it")
    try:
        seen = await asyncio.to_thread(read_certificate, server.tls_certificate, server.tls_key)
    except SynclineError as error:
        return Finding(Health.BAD, "TLS", error.message)
    left = seen.expires - time.time()
    host = url.split("://", 1)[1].split("/")[0].rsplit(":", 1)[0]
    if left <= 0:
        return Finding(Health.BAD, "TLS", "the certificate has expired; renew it")
    if not seen.covers(host):
        return Finding(Health.BAD, "TLS", f"the certificate is for {', '.join(seen.names)}, not for {host}")
    text = f"{', '.join(seen.names)}, for {left / 86400:.0f} more days"
    return Finding(Health.FAIR if left < EXPIRES_SOON else Health.GOOD, "TLS", text)


async def relay(chosen: Settings) -> Finding:
    """Outgoing mail needs the relay."""
    to = chosen.config.relay
    if to.host is None:
        return Finding(Health.GOOD, "relay", "none set (relay.host): nothing is mailed")
    name = f"{to.host}:{to.port}"
    try:
        async with asyncio.timeout(CONNECT):
            reader, writer = await asyncio.open_connection(
                to.host, to.port, ssl=True if to.tls == "tls" else None
            )
            try:
                said = await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError, socket.gaierror) as error:
        return Finding(
            Health.BAD, "relay", f"{name} does not answer ({error or 'no answer in time'}); see relay.host"
        )
    if not said.startswith(b"220"):
        return Finding(
            Health.BAD, "relay", f"{name} answers, but not as a mail relay; see relay.port and relay.tls"
        )
    return Finding(Health.GOOD, "relay", f"{name} answers")


def _existing(path: Path) -> Path:
    """The path, or the nearest directory above that exists."""
    path = path.absolute()
    while not path.exists():
        path = path.parent
    return path


def checkups() -> Sequence[Callable[[Settings], Awaitable[Finding]]]:
    """All of them, in the order in which they are shown."""
    return (open_files, flush_time, clock, disk, directory, port, certificate, relay)
