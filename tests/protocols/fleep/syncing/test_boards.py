"""Pins, tasks and files by their horizons, and pins by weight."""

from typing import Any

import msgspec
import pytest
from tests.protocols.fleep.place import Client, Place
from tests.protocols.fleep.syncing.scene import Scene

from syncline.core.kinds import Rel


@pytest.fixture
async def scene(place: Place) -> Scene:
    """40 messages, 23 of them pinned in some order; cy came after all of it."""
    scene = Scene(place)
    await scene.begin("ann", "bo", "cy")
    for number in range(40):
        await scene.say("ann", f"number {number}")
    for place_of_pin in range(23):
        await scene.amend("bo", scene.said[place_of_pin * 7 % 40], Rel.PIN)
    await scene.add("ann", "cy")
    return scene


async def walk(client: Client, path: str, horizon: str) -> tuple[list[int], int]:
    """The loop of the vendor's clients: on with the horizon until that is empty."""
    found: list[int] = []
    place, calls = 0, 0
    while place or not calls:
        reply = await client.call(path, from_message_nr=place)
        header = reply["header"]
        assert horizon in header, "a missing key keeps the old value"
        assert not place or 0 <= header[horizon] < place, "else the loop has no end"
        assert "fw_message_nr" not in header
        assert "bw_message_nr" not in header
        page = [one["message_nr"] for one in reply["stream"]]
        assert page == sorted(page)
        found = page + found
        place = header[horizon]
        calls += 1
    return found, calls


@pytest.mark.parametrize("who", ["ann", "cy"])
@pytest.mark.parametrize("call", ["sync_pins", "sync_pinboard"])
async def test_the_pins_come_ten_a_page_each_once(scene: Scene, who: str, call: str) -> None:
    """To every member, also to one who came after they were pinned (reference 4.8)."""
    wanted = sorted(number * 7 % 40 + 2 for number in range(23))
    found, calls = await walk(scene.people[who], f"conversation/{call}/{scene.id}", "pin_horizon")
    assert (found, calls) == (wanted, 3)


async def test_a_full_beginning_has_some_pins_and_says_where_the_others_begin(scene: Scene) -> None:
    """Five that are not among its messages; pin_horizon leads on, and is left out with nothing to fetch."""
    wanted = sorted(number * 7 % 40 + 2 for number in range(23))
    cy = scene.people["cy"]
    reply = await cy.call(f"conversation/sync/{scene.id}", mk_direction="ic_full")
    header = reply["header"]
    assert header["pin_horizon"] == wanted[-5]
    messages = [one["message_nr"] for one in reply["stream"] if one["mk_rec_type"] == "message"]
    assert [nr for nr in messages if nr in wanted] == wanted[-5:]
    rest = await cy.call(f"conversation/sync_pins/{scene.id}", from_message_nr=header["pin_horizon"])
    assert [one["message_nr"] for one in rest["stream"]] == wanted[-15:-5]
    for entry in scene.said[:18]:
        if "pin" in await _form(scene, entry):
            await scene.amend("ann", entry, Rel.UNPIN)
    left = [nr for nr in wanted if nr >= 20]
    assert len(left) > 5
    for entry in scene.said[18:34]:
        if "pin" in await _form(scene, entry):
            await scene.amend("ann", entry, Rel.UNPIN)
    reply = await cy.call(f"conversation/sync/{scene.id}", mk_direction="ic_full")
    assert "pin_horizon" not in reply["header"]


async def test_pins_by_weight_go_on_from_the_cursor(scene: Scene) -> None:
    """account/sync_pinboard: the heaviest first, null in the end; none twice, none of one weight left out."""
    for place_of_pin in range(5):
        await scene.amend("bo", scene.said[place_of_pin * 7 % 40], Rel.PIN, weight=7.5)
    client = scene.people["cy"]
    weights: list[float] = []
    numbers: list[int] = []
    weight = None
    while True:
        reply = await client.call(
            "account/sync_pinboard", conversation_id=scene.id, pin_weight=weight, pin_limit=4
        )
        weights += [one["pin_weight"] for one in reply["stream"]]
        numbers += [one["message_nr"] for one in reply["stream"]]
        cursor = reply["header"]["pin_cursor"]
        if cursor is None:
            break
        weight = msgspec.json.decode(cursor)["pin_weight"]
    assert weights == sorted(weights, reverse=True)
    assert weights[-5:] == [7.5] * 5
    assert sorted(numbers) == sorted(number * 7 % 40 + 2 for number in range(23))


@pytest.mark.parametrize("fields", [{"pin_limit": 0}, {"pin_limit": -1}, {"pin_weight": "x"}])
async def test_a_page_of_pins_has_to_be_one(scene: Scene, fields: dict[str, Any]) -> None:
    """400 with the field's name."""
    status, said = await scene.people["bo"].fails("account/sync_pinboard", conversation_id=scene.id, **fields)
    assert (status, said["field"]) == (400, next(iter(fields)))


async def test_tasks_come_with_those_that_are_done_or_archived(scene: Scene) -> None:
    """Ten a page, each once, pins left out; nothing in a conversation that has none."""
    client = scene.people["cy"]
    assert await walk(client, f"task/sync/{scene.id}", "task_horizon") == ([], 1)
    for entry in scene.said[:30:2]:
        await scene.amend("bo", entry, Rel.TASK, state="todo")
    await scene.amend("bo", scene.said[0], Rel.TASK, state="done")
    await scene.amend("bo", scene.said[2], Rel.TASK, state=None)
    found, calls = await walk(client, f"task/sync/{scene.id}", "task_horizon")
    assert found == list(range(2, 32, 2))
    assert calls == 2
    reply = await client.call(f"conversation/sync/{scene.id}", mk_direction="ic_tasks")
    assert [one["message_nr"] for one in reply["stream"]] == list(range(12, 32, 2))


async def test_files_end_at_once(scene: Scene) -> None:
    """There are none yet; the horizon says so, and clients stop asking."""
    found = await walk(scene.people["bo"], f"conversation/sync_files/{scene.id}", "file_horizon")
    assert found == ([], 1)


async def test_the_board_is_no_longer_shown_to_one_who_left(scene: Scene) -> None:
    """cy saw no message of before; gone, he sees nothing of the board either."""
    await scene.leave("cy")
    await scene.amend("ann", scene.said[0], Rel.EDIT, text="later")
    found, _ = await walk(scene.people["cy"], f"conversation/sync_pins/{scene.id}", "pin_horizon")
    assert found == []


async def _form(scene: Scene, entry: Any) -> dict[str, Any]:
    async with scene.place.store.view() as view:
        stored = await view.entry(entry)
    assert stored is not None
    found: dict[str, Any] = msgspec.json.decode(stored.current)
    return found


async def test_one_who_left_has_the_board_of_then(place: Place) -> None:
    """What was pinned or taken off since is not his to know."""
    scene = Scene(place)
    await scene.begin("ann", "bo")
    for number in range(3):
        await scene.say("ann", f"number {number}")
    await scene.amend("ann", scene.said[0], Rel.PIN)
    await scene.amend("ann", scene.said[1], Rel.PIN)
    await scene.leave("bo")
    await scene.amend("ann", scene.said[0], Rel.UNPIN)
    await scene.amend("ann", scene.said[2], Rel.PIN)
    for name, numbers in (("ann", [3, 4]), ("bo", [2, 3])):
        path = f"conversation/sync_pins/{scene.id}"
        assert (await walk(scene.people[name], path, "pin_horizon"))[0] == numbers
