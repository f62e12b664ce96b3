"""Making, seeing, changing and dropping hooks with a Fleep client (Fleep reference 2.8)."""

import asyncio

import msgspec
import pytest
from tests.protocols.fleep.hooks.talk import conversation
from tests.protocols.fleep.keys_twice import FLOW, READ_ONCE, check
from tests.protocols.fleep.place import Client, Place

from syncline.services.hooks import TYPES

OTHERS = {
    "mk_rec_type",
    "conversation_id",
    "account_id",
    "hook_id",
    "hook_key",
    "hook_name",
    "is_active",
    "mk_hook_type",
    "avatar_urls",
}
OWNER = OTHERS | {"hook_url", "outgoing_url", "outgoing_disabled", "outgoing_disable_reason"}
URL = "https://elsewhere.example.org/in"


async def test_a_hook_is_made_and_told(place: Place, ann: Client) -> None:
    """Message 2 of a new conversation says so; the reply brings the address, which only the owner learns."""
    conv = await conversation(place, ann)
    said = await ann.call(f"conversation/create_hook/{conv}", hook_name="plainHook")
    assert said.keys() == {"header", "stream", "result_message_nr", "hook_info"}
    assert said["result_message_nr"] == 2
    assert said["header"].keys() - READ_ONCE == FLOW - READ_ONCE
    (message,) = said["stream"]
    info = said["hook_info"]
    assert info.keys() == OWNER
    assert (message["mk_message_type"], message["message_nr"]) == ("hook", 2)
    assert msgspec.json.decode(message["message"]) == {"hook_name": "plainHook", "hook_key": info["hook_key"]}
    assert info["hook_url"].startswith("http://localhost:8080/hook/")
    assert len(info["hook_url"].rpartition("/")[2]) == 22
    assert (info["account_id"], info["conversation_id"]) == (place.fleep.names.person(ann.account), conv)
    assert (info["outgoing_url"], info["outgoing_disabled"], info["outgoing_disable_reason"]) == (
        "",
        False,
        None,
    )
    check(info)


async def test_a_hook_may_be_made_with_a_forward_sync(place: Place, ann: Client) -> None:
    """from_message_nr: the reply goes on from there, as after any write (Fleep reference 2.4)."""
    conv = await conversation(place, ann)
    said = await ann.call(f"conversation/create_hook/{conv}", from_message_nr=0)
    assert [one["message_nr"] for one in said["stream"] if one["mk_rec_type"] == "message"] == [1, 2]
    assert said["header"]["fw_message_nr"] == 2


async def test_a_repeated_request_makes_no_other_hook(place: Place, ann: Client) -> None:
    """The same client_req_id gets the first answer again, also where both come at once."""
    conv = await conversation(place, ann)
    make = {"hook_name": "once", "client_req_id": "8faf3a5a-9e31-4e1b-b12c-04935bc71efb"}
    both = [ann.call(f"conversation/create_hook/{conv}", **make) for _ in range(2)]
    first, second = await asyncio.gather(*both)
    third = await ann.call(f"conversation/create_hook/{conv}", **make)
    assert first["hook_info"] == second["hook_info"] == third["hook_info"]
    assert first["result_message_nr"] == third["result_message_nr"] == 2
    assert await ann.call(f"conversation/show_hooks/{conv}") == {"hooks": [first["hook_info"]]}
    await ann.call(f"conversation/drop_hook/{conv}", hook_key=first["hook_info"]["hook_key"])
    status, _ = await ann.fails(f"conversation/create_hook/{conv}", **make)
    assert status == 430  # it was made, and is no more
    assert await ann.call(f"conversation/show_hooks/{conv}") == {"hooks": []}


async def test_show_hooks_answers_nothing_else(place: Place, ann: Client, bo: Client) -> None:
    """Exactly `hooks`; what belongs to others comes without its secrets."""
    conv = await conversation(place, ann, bo)
    made = (await ann.call(f"conversation/create_hook/{conv}", outgoing_url=URL))["hook_info"]
    assert await ann.call(f"conversation/show_hooks/{conv}") == {"hooks": [made]}
    (seen,) = (await bo.call(f"conversation/show_hooks/{conv}"))["hooks"]
    assert seen.keys() == OTHERS
    assert seen == {key: made[key] for key in OTHERS}


async def test_a_hook_is_changed_by_its_key(place: Place, ann: Client, bo: Client) -> None:
    """Only what is given changes; another member may not (431)."""
    conv = await conversation(place, ann, bo)
    key = (await ann.call(f"conversation/create_hook/{conv}", hook_name="a"))["hook_info"]["hook_key"]
    said = await ann.call(f"conversation/configure_hook/{conv}", hook_key=key, outgoing_url=URL)
    assert said.keys() == {"header", "stream"}
    (now,) = (await ann.call(f"conversation/show_hooks/{conv}"))["hooks"]
    assert (now["hook_name"], now["outgoing_url"], now["outgoing_disabled"]) == ("a", URL, False)
    assert now in said["stream"]
    await ann.call(f"conversation/configure_hook/{conv}", hook_key=key, outgoing_disabled=True, hook_name="b")
    (now,) = (await ann.call(f"conversation/show_hooks/{conv}"))["hooks"]
    assert (now["hook_name"], now["outgoing_url"], now["outgoing_disabled"]) == ("b", URL, True)
    status, error = await bo.fails(f"conversation/configure_hook/{conv}", hook_key=key, hook_name="c")
    assert (status, error["error_id"]) == (431, "forbidden")
    assert await ann.call(f"conversation/show_hooks/{conv}") == {"hooks": [now]}


async def test_a_dropped_hook_is_told_and_dead(place: Place, ann: Client) -> None:
    """An `unhook` message with name and key; its address answers 404 from then on."""
    conv = await conversation(place, ann)
    info = (await ann.call(f"conversation/create_hook/{conv}", hook_name="a"))["hook_info"]
    said = await ann.call(f"conversation/drop_hook/{conv}", hook_key=info["hook_key"])
    assert said["result_message_nr"] == 3
    (message,) = said["stream"]
    assert message["mk_message_type"] == "unhook"
    assert msgspec.json.decode(message["message"]) == {"hook_name": "a", "hook_key": info["hook_key"]}
    assert await ann.call(f"conversation/show_hooks/{conv}") == {"hooks": []}
    answer = await ann.http.post(info["hook_url"], json={"message": "hello?"})
    assert answer.status_code == 404
    assert (await ann.fails(f"conversation/drop_hook/{conv}", hook_key=info["hook_key"]))[0] == 430


@pytest.mark.parametrize("type", TYPES)
async def test_every_type_may_be_named(place: Place, ann: Client, type: str) -> None:
    """All of mk_hook_type (Fleep reference 5)."""
    conv = await conversation(place, ann)
    said = await ann.call(f"conversation/create_hook/{conv}", mk_hook_type=type)
    assert (said["hook_info"]["mk_hook_type"], said["hook_info"]["hook_name"]) == (type, type)


async def test_bad_input_costs_nothing(place: Place, ann: Client, bo: Client) -> None:
    """Each with its field where it is one's, 430 for what is another's."""
    conv = await conversation(place, ann)
    head = place.store.head
    for fields, field in (
        ({"mk_hook_type": "teapot"}, "mk_hook_type"),
        ({"mk_hook_type": 4}, "mk_hook_type"),
        ({"hook_name": []}, "hook_name"),
        ({"hook_name": "x" * 300}, "hook_name"),
        ({"outgoing_url": "example.org"}, "outgoing_url"),
        ({"from_message_nr": -1}, "from_message_nr"),
    ):
        status, error = await ann.fails(f"conversation/create_hook/{conv}", **fields)
        assert (status, error["field"]) == (400, field)
    for call in ("configure_hook", "drop_hook"):
        assert (await ann.fails(f"conversation/{call}/{conv}"))[0] == 400
        assert (await ann.fails(f"conversation/{call}/{conv}", hook_key="00000000"))[0] == 430
    for call in ("create_hook", "show_hooks", "configure_hook", "drop_hook", "import"):
        given = {"hook_key": "00000000", "hook_id": "x", "messages": []}
        assert (await bo.fails(f"conversation/{call}/{conv}", **given))[0] == 430
        assert (await ann.fails(f"conversation/{call}/nonsense", **given))[0] == 430
    assert place.store.head == head


async def test_messages_are_brought_in_through_ones_own_hook(place: Place, ann: Client, bo: Client) -> None:
    """conversation/import: times and senders stay, a repeated key edits."""
    conv = await conversation(place, ann, bo)
    info = (await ann.call(f"conversation/create_hook/{conv}", mk_hook_type="import"))["hook_info"]
    old = {"message_key": "1", "message": "old", "posted_time": 1_000_000_000, "sender_name": "Ada"}
    said = await ann.call(f"conversation/import/{conv}", hook_id=info["hook_id"], messages=[old])
    assert said["header"]["last_message_nr"] == 3
    await ann.call(
        f"conversation/import/{conv}", hook_id=info["hook_id"], messages=[{**old, "message": "older"}]
    )
    entry = (await place.services.hooks.show(ann.account, place.conv(conv)))[0]
    assert entry[0].type == "import"
    async with place.store.view() as view:
        found = (await view.entries(place.conv(conv), limit=1, newest=True, after=0))[0]  # type: ignore[arg-type]
        assert found.target is not None
        target = await view.entry(found.target)
    assert target is not None
    assert (target.at, msgspec.json.decode(target.current)["text"]) == (1_000_000_000_000, "older")
    status, _ = await bo.fails(f"conversation/import/{conv}", hook_id=info["hook_id"], messages=[old])
    assert status == 431
    for wrong, field in (
        ([{**old, "message": None}], "message"),
        ([{**old, "posted_time": "now"}], "posted_time"),
        ([{**old, "posted_time": -5}], "posted_time"),
        ([{**old, "message_key": []}], "message_key"),
        ([], "messages"),
        (["text"], "messages"),
    ):
        status, error = await ann.fails(
            f"conversation/import/{conv}", hook_id=info["hook_id"], messages=wrong
        )
        assert (status, error["field"]) == (400, field)
