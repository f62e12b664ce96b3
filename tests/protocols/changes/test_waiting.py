"""Long polls and streams: woken by what may be seen, silent otherwise, ended when they should be."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send
from tests.protocols.changes.place import Client, Place

from syncline.core.ids import Id
from syncline.protocols.changes.asking import Ask
from syncline.protocols.changes.pages import Pages
from syncline.protocols.changes.streaming import Streams
from syncline.services.accounts import Auth
from syncline.store.sqlite.tracing import count_statements


async def parked(place: Place, count: int = 1) -> None:
    """Until so many requests wait."""
    for _ in range(2000):
        if place.needs.delivery.parked == count:
            return
        await asyncio.sleep(0.001)
    raise AssertionError(f"{place.needs.delivery.parked} requests wait, not {count}")


async def test_a_poll_answers_as_soon_as_there_is_something(place: Place) -> None:
    """P5: sent, and received by who waits."""
    ann, bob = await place.client("ann"), await place.client("bob")
    conv = await ann.conversation(bob)
    poll = asyncio.create_task(bob.changes(await bob.caught_up(), wait=50))
    await parked(place)
    said = await ann.say(conv, "now")
    page = await asyncio.wait_for(poll, 10)
    assert [row["id"] for row in page["changes"]] == [said["entry"]]
    await parked(place, 0)


async def test_a_poll_answers_empty_with_its_own_cursor_when_the_time_is_up(place: Place) -> None:
    """Foreign traffic neither wakes nor moves it."""
    ann, bob, eve = [await place.client(name) for name in ("ann", "bob", "eve")]
    conv = await ann.conversation(bob)
    since = await eve.caught_up()
    poll = asyncio.create_task(eve.changes(since, wait=0.4))
    await parked(place)
    await ann.say(conv, "not for eve")
    page = await poll
    assert (page["changes"], page["next"], page["more"]) == ([], since, False)


async def test_what_is_there_is_not_waited_for(place: Place) -> None:
    """A poll with something to say answers at once."""
    ann = await place.client("ann")
    page = await asyncio.wait_for(ann.changes(wait=55), 10)
    assert page["changes"]


async def test_a_wake_up_with_nothing_to_say_goes_back_to_waiting(place: Place) -> None:
    """What was asked for by `kind` did not come; the cursor has passed over what did."""
    ann, bob = await place.client("ann"), await place.client("bob")
    conv = await ann.conversation(bob)
    since = await bob.caught_up()
    poll = asyncio.create_task(bob.changes(since, wait=0.4, kind="profile"))
    await parked(place)
    await ann.say(conv, "no profile")
    page = await poll
    assert page["changes"] == []
    assert int(page["next"]) > int(since)


async def test_an_idle_poll_makes_no_statement(place: Place) -> None:
    """P1: no SQL, with and without a wait, also when many others write."""
    ann, bob, eve = [await place.client(name) for name in ("ann", "bob", "eve")]
    conv = await ann.conversation(bob)
    since = await eve.caught_up()
    await ann.say(conv, "warm")
    await eve.changes(since)
    await ann.say(conv, "traffic")
    with count_statements() as statements:
        assert (await eve.changes(since))["changes"] == []
        assert (await eve.changes(since, wait=0.05))["changes"] == []
    assert not statements


async def test_new_entries_come_from_memory(place: Place) -> None:
    """P2: a poll with news of hot conversations makes no statement, and says what the log would say."""
    ann, bob = await place.client("ann"), await place.client("bob")
    conv = await ann.conversation(bob)
    await bob.caught_up()
    await ann.say(conv, "warm")
    since = await bob.caught_up()
    said = await ann.say(conv, "one")
    await ann.wrote(
        f"/conversations/{conv}/entries/{said['entry']}/amendments", rel="reaction", body={"key": "+"}
    )
    with count_statements() as statements:
        page = await bob.changes(since)
    assert not statements
    assert [row["body"].get("rel") for row in page["changes"]] == [None, "reaction"]
    fresh = {row["id"]: row for row in await bob.everything()}
    amendment = page["changes"][1]
    assert fresh[amendment["id"]] == amendment
    assert fresh[said["entry"]]["body"]["form"] == amendment["body"]["form"]


async def test_a_waiting_poll_ends_at_once_when_its_token_is_revoked(place: Place) -> None:
    """Whoever took a token away should not see its client wait on for a minute."""
    bob = await place.client("bob")
    since = await bob.caught_up()
    poll = asyncio.create_task(bob.get("/changes", since=since, wait=50))
    await parked(place)
    await place.needs.tokens.revoke(bob.token)
    answer = await asyncio.wait_for(poll, 5)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "unauthorized"


async def test_a_token_revoked_while_it_waits_gets_nothing(place: Place) -> None:
    """Promise 5: what is committed after the revocation is not for its holder."""
    ann, bob = await place.client("ann"), await place.client("bob")
    conv = await ann.conversation(bob)
    poll = asyncio.create_task(bob.get("/changes", since=await bob.caught_up(), wait=50))
    await parked(place)
    await place.needs.tokens.revoke(bob.token)
    await ann.say(conv, "too late")
    answer = await asyncio.wait_for(poll, 10)
    assert answer.status_code == 401
    assert "too late" not in answer.text


async def test_a_newer_poll_on_the_same_connection_releases_the_older(place: Place) -> None:
    """One connection asks for one thing at a time: the older poll's client has gone."""
    ann = await place.client("ann")
    since = await ann.caught_up()
    older = asyncio.create_task(ann.changes(since, wait=50))
    await parked(place)
    newer = asyncio.create_task(ann.changes(since, wait=0.3))
    assert (await asyncio.wait_for(older, 10))["changes"] == []
    assert (await newer)["next"] == since


async def test_two_readers_with_one_token_do_not_disturb_each_other(place: Place) -> None:
    """Each has its own connection; if they released each other, both would poll without a pause."""
    ann = await place.client("ann")
    since = await ann.caught_up()

    async def elsewhere(scope: Scope, receive: Receive, send: Send) -> None:
        await place.app({**scope, "client": ("127.0.0.1", 9)}, receive, send)

    other = Client(elsewhere, ann.id, ann.secret, ann.token)
    polls = [asyncio.create_task(each.changes(since, wait=0.3)) for each in (ann, other)]
    await parked(place, 2)
    for poll in polls:
        assert (await poll)["next"] == since
    await other.http.aclose()


async def test_a_stop_answers_waiting_polls(place: Place) -> None:
    """With what there is: nothing, and the same cursor."""
    ann = await place.client("ann")
    since = await ann.caught_up()
    poll = asyncio.create_task(ann.changes(since, wait=50))
    await parked(place)
    place.needs.delivery.shutdown()
    assert (await asyncio.wait_for(poll, 10))["next"] == since


class Stream:
    """A client of a stream, at the level of ASGI: what arrives, and its going away."""

    def __init__(self, place: Place, client: Client, headers: dict[bytes, bytes], query: bytes = b"") -> None:
        self.place = place
        self.parts: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.gone = asyncio.Event()
        given = {b"accept": b"text/event-stream", b"authorization": f"Bearer {client.secret}".encode()}
        self.headers = [*(given | headers).items()]
        self.scope: Scope = {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "path": "/changes",
            "raw_path": b"/changes",
            "query_string": query,
            "headers": self.headers,
            "client": ("127.0.0.1", 7),
        }
        self.begun = False

    async def serve(self) -> None:
        """Until the stream ends."""
        await self.place.app(self.scope, self.receive, self.send)

    async def receive(self) -> dict[str, Any]:
        if not self.begun:
            self.begun = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        await self.parts.put(message)

    async def event(self) -> dict[str, str]:
        """The next event's fields."""
        while True:
            message = await asyncio.wait_for(self.parts.get(), 10)
            body = message.get("body", b"").decode()
            if body.startswith("id:"):
                return dict(line.split(": ", 1) for line in body.strip().split("\n"))


def told(event: dict[str, str]) -> Any:
    """The page of an event."""
    return json.loads(event["data"])


async def test_a_stream_tells_pages_with_their_cursors(place: Place) -> None:
    """Each event is a page, its id the cursor; what happens later comes as it happens."""
    ann, bob = await place.client("ann"), await place.client("bob")
    conv = await ann.conversation(bob)
    stream = Stream(place, bob, {})
    serving = asyncio.create_task(stream.serve())
    first = await stream.event()
    assert told(first)["next"] == first["id"]
    await parked(place)
    said = await ann.say(conv, "live")
    second = await stream.event()
    assert [row["id"] for row in told(second)["changes"]] == [said["entry"]]
    stream.gone.set()
    await asyncio.wait_for(serving, 10)
    await parked(place, 0)


async def test_a_stream_goes_on_from_the_last_event(place: Place) -> None:
    """`Last-Event-ID` wins over `since`: browsers send it by themselves when they come back."""
    ann, bob = await place.client("ann"), await place.client("bob")
    conv = await ann.conversation(bob)
    since = await bob.caught_up()
    said = await ann.say(conv, "missed")
    stream = Stream(place, bob, {b"last-event-id": since.encode()}, b"since=0")
    serving = asyncio.create_task(stream.serve())
    assert [row["id"] for row in told(await stream.event())["changes"]] == [said["entry"]]
    place.needs.delivery.shutdown()
    await asyncio.wait_for(serving, 10)


async def served(
    place: Place, client: Client, send: Callable[[Any], Awaitable[None]], **times: float
) -> None:
    """A stream with times of its own."""
    stream = Stream(place, client, {})
    scope = {**stream.scope, "header": dict(stream.headers)}
    auth = Auth(client.id, Id(client.token), frozenset({"read"}))
    streams = Streams(place.needs, Pages(place.needs), **times)
    await streams.serve(scope, stream.receive, send, auth, Ask())


async def test_a_quiet_stream_beats(place: Place) -> None:
    """A comment now and then, so that proxies keep it and a client that has gone is found out."""
    ann = await place.client("ann")
    seen: list[bytes] = []

    async def send(message: Any) -> None:
        seen.append(message.get("body", b""))
        if seen.count(b":\n\n") == 2:
            place.needs.delivery.shutdown()

    await asyncio.wait_for(served(place, ann, send, heartbeat=0.02), 10)
    assert seen.count(b":\n\n") == 2


async def test_a_reader_that_takes_nothing_is_let_go(place: Place) -> None:
    """K6: a slow reader holds one page, and not for ever."""
    ann = await place.client("ann")

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            await asyncio.sleep(3600)

    await asyncio.wait_for(served(place, ann, send, slow=0.05), 10)
    assert place.needs.delivery.parked == 0


async def test_a_stream_ends_with_its_token(place: Place) -> None:
    """Revoking reaches what is open."""
    ann, bob = await place.client("ann"), await place.client("bob")
    conv = await ann.conversation(bob)
    stream = Stream(place, bob, {})
    serving = asyncio.create_task(stream.serve())
    await stream.event()
    await parked(place)
    await place.needs.tokens.revoke(bob.token)
    await ann.say(conv, "not for him any more")
    await asyncio.wait_for(serving, 10)
    rest = [stream.parts.get_nowait() for _ in range(stream.parts.qsize())]
    assert "not for him" not in str(rest)
    assert rest[-1] == {"type": "http.response.body", "body": b""}, "an end in good order"


@pytest.mark.parametrize("wait", ["0", "0.05"])
async def test_a_long_delta_is_not_waited_for(place: Place, wait: str) -> None:
    """A page that was cut is followed at once, whatever `wait` says."""
    ann, bob = await place.client("ann"), await place.client("bob")
    conv = await ann.conversation(bob)
    for number in range(5):
        await ann.say(conv, f"m{number}")
    rows = await bob.everything(limit=1, wait=wait)
    # a profile is told where its contact was made, so its own seq is not its place among the others
    assert sorted(row["id"] for row in rows) == sorted(row["id"] for row in await bob.everything())
