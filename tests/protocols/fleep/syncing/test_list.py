"""conversation/list: all conversations, a page a call, with nothing remembered between the calls."""

from typing import Any

import pytest
from tests.protocols.fleep.keys_twice import READ_ONCE, STATE
from tests.protocols.fleep.place import Client, Place

from syncline.services.conversations import Beginning

MANY = 120


async def made(place: Place, client: Client, count: int) -> list[str]:
    """So many conversations, the oldest first."""
    acts = place.services.conversations
    ids = []
    for number in range(count):
        answer = await acts.create(client.account, Beginning(name=f"{number}"))
        ids.append(place.fleep.names.conv(answer.value.conv))
    return ids


async def listed(client: Client) -> list[dict[str, Any]]:
    """The loop of the vendor's clients: until a page is empty."""
    found: list[dict[str, Any]] = []
    horizon = 0
    while True:
        reply = await client.call("conversation/list", sync_horizon=horizon)
        if not reply["conversations"]:
            assert reply["sync_horizon"] == horizon or not horizon
            return found
        assert reply["sync_horizon"] > horizon
        horizon = reply["sync_horizon"]
        found += reply["conversations"]


async def test_all_conversations_are_listed_once_newest_first(place: Place, ann: Client) -> None:
    """In the state shape, until a page is empty."""
    assert await listed(ann) == []
    ids = await made(place, ann, MANY)
    found = await listed(ann)
    assert [one["conversation_id"] for one in found] == ids[::-1]
    for one in found:
        assert one.keys() >= STATE - READ_ONCE
        assert "is_init" not in one


async def test_what_moves_up_while_the_list_is_read_is_not_missed(place: Place, ann: Client) -> None:
    """The order is that of the beginning: the last one comes in its place, though it is the newest now."""
    ids = await made(place, ann, MANY)
    first = await ann.call("conversation/list")
    await place.services.conversations.send(ann.account, place.conv(ids[0]), b'{"text": "up"}')
    await made(place, ann, 1)
    found, horizon = list(first["conversations"]), first["sync_horizon"]
    while page := await ann.call("conversation/list", sync_horizon=horizon):
        if not page["conversations"]:
            break
        found += page["conversations"]
        horizon = page["sync_horizon"]
    assert [one["conversation_id"] for one in found] == ids[::-1]
    assert found[-1]["last_message_nr"] == 2, "as it is now"


async def test_the_list_shows_what_one_left_and_not_what_one_deleted(
    place: Place, ann: Client, bo: Client
) -> None:
    """Who left keeps what he saw; what was taken off the list is off it, until something comes."""
    acts = place.services.conversations
    left, deleted, _ = [
        (await acts.create(ann.account, Beginning(name=name, members=[bo.account]))).value.conv
        for name in ("left", "deleted", "other")
    ]
    await acts.leave(bo.account, left)
    await acts.mark(bo.account, deleted, deleted_nr=1)
    found = {one["topic"]: one["can_post"] for one in await listed(bo)}
    assert found == {"left": False, "other": True}
    await acts.send(ann.account, deleted, b'{"text": "back"}')
    assert {one["topic"] for one in await listed(bo)} == {"left", "other", "deleted"}


@pytest.mark.parametrize("horizon", [(1 << 63) - 1, 8191, 1 << 50])
async def test_a_horizon_that_was_never_given_ends_the_list(place: Place, ann: Client, horizon: int) -> None:
    """No error and no loop."""
    await made(place, ann, 1)
    reply = await ann.call("conversation/list", sync_horizon=horizon)
    assert reply["sync_horizon"] >= horizon or reply["conversations"]
    while reply["conversations"]:
        before = reply["sync_horizon"]
        reply = await ann.call("conversation/list", sync_horizon=before)
    assert reply["conversations"] == []


@pytest.mark.parametrize("horizon", [-1, "x", [], 1.5])
async def test_what_is_no_horizon_is_refused(place: Place, ann: Client, horizon: Any) -> None:
    """400 with the field's name."""
    status, said = await ann.fails("conversation/list", sync_horizon=horizon)
    assert (status, said["field"]) == (400, "sync_horizon")
