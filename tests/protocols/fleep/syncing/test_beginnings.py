"""Conversations anew: the three init modes, and the directions that answer in their shape."""

from typing import Any

import pytest
from tests.protocols.fleep.keys_twice import FULL, HEADER, READ_ONCE, TINY
from tests.protocols.fleep.place import Place
from tests.protocols.fleep.syncing.scene import Scene

from syncline.core.kinds import Rel

MODES = {"ic_full": FULL, "ic_tiny": TINY, "ic_header": HEADER}


async def sync(scene: Scene, who: str, direction: str | None, **fields: Any) -> Any:
    """conversation/sync of somebody."""
    client = scene.people[who]
    return await client.call(f"conversation/sync/{scene.id}", mk_direction=direction, **fields)


def numbers(reply: Any) -> list[int]:
    """The numbers of the messages in a reply, in its order."""
    return [one["message_nr"] for one in reply["stream"] if one["mk_rec_type"] == "message"]


def contacts(scene: Scene, reply: Any) -> list[str]:
    """Whose contacts came."""
    of = {scene.place.fleep.names.person(client.account): name for name, client in scene.people.items()}
    return sorted(of[one["account_id"]] for one in reply["stream"] if one["mk_rec_type"] == "contact")


async def test_the_numbers_of_the_read_test(place: Place) -> None:
    """The table of the reference (4.6): what three members are told at each step."""
    scene = Scene(place)
    await scene.begin("alice", "bob", "carol")
    await scene.acts.add(scene.who("alice"), scene.conv, [scene.who("carol")])
    scene.nr = 2  # the beginning was revised: a number that the table does not have
    for _ in range(3):
        await scene.say("alice")
    header = (await sync(scene, "bob", "ic_full"))["header"]
    told = ("last_message_nr", "inbox_message_nr", "unread_count", "bw_message_nr", "fw_message_nr")
    assert [header[key] for key in told] == [5, 3, 3, 1, 5]
    await scene.acts.mark_read(scene.who("carol"), scene.conv)
    reply = await sync(scene, "carol", "ic_tiny")
    assert [reply["header"][key] for key in ("read_message_nr", *told)] == [5, 5, 5, 0, 5, 5]
    assert numbers(reply) == [5]
    left = await scene.leave("carol")
    header = (await sync(scene, "carol", "ic_full"))["header"]
    assert [header[key] for key in ("can_post", "last_message_nr", "read_message_nr")] == [False, left, left]
    await scene.say("alice")
    back = await scene.add("alice", "carol")
    await scene.say("alice")
    reply = await sync(scene, "carol", "ic_full")
    begins = ("join_message_nr", "begin_message_nr", "send_message_nr")
    assert [reply["header"][key] for key in begins] == [1, back, back]
    assert [reply["header"][key] for key in told] == [back + 1, back + 1, 1, 1, back + 1]
    assert numbers(reply) == [1, 3, 4, 5, left, back, back + 1]


@pytest.mark.parametrize("mode", MODES)
async def test_each_mode_has_its_keys_and_begins_the_conversation_anew(place: Place, mode: str) -> None:
    """The exact key sets of the reference (3.1), and is_init, at which clients drop what they had."""
    scene = Scene(place)
    await scene.begin("ann", "bo")
    await scene.say("ann")
    reply = await sync(scene, "bo", mode)
    header = reply["header"]
    assert header.keys() == MODES[mode] - READ_ONCE
    assert header["mk_init_mode"] == mode
    assert (header["is_init"], header["is_tiny"]) == (True, mode == "ic_tiny")
    assert contacts(scene, reply) == ([] if mode == "ic_header" else ["ann"])
    assert numbers(reply) == {"ic_header": [], "ic_tiny": [2], "ic_full": [1, 2]}[mode]


async def test_a_full_beginning_has_five_on_both_sides_of_the_read_horizon_and_what_a_list_shows(
    place: Place,
) -> None:
    """The rest is walked to from where the header says that it ends."""
    scene = Scene(place)
    await scene.begin("ann", "bo")
    for _ in range(30):
        await scene.say("ann")
    await scene.acts.mark_read(scene.who("bo"), scene.conv, 15)
    for direction in ("ic_full", None, "ic_flow"):
        reply = await sync(scene, "bo", direction)
        header = reply["header"]
        assert numbers(reply) == list(range(11, 21))
        assert [header[key] for key in ("bw_message_nr", "fw_message_nr", "is_init")] == [11, 20, True]
    await scene.acts.mark_read(scene.who("bo"), scene.conv)
    for number in range(7):
        await scene.acts.set_name(scene.who("ann"), scene.conv, f"{number}")
    reply = await sync(scene, "bo", "ic_full")
    assert numbers(reply) == [*range(27, 32), *range(32, 37)]
    await scene.acts.mark_read(scene.who("bo"), scene.conv)
    reply = await sync(scene, "bo", "ic_full")
    assert reply["header"]["inbox_message_nr"] == 31
    assert numbers(reply) == [31, *range(34, 39)], "the one that a list shows lies before"
    assert [reply["header"][key] for key in ("bw_message_nr", "fw_message_nr")] == [34, 38]


async def test_a_beginning_around_a_number_and_one_at_the_end(place: Place) -> None:
    """ic_flow with a number, and ic_end."""
    scene = Scene(place)
    await scene.begin("ann", "bo")
    for _ in range(30):
        await scene.say("ann")
    reply = await sync(scene, "bo", "ic_flow", from_message_nr=8)
    assert set(numbers(reply)) - {2} == set(range(4, 14)), "2 is the first unread one, which a list shows"
    assert [reply["header"][key] for key in ("bw_message_nr", "fw_message_nr")] == [4, 13]
    reply = await sync(scene, "bo", "ic_end")
    assert set(numbers(reply)) - {2} == set(range(22, 32))
    assert [reply["header"][key] for key in ("bw_message_nr", "fw_message_nr")] == [22, 31]


async def test_a_tiny_beginning_counts_a_revision_only_if_nothing_lies_between(place: Place) -> None:
    """fw_message_nr is the number of the newest revision; with another message before it that one is lost."""
    scene = Scene(place)
    await scene.begin("ann", "bo")
    await scene.say("ann")
    await scene.amend("ann", scene.said[0], Rel.EDIT, text="edited")
    await scene.silent("ann", 3)
    reply = await sync(scene, "bo", "ic_tiny")
    assert numbers(reply) == [2]
    assert [reply["header"][key] for key in ("bw_message_nr", "fw_message_nr")] == [2, 3]
    await scene.say("ann")
    await scene.amend("ann", scene.said[0], Rel.EDIT, text="edited again")
    reply = await sync(scene, "bo", "ic_tiny")
    assert numbers(reply) == [2]
    assert [reply["header"][key] for key in ("bw_message_nr", "fw_message_nr")] == [2, 2]


async def test_authors_who_left_come_with_what_they_wrote(place: Place) -> None:
    """Contacts for all whom a client has to name, and not its own."""
    scene = Scene(place)
    await scene.begin("ann", "bo", "cy")
    await scene.add("ann", "cy")
    await scene.say("cy")
    await scene.leave("cy")
    assert contacts(scene, await sync(scene, "bo", "ic_full")) == ["ann", "cy"]
    assert contacts(scene, await sync(scene, "ann", "ic_full")) == ["bo", "cy"]


async def test_a_conversation_of_which_nothing_is_left_to_see_ends_at_once(place: Place) -> None:
    """Taken off the list, then only an old message was edited: nothing to send, nothing to walk for ever."""
    scene = Scene(place)
    await scene.begin("ann", "bo")
    await scene.say("ann")
    await scene.acts.mark(scene.who("bo"), scene.conv, deleted_nr=2)
    await scene.amend("ann", scene.said[0], Rel.EDIT, text="edited")
    for direction in ("ic_full", "ic_tiny", "ic_end"):
        reply = await sync(scene, "bo", direction)
        assert numbers(reply) == []
        assert reply["header"]["fw_message_nr"] == reply["header"]["last_message_nr"] == 3
    back = await sync(scene, "bo", "backward", from_message_nr=3)
    assert back["header"]["bw_message_nr"] == back["header"]["join_message_nr"] == 1
    for direction in ("forward", "ic_forward"):
        on = await sync(scene, "bo", direction, from_message_nr=1)
        assert (numbers(on), on["header"]["fw_message_nr"]) == ([], 3)
