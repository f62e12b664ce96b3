"""Long blocking work in a thread, told line by line."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable
from typing import TypeAlias

from syncline.core.errors import SynclineError
from syncline.server.admin.lines import Failed, Finished, Line

Tell: TypeAlias = Callable[[Line], None]


class Abandoned(SynclineError):
    """Nobody listens any more: the work stops at the next thing that it would say."""

    code = "abandoned"


async def told(work: Callable[[Tell], Finished]) -> AsyncGenerator[Line, None]:
    """Run `work` in a thread; its lines as it tells them, last Finished, or Failed where it raised.

    When the listener goes away, the next `tell` raises Abandoned inside the work, which must then clean up.
    """
    loop = asyncio.get_running_loop()
    said: asyncio.Queue[Line | None] = asyncio.Queue()
    gone = threading.Event()

    def tell(line: Line) -> None:
        if gone.is_set():
            raise Abandoned("nobody waits for this any more")
        loop.call_soon_threadsafe(said.put_nowait, line)

    def run() -> Line:
        try:
            return work(tell)
        except SynclineError as error:
            return Failed(error.code, error.message)
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            return Failed(
                "unavailable", f"The system said: {error.strerror or error}{where}; nothing was kept."
            )

    running = asyncio.create_task(asyncio.to_thread(run))
    # None ends the stream; put from the loop, after all that the thread has told
    running.add_done_callback(lambda _: loop.call_soon(said.put_nowait, None))
    try:
        while (line := await said.get()) is not None:
            yield line
        yield running.result()
    finally:
        gone.set()
        await asyncio.wait({running})
