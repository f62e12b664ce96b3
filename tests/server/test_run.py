"""The process: ports, open files, TLS, signals, and a stop that answers everybody first."""

import asyncio
import resource
import signal
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send
from tests.server.running import get, hello, parsed, raw, running

from syncline.server.sockets import CannotListen, bind, raise_open_files, tls_context
from syncline.server.stopping import Stopping


def test_a_taken_port_is_said_in_one_sentence() -> None:
    """The most common mistake of a first start deserves a sentence, not a traceback."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CannotListen) as caught:
            bind("127.0.0.1", port)
    assert (
        str(caught.value)
        == f"Port {port} on 127.0.0.1 is taken by another program; choose another with --port."
    )


def test_an_address_that_is_not_ours_is_said_in_one_sentence() -> None:
    """192.0.2.0/24 is nobody's."""
    with pytest.raises(CannotListen, match="not an address of this machine"):
        bind("192.0.2.1", 0)
    with pytest.raises(CannotListen, match="not an address of this machine"):
        bind("no such host", 0)


def test_a_port_is_free_again_at_once_after_a_stop() -> None:
    """A restart must not wait for the system to forget old connections."""
    first = bind("127.0.0.1", 0)
    port = first.getsockname()[1]
    client = socket.create_connection(("127.0.0.1", port))
    first.setblocking(True)
    accepted, _ = first.accept()
    accepted.close()
    first.close()
    client.close()
    bind("127.0.0.1", port).close()


def test_the_limit_of_open_files_is_raised_as_far_as_allowed() -> None:
    """Each client needs an open file; 1,024 is not enough for 10,000 polls."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, hard), hard))
        raised = raise_open_files()
        assert raised == resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        assert raised == min(hard, 1 << 20) or hard == resource.RLIM_INFINITY
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_a_stop_releases_waiting_requests_and_answers_them() -> None:
    """Parked polls get their answer and are told that the connection ends; none is cut."""
    stopping = Stopping()
    parked = asyncio.Event()

    async def waiting(scope: Scope, receive: Receive, send: Send) -> None:
        released = asyncio.Event()
        stopping.on(released.set)
        parked.set()
        await released.wait()
        await hello(scope, receive, send)

    async with running(waiting, stopping=stopping) as here:
        request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
        poll = asyncio.create_task(raw(here.port, request))
        await parked.wait()
        await here.stop()
        status, headers, body = parsed(await poll)
        with pytest.raises(ConnectionRefusedError):
            await raw(here.port, request)
    assert (status, headers["Connection"], body) == (200, "close", b"hello")


async def test_a_stop_waits_for_running_requests_but_not_for_ever() -> None:
    """What is being done is finished; what hangs is cut after server.graceful_timeout."""
    begun = asyncio.Semaphore(0)

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        begun.release()
        await asyncio.sleep(0.3 if scope["path"] == "/slow" else 3600)
        await hello(scope, receive, send)

    async with running(slow, graceful_timeout=1.0) as here:
        finished = asyncio.create_task(raw(here.port, get("/slow")))
        cut = asyncio.create_task(raw(here.port, get("/for/ever")))
        await begun.acquire()
        await begun.acquire()
        async with asyncio.timeout(5):
            await here.stop()
        assert b"hello" in await finished
        cut.cancel()


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost, made by openssl."""
    key, chain = folder / "key.pem", folder / "chain.pem"
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    try:
        subprocess.run(
            [*made, "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", chain],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("openssl is not here to make a certificate")
    return chain, key


async def test_https_is_served_with_two_options(tmp_path: Path) -> None:
    """server.tls_certificate and server.tls_key, and the scheme is https for the handlers."""
    chain, key = certificate(tmp_path)
    seen = []

    async def note(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["scheme"])
        await hello(scope, receive, send)

    trust = ssl.create_default_context(cafile=str(chain))
    async with running(note, tls_certificate=chain, tls_key=key) as here:
        reader, writer = await asyncio.open_connection("localhost", here.port, ssl=trust)
        writer.write(get("/"))
        answer = await reader.read()
        writer.close()
    assert b"hello" in answer
    assert seen == ["https"]


def test_a_wrong_certificate_is_said_in_one_sentence(tmp_path: Path) -> None:
    """A missing file and one that holds no certificate are named."""
    with pytest.raises(CannotListen, match=r"server.tls_certificate: there is no file"):
        tls_context(tmp_path / "none.pem", tmp_path / "none.key")
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("nothing")
    with pytest.raises(CannotListen, match="are not a certificate"):
        tls_context(wrong, wrong)


PROGRAM = """
import asyncio, sys
from syncline.config import Config
from syncline.server.run import serve
from syncline.server.sockets import bind
from syncline.server.stopping import Stopping
from tests.server.running import hello

bound = bind("127.0.0.1", 0)
ready = lambda _: print(bound.getsockname()[1], flush=True)
asyncio.run(serve(hello, Config(), bound, Stopping(), ready=ready))
print("ended", flush=True)
"""


@pytest.mark.parametrize("which", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_process_cleanly(which: signal.Signals) -> None:
    """systemd and Ctrl-C: exit status 0, and what stands after the server (closing the store) runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    port = int(await process.stdout.readline())
    assert b"hello" in await raw(port, get("/"))
    process.send_signal(which)
    async with asyncio.timeout(10):
        out, err = await process.communicate()
    assert (process.returncode, out) == (0, b"ended\n"), err
