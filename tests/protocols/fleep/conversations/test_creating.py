"""conversation/create: members by all that people call each other, a first message, and the exact header."""

from typing import Any

import pytest
from tests.protocols.fleep.keys_twice import FULL
from tests.protocols.fleep.place import Client, Place

from syncline.store.contract import Store


def of(reply: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The records of one type."""
    return [record for record in reply["stream"] if record["mk_rec_type"] == kind]


async def test_the_header_is_a_full_init_and_message_1_comes_with_it(ann: Client) -> None:
    """Exactly the documented keys; alone, without a topic, it is a monologue."""
    made = await ann.call("conversation/create")
    assert made["header"].keys() - {"default_topic", "is_mark_unread"} == FULL - {"is_mark_unread"}
    assert (made["header"]["topic"], made["header"]["default_topic"]) == ("", "Monologue with myself")
    (message,) = of(made, "message")
    assert (message["message_nr"], message["mk_message_type"], made["result_message_nr"]) == (1, "create", 1)


async def test_members_are_named_by_whatever_they_are_called(place: Place, ann: Client, bo: Client) -> None:
    """E-mail addresses with names and both separators, Fleep addresses with and without host, ids, twice."""
    cyd, dan = await place.user("cyd"), await place.user("dan")
    host = place.fleep.host
    made = await ann.call(
        "conversation/create",
        topic="  all \n of us ",
        emails=f'"Sample, Bo" <{bo.email}>; cyd, dan@{host}; Eve New <eve@elsewhere.example>, {bo.email}',
        account_ids=[place.fleep.names.person(dan.account)],
    )
    names = place.fleep.names
    members = made["header"]["members"]
    assert made["header"]["topic"] == "all of us"
    assert members[:4] == [names.person(one.account) for one in (ann, bo, cyd, dan)]
    assert len(members) == 5
    eve = next(one for one in of(made, "contact") if one["account_id"] == members[4])
    assert (eve["email"], eve["display_name"], eve["mk_account_status"]) == (
        "eve@elsewhere.example",
        "Eve New",
        "new",
    )
    _, records = await cyd.caught_up()
    assert made["header"]["conversation_id"] in {one.get("conversation_id") for one in records}


async def test_the_message_becomes_number_2(ann: Client, bo: Client) -> None:
    """In the same answer, read by its author, with its subject; unread for the others."""
    made = await ann.call("conversation/create", emails=bo.email, message="hello", subject="About")
    first, second = of(made, "message")
    assert (first["message_nr"], second["message_nr"], made["result_message_nr"]) == (1, 2, 2)
    assert (second["message"], second["subject"]) == ("<msg><p>hello</p></msg>", "About")
    assert (made["header"]["read_message_nr"], made["header"]["fw_message_nr"]) == (2, 2)
    conv = made["header"]["conversation_id"]
    seen = await bo.call(f"conversation/sync/{conv}")
    assert (seen["header"]["unread_count"], seen["header"]["read_message_nr"]) == (1, 0)


async def test_many_members_come_in_a_chain_and_the_message_after_them(place: Place, ann: Client) -> None:
    """45 strangers by address: all there from the start, message 1 revised, then the message."""
    emails = ", ".join(f"p{number}@crowd.example" for number in range(45))
    made = await ann.call(
        "conversation/create", topic="crowd", emails=emails, message="all", client_req_id="c"
    )
    assert len(made["header"]["members"]) == 46
    assert made["header"]["last_message_nr"] == made["result_message_nr"] == 4
    again = await ann.call(
        "conversation/create", topic="crowd", emails=emails, message="all", client_req_id="c"
    )
    assert again["header"]["conversation_id"] == made["header"]["conversation_id"]
    assert (again["result_message_nr"], again["header"]["last_message_nr"]) == (4, 4)


async def test_a_repeated_request_makes_one_conversation(store: Store, ann: Client, bo: Client) -> None:
    """The second answer names the first one's conversation, and nothing is written."""
    first = await ann.call("conversation/create", emails=bo.email, message="x", client_req_id="r")
    head = store.head
    again = await ann.call("conversation/create", emails=bo.email, message="x", client_req_id="r")
    assert again["header"] == first["header"]
    assert (again["result_message_nr"], store.head) == (2, head)


async def test_options_stand_from_the_beginning(ann: Client, bo: Client) -> None:
    """Only what was set once is told; a managed one has its creator as admin."""
    made = await ann.call(
        "conversation/create",
        emails=bo.email,
        is_autojoin=True,
        is_disclose=False,
        mk_conv_type="cct_list",
        is_managed=True,
    )
    header = made["header"]
    assert (header["is_autojoin"], header["is_disclose"], header["is_list"]) == (True, False, True)
    assert (header["is_managed"], header["admins"]) == (True, [header["creator_id"]])
    assert header["mk_conv_type"] == "cct_list"
    assert "is_url_preview_disabled" not in header
    status, _ = await bo.fails(f"conversation/set_topic/{header['conversation_id']}", topic="mine")
    assert status == 431


async def test_a_message_can_be_forwarded_into_a_new_conversation(ann: Client, bo: Client) -> None:
    """Its text becomes the first message, after what the caller writes himself."""
    made = await ann.call("conversation/create", emails=bo.email, message="the news")
    source = made["header"]["conversation_id"]
    new = await ann.call("conversation/create", fwd_conversation_id=source, fwd_message_nr=2)
    assert of(new, "message")[-1]["message"] == "<msg><p>the news</p></msg>"
    both = await ann.call("conversation/create", message="see", fwd_conversation_id=source, fwd_message_nr=2)
    assert of(both, "message")[-1]["message"] == "<msg><p>see</p><p>the news</p></msg>"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"emails": "not an address at all"}, 400),
        ({"emails": "nobody-here"}, 430),
        ({"emails": "a@b@c"}, 400),
        ({"emails": ["a@b.example"]}, 400),
        ({"emails": ", ;"}, 400),
        ({"emails": "new@elsewhere.example, nobody-here"}, 430),
        ({"emails": "x@y.example," * 20_000}, 400),
        ({"emails": ", ".join(f"a{n}@b.example" for n in range(1001))}, 400),
        ({"account_ids": "x"}, 400),
        ({"account_ids": ["x"]}, 430),
        ({"account_ids": ["00000000-0000-4000-8000-000000000000"]}, 430),
        ({"team_ids": ["x"]}, 431),
        ({"fork_conversation_id": "x"}, 431),
        ({"topic": 5}, 400),
        ({"topic": "x" * 1001}, 400),
        ({"message": 5}, 400),
        ({"message": "x" * 307_201}, 400),
        ({"attachments": ["x"]}, 431),
        ({"is_managed": "perhaps"}, 400),
        ({"mk_conv_type": "cct_other"}, 400),
        ({"emails": "new@elsewhere.example", "fwd_conversation_id": "x", "fwd_message_nr": 1}, 430),
    ],
)
async def test_bad_input_is_refused_and_leaves_nothing(
    store: Store, ann: Client, fields: dict[str, Any], status: int
) -> None:
    """A documented error, no conversation, and nobody made for its sake."""
    head = store.head
    got, said = await ann.fails("conversation/create", **fields)
    assert got == status, said
    assert store.head == head
