"""Walks through one conversation: every visible message once, and no more calls than pages."""

import random
from collections.abc import AsyncIterator
from math import ceil
from pathlib import Path
from typing import Final

import msgspec
import pytest
from tests.properties.fleep_acts import World
from tests.protocols.fleep.cache import equal
from tests.protocols.fleep.naive import PAGE, Naive

from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Rel
from syncline.services.conversations import Beginning

MESSAGES: Final = 137
REVISIONS: Final = 41


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A server with three people."""
    world = World(tmp_path / "data")
    await world.begin()
    yield world
    await world.end()


async def long_conversation(world: World) -> tuple[ZoneId, int]:
    """137 messages (the beginning is one of them) and 41 revisions among them, by two; its last number."""
    acts, chooser = world.place.services.conversations, random.Random(7)
    ann, bo, _ = world.accounts
    made = await acts.create(ann, Beginning(name="long", members=[bo]))
    conv = made.value.conv
    said: list[Id] = []
    left, revisions = MESSAGES - 1, REVISIONS
    while left or revisions:
        if left and (not said or chooser.random() < left / (left + revisions)):
            body = msgspec.json.encode({"text": f"message {left}"})
            entry = (await acts.send(chooser.choice((ann, bo)), conv, body)).value.entry
            assert entry is not None
            said.append(entry)
            left -= 1
        else:
            entry = chooser.choice(said)
            async with world.place.store.view() as view:
                stored = await view.entry(entry)
            assert stored is not None
            assert stored.author is not None
            body_of_edit = {"text": f"edited {revisions}"}
            await acts.amend(stored.author, conv, entry, Rel.EDIT, body_of_edit)
            revisions -= 1
    return conv, MESSAGES + REVISIONS


async def test_a_walk_takes_a_call_for_each_page_and_meets_every_message_once(world: World) -> None:
    """⌈n/10⌉ + 1 calls each way at most; forward by the flow, backward by what is seen."""
    conv, last = await long_conversation(world)
    id = world.place.fleep.names.conv(conv)
    for line in world.lines[:2]:
        client = Naive(line)
        await client.catch_up()
        known = client.convs[id]
        assert known["last_message_nr"] == last
        start, back = known["fw_message_nr"], known["bw_message_nr"]
        forward, backward = await client.walk(id)
        assert forward <= ceil((last - start) / PAGE) + 1
        assert backward <= ceil(back / PAGE) + 1
        numbers = [one["message_nr"] for one in client.messages(id)]
        assert len(numbers) == len(set(numbers)) == MESSAGES
        for before, after in zip(client.messages(id), client.messages(id)[1:], strict=False):
            assert after["prev_message_nr"] == before["message_nr"]
        assert known["join_message_nr"] == client.convs[id]["bw_message_nr"]


async def test_the_whole_flow_is_walked_from_the_first_number(world: World) -> None:
    """Forward from 0: every number of the flow once, messages and revisions, ten a call."""
    conv, last = await long_conversation(world)
    id = world.place.fleep.names.conv(conv)
    client = Naive(world.lines[1])
    place, calls, numbers = 0, 0, []
    while place < last:
        reply = await client.call(f"conversation/sync/{id}", from_message_nr=place, mk_direction="forward")
        stream = [one for one in reply["stream"] if one["mk_rec_type"] == "message"]
        numbers += [one.get("flow_message_nr") or one["message_nr"] for one in stream]
        place = reply["header"]["fw_message_nr"]
        calls += 1
    assert numbers == list(range(1, last + 1))
    assert calls <= ceil(last / PAGE) + 1
    again = await client.call(f"conversation/sync/{id}", from_message_nr=last, mk_direction="forward")
    assert again["stream"] == []
    assert again["header"]["fw_message_nr"] == last


async def test_walks_in_either_order_come_to_the_same(world: World) -> None:
    """Backward first or forward first, before or after a restart."""
    conv, _ = await long_conversation(world)
    id = world.place.fleep.names.conv(conv)
    one, other = Naive(world.lines[0]), Naive(world.lines[0])
    await one.catch_up()
    await one.walk(id)
    await other.catch_up()
    await other.walk_to_first(id)
    await world.restart()
    await other.walk_to_last(id)
    await other.catch_up()
    equal(other, one)
    equal(one, other)
