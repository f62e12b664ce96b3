"""conversation/sync in the directions that go on, and what it refuses."""

from typing import Any

import pytest
from tests.protocols.fleep.keys_twice import READ_ONCE, STATE
from tests.protocols.fleep.place import Place
from tests.protocols.fleep.syncing.scene import Scene

from syncline.core.kinds import Rel
from syncline.protocols.fleep.syncing.sync import WAYS

PLACES = {
    "forward": "fw_message_nr",
    "ic_forward": "fw_message_nr",
    "backward": "bw_message_nr",
    "ic_backward": "bw_message_nr",
    "ic_pinboard": "pin_horizon",
    "ic_files": "file_horizon",
    "ic_tasks": "task_horizon",
}


@pytest.fixture
async def scene(place: Place) -> Scene:
    """ann and bo, 25 messages, and an edit of the first at the end; a stranger."""
    scene = Scene(place)
    await scene.begin("ann", "bo", "stranger")
    for number in range(25):
        await scene.say("ann", f"number {number}")
    await scene.amend("ann", scene.said[0], Rel.EDIT, text="edited")
    return scene


async def sync(scene: Scene, direction: str | None, number: int | None = None, who: str = "bo") -> Any:
    """conversation/sync of somebody."""
    client = scene.people[who]
    return await client.call(f"conversation/sync/{scene.id}", mk_direction=direction, from_message_nr=number)


def flow(reply: Any) -> list[int]:
    """The flow numbers of the messages in a reply."""
    return [one.get("flow_message_nr", one["message_nr"]) for one in reply["stream"]]


@pytest.mark.parametrize("direction", PLACES)
async def test_a_header_that_goes_on_says_its_own_place_and_no_other(scene: Scene, direction: str) -> None:
    """Both ends in one header make clients drop all messages (reference 4.5)."""
    header = (await sync(scene, direction, 9))["header"]
    assert header.keys() == (STATE - READ_ONCE) | {PLACES[direction]}
    assert header[PLACES[direction]] is not None


async def test_forward_is_the_flow_and_ic_forward_only_what_is_seen(scene: Scene) -> None:
    """Ten a page; the last page says the last number."""
    reply = await sync(scene, "forward", 9)
    assert (flow(reply), reply["header"]["fw_message_nr"]) == (list(range(10, 20)), 19)
    reply = await sync(scene, None, 19)
    assert (flow(reply), reply["header"]["fw_message_nr"]) == (list(range(20, 28)), 27)
    revision = reply["stream"][-1]
    assert (revision["message_nr"], revision["flow_message_nr"]) == (2, 27)
    assert "edited" in revision["message"]
    reply = await sync(scene, "ic_forward", 19)
    assert (flow(reply), reply["header"]["fw_message_nr"]) == (list(range(20, 27)), 27)
    reply = await sync(scene, "ic_forward")
    assert (flow(reply), reply["header"]["fw_message_nr"]) == (list(range(1, 11)), 10)


async def test_backward_goes_on_from_a_number_or_from_the_end(scene: Scene) -> None:
    """Newest forms, ten a page, down to where the account came in."""
    for direction in ("backward", "ic_backward"):
        reply = await sync(scene, direction)
        assert (flow(reply), reply["header"]["bw_message_nr"]) == (list(range(17, 27)), 17)
        reply = await sync(scene, direction, 8)
        assert (flow(reply), reply["header"]["bw_message_nr"]) == (list(range(1, 8)), 1)
        assert "edited" in reply["stream"][1]["message"]
    reply = await scene.people["bo"].call(f"conversation/sync_backward/{scene.id}", from_message_nr=11)
    assert (flow(reply), reply["header"]["bw_message_nr"]) == (list(range(1, 11)), 1)


@pytest.mark.parametrize("direction", [None, *WAYS])
@pytest.mark.parametrize("number", [0, 1, 10**6, (1 << 63) - 1])
async def test_any_number_gets_an_answer_that_ends(scene: Scene, direction: str | None, number: int) -> None:
    """Numbers beyond the end and before the beginning: no error, no walk for ever."""
    header = (await sync(scene, direction, number))["header"]
    if number > scene.nr and direction not in ("ic_tiny", "ic_full"):
        assert header.get("fw_message_nr", scene.nr) == scene.nr
    elif not header.get("is_init"):
        assert header.get("bw_message_nr", 1) == 1


@pytest.mark.parametrize("number", [-1, -(1 << 62), 1.5, "x", True, [], 1 << 63])
async def test_what_is_no_number_is_refused_with_its_name(scene: Scene, number: Any) -> None:
    """400, and the field."""
    for call in ("sync", "sync_backward", "sync_pins", "sync_files"):
        status, said = await scene.people["bo"].fails(
            f"conversation/{call}/{scene.id}", from_message_nr=number
        )
        assert (status, said["field"]) == (400, "from_message_nr")


@pytest.mark.parametrize("direction", ["sideways", "FORWARD", "ic_", 5])
async def test_an_unknown_direction_is_refused_with_those_that_there_are(
    scene: Scene, direction: Any
) -> None:
    """400, and the field."""
    status, said = await scene.people["bo"].fails(f"conversation/sync/{scene.id}", mk_direction=direction)
    assert (status, said["field"]) == (400, "mk_direction")


@pytest.mark.parametrize("direction", [None, *WAYS])
async def test_a_stranger_and_a_wrong_id_get_the_same_no(scene: Scene, direction: str | None) -> None:
    """430, whether the conversation is somebody else's or nobody's: not even its being is told."""
    stranger = scene.people["stranger"]
    ids = (scene.id, "00000000-0000-4000-8000-000000000000", "x", "null")
    told = []
    for id in ids:
        status, said = await stranger.fails(
            f"conversation/sync/{id}", mk_direction=direction, from_message_nr=2
        )
        assert status == 430
        told.append({**said, "request_id": ""})
    assert told == [told[0]] * len(ids)


async def test_one_who_is_only_invited_sees_nothing(scene: Scene) -> None:
    """A Matrix invitation shows to its own clients that the room is there; to Fleep's it is not."""
    await scene.acts.invite(scene.who("ann"), scene.conv, [scene.who("stranger")])
    status, _ = await scene.people["stranger"].fails(f"conversation/sync/{scene.id}")
    assert status == 430
