"""The application that test_granian.py starts in another process."""

from starlette.types import Receive, Scope, Send
from tests.server.running import hello, part, wrapped

from syncline.gateways.http.disconnect import on_disconnect


async def parking(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers as a poll would: with a watch on the client."""
    assert scope["path_params"] == {"id": "a/b"}
    end = on_disconnect(scope, receive, lambda: None)
    end()
    await hello(scope, receive, send)


app = wrapped(part("/changes/{id}", parking))
