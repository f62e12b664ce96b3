"""message/send: exact answers, nothing read that is in memory, repeats, limits, mentions."""

from typing import Any

import pytest
from tests.protocols.fleep.keys_twice import FLOW, READ_ONCE, SHAPES
from tests.protocols.fleep.place import Client, Place

from syncline.store.contract import Store
from syncline.store.sqlite.tracing import count_statements

LONGEST = 307_200

MESSAGE_KEYS = SHAPES["message"][1]


@pytest.fixture
async def conv(ann: Client, bo: Client) -> str:
    """A conversation of two."""
    made = await ann.call("conversation/create", topic="talk", emails=bo.email)
    found: str = made["header"]["conversation_id"]
    return found


async def messages(client: Client, conv: str) -> list[dict[str, Any]]:
    """All messages that a member sees, from the first on."""
    said = await client.call(f"conversation/sync/{conv}", from_message_nr=0, api_version=2)
    return [record for record in said["stream"] if record["mk_rec_type"] == "message"]


async def test_the_answer_has_exactly_the_documented_keys(ann: Client, conv: str) -> None:
    """header in flow shape, the number, and a plain message with thirteen keys; the request id if given."""
    said = await ann.call(f"message/send/{conv}", message="Hello world", api_version=2)
    assert said.keys() == {"header", "result_message_nr", "stream"}
    (message,) = said["stream"]
    assert message.keys() == MESSAGE_KEYS
    assert said["header"].keys() - READ_ONCE == FLOW - READ_ONCE
    assert message["message"] == "<msg><p>Hello world</p></msg>"
    assert (message["tags"], message["lock_account_id"]) == ([], None)
    with_id = await ann.call(f"message/send/{conv}", message="x", client_req_id="one", api_version=2)
    assert with_id.keys() == {"header", "result_message_nr", "stream", "client_req_id"}


async def test_a_send_reads_nothing_but_what_the_write_needs(ann: Client, conv: str) -> None:
    """Once a conversation is in memory, no statement runs outside the write."""
    await ann.call(f"message/send/{conv}", message="warm")
    with count_statements() as counted:
        said = await ann.call(f"message/send/{conv}", message="quick")
    assert said["result_message_nr"] == 3
    assert sum(counted.values()) == 0, counted


async def test_what_is_told_at_once_is_what_is_read_later(ann: Client, conv: str) -> None:
    """The record made from memory equals the one made from the store."""
    sent = [
        (await ann.call(f"message/send/{conv}", message=text, api_version=2))["stream"][0]
        for text in ("one", "*two* https://example.org", "three\n\n> four")
    ]
    assert (await messages(ann, conv))[1:] == sent


async def test_a_link_has_its_preview_in_the_reply(ann: Client, conv: str) -> None:
    """The record is there at once, for who sends it as for all others by poll."""
    horizon, _ = await ann.caught_up()
    sent = await ann.call(f"message/send/{conv}", message="see https://example.org/a")
    message, preview = sent["stream"]
    assert (preview["mk_rec_type"], preview["message_nr"]) == ("preview", message["message_nr"])
    assert (preview["attached_url"], preview["title"]) == ("https://example.org/a", "example.org")
    _, polled = await ann.caught_up(horizon)
    assert preview in polled


async def test_a_forward_sync_comes_with_a_send_that_asks_for_it(ann: Client, bo: Client, conv: str) -> None:
    """from_message_nr: everything since then, and the header says how far; never bw."""
    await bo.call(f"message/send/{conv}", message="one")
    await bo.call(f"message/send/{conv}", message="two")
    said = await ann.call(f"message/send/{conv}", message="three", from_message_nr=1)
    assert [record["message_nr"] for record in said["stream"]] == [2, 3, 4]
    assert (said["header"]["fw_message_nr"], said["result_message_nr"]) == (4, 4)
    assert "bw_message_nr" not in said["header"]


async def test_a_repeated_request_makes_one_message(ann: Client, conv: str) -> None:
    """The same client_req_id gives the first answer again, also marked as a retry."""
    first = await ann.call(f"message/send/{conv}", message="once", client_req_id="r1")
    again = await ann.call(f"message/send/{conv}", message="once", client_req_id="r1", is_retry=True)
    assert again["result_message_nr"] == first["result_message_nr"] == 2
    assert again["stream"] == first["stream"]
    other = await ann.call(f"message/send/{conv}", message="twice", client_req_id="r2")
    assert other["result_message_nr"] == 3
    elsewhere = (await ann.call("conversation/create", topic="elsewhere"))["header"]["conversation_id"]
    there = await ann.call(f"message/send/{elsewhere}", message="there", client_req_id="r1")
    assert there["stream"][0]["conversation_id"] == elsewhere


async def test_the_longest_message_passes_and_one_more_character_does_not(ann: Client, conv: str) -> None:
    """307,200 characters; nothing is written of a longer one."""
    said = await ann.call(f"message/send/{conv}", message="x" * LONGEST)
    assert len(said["stream"][0]["message"]) > LONGEST
    status, refused = await ann.fails(f"message/send/{conv}", message="x" * (LONGEST + 1))
    assert (status, refused["field"]) == (400, "message")
    assert len(await messages(ann, conv)) == 2


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 400),
        ({"message": None}, 400),
        ({"message": ""}, 400),
        ({"message": 7}, 400),
        ({"message": ["x"]}, 400),
        ({"message": "x", "from_message_nr": "many"}, 400),
        ({"message": "x", "from_message_nr": -1}, 400),
        ({"message": "x", "from_message_nr": 1 << 70}, 400),
        ({"message": "x", "attachments": "file"}, 400),
        ({"message": "x", "attachments": ["/file/a"]}, 431),
        ({"message": "x", "client_req_id": 5}, 400),
        ({"message": "x", "client_req_id": "x" * 300}, 400),
    ],
)
async def test_bad_input_is_refused_and_leaves_nothing(
    store: Store, ann: Client, conv: str, fields: dict[str, Any], status: int
) -> None:
    """A documented error, and no change in the log."""
    head = store.head
    got, said = await ann.fails(f"message/send/{conv}", **fields)
    assert got == status, said
    assert store.head == head


async def test_strangers_and_leavers_send_nothing(
    place: Place, store: Store, ann: Client, bo: Client, conv: str
) -> None:
    """430 for a stranger and for what leads nowhere, 431 for who left, 401 for a dead ticket."""
    cyd = await place.user("cyd")
    await bo.call(f"conversation/leave/{conv}")
    head = store.head
    nowhere = place.fleep.names.person(ann.account)
    assert (await cyd.fails(f"message/send/{conv}", message="x"))[0] == 430
    assert (await ann.fails(f"message/send/{nowhere}", message="x"))[0] == 430
    assert (await ann.fails("message/send/zzz", message="x"))[0] == 430
    assert (await bo.fails(f"message/send/{conv}", message="x"))[0] == 431
    ann.ticket = "0" * 20
    assert (await ann.fails(f"message/send/{conv}", message="x"))[0] == 401
    assert store.head == head


async def test_the_61st_quick_message_waits(store: Store) -> None:
    """60 at once pass, the next is refused with 431, and another account is not concerned."""
    place = Place(store, fleep={"send_rate": 1.0, "send_burst": 60.0, "support": False})
    ann, bo = await place.user("ann"), await place.user("bo")
    conv = (await ann.call("conversation/create", emails=bo.email))["header"]["conversation_id"]
    for nr in range(60):
        await ann.call(f"message/send/{conv}", message=str(nr))
    status, said = await ann.fails(f"message/send/{conv}", message="one too many")
    assert (status, said["error_id"]) == (431, "too_many_requests")
    await bo.call(f"message/send/{conv}", message="me")
    await place.close()


async def test_a_mention_is_told_to_who_is_meant(ann: Client, bo: Client, conv: str) -> None:
    """`@bo` sets my_message_nr; editing it out takes it away, and so does reading past it."""

    async def mentioned() -> Any:
        found = await bo.call(f"conversation/sync/{conv}", mk_direction="ic_full")
        return found["header"].get("my_message_nr", 0)

    await ann.call(f"message/send/{conv}", message="look, @Bo: here")
    assert await mentioned() == 2
    await ann.call(f"message/edit/{conv}", message_nr=2, message="look here")
    assert await mentioned() == 0
    await ann.call(f"message/send/{conv}", message="@bo @nobody @ann")
    assert await mentioned() == 4
    read = await bo.call(f"message/mark_read/{conv}", message_nr=4)
    assert read["header"].get("my_message_nr", 0) == 0
    assert await mentioned() == 0


async def test_a_mention_of_a_stranger_reaches_nobody(place: Place, ann: Client, conv: str) -> None:
    """Who is no member is not told of a conversation by being named in it."""
    cyd = await place.user("cyd")
    horizon, _ = await cyd.caught_up()
    await ann.call(f"message/send/{conv}", message="@cyd should not hear this")
    assert await cyd.caught_up(horizon) == (horizon, [])
