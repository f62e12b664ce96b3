"""How a waiting request learns that its client has gone, without a task of its own."""

import asyncio
from collections.abc import Callable

from starlette.types import Receive, Scope

EXTENSION = "syncline.disconnect"
"""In `scope["extensions"]` of our own HTTP server: takes the function to call when the client goes (None:
nobody)."""


def on_disconnect(scope: Scope, receive: Receive, gone: Callable[[], None]) -> Callable[[], None]:
    """Call `gone` once, on the loop, when the client closes the connection; returns what ends the watch.

    To be used after the body was read. Our own server calls back by itself; on any other a small task waits
    in `receive`, which costs about 2 KB for each parked request (so 10,000 polls cost 20 MB more there).
    """
    extensions = scope.get("extensions")
    register: Callable[[Callable[[], None] | None], None] | None = extensions and extensions.get(EXTENSION)
    if register is not None:
        register(gone)
        return lambda: register(None)

    async def watch() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        gone()

    task = asyncio.get_running_loop().create_task(watch())
    return lambda: void(task.cancel())


def void(_: object) -> None:
    """Forget a result."""
