"""`doctor` finds what would go wrong, before it does, and says what to do."""

import asyncio
import socket
import subprocess
import time
from pathlib import Path

import apsw
import pytest
from tests.store.sqlite.healthy import make_healthy

from syncline.cli import checkups
from syncline.cli.certificates import Certificate, read_certificate
from syncline.cli.checkups import Health
from syncline.cli.settings import Settings, settings
from syncline.cli.where import Where
from syncline.core.errors import SynclineError


def chosen(tmp_path: Path, **options: object) -> Settings:
    """Settings for a directory that is not there yet."""
    return settings(Where(data=tmp_path / "data"), **options)


def certificate(folder: Path, names: str, days: str) -> tuple[Path, Path]:
    """A certificate made by openssl."""
    chain, key = folder / "chain.pem", folder / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", days, "-subj", "/CN=x"]
    try:
        subprocess.run(
            [*made, "-addext", f"subjectAltName={names}", "-keyout", key, "-out", chain],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("openssl is not here to make a certificate")
    return chain, key


async def test_a_port_that_is_taken_is_bad(tmp_path: Path) -> None:
    """It names the port, as the server would."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = await checkups.port(chosen(tmp_path, server__port=port))
    assert found.health is Health.BAD
    assert str(port) in found.sentence


async def test_a_clock_that_went_back_is_bad(tmp_path: Path) -> None:
    """The newest change was written in the future: mails and messages would show wrong times."""
    made = await make_healthy(tmp_path / "data")
    assert (await checkups.clock(chosen(tmp_path))).health is Health.GOOD
    store = apsw.Connection(str(made.directory / "store.db"))
    store.execute("UPDATE change SET at = ?", ((time.time() + 3600) * 1000 // 1,))
    store.close()
    assert (await checkups.clock(chosen(tmp_path))).health is Health.BAD


async def test_a_directory_open_to_others_is_bad(tmp_path: Path) -> None:
    """It holds everybody's mail."""
    where = chosen(tmp_path)
    where.directory.mkdir(mode=0o700)
    assert (await checkups.directory(where)).health is Health.GOOD
    where.directory.chmod(0o755)
    found = await checkups.directory(where)
    assert found.health is Health.BAD
    assert "chmod 700" in found.sentence


async def test_a_relay_is_greeted_and_must_be_one(tmp_path: Path) -> None:
    """Outgoing mail would wait in its queue for ever, and nobody would know."""
    greeting = b"220 relay.example ready\r\n"

    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    where = chosen(tmp_path, relay__host="127.0.0.1", relay__port=port)
    assert (await checkups.relay(where)).health is Health.GOOD
    greeting = b"HTTP/1.1 400 Bad Request\r\n"
    assert "not as a mail relay" in (await checkups.relay(where)).sentence
    server.close()
    await server.wait_closed()
    found = await checkups.relay(where)
    assert found.health is Health.BAD
    assert "relay.host" in found.sentence


async def test_a_certificate_is_good_for_its_names_and_a_while(tmp_path: Path) -> None:
    """Clients refuse another name, and an expired one from one second to the next."""
    chain, key = certificate(tmp_path, "DNS:chat.example.org,DNS:*.rio.example.org", "90")
    options: dict[str, object] = {"server__tls_certificate": chain, "server__tls_key": key}
    for url, health in (
        ("https://chat.example.org", Health.GOOD),
        ("https://one.rio.example.org", Health.GOOD),
        ("https://a.b.rio.example.org", Health.BAD),
        ("https://other.example.org", Health.BAD),
    ):
        found = await checkups.certificate(chosen(tmp_path, server__public_url=url, **options))
        assert found.health is health, found
    chain, key = certificate(tmp_path, "DNS:chat.example.org", "3")
    soon = await checkups.certificate(
        chosen(tmp_path, server__public_url="https://chat.example.org", **options)
    )
    assert soon.health is Health.FAIR


def test_an_expired_certificate_is_told_from_a_broken_one(tmp_path: Path) -> None:
    """The one is renewed, the other replaced."""
    chain, key = certificate(tmp_path, "DNS:chat.example.org", "1")
    assert read_certificate(chain, key).names == ("chat.example.org",)
    chain.write_text("-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n")
    with pytest.raises(SynclineError, match="certificate"):
        read_certificate(chain, key)


def test_a_star_stands_for_one_label() -> None:
    """As browsers take it; addresses are names too."""
    seen = Certificate(("*.example.org", "127.0.0.1"), 0)
    assert seen.covers("chat.example.org")
    assert seen.covers("127.0.0.1")
    assert not seen.covers("example.org")
    assert not seen.covers("a.b.example.org")


async def test_a_slow_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every write waits for a flush: 50 ms of it is no fault, and no pleasure."""
    monkeypatch.setattr(checkups, "_flushes", lambda _place: [0.05] * 5)
    found = await checkups.flush_time(chosen(tmp_path))
    assert found.health is Health.FAIR
    assert "50.00 ms" in found.sentence


async def test_few_open_files_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each waiting client holds one."""
    monkeypatch.setattr("resource.getrlimit", lambda _which: (256, 1024))
    assert (await checkups.open_files(chosen(tmp_path))).health is Health.FAIR


async def test_a_full_disk_is_said_before_it_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk stops all writing."""
    monkeypatch.setattr("shutil.disk_usage", lambda _path: type("", (), {"total": 1 << 40, "free": 1 << 29}))
    assert (await checkups.disk(chosen(tmp_path))).health is Health.FAIR
