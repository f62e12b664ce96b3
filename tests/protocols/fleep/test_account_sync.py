"""account/sync_conversations: by ids, in pages, and by the labels of older clients."""

from typing import Any

import pytest
from tests.protocols.fleep.labelling import Shelf, convs
from tests.protocols.fleep.place import Client, Place

SYNC = "account/sync_conversations"
FUTURE = 4_000_000_000_000


@pytest.fixture
def shelf(place: Place, ann: Client) -> Shelf:
    """Ann's conversations."""
    return Shelf(place, ann)


async def pages(client: Client, **fields: Any) -> list[list[str]]:
    """Page after page, as clients do it that go on while there is a cursor."""
    found, cursor = [], None
    while True:
        said = await client.call(SYNC, sync_cursor=cursor, mk_init_mode="ic_header", **fields)
        found.append(convs(said["stream"]))
        cursor = said.get("sync_cursor")
        if not cursor:
            assert said.keys() == {"stream"}
            return found


async def test_all_conversations_come_newest_first_while_there_is_a_cursor(shelf: Shelf, ann: Client) -> None:
    made = [await shelf.conv(f"topic {n}") for n in range(52)]
    found = await pages(ann)
    assert [len(page) for page in found] == [25, 25, 2]
    assert [conv for page in found for conv in page] == made[::-1]
    await shelf.talk.send(ann.account, shelf.place.conv(made[0]), b'{"text": "up again"}')
    assert (await pages(ann))[0][:2] == [made[0], made[-1]]


async def test_what_moves_up_or_goes_while_a_list_is_read_is_not_missed(shelf: Shelf, ann: Client) -> None:
    """An earlier cursor gives the earlier page again, also after changes."""
    made = [await shelf.conv(f"topic {n}") for n in range(30)]
    cursor = (await ann.call(SYNC, mk_init_mode="ic_header"))["sync_cursor"]
    for conv in (made[2], made[20], await shelf.conv("new")):
        await shelf.talk.send(ann.account, shelf.place.conv(conv), b'{"text": "up"}')
    for gone in ([], made[:1]):
        for conv in gone:
            await ann.call(f"conversation/delete/{conv}")
        said = await ann.call(SYNC, mk_init_mode="ic_header", sync_cursor=cursor)
        assert convs(said["stream"]) == [one for one in made[4::-1] if one not in gone]


async def test_a_list_of_one_whole_page_has_no_second(shelf: Shelf, ann: Client) -> None:
    for n in range(25):
        await shelf.conv(f"topic {n}")
    assert [len(page) for page in await pages(ann)] == [25]


async def test_ids_are_answered_in_their_order_and_foreign_ones_left_out(
    place: Place, shelf: Shelf, ann: Client, bo: Client
) -> None:
    """Threat: a foreign id must not be told from one that does not exist."""
    theirs = await Shelf(place, bo).conv("theirs")
    one, two = await shelf.conv("one"), await shelf.conv("two")
    head = place.store.head
    asked = [two, theirs, "nonsense", "0a1f5c2e-7d2f-4a7c-8f5e-1b9d2f3c4e05", one, two]
    said = await ann.call(SYNC, conversation_ids=asked, mk_init_mode="ic_header")
    assert said.keys() == {"stream"}
    assert convs(said["stream"]) == [two, one]
    assert await ann.call(SYNC, conversation_ids=[]) == {"stream": []}
    assert await ann.call(SYNC, conversation_ids=[theirs]) == {"stream": []}
    assert place.store.head == head


async def test_older_clients_ask_by_label(shelf: Shelf, ann: Client) -> None:
    for n in range(3):
        await shelf.conv(f"plain {n}")
    muted = await shelf.conv("muted")
    await shelf.mark(muted, alerts="never")
    work = [await shelf.conv(f"topic {n}", labels=["work"]) for n in range(27)]
    assert await pages(ann, label="Muted") == [[muted]]
    assert [len(page) for page in await pages(ann, label="Recent")] == [20]
    assert await pages(ann, label_id=await shelf.label_id("work")) == [work[:1:-1], work[1::-1]]
    assert (await ann.fails(SYNC, label="never made"))[0] == 430
    assert (await ann.fails(SYNC, label_id="nonsense"))[0] == 430


async def test_the_default_mode_shows_the_message_of_a_list(shelf: Shelf, ann: Client, bo: Client) -> None:
    conv = await shelf.conv("topic", bo.account)
    for text in ("one", "two"):
        await shelf.talk.send(bo.account, shelf.place.conv(conv), b'{"text": "%s"}' % text.encode())
    stream = (await ann.call(SYNC))["stream"]
    record = next(one for one in stream if one["mk_rec_type"] == "conv")
    (message,) = [one for one in stream if one["mk_rec_type"] == "message"]
    assert (record["mk_init_mode"], record["is_tiny"], record["is_init"]) == ("ic_tiny", True, True)
    assert message["message_nr"] == record["inbox_message_nr"] == record["bw_message_nr"] == 2
    (contact,) = [one for one in stream if one["mk_rec_type"] == "contact"]
    assert contact["email"] == "bo@example.org", "one's own contact is not repeated"


async def test_somebody_who_left_keeps_it_in_the_list_as_it_was(
    place: Place, shelf: Shelf, ann: Client, bo: Client
) -> None:
    """Threat: times and places in a list tell him that the others go on talking."""
    old = await shelf.conv("left", bo.account)
    new = await shelf.conv("stayed", bo.account)
    await place.services.conversations.leave(bo.account, place.conv(old))
    before = await bo.call(SYNC, mk_init_mode="ic_header")
    assert convs(before["stream"]) == [old, new], "the leave itself moved it up"
    for conv, at in ((new, FUTURE), (old, FUTURE + 10_000)):
        await place.services.conversations.send(ann.account, place.conv(conv), b'{"text": "later"}', at=at)
    after = await bo.call(SYNC, mk_init_mode="ic_header")
    assert convs(after["stream"]) == [new, old]
    assert [one for one in after["stream"] if one["conversation_id"] == old] == [before["stream"][0]]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"conversation_ids": "x"}, 400),
        ({"conversation_ids": [5]}, 400),
        ({"conversation_ids": ["x"] * 1001}, 400),
        ({"mk_init_mode": "ic_huge"}, 400),
        ({"mk_init_mode": 3}, 400),
        ({"sync_cursor": "no cursor"}, 400),
        ({"label": 5}, 400),
    ],
)
async def test_bad_input_is_said(ann: Client, fields: dict[str, Any], status: int) -> None:
    assert (await ann.fails(SYNC, **fields))[0] == status
