"""What uvicorn leaves open and our HTTP/1.1 closes: letter case, sizes, slow clients, clients that leave."""

import asyncio
import gc
import weakref

import pytest
from starlette.types import Receive, Scope, Send
from tests.server.running import get, hello, parsed, raw, running

from syncline.gateways.http.disconnect import on_disconnect


async def test_response_header_names_keep_the_letter_case_that_we_give() -> None:
    """Base's Java client looks Content-Type and X-Request-Id up in a case-sensitive map."""
    async with running(hello) as here:
        answer = await raw(here.port, get("/"))
    head = answer.partition(b"\r\n\r\n")[0]
    assert b"\r\nX-CasE: kept" in head
    assert b"\r\nContent-Length: 5" in head
    assert b"\r\nDate: " in head
    assert b"\r\nConnection: close" in head
    assert b"server:" not in head.lower()


async def test_an_answered_request_leaves_no_cycle_behind() -> None:
    """What only the collector frees makes it hold the loop: 45 ms after 3,500 answers."""
    gone: list[weakref.ref[object]] = []

    async def noting(scope: Scope, receive: Receive, send: Send) -> None:
        gone.append(weakref.ref(send.__self__))  # type: ignore[attr-defined]
        await hello(scope, receive, send)

    gc.disable()
    try:
        async with running(noting) as here:
            for _ in range(3):
                await raw(here.port, get("/"))
            await asyncio.sleep(0.01)
            assert [each() for each in gone] == [None] * 3
    finally:
        gc.enable()


async def test_one_connection_serves_many_requests_also_pipelined() -> None:
    """HTTP/1.1 keep-alive: three requests in one write get three answers, in order."""
    one = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    async with running(hello) as here:
        answer = await raw(here.port, one + one + get("/"))
    assert answer.count(b"HTTP/1.1 200 OK") == 3
    assert answer.count(b"hello") == 3


async def test_a_body_of_unknown_length_goes_out_in_chunks_and_to_old_clients_until_the_end() -> None:
    """HTTP/1.0 knows no chunks: a client of that age would take their sizes for content."""

    async def unknown(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await send({"type": "http.response.body", "body": b"two"})

    async with running(unknown) as here:
        new = await raw(here.port, get("/"))
        old = await raw(here.port, b"GET / HTTP/1.0\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in new
    assert new.endswith(b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")
    assert b"chunked" not in old
    assert old.endswith(b"\r\n\r\nonetwo")


@pytest.mark.filterwarnings("ignore")
async def test_a_header_that_would_split_the_answer_is_never_sent() -> None:
    """A value from outside with a line end in it must not become a header of its own."""

    async def splitting(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"X-Name", b"a\r\nSet-Cookie: evil=1")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})

    async with running(splitting) as here:
        answer = await raw(here.port, get("/"))
    assert b"evil" not in answer


@pytest.mark.parametrize("tries", ["one header of 1 MB", "a thousand headers", "a line of 1 MB"])
async def test_a_head_that_is_too_large_is_refused_and_not_kept(tries: str) -> None:
    """K6: 10 MB of headers must not become 10 MB of memory a connection."""
    large = {
        "one header of 1 MB": get("/", "X-Large: " + "x" * (1 << 20)),
        "a thousand headers": get("/", *(f"X-{n}: 1" for n in range(1000))),
        "a line of 1 MB": get("/" + "x" * (1 << 20)),
    }[tries]
    async with running(hello, max_header=32768) as here:
        reader, writer = await asyncio.open_connection("127.0.0.1", here.port)
        writer.write(large)
        answer = b""
        try:
            async with asyncio.timeout(10):
                answer = await reader.read()
        except ConnectionError:
            pass  # closed while we were still writing: refused as well
        writer.close()
    assert b"200" not in answer
    assert not answer or parsed(answer)[0] == 431


async def test_a_head_below_the_limit_passes_even_with_a_large_body_behind_it() -> None:
    """The bytes of a body that arrive with the head are not the head's."""
    body = b"x" * 100_000
    async with running(hello, max_header=8192) as here:
        answer = await raw(here.port, get("/", f"Content-Length: {len(body)}", method="POST", body=body))
    assert parsed(answer)[0] == 200


async def test_slowloris_a_head_that_never_ends_is_ended() -> None:
    """A connection that trickles its head, or says nothing at all, is closed after server.header_timeout."""
    async with running(hello, header_timeout=0.2) as here:
        silent = asyncio.create_task(raw(here.port, b"", timeout=5))
        blank = asyncio.create_task(raw(here.port, b"\r\n", timeout=5))
        begun = asyncio.create_task(raw(here.port, b"GET / HTTP/1.1\r\nHost: lo", timeout=5))
        assert await silent == b""
        assert await blank == b""
        assert parsed(await begun)[0] == 408


async def test_a_body_that_never_ends_is_ended() -> None:
    """A request whose body stops is answered with 408 after server.request_timeout."""
    async with running(hello, request_timeout=0.2) as here:
        answer = await raw(here.port, get("/", "Content-Length: 100", method="POST", body=b"x"), timeout=5)
    assert parsed(answer)[0] == 408


async def test_a_client_that_takes_nothing_is_dropped() -> None:
    """A large answer to a client that never reads is freed when it took nothing for a while."""
    begun, over = asyncio.Event(), asyncio.Event()

    async def large(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        begun.set()
        on_disconnect(scope, receive, over.set)
        for _ in range(1000):
            await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async with running(large) as here:
        here.server.config.slow.write_seconds = 0.2
        reader, writer = await asyncio.open_connection("127.0.0.1", here.port, limit=1024)
        writer.write(get("/"))
        await begun.wait()
        async with asyncio.timeout(5):
            await over.wait()
        writer.transport.abort()
        assert reader


async def test_a_waiting_request_learns_at_once_that_its_client_left() -> None:
    """A parked poll of a closed connection must not stay parked until its time-out."""
    parked, left = asyncio.Event(), asyncio.Event()

    async def waiting(scope: Scope, receive: Receive, send: Send) -> None:
        on_disconnect(scope, receive, left.set)
        parked.set()
        await left.wait()

    async with running(waiting) as here:
        _, writer = await asyncio.open_connection("127.0.0.1", here.port)
        writer.write(get("/"))
        await parked.wait()
        writer.close()
        async with asyncio.timeout(2):
            await left.wait()


async def test_a_watch_that_was_ended_is_not_called() -> None:
    """What a request registered does not outlive it on a connection that is kept."""
    called = []

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        end = on_disconnect(scope, receive, lambda: called.append(1))
        end()
        await hello(scope, receive, send)

    async with running(answered) as here:
        assert b"hello" in await raw(here.port, get("/"))
    assert called == []


@pytest.mark.parametrize(
    "smuggled",
    [
        get("/", "Content-Length: 5", "Transfer-Encoding: chunked", method="POST", body=b"0\r\n\r\n"),
        get("/", "Content-Length: 5", "Content-Length: 6", method="POST", body=b"hello!"),
        get("/", "Transfer-Encoding: xchunked", method="POST", body=b"0\r\n\r\n"),
        get("/", "X-Name : value"),
    ],
)
async def test_what_two_servers_could_read_differently_is_refused(smuggled: bytes) -> None:
    """Request smuggling lives on messages whose end a proxy and we see at different places."""
    async with running(hello) as here:
        answer = await raw(here.port, smuggled)
    assert parsed(answer)[0] == 400
