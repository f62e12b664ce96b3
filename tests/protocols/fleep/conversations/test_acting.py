"""conversation/poke and conversation/show_activity: what nobody needs tomorrow."""

from typing import Any

import pytest
from tests.protocols.fleep.place import Client, Place

from syncline.store.contract import Store


@pytest.fixture
async def conv(ann: Client, bo: Client) -> str:
    """A conversation of two, with a message of Ann's as number 2."""
    made = await ann.call("conversation/create", topic="talk", emails=bo.email, message="a")
    found: str = made["header"]["conversation_id"]
    return found


def of(records: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """The records of one type."""
    return [record for record in records if record["mk_rec_type"] == kind]


@pytest.mark.parametrize("number", [-1, 1804289383])
async def test_a_poke_comes_back_to_who_poked(
    place: Place, ann: Client, bo: Client, conv: str, number: int
) -> None:
    """Unchanged, by his own poll, after what was written before; the others hear nothing; nothing is kept."""
    horizon, _ = await ann.caught_up()
    theirs, _ = await bo.caught_up()
    await bo.call(f"message/send/{conv}", message="before")
    said = await ann.call(f"conversation/poke/{conv}", message_nr=number, is_bg_poke=True)
    assert (said["stream"], said["header"]["conversation_id"]) == ([], conv)
    _, records = await ann.caught_up(horizon)
    assert of(records, "poke") == [
        {
            "mk_rec_type": "poke",
            "conversation_id": conv,
            "account_id": place.fleep.names.person(ann.account),
            "message_nr": number,
        }
    ]
    assert records[-1]["mk_rec_type"] == "poke"
    _, records = await bo.caught_up(theirs)
    assert of(records, "poke") == []


async def test_activity_tells_of_the_others(place: Place, ann: Client, bo: Client, conv: str) -> None:
    """Exactly a stream with a record for each other member: how far he has read, and since when."""
    await bo.call(f"message/mark_read/{conv}", message_nr=2)
    said = await ann.call(f"conversation/show_activity/{conv}", is_writing=False)
    assert said == {
        "stream": [
            {
                "mk_rec_type": "activity",
                "conversation_id": conv,
                "account_id": place.fleep.names.person(bo.account),
                "read_message_nr": 2,
                "join_message_nr": 1,
            }
        ]
    }


async def test_who_looks_is_told_who_writes(ann: Client, bo: Client, conv: str) -> None:
    """Only sessions that asked, only what others do, and nothing of those who keep it private."""
    horizon, _ = await ann.caught_up()
    await bo.call(f"conversation/show_activity/{conv}", is_writing=True)
    assert of((await ann.caught_up(horizon))[1], "activity") == []
    await ann.call(f"conversation/show_activity/{conv}")
    await bo.call(f"conversation/show_activity/{conv}", is_writing=True, message_nr=2)
    (record,) = of((await ann.caught_up(horizon))[1], "activity")
    assert (record["is_writing"], record["message_nr"]) == (True, 2)
    await bo.call("account/configure", is_full_privacy=True)
    horizon, _ = await ann.caught_up(horizon)
    await bo.call(f"conversation/show_activity/{conv}", is_writing=True)
    assert of((await ann.caught_up(horizon))[1], "activity") == []
    assert (await ann.call(f"conversation/show_activity/{conv}"))["stream"] == []


async def test_writing_in_what_is_shared_locks_it(place: Place, ann: Client, bo: Client, conv: str) -> None:
    """Others cannot edit or unpin it meanwhile; the end of writing lets it go."""
    await ann.call(f"message/pin/{conv}", message_nr=2)
    await bo.call(f"conversation/show_activity/{conv}", is_writing=True, message_nr=2)
    assert (await ann.fails(f"message/edit/{conv}", message_nr=2, message="x"))[0] == 431
    assert (await ann.fails(f"message/unpin/{conv}", pin_message_nr=2))[0] == 431
    await bo.call(f"conversation/show_activity/{conv}", is_writing=False, message_nr=2)
    await ann.call(f"message/edit/{conv}", message_nr=2, message="x")


async def test_writing_elsewhere_writes_nothing(store: Store, ann: Client, conv: str) -> None:
    """What is not shared, or not there, is not locked; the log stays as it is."""
    head = store.head
    for number in (2, 99, -1, 1 << 60):
        await ann.call(f"conversation/show_activity/{conv}", is_writing=True, message_nr=number)
    assert store.head == head


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("poke", {}),
        ("poke", {"message_nr": "x"}),
        ("poke", {"message_nr": 1, "is_bg_poke": "x"}),
        ("show_activity", {"is_writing": "x"}),
        ("show_activity", {"message_nr": []}),
    ],
)
async def test_bad_input_is_refused(ann: Client, conv: str, path: str, fields: dict[str, Any]) -> None:
    """400 with the field's name."""
    status, said = await ann.fails(f"conversation/{path}/{conv}", **fields)
    assert (status, "field" in said) == (400, True)


async def test_a_session_is_told_who_else_writes_where_it_looks(
    place: Place, ann: Client, bo: Client, conv: str
) -> None:
    """Not what its own account does elsewhere, and nothing of other conversations."""
    other = (await ann.call("conversation/create", topic="other", emails=bo.email))["header"][
        "conversation_id"
    ]
    second = await place.client(ann.account, ann.email)
    await ann.call(f"conversation/show_activity/{conv}")
    horizon, _ = await ann.caught_up()
    await second.call(f"conversation/show_activity/{conv}", is_writing=True)
    await bo.call(f"conversation/show_activity/{other}", is_writing=True)
    assert of((await ann.caught_up(horizon))[1], "activity") == []
    await bo.call(f"conversation/show_activity/{conv}", is_writing=True)
    (record,) = of((await ann.caught_up(horizon))[1], "activity")
    assert (record["conversation_id"], record["is_writing"]) == (conv, True)
