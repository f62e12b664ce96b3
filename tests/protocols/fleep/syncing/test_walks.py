"""Walks to the last and to the first message, as the vendor's clients make them (reference 4.5)."""

from math import ceil
from typing import Any

from tests.protocols.fleep.naive import PAGE, Naive
from tests.protocols.fleep.place import Client, Place
from tests.protocols.fleep.syncing.scene import Scene, long_scene

from syncline.core.kinds import Rel
from syncline.core.rooms.presets import Preset


async def test_a_client_that_follows_its_polls_walks_to_both_ends(place: Place) -> None:
    """From a first sync, in ⌈n/10⌉ + 1 calls each way, every message that is to be seen once."""
    scene, seen = await long_scene(place)
    for name, spans in seen.items():
        client = Naive.of_client(scene.people[name])
        await client.catch_up()
        known = dict(client.convs[scene.id])
        forward, backward = await client.walk(scene.id)
        assert forward <= ceil((scene.nr - known["fw_message_nr"]) / PAGE) + 1, name
        assert backward <= ceil(len(_within(scene.messages, spans)) / PAGE) + 1, name
        walked = client.messages(scene.id)
        after = [nr for nr in _within(scene.messages, spans) if nr > known["fw_message_nr"]]
        before = [nr for nr in _within(scene.messages, spans) if nr <= known["bw_message_nr"]]
        assert [one["message_nr"] for one in walked] == before + after, name
        places = [0, *(one["message_nr"] for one in walked)]
        assert [one["prev_message_nr"] for one in walked] == places[:-1], name
        assert client.convs[scene.id]["bw_message_nr"] == known["join_message_nr"], name


async def test_the_flow_from_0_has_every_number_once_and_passes_over_what_is_not_to_be_seen(
    place: Place,
) -> None:
    """Forward from the first number: messages and revisions in order, whatever lies between."""
    scene, seen = await long_scene(place)
    for name, spans in seen.items():
        numbers, calls = await _forward(scene.people[name], scene)
        wanted = _within(range(1, scene.nr + 1), spans)
        assert numbers == [nr for nr in wanted if nr not in _nothing_before(scene, spans)], name
        assert calls <= ceil(len(wanted) / PAGE) + 1, name


async def test_backward_from_the_end_has_every_message_once(place: Place) -> None:
    """Visible messages only, in their newest form; the last call comes to where the account came in."""
    scene, seen = await long_scene(place)
    for name, spans in seen.items():
        numbers, calls = await _backward(scene.people[name], scene)
        wanted = _within(scene.messages, spans)
        assert numbers == wanted, name
        assert calls <= ceil(len(wanted) / PAGE) + 1, name


async def test_a_revision_of_what_is_not_to_be_seen_is_told_by_a_message_that_is(place: Place) -> None:
    """Design rule 2: its number is counted, and nothing of the hidden message comes with it."""
    scene = Scene(place)
    await scene.begin("ann", "bo", "cy")
    await scene.say("ann", "the hidden one")
    hidden = scene.said[-1]
    added = await scene.add("ann", "cy")
    await scene.say("bo", "the one to be seen")
    edited = await scene.acts.amend(
        scene.who("ann"), scene.conv, hidden, Rel.EDIT, {"text": "hidden and edited"}
    )
    cy = scene.people["cy"]
    reply = await cy.call(f"conversation/sync/{scene.id}", from_message_nr=added, mk_direction="forward")
    message, unchanged = _messages(reply)
    assert "the one to be seen" in message["message"]
    assert unchanged == {**message, "flow_message_nr": edited.value.nr}
    assert reply["header"]["fw_message_nr"] == edited.value.nr == reply["header"]["last_message_nr"]
    assert "hidden" not in str(reply)


async def test_one_who_left_walks_to_his_leaving_and_no_further(place: Place) -> None:
    """His numbers stand still, forward and backward end, and what was said later is nowhere."""
    scene = Scene(place)
    await scene.begin("ann", "bo")
    for number in range(12):
        await scene.say("ann", f"before {number}")
    left = await scene.leave("bo")
    for number in range(12):
        await scene.say("ann", f"later {number}")
    bo = scene.people["bo"]
    numbers, _ = await _forward(bo, scene)
    assert numbers == list(range(1, left + 1))
    assert (await _backward(bo, scene))[0] == list(range(1, left + 1))
    for direction in ("forward", "ic_forward"):
        reply = await bo.call(f"conversation/sync/{scene.id}", from_message_nr=left, mk_direction=direction)
        assert reply["stream"] == []
        assert reply["header"]["fw_message_nr"] == reply["header"]["last_message_nr"] == left


async def test_what_was_taken_off_the_list_is_not_shown_again(place: Place) -> None:
    """Up to delete_message_nr nothing comes, and both walks end all the same."""
    scene = Scene(place)
    await scene.begin("ann", "bo")
    for number in range(15):
        await scene.say("ann", f"gone {number}")
    old, gone = scene.said[-1], scene.nr
    await scene.acts.mark(scene.who("bo"), scene.conv, deleted_nr=gone)
    await scene.say("ann", "new")
    await scene.amend("ann", old, Rel.EDIT, text="gone and edited")
    await scene.amend("ann", old, Rel.PIN)
    bo = scene.people["bo"]
    assert (await _forward(bo, scene))[0] == [gone + 1, gone + 2, gone + 3]
    assert (await _backward(bo, scene))[0] == [gone + 1]
    for direction in ("ic_full", "ic_tiny", "ic_end", "ic_flow", "ic_pinboard"):
        reply = await bo.call(f"conversation/sync/{scene.id}", mk_direction=direction)
        assert "gone" not in str(reply), direction


async def test_history_that_was_open_when_one_came_is_walked_to_its_beginning(place: Place) -> None:
    """A Matrix room shows its past to newcomers: the walk ends at 1, not at where the newcomer came in."""
    scene = Scene(place)
    await scene.begin("ann", "bo", "cy", preset=Preset.PRIVATE)
    for number in range(25):
        await scene.say("ann", f"early {number}")
    await scene.add("ann", "cy")
    numbers, _ = await _backward(scene.people["cy"], scene)
    assert numbers == list(range(1, scene.nr + 1))


def _within(numbers: Any, spans: tuple[tuple[int, int], ...]) -> list[int]:
    return [nr for nr in numbers if any(first <= nr <= last for first, last in spans)]


def _nothing_before(scene: Scene, spans: tuple[tuple[int, int], ...]) -> set[int]:
    """Revisions at the very beginning of what one sees: there is no message that could tell of them."""
    first = min(_within(scene.messages, spans))
    return set(range(spans[0][0], first))


async def _forward(client: Client, scene: Scene) -> tuple[list[int], int]:
    numbers: list[int] = []
    place, last, calls = 0, 1, 0
    while place < last:
        reply = await client.call(
            f"conversation/sync/{scene.id}", from_message_nr=place, mk_direction="forward"
        )
        header = reply["header"]
        assert "bw_message_nr" not in header
        assert header["fw_message_nr"] > place, "a walk that stands still goes on for ever"
        records = _messages(reply)
        assert len(records) <= PAGE
        numbers += [one.get("flow_message_nr", one["message_nr"]) for one in records]
        place, last = header["fw_message_nr"], header["last_message_nr"]
        calls += 1
    assert place == last
    return numbers, calls


async def _backward(client: Client, scene: Scene) -> tuple[list[int], int]:
    numbers: list[int] = []
    place, join, calls = scene.nr + 1, 0, 0
    while place > join:
        reply = await client.call(f"conversation/sync_backward/{scene.id}", from_message_nr=place)
        header = reply["header"]
        assert "fw_message_nr" not in header
        assert header["bw_message_nr"] < place, "a walk that stands still goes on for ever"
        records = _messages(reply)
        assert len(records) <= PAGE
        assert not any("flow_message_nr" in one for one in records)
        numbers = [one["message_nr"] for one in records] + numbers
        place, join = header["bw_message_nr"], header["join_message_nr"]
        calls += 1
    assert place == join
    return numbers, calls


def _messages(reply: Any) -> list[dict[str, Any]]:
    return [one for one in reply["stream"] if one["mk_rec_type"] == "message"]
