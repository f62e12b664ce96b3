"""What pages cost, in statements: the same in a short conversation and in a long one."""

import random
from collections import Counter

import pytest
from tests.protocols.fleep.place import Place
from tests.protocols.fleep.syncing.scene import Scene

from syncline.core.kinds import Rel
from syncline.store.sqlite.tracing import count_statements, count_steps

CALLS = (
    ("forward", -30),
    ("forward", -5),
    ("backward", None),
    ("backward", -20),
    ("ic_forward", -20),
    ("ic_tiny", None),
    ("ic_full", None),
    ("ic_end", None),
    ("ic_pinboard", None),
)


async def costs(scene: Scene) -> dict[str, tuple[int, int]]:
    """Statements and steps of each call, asked for the second time: the first finds out about members."""
    found = {}
    for direction, back in CALLS:
        for _ in range(2):
            statements: Counter[str]
            with count_statements() as statements, count_steps() as steps:
                await scene.people["bo"].call(
                    f"conversation/sync/{scene.id}",
                    mk_direction=direction,
                    from_message_nr=None if back is None else scene.nr + back,
                )
        found[f"{direction} {back}"] = (sum(statements.values()), sum(steps.values()))
    return found


async def ended(place: Place, messages: int) -> Scene:
    """A conversation of so many messages; its end is like any other's: pins, revisions, silent entries."""
    scene, chooser = Scene(place), random.Random(3)
    name = f"of {messages}"
    await scene.begin(*(f"{who}{messages}" for who in ("ann", "bo")), name=name)
    scene.people = {who.rstrip("0123456789"): client for who, client in scene.people.items()}
    for _ in range(messages):
        await scene.say("ann")
    scene.said.clear()
    await scene.some(60, 20, chooser)
    for entry in scene.said[:6]:
        await scene.amend("bo", entry, Rel.PIN)
    await scene.acts.mark_read(scene.who("bo"), scene.conv, scene.nr - 25)
    return scene


async def test_a_page_costs_the_same_in_a_conversation_of_any_size(place: Place) -> None:
    """Promise 4 for pages: statements and the work that they do, at 30 messages and at 400."""
    short, long = await ended(place, 30), await ended(place, 400)
    few, many = await costs(short), await costs(long)
    for call, (statements, steps) in many.items():
        assert statements <= few[call][0] + 2, call
        assert steps <= few[call][1] * 1.5 + 200, call
    assert many["ic_tiny None"][0] <= 8, "it is sent for 20 conversations and more at once"
    assert max(statements for statements, _ in many.values()) <= 90


@pytest.mark.parametrize("direction", ["forward", "backward", "ic_forward", "ic_full", "ic_end", "ic_tiny"])
async def test_long_runs_without_numbers_are_jumped_over(place: Place, direction: str) -> None:
    """2 or 400 entries that nobody counts between two messages: the same few statements more."""
    costs = []
    for silent in (2, 400):
        scene = Scene(place)
        await scene.begin(f"ann{silent}{direction}", f"bo{silent}{direction}")
        ann, bo = scene.people
        for _ in range(6):
            await scene.say(ann)
        await scene.acts.mark_read(scene.who(bo), scene.conv)
        await scene.silent(ann, silent)
        await scene.say(ann)
        for _ in range(2):
            with count_statements() as statements, count_steps() as steps:
                reply = await scene.people[bo].call(
                    f"conversation/sync/{scene.id}",
                    mk_direction=direction,
                    from_message_nr=None if direction in ("backward", "ic_full", "ic_tiny", "ic_end") else 3,
                )
        messages = [one["message_nr"] for one in reply["stream"] if one["mk_rec_type"] == "message"]
        assert messages[-1] == 8
        costs.append((sum(statements.values()), sum(steps.values())))
    (few, little), (many, much) = costs
    assert many <= few + 6
    assert much <= little + 4000, "400 entries read are 8,000 steps"


async def test_a_page_among_thousands_of_reactions_ends_early_and_the_walk_goes_on(place: Place) -> None:
    """The number of statements is bounded; the place says how far the page looked, whatever it shows."""
    scene = Scene(place)
    await scene.begin("ann", "bo")
    await scene.say("ann")
    for number in range(760):
        await scene.amend("ann", scene.said[0], Rel.EDIT, text=f"{number}")
    with count_statements() as statements:
        reply = await scene.people["bo"].call(f"conversation/sync_backward/{scene.id}")
    assert sum(statements.values()) < 40
    place_reached, calls = reply["header"]["bw_message_nr"], 1
    found = list(reply["stream"])
    while place_reached > 1:
        reply = await scene.people["bo"].call(
            f"conversation/sync_backward/{scene.id}", from_message_nr=place_reached
        )
        assert reply["header"]["bw_message_nr"] < place_reached
        place_reached = reply["header"]["bw_message_nr"]
        found += reply["stream"]
        calls += 1
    assert calls == 2
    assert [one["message_nr"] for one in found] == [1, 2]
