"""Setting facts: what is seen takes a nr, what is known is not written again, levels protect themselves."""

from typing import Any

import msgspec
import pytest
from tests.services.conversations.town import Town, form

from syncline.core.errors import Forbidden, Invalid
from syncline.core.kinds import EntryKind
from syncline.core.rooms.presets import Preset


def json(**content: Any) -> bytes:
    """A content as bytes."""
    return msgspec.json.encode(content)


async def test_name_and_topic_are_seen_and_all_else_is_silent(town: Town) -> None:
    (a,) = await town.people("Alice")
    conv = await town.conversation(a, preset=Preset.PRIVATE)
    nrs = {}
    for type in ("m.room.name", "m.room.topic", "m.room.avatar", "m.room.join_rules", "org.custom"):
        answer = await town.talk.set_fact(a, conv, type, json(name="x", join_rule="public"))
        nrs[type] = answer.value.nr
    assert nrs == {
        "m.room.name": 2,
        "m.room.topic": 3,
        "m.room.avatar": None,
        "m.room.join_rules": None,
        "org.custom": None,
    }
    assert (await town.zone(conv)).alert_nr == 0


async def test_a_topic_is_an_entry_that_says_it(town: Town) -> None:
    (a,) = await town.people("Alice")
    conv = await town.conversation(a)
    entry = await town.entry((await town.talk.set_name(a, conv, "News")).value.entry)
    assert entry.kind is EntryKind.STATE
    assert form(entry) == {"type": "m.room.name", "name": "", "content": {"name": "News"}}
    assert await town.fact(conv, "m.room.name") == {"name": "News"}
    assert (await town.talk.reading(a, conv)).read_nr == 2


async def test_the_same_fact_again_writes_nothing(town: Town) -> None:
    (a,) = await town.people("Alice")
    conv = await town.conversation(a)
    first = await town.talk.set_name(a, conv, "News")
    head = town.store.head
    again = await town.talk.set_fact(a, conv, "m.room.name", b'{ "name" : "News" }')
    assert (again.value, town.store.head) == (first.value, head)


async def test_levels_change_only_as_far_as_ones_own_level_reaches(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b, preset=Preset.PRIVATE)
    levels = await town.fact(conv, "m.room.power_levels")
    levels["users"][str(b)] = 50
    levels["events"]["m.room.power_levels"] = 50
    await town.talk.set_fact(a, conv, "m.room.power_levels", msgspec.json.encode(levels))
    for change in ({"ban": 60}, {"users": {**levels["users"], str(b): 100}}, {"users": {str(b): 50}}):
        with pytest.raises(Forbidden):
            await town.talk.set_fact(
                b, conv, "m.room.power_levels", msgspec.json.encode({**levels, **change})
            )
    await town.talk.set_fact(b, conv, "m.room.power_levels", msgspec.json.encode({**levels, "kick": 40}))


@pytest.mark.parametrize(
    ("type", "content"),
    [
        ("m.room.power_levels", b'{"ban": "x"}'),
        ("m.room.join_rules", b"{}"),
        ("m.room.history_visibility", b'{"history_visibility": 5}'),
        ("m.room.pinned_events", b'{"pinned": []}'),
        ("m.room.name", b"[]"),
        ("m.room.name", b"\xff"),
        ("", b"{}"),
        ("x" * 256, b"{}"),
    ],
)
async def test_bad_facts_leave_no_trace(town: Town, type: str, content: bytes) -> None:
    (a,) = await town.people("Alice")
    conv = await town.conversation(a)
    head = town.store.head
    with pytest.raises(Invalid):
        await town.talk.set_fact(a, conv, type, content)
    assert town.store.head == head


async def test_memberships_are_never_set_as_facts(town: Town) -> None:
    """Threat: a join, or a ban lifted, by writing the fact past the rules."""
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a)
    for type, name in (("m.room.member", str(b)), ("m.room.create", "")):
        with pytest.raises(Forbidden):
            await town.talk.set_fact(a, conv, type, json(membership="join"), name=name)
