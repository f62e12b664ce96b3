"""What polls say from memory: the same as the log, said once for all who are as far behind."""

import uuid
from typing import Any

import pytest
from tests.protocols.fleep.place import Client, Place
from tests.protocols.fleep.polling.acting import of_type, talk
from tests.protocols.fleep.polling.test_poll import forget

from syncline.protocols.fleep.polling import pages
from syncline.store.contract import Store
from syncline.store.sqlite.tracing import count_statements


async def send(by: Client, conversation_id: str, text: str) -> None:
    """A message with a request id, as clients send it."""
    await by.call(f"message/send/{conversation_id}", message=text, client_req_id=str(uuid.uuid4()))


def by_conversation(stream: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The records of a stream, in their order within each conversation."""
    found: dict[str, list[dict[str, Any]]] = {}
    for record in stream:
        found.setdefault(record["conversation_id"], []).append(record)
    return found


async def test_many_commits_at_once_are_told_as_the_log_tells_them(
    place: Place, ann: Client, bo: Client
) -> None:
    """P2: several messages of several conversations, to their author and to others, with and without
    `is_edit`; a topic with a percent sign is no pattern."""
    convs = [await talk(place, ann, bo, name=name) for name in ("50 %d of %", "Other")]
    ids = [place.fleep.names.conv(conv) for conv in convs]
    for client in (ann, bo):
        await client.caught_up()
    for id in ids:
        await send(ann, id, "from now on it is known who is here")
    horizons = {client: (await client.caught_up())[0] for client in (ann, bo)}
    for number in range(6):
        await send((ann, bo)[number % 2], ids[number % 3 % 2], f"100 % of {number}")
    asked = [
        (client, {"event_horizon": horizon, "wait": False, "api_version": version})
        for client, horizon in horizons.items()
        for version in (4, None)
    ]
    with count_statements() as counted:
        quick = [await client.call("account/poll", **fields) for client, fields in asked]
    assert not counted
    forget(place)
    slow = [await client.call("account/poll", **fields) for client, fields in asked]
    for here, there in zip(quick, slow, strict=True):
        assert len(of_type(here["stream"], "message")) == 6
        assert len(of_type(here["stream"], "request")) == 3
        assert by_conversation(here["stream"]) == by_conversation(there["stream"])
        assert here["event_horizon"] == there["event_horizon"]


async def test_after_a_start_a_message_is_told_without_a_delta(
    store: Store, place: Place, ann: Client, bo: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All members come back at once then: each needs his own side of the conversation, not the log."""
    conv = await talk(place, ann, bo, name="Restarted")
    conversation_id = place.fleep.names.conv(conv)
    await send(ann, conversation_id, "before")
    horizon, _ = await bo.caught_up()
    again = Place(store)
    try:
        here = await again.client(ann.account, ann.email)
        there = await again.client(bo.account, bo.email)
        await there.caught_up(horizon)
        await send(here, conversation_id, "after the start")
        with monkeypatch.context() as patched:
            patched.delattr(pages, "delta")
            said = await there.call("account/poll", event_horizon=horizon, wait=False)
        assert [one["message_nr"] for one in of_type(said["stream"], "message")] == [3]
        forget(again)
        told = await there.call("account/poll", event_horizon=horizon, wait=False)
        assert told["stream"] == said["stream"]
    finally:
        await again.close()
