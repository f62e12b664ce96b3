"""What is said goes out as full records to a hook's address, as the hook's owner may see it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from tests.protocols.fleep.hooks.talk import conversation, say
from tests.protocols.fleep.keys_twice import FULL, MESSAGE, READ_ONCE
from tests.protocols.fleep.place import Client, Place

from syncline.core.errors import Unavailable
from syncline.core.kinds import Rel
from syncline.protocols.fleep.hooks.payload import Payloads
from syncline.server.beside import hook_sender
from syncline.services.hooks import HookSender

URL = "https://elsewhere.example.org/in"


class Heard:
    """The other side of an outgoing hook."""

    def __init__(self) -> None:
        """It has heard nothing."""
        self.bodies: list[Any] = []
        self.news = asyncio.Event()
        self.fails = 0

    async def post(self, url: str, content: bytes) -> None:
        """Take what is posted."""
        assert url == URL
        if self.fails:
            self.fails -= 1
            raise Unavailable("The address answered with status 503.")
        self.bodies.append(msgspec.json.decode(content))
        self.news.set()

    async def messages(self, count: int) -> list[dict[str, Any]]:
        """All messages, once there are so many."""
        async with asyncio.timeout(5):
            while len(found := [one for body in self.bodies for one in body["messages"]]) < count:
                self.news.clear()
                await self.news.wait()
        return found


@pytest.fixture
async def heard(place: Place) -> AsyncIterator[Heard]:
    """A server that queues and posts, as it does when it is run."""
    heard, services = Heard(), place.services
    render = Payloads(place.fleep).render
    sender = HookSender(services.store, services.hook_targets, render, heard.post, retries=(0.001,))
    running = [asyncio.create_task(services.readers.run()), asyncio.create_task(sender.run())]
    await services.readers.reach("hooks", place.store.head)
    yield heard
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def test_a_post_holds_full_records(place: Place, ann: Client, bo: Client, heard: Heard) -> None:
    """The five keys of the reference, nulls included; each message with its files (there are none yet)."""
    conv = await conversation(place, ann, bo)
    info = (await ann.call(f"conversation/create_hook/{conv}", outgoing_url=URL))["hook_info"]
    await say(place, bo, conv, "hello *there*")
    (message,) = await heard.messages(1)
    body = heard.bodies[0]
    assert body.keys() == {"reply_url", "contacts", "conversations", "hooks", "messages"}
    assert body["reply_url"].rpartition("/")[2] == info["hook_url"].rpartition("/")[2]
    (header,) = body["conversations"]
    assert header.keys() >= FULL - READ_ONCE
    assert (header["conversation_id"], header["hide_message_nr"]) == (conv, None)
    assert [one["account_id"] for one in body["contacts"]] == [place.fleep.names.person(bo.account)]
    assert [one["hook_id"] for one in body["hooks"]] == [info["hook_id"]]
    assert message.keys() >= MESSAGE | {"is_edit", "attachments", "hook_key", "flow_message_nr"}
    assert message["message"] == '<msg><p>hello <b flp="*" fls="*">there</b></p></msg>'
    assert (message["attachments"], message["is_edit"], message["hook_key"]) == ([], False, None)


async def test_edits_and_system_messages_go_out_too(
    place: Place, ann: Client, bo: Client, heard: Heard
) -> None:
    """An edit as a revision of its message, with is_edit; the members' comings as they are told."""
    conv = await conversation(place, ann, bo)
    await ann.call(f"conversation/create_hook/{conv}", outgoing_url=URL)
    await say(place, bo, conv, "one")
    acts = place.services.conversations
    async with place.store.view() as view:
        entry = (await view.entries(place.conv(conv), limit=1, newest=True))[0]
    await acts.amend(bo.account, place.conv(conv), entry.id, Rel.EDIT, {"text": "uno"})
    await acts.leave(bo.account, place.conv(conv))
    _, edit, left = await heard.messages(3)
    assert (edit["message_nr"], edit["flow_message_nr"], edit["is_edit"]) == (3, 4, True)
    assert edit["message"] == "<msg><p>uno</p></msg>"
    assert left["mk_message_type"] == "leave"


async def test_what_comes_in_by_the_reply_url_is_not_posted_back(
    place: Place, ann: Client, heard: Heard
) -> None:
    """A bot that answers does not hear itself."""
    conv = await conversation(place, ann)
    info = (await ann.call(f"conversation/create_hook/{conv}", outgoing_url=URL))["hook_info"]
    await say(place, ann, conv, "question")
    await heard.messages(1)
    answer = await ann.http.post(info["hook_url"], json={"message": "answer", "user": "bot"})
    assert answer.status_code == 200
    await say(place, ann, conv, "thanks")
    found = await heard.messages(2)
    assert [one["message"] for one in found] == ["<msg><p>question</p></msg>", "<msg><p>thanks</p></msg>"]


async def test_a_failing_address_is_switched_off_and_the_owner_is_told_why(
    place: Place, ann: Client, bo: Client, heard: Heard
) -> None:
    """HookInfo by poll, with the reason; for other members nothing but that there is a hook."""
    conv = await conversation(place, ann, bo)
    await ann.call(f"conversation/create_hook/{conv}", outgoing_url=URL)
    horizon, _ = await ann.caught_up()
    theirs, _ = await bo.caught_up()
    heard.fails = 100
    await say(place, bo, conv, "unheard")
    found: list[dict[str, Any]] = []
    async with asyncio.timeout(5):
        while not found:
            said = await ann.call("account/poll", event_horizon=horizon, wait=True)
            horizon = said["event_horizon"]
            found = [one for one in said["stream"] if one["mk_rec_type"] == "hook"]
    told = found[-1]
    assert (told["outgoing_disabled"], told["outgoing_url"]) == (True, URL)
    assert told["outgoing_disable_reason"] == "The address answered with status 503."
    _, records = await bo.caught_up(theirs)
    assert all("outgoing_url" not in one for one in records)


async def test_nothing_is_rendered_of_what_the_owner_does_not_see(
    place: Place, ann: Client, bo: Client
) -> None:
    """Queued, and then the owner left for good and took the conversation off his list: no post."""
    conv = await conversation(place, ann, bo)
    hook = (await place.services.hooks.create(ann.account, place.conv(conv), url=URL)).value.hook
    await place.services.conversations.leave(ann.account, place.conv(conv))
    await say(place, bo, conv, "alone")
    async with place.store.view() as view:
        entry = (await view.entries(place.conv(conv), limit=1, newest=True))[0]
    assert await Payloads(place.fleep).render(hook, [entry.id]) is None


async def test_a_server_posts_through_the_guarded_client(place: Place) -> None:
    """What a server runs beside itself is made of the same parts."""
    assert isinstance(hook_sender(place.services), HookSender)
