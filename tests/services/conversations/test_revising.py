"""Revising: several changes of a message as one act, with one number."""

import pytest
from tests.services.conversations.town import Town, body, form

from syncline.core.errors import Conflict, Forbidden, Gone
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Rel, Space
from syncline.core.rooms.forms import read_form
from syncline.services.conversations import Answer, Request
from syncline.services.conversations.amend import board_term
from syncline.services.conversations.board import FIRST, STEP
from syncline.services.conversations.revising import Board, Revision, revise


async def revised(
    town: Town, account: Id, conv: ZoneId, entry: Id, wanted: Revision, request: str | None = None
) -> Answer:
    """Make a message what is wanted."""
    asked = None if request is None else Request(request)
    return (await town.store.write(lambda tx: revise(tx, account, conv, entry, wanted, request=asked))).value


async def told(town: Town, conv: ZoneId, type: str) -> object:
    """A fact of a conversation, None if nobody set it."""
    async with town.store.view() as view:
        found = await view.fact(conv, type, "")
    return None if found is None else read_form(found.content)


async def boarded(town: Town, conv: ZoneId) -> list[Id]:
    """What is listed under a conversation's boards."""
    async with town.store.view() as view:
        return list(await view.find(Space.BOARD, board_term(conv)))


async def test_all_changes_take_one_number_and_each_is_an_amendment(town: Town) -> None:
    """Edit, pin and reaction: three entries, of which the last alone has a nr; repeated, none."""
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    id = await town.say(a, conv, "one")
    wanted = Revision(content={"text": "two", "subject": "S"}, board=Board.PINNED, react=["+", "+"])
    answer = await revised(town, a, conv, id, wanted, "r")
    assert (answer.nr, answer.target) == (3, id)
    after = form(await town.entry(id))
    assert (after["text"], after["subject"], after["pin"]["weight"]) == ("two", "S", FIRST)
    assert list(after["reactions"]) == ["+"]
    async with town.store.view() as view:
        made = await view.related(await town.entry(id), limit=10)
    assert [(one.rel, one.nr) for one in made] == [(Rel.EDIT, None), (Rel.PIN, None), (Rel.REACTION, 3)]
    head = town.store.head
    assert await revised(town, a, conv, id, wanted, "r") == answer
    assert (await revised(town, a, conv, id, wanted)).nr is None
    assert town.store.head == head


async def test_where_one_change_may_not_be_none_is(town: Town) -> None:
    """Bob may react but not edit: then he does neither."""
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    id = await town.say(a, conv, "one")
    with pytest.raises(Forbidden):
        await revised(town, b, conv, id, Revision(react=["+"], content={"text": "mine"}))
    with pytest.raises(Forbidden):
        await revised(town, b, conv, id, Revision(content={"text": "one"}))
    assert form(await town.entry(id)) == {"text": "one"}
    await town.talk.amend(a, conv, id, Rel.DELETE)
    with pytest.raises(Gone):
        await revised(town, a, conv, id, Revision(react=["+"]))


@pytest.mark.parametrize("there", list(Board))
@pytest.mark.parametrize("before", list(Board))
async def test_a_message_goes_from_any_board_to_any_other(town: Town, before: Board, there: Board) -> None:
    """It stands on one board at a time; leaving one, it stays shared."""
    (a,) = await town.people("Alice")
    conv = await town.conversation(a)
    id = await town.say(a, conv, "one")
    await revised(town, a, conv, id, Revision(board=before))
    nr = (await town.zone(conv)).nr
    await revised(town, a, conv, id, Revision(board=there))
    after = form(await town.entry(id))
    assert ("pin" in after) is (there is Board.PINNED)
    assert after.get("task", {}).get("state") == (there.value if there in ("todo", "done") else None)
    assert ("archived" in after) is (there is Board.PLAIN and before is not Board.PLAIN)
    assert (await town.zone(conv)).nr == nr + (before is not there)
    listed = [id] if (before, there) != (Board.PLAIN, Board.PLAIN) else []
    assert await boarded(town, conv) == listed
    assert await told(town, conv, "m.room.pinned_events") in (
        None,
        {"pinned": [id] if "pin" in after else []},
    )


async def test_new_tasks_stand_above_the_others(town: Town) -> None:
    """The first at 2³², the next a step higher, whatever was moved in between; a deleted one is unlisted."""
    (a,) = await town.people("Alice")
    conv = await town.conversation(a)
    ids = [await town.say(a, conv, text) for text in "abc"]
    weights = []
    for id in ids[:2]:
        await revised(town, a, conv, id, Revision(board=Board.TODO))
        weights.append(form(await town.entry(id))["task"]["weight"])
    assert weights == [FIRST, FIRST + STEP]
    await revised(town, a, conv, ids[0], Revision(weight=FIRST + 9 * STEP))
    await revised(town, a, conv, ids[2], Revision(board=Board.DONE))
    assert form(await town.entry(ids[2]))["task"]["weight"] == FIRST + 10 * STEP
    assert await boarded(town, conv) == ids
    await town.talk.amend(a, conv, ids[1], Rel.DELETE)
    assert await boarded(town, conv) == [ids[0], ids[2]]


async def test_the_boards_of_a_conversation_are_a_fact_of_it(town: Town) -> None:
    """Set with the first task, and once more with the first that leaves the board; never by hand."""
    (a,) = await town.people("Alice")
    conv = await town.conversation(a)
    id = await town.say(a, conv, "one")
    assert await told(town, conv, "syncline.board") is None
    for board, expected in (
        (Board.TODO, {"tasks": True}),
        (Board.DONE, {"tasks": True}),
        (Board.PLAIN, {"tasks": True, "archive": True}),
        (Board.TODO, {"tasks": True, "archive": True}),
    ):
        await revised(town, a, conv, id, Revision(board=board))
        assert await told(town, conv, "syncline.board") == expected
    with pytest.raises(Forbidden):
        await town.talk.set_fact(a, conv, "syncline.board", body(tasks=False))


async def test_what_is_not_pinned_is_not_unpinned(town: Town) -> None:
    """Asked for by itself it is a mistake; asked for as a board it is so already."""
    (a,) = await town.people("Alice")
    conv = await town.conversation(a)
    id = await town.say(a, conv, "one")
    with pytest.raises(Conflict):
        await town.talk.amend(a, conv, id, Rel.UNPIN)
    assert (await revised(town, a, conv, id, Revision(board=Board.PLAIN))).nr is None
