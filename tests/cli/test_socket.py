"""The admin socket, and calling the routes in the same process."""

import asyncio
import stat
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from syncline.cli.admin import Admin
from syncline.cli.inprocess import InProcess
from syncline.cli.owner import through
from syncline.server.admin.answers import Lines
from syncline.server.admin.lines import Finished, Line, Progress
from syncline.server.admin.listening import LONGEST, listening
from syncline.server.admin.working import Tell, told


async def hello(_request: Request) -> PlainTextResponse:
    """An answer."""
    return PlainTextResponse('"hello"')


def greeting() -> Starlette:
    """An application with one route."""
    return Starlette(routes=[Route("/hello", hello)])


def mode(path: str) -> int:
    """Who may open it."""
    return stat.S_IMODE(Path(path).stat().st_mode)


def folder(path: str) -> str:
    """The directory of a file."""
    return str(Path(path).parent)


def exists(path: str) -> bool:
    """Whether something is there."""
    return Path(path).exists()


async def test_a_long_directory_gets_a_short_socket(tmp_path: Path) -> None:
    """The kernel takes 107 bytes for a socket's path: a deep directory gets one elsewhere, as private."""
    deep = tmp_path / ("d" * LONGEST)
    deep.mkdir()
    async with listening(greeting(), deep) as path:
        assert len(path) <= LONGEST
        assert not path.startswith(str(tmp_path))
        assert mode(path) == 0o600
        assert mode(folder(path)) == 0o700
        async with through(path) as admin:
            assert await admin.get("/hello", str) == "hello"
    assert not exists(folder(path))


async def test_a_stale_socket_is_replaced(tmp_path: Path) -> None:
    """A server that was killed leaves its socket's file; the lock has said that it is gone."""
    (tmp_path / "admin.sock").touch()
    async with listening(greeting(), tmp_path) as path, through(path) as admin:
        assert await admin.get("/hello", str) == "hello"


async def test_lines_come_before_the_work_is_done() -> None:
    """Progress that shows only at the end is none: in this process too, lines come as they are said."""
    go_on = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b'{"line":"progress","what":"a","done":1,"total":2}\n'
        await go_on.wait()
        yield b'{"line":"finished","sentence":"done"}\n'

    async def route(_request: Request) -> StreamingResponse:
        return StreamingResponse(slow())

    routes = Starlette(routes=[Route("/long", route, methods=["POST"])])
    async with httpx.AsyncClient(transport=InProcess(routes), base_url="http://here") as client:
        lines = Admin(client, here=True).work("/long")
        assert await anext(lines) == Progress("a", 1, 2)
        go_on.set()
        assert await anext(lines) == Finished("done")


async def test_a_slow_reader_slows_the_writer() -> None:
    """A whole log is streamed to a terminal: it must not pile up in memory meanwhile, and leaving ends it."""
    sent = 0
    ended = False

    async def endless() -> AsyncGenerator[Line, None]:
        nonlocal sent, ended
        try:
            while True:
                sent += 1
                yield Progress("a", 1)
        finally:
            ended = True

    async def route(_request: Request) -> Lines:
        return Lines(endless())

    routes = Starlette(routes=[Route("/long", route, methods=["POST"])])
    async with (
        httpx.AsyncClient(transport=InProcess(routes), base_url="http://here") as client,
        client.stream("POST", "/long") as response,
    ):
        async for _ in response.aiter_lines():
            await asyncio.sleep(0.02)
            break
        assert 0 < sent < 200
    assert ended


async def test_a_fault_in_this_process_is_raised_here() -> None:
    """What a route raises in the same process is not hidden behind a 500."""

    async def broken(_request: Request) -> PlainTextResponse:
        raise ZeroDivisionError("broken")

    routes = Starlette(routes=[Route("/x", broken)])
    async with httpx.AsyncClient(transport=InProcess(routes), base_url="http://here") as client:
        with pytest.raises(ZeroDivisionError):
            await Admin(client, here=True).get("/x", str)


async def test_work_that_nobody_waits_for_is_given_up() -> None:
    """The operator interrupts a backup: its thread stops at the next line, and cleans up."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def work(tell: Tell) -> Finished:
        try:
            while True:
                tell(Progress("endless", 1))
        finally:
            loop.call_soon_threadsafe(ended.set)

    lines = told(work)
    assert await anext(lines) == Progress("endless", 1)
    await lines.aclose()
    assert ended.is_set()
