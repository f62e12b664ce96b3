"""A hook's post goes out once, through the guarded client, and anything but a 2xx is a failure."""

import pytest
from starlette.types import Receive, Scope, Send
from tests.gateways.http.internet import internet
from tests.gateways.http.test_client import Answering

from syncline.config.sections import Outgoing as Limits
from syncline.gateways.hooks.posting import HookPosting, Refused
from syncline.gateways.http.client import Blocked, GuardedClient, Unreachable
from syncline.gateways.http.outgoing import Outgoing


class Leading(Outgoing):
    """Holds a client that believes in the small internet of the tests."""

    def __init__(self, client: GuardedClient) -> None:
        """Hold it."""
        super().__init__(Limits())
        self._client = client


async def test_a_body_is_posted_as_json_and_the_answer_not_read() -> None:
    """An address may answer a film: only its status counts."""
    read = []

    async def taking(scope: Scope, receive: Receive, send: Send) -> None:
        sent = dict(scope["headers"])
        read.append((scope["method"], sent[b"content-type"], (await receive())["body"]))
        await Answering(b"x" * 100_000, 204 if len(read) > 1 else 200)(scope, receive, send)

    async with internet(taking, max_bytes=10) as world:
        await HookPosting(Leading(world.client)).post("http://example.org/in", b'{"a":1}')
    assert read == [("POST", b"application/json", b'{"a":1}')]


@pytest.mark.parametrize("status", [301, 400, 404, 410, 500, 503])
async def test_another_status_than_2xx_is_a_failure(status: int) -> None:
    """With a reason for the hook's owner."""
    async with internet(Answering(status=status)) as world:
        with pytest.raises(Refused, match=f"status {status}"):
            await HookPosting(Leading(world.client)).post("http://example.org/in", b"{}")


async def test_addresses_of_this_network_are_not_asked() -> None:
    """A hook must not be a way in."""
    async with internet(Answering(), {"inside.example.org": [["10.0.0.1"]]}) as world:
        posting = HookPosting(Leading(world.client))
        for url in ("http://inside.example.org/", "http://127.0.0.1:8080/", "http://[::1]/"):
            with pytest.raises(Blocked):
                await posting.post(url, b"{}")
        world.network.down = {"93.184.216.34"}
        with pytest.raises(Unreachable):
            await posting.post("http://example.org/", b"{}")
