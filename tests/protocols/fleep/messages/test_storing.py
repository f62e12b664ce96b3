"""message/store, edit, delete, pin: what becomes of messages, and the numbers that it takes."""

from typing import Any

import pytest
from tests.protocols.fleep.place import Client, Place

from syncline.store.contract import Store

STATE = "urn:fleep:message:mk_message_state:"
FIRST, STEP = 1 << 32, 1 << 16


@pytest.fixture
async def conv(ann: Client, bo: Client) -> str:
    """A conversation of two, with a message of Ann's as number 2."""
    made = await ann.call("conversation/create", topic="talk", emails=bo.email, message="first")
    found: str = made["header"]["conversation_id"]
    return found


def only(reply: dict[str, Any]) -> dict[str, Any]:
    """The one message in a reply."""
    (found,) = [record for record in reply["stream"] if record["mk_rec_type"] == "message"]
    message: dict[str, Any] = found
    return message


async def shown(client: Client, conv: str, nr: int) -> dict[str, Any]:
    """A message as a member gets it now."""
    said = await client.call(f"conversation/sync/{conv}", mk_direction="ic_backward", from_message_nr=nr + 1)
    found: dict[str, Any] = next(one for one in said["stream"] if one.get("message_nr") == nr)
    return found


async def test_an_edit_is_a_revision_with_a_number_of_its_own(ann: Client, conv: str) -> None:
    """The message keeps its number; flow_message_nr is the one that the change took."""
    said = await ann.call(f"message/edit/{conv}", message_nr=2, message="*second*")
    record = only(said)
    assert (record["message_nr"], record["flow_message_nr"], said["result_message_nr"]) == (2, 3, 2)
    assert record["message"] == '<msg><p><b flp="*" fls="*">second</b></p></msg>'
    assert (record["revision_message_nr"], said["header"]["last_message_nr"]) == (3, 3)
    assert said["header"]["show_message_nr"] == 2


async def test_an_edit_that_changes_nothing_writes_nothing(store: Store, ann: Client, conv: str) -> None:
    """No number, nobody woken; the caller is told the message's number all the same."""
    head = store.head
    said = await ann.call(f"message/edit/{conv}", message_nr=2, message="first")
    assert (said["result_message_nr"], said["stream"], store.head) == (2, [], head)


async def test_only_the_author_edits_what_is_not_shared(ann: Client, bo: Client, conv: str) -> None:
    """431 for others until it is pinned; then anybody may, and it is said that another did."""
    assert (await bo.fails(f"message/edit/{conv}", message_nr=2, message="mine"))[0] == 431
    assert (await bo.fails(f"message/edit/{conv}", message_nr=2, message="first"))[0] == 431
    await ann.call(f"message/pin/{conv}", message_nr=2)
    record = only(await bo.call(f"message/edit/{conv}", message_nr=2, message="ours"))
    assert (record["message"], record["is_edited_by_others"]) == ("<msg><p>ours</p></msg>", True)


async def test_anybody_deletes_and_nobody_twice(ann: Client, bo: Client, conv: str) -> None:
    """Text gone, the doubled tag, a number taken; a deleted message is neither deleted nor edited."""
    said = await bo.call(f"message/delete/{conv}", message_nr=2)
    record = only(said)
    assert (record["message"], record["tags"]) == ("", ["is_deleted", "is_deleted"])
    assert (record["mk_message_state"], record["flow_message_nr"]) == (STATE + "deleted", 3)
    assert said["result_message_nr"] == 2
    assert (await ann.fails(f"message/delete/{conv}", message_nr=2))[0] == 431
    assert (await ann.fails(f"message/edit/{conv}", message_nr=2, message="x"))[0] == 431


async def test_a_message_is_deleted_by_its_tag_too(ann: Client, conv: str) -> None:
    """message/store with is_deleted is message/delete."""
    record = only(await ann.call(f"message/store/{conv}", message_nr=2, tags=["is_deleted"]))
    assert (record["message"], record["tags"]) == ("", ["is_deleted", "is_deleted"])


@pytest.mark.parametrize(
    ("tag", "tags", "state"),
    [
        ("pin", ["is_shared", "pin"], "pinned"),
        ("is_todo", ["is_shared", "is_task", "is_todo"], "todo"),
        ("is_done", ["is_shared", "is_task", "is_done"], "done"),
    ],
)
async def test_a_new_message_stands_on_its_board_at_once(
    ann: Client, bo: Client, conv: str, tag: str, tags: list[str], state: str
) -> None:
    """One number for both, and no revision: all see it there from the beginning."""
    said = await ann.call(f"message/store/{conv}", message="on a board", tags=[tag], client_req_id="b")
    record = only(said)
    assert (record["message_nr"], said["header"]["last_message_nr"]) == (3, 3)
    assert (record["tags"], record["mk_message_state"]) == (tags, STATE + state)
    assert "flow_message_nr" not in record
    assert "revision_message_nr" not in record
    assert record["pin_weight" if tag == "pin" else "task_weight"] == FIRST
    seen = await shown(bo, conv, 3)
    assert seen["tags"] == tags
    again = await ann.call(f"message/store/{conv}", message="on a board", tags=[tag], client_req_id="b")
    assert (again["result_message_nr"], again["header"]["last_message_nr"]) == (3, 3)


async def test_a_task_is_made_done_and_archived(ann: Client, bo: Client, conv: str) -> None:
    """todo, done, off the board as done: a number each; the conversation says which boards it has or had."""
    todo = await ann.call(f"message/store/{conv}", message_nr=2, tags=["is_todo"])
    assert only(todo)["tags"] == ["is_shared", "is_task", "is_todo"]
    assert todo["header"]["has_taskboard"] is True
    assert todo["header"]["has_task_archive"] is False
    done = only(await bo.call(f"message/store/{conv}", message_nr=2, tags=["is_done"]))
    assert (done["tags"], done["task_weight"]) == (["is_shared", "is_task", "is_done"], FIRST)
    off = await bo.call(f"message/store/{conv}", message_nr=2, tags=["is_archived"])
    assert only(off)["tags"] == ["is_shared", "is_task", "is_done", "is_archived"]
    assert only(off)["mk_message_state"] == STATE + "done"
    assert off["header"]["has_task_archive"] is True
    assert off["header"]["last_message_nr"] == 5


async def test_assignees_are_kept_and_replaced(place: Place, ann: Client, bo: Client, conv: str) -> None:
    """assignee_ids alone make a task; a later list takes the first one's place."""
    names = place.fleep.names
    one, two = names.person(ann.account), names.person(bo.account)
    record = only(await ann.call(f"message/store/{conv}", message_nr=2, assignee_ids=[one, two]))
    assert (record["assignee_ids"], record["mk_message_state"]) == ([one, two], STATE + "todo")
    record = only(await ann.call(f"message/store/{conv}", message_nr=2, assignee_ids=[two]))
    assert record["assignee_ids"] == [two]
    assert (await ann.fails(f"message/store/{conv}", message_nr=2, assignee_ids=["x"]))[0] == 430


async def test_weights_of_pins(ann: Client, conv: str) -> None:
    """The first stands at 2³², later ones a step above all others; a move takes what the client says."""
    for text in ("b", "c"):
        await ann.call(f"message/send/{conv}", message=text)
    first = only(await ann.call(f"message/pin/{conv}", message_nr=2))
    second = only(await ann.call(f"message/pin/{conv}", message_nr=3))
    assert (first["pin_weight"], second["pin_weight"]) == (FIRST, FIRST + STEP)
    middle = FIRST + STEP / 2
    moved = only(await ann.call(f"message/repin/{conv}", pin_message_nr=2, pin_weight=middle * 2))
    assert moved["pin_weight"] == middle * 2
    third = only(await ann.call(f"message/pin/{conv}", message_nr=4))
    assert third["pin_weight"] == middle * 2 + STEP
    fourth = only(await ann.call(f"message/store/{conv}", message="d", tags=["pin"], pin_weight=5))
    assert fourth["pin_weight"] == 5


async def test_pinning_twice_changes_nothing_and_unpinning_twice_is_refused(
    store: Store, ann: Client, conv: str
) -> None:
    """A pin that is there stays as it is; what is not pinned is neither unpinned nor moved."""
    await ann.call(f"message/pin/{conv}", message_nr=2)
    head = store.head
    await ann.call(f"message/pin/{conv}", message_nr=2)
    assert store.head == head
    record = only(await ann.call(f"message/unpin/{conv}", pin_message_nr=2))
    assert (record["tags"], record["mk_message_state"]) == (
        ["is_archived", "is_shared", "unpin"],
        STATE + "unpinned",
    )
    assert record["ref_message_nr"] == 2
    assert (await ann.fails(f"message/unpin/{conv}", pin_message_nr=2))[0] == 431
    assert (await ann.fails(f"message/repin/{conv}", pin_message_nr=2, pin_weight=1))[0] == 431


async def test_several_changes_take_one_number(ann: Client, conv: str) -> None:
    """Text, subject, board and a reaction in one call: one flow number, all of it in one revision."""
    said = await ann.call(
        f"message/store/{conv}",
        message_nr=2,
        message="changed",
        subject="About",
        tags=["pin"],
        add_reactions=["like", "like"],
    )
    record = only(said)
    assert (record["flow_message_nr"], said["header"]["last_message_nr"]) == (3, 3)
    assert (record["message"], record["subject"]) == ("<msg><p>changed</p></msg>", "About")
    assert record["tags"] == ["is_shared", "pin"]
    assert list(record["reactions"]) == ["like"]


async def test_reactions_come_and_go(place: Place, ann: Client, bo: Client, conv: str) -> None:
    """Each person reacts so once, takes back only its own, and an empty set is told."""
    one, two = (place.fleep.names.person(client.account) for client in (ann, bo))
    await ann.call(f"message/store/{conv}", message_nr=2, add_reactions=["like"])
    record = only(await bo.call(f"message/store/{conv}", message_nr=2, add_reactions="like"))
    assert record["reactions"] == {"like": [one, two]}
    await bo.call(f"message/store/{conv}", message_nr=2, del_reactions=["like"])
    record = only(await ann.call(f"message/store/{conv}", message_nr=2, del_reactions=["like", "never"]))
    assert record["reactions"] == {}


async def test_previews_can_be_switched_off_and_on(ann: Client, conv: str) -> None:
    """is_url_preview_disabled of a message; said again when it is on again, for clients that merge."""
    record = only(await ann.call(f"message/store/{conv}", message_nr=2, is_url_preview_disabled=True))
    assert record["is_url_preview_disabled"] is True
    record = only(await ann.call(f"message/store/{conv}", message_nr=2, is_url_preview_disabled=False))
    assert record["is_url_preview_disabled"] is False


@pytest.mark.parametrize("path", ["edit", "delete", "pin", "store", "mark_read", "mark_unread", "snooze"])
@pytest.mark.parametrize("nr", [0, -1, 99, 1 << 62])
async def test_numbers_that_lead_nowhere(store: Store, ann: Client, conv: str, path: str, nr: int) -> None:
    """430 with the sentence that clients know, and nothing changed."""
    if (path, nr) == ("mark_read", 0):
        return  # before the first message is a place to have read to
    head = store.head
    fields = {"message": "x", "snooze_interval": 60, "message_nr": nr}
    status, said = await ann.fails(f"message/{path}/{conv}", **fields)
    assert (status, said["error_id"], said["error_message"]) == (430, "not_found", "Message not found.")
    assert store.head == head


async def test_a_revision_s_number_is_no_message(ann: Client, conv: str) -> None:
    """Only messages have numbers that can be edited."""
    await ann.call(f"message/edit/{conv}", message_nr=2, message="second")
    assert (await ann.fails(f"message/edit/{conv}", message_nr=3, message="x"))[0] == 430


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 400),
        ({"message": "x", "tags": ["is_secret"]}, 400),
        ({"message": "x", "tags": ["pin", "is_todo"]}, 400),
        ({"message": "x", "tags": "pin"}, 400),
        ({"message": "x", "pin_weight": "high", "tags": ["pin"]}, 400),
        ({"message": "x", "subject": "s" * 2000}, 400),
        ({"message": "x", "section_id": "a"}, 431),
        ({"message": "x", "attachments": ["a"]}, 431),
        ({"message_nr": "two"}, 400),
        ({"message_nr": 2, "add_reactions": [""]}, 400),
        ({"message_nr": 2, "add_reactions": ["x" * 300]}, 400),
        ({"message_nr": 2, "add_reactions": {"a": 1}}, 400),
        ({"message_nr": 1, "message": "x"}, 400),
        ({"message_nr": 2, "is_url_preview_disabled": "no"}, 400),
        ({"fwd_conversation_id": "x", "fwd_message_nr": 1}, 430),
        ({"fwd_message_nr": 1}, 400),
    ],
)
async def test_bad_input_is_refused_and_leaves_nothing(
    store: Store, ann: Client, conv: str, fields: dict[str, Any], status: int
) -> None:
    """A documented error, and no change in the log."""
    head = store.head
    got, said = await ann.fails(f"message/store/{conv}", **fields)
    assert got == status, said
    assert store.head == head


async def test_leavers_change_nothing(store: Store, ann: Client, bo: Client, conv: str) -> None:
    """431 for each call of one who left."""
    await bo.call(f"conversation/leave/{conv}")
    head = store.head
    for path in ("edit", "delete", "pin", "unpin", "repin", "store", "mark_read", "mark_unread", "snooze"):
        fields = {"message_nr": 2, "message": "x", "pin_weight": 1, "snooze_interval": 60}
        assert (await bo.fails(f"message/{path}/{conv}", **fields))[0] == 431, path
    assert store.head == head
