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


async def test_what_memory_tells_in_pages_the_log_tells_in_pages(
    place: Place, ann: Client, bo: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who was away gets it in parts from both, each message once."""
    monkeypatch.setattr(pages, "PAGE", 10)
    conv = place.fleep.names.conv(await talk(place, ann, bo, name="Much"))
    await send(ann, conv, "from now on it is known who is here")
    horizon, _ = await bo.caught_up()
    for number in range(25):
        await send(ann, conv, f"{number}")
    found: list[int] = []
    parts = 0
    while True:
        with count_statements() as counted:
            said = await bo.call("account/poll", event_horizon=horizon, wait=False)
        assert not counted
        if said["event_horizon"] == horizon:
            break
        horizon = said["event_horizon"]
        part = [one["message_nr"] for one in of_type(said["stream"], "message")]
        assert len(part) <= 10
        found += part
        parts += 1
    assert found == list(range(3, 28))
    assert parts > 2


@pytest.mark.parametrize(
    "side",
    [
        {"labels": ["work"]},
        {"labels": ["starred"]},
        {"alerts": "never"},
        {"alerts": "passive"},
        {"muted_until": -1},
        {"hidden_nr": 2},
        {},
    ],
    ids=str,
)
async def test_one_s_own_side_is_told_from_memory_as_from_the_log(
    place: Place, ann: Client, bo: Client, side: dict[str, Any]
) -> None:
    """Others are told the same conversation by a template; labels, mutes and marks are one's own."""
    conv = await talk(place, ann, bo, name="Own")
    id = place.fleep.names.conv(conv)
    await send(ann, id, "one")
    if "labels" in side:
        await place.services.labels.give(bo.account, conv, side["labels"])
    elif side:
        await place.services.conversations.mark(bo.account, conv, **side)
    else:
        await bo.call(f"message/mark_unread/{id}", message_nr=2)
    for client in (ann, bo):
        await client.caught_up()
    await send(ann, id, "two")
    horizons = {client: (await client.caught_up())[0] for client in (ann, bo)}
    await send(ann, id, "three")
    with count_statements() as counted:
        quick = [await who.call("account/poll", event_horizon=at, wait=False) for who, at in horizons.items()]
    assert not counted
    forget(place)
    slow = [await who.call("account/poll", event_horizon=at, wait=False) for who, at in horizons.items()]
    assert quick == slow


async def test_a_link_is_told_with_its_preview_from_memory_or_not(
    place: Place, ann: Client, bo: Client
) -> None:
    """3.7: a client that only polls has no other way to it."""
    id = place.fleep.names.conv(await talk(place, ann, bo, name="Links"))
    await send(ann, id, "from now on it is known who is here")
    horizon, _ = await bo.caught_up()
    await send(ann, id, "see https://example.org/a")
    said = await bo.call("account/poll", event_horizon=horizon, wait=False)
    assert [one["mk_rec_type"] for one in said["stream"]] == ["conv", "message", "preview"]
    forget(place)
    assert (await bo.call("account/poll", event_horizon=horizon, wait=False))["stream"] == said["stream"]
