"""Calls are held elsewhere: the operator says where, members are told now, and nothing is kept."""

from tests.protocols.fleep.hooks.talk import conversation
from tests.protocols.fleep.keys_twice import check
from tests.protocols.fleep.place import Client, Place

from syncline.store.contract import Store

CALLS = "https://calls.example.org/room/{key}"


async def test_without_a_place_for_calls_there_are_none(place: Place, ann: Client) -> None:
    """431, with a sentence that names the option."""
    conv = await conversation(place, ann)
    status, said = await ann.fails(f"conversation/create_hangout/{conv}")
    assert (status, said["error_id"]) == (431, "not_available")
    assert "fleep.call_url" in said["error_message"]
    hangout_id = place.fleep.names.hangout(place.conv(conv))
    assert (await ann.fails("hangout", hangout_id=hangout_id))[0] == 431


async def test_a_call_is_told_to_all_members_and_not_kept(store: Store) -> None:
    """One address for a conversation, the same for all its members; no change in the log."""
    place = Place(store, fleep={"call_url": CALLS})
    ann, bo, eve = [await place.user(name) for name in ("ann", "bo", "eve")]
    conv = await conversation(place, ann, bo)
    horizon, _ = await bo.caught_up()
    head = store.head
    said = await ann.call(f"conversation/create_hangout/{conv}")
    (record,) = said["stream"]
    check(record)
    assert said["hangout_url"] == record["hangout_url"]
    assert record["hangout_url"].startswith("https://calls.example.org/room/")
    assert len(record["hangout_url"].rpartition("/")[2]) == 22
    assert store.head == head
    _, records = await bo.caught_up(horizon)
    assert [one for one in records if one["mk_rec_type"] == "hangout_activity"] == [record]
    joined = await bo.call("hangout", hangout_id=record["hangout_id"], participants=["Bo"], hangout_url="x")
    (now,) = joined["stream"]
    assert (now["participants"], now["hangout_url"]) == (["Bo"], record["hangout_url"])
    assert (await eve.fails(f"conversation/create_hangout/{conv}"))[0] == 430
    assert (await eve.fails("hangout", hangout_id=record["hangout_id"]))[0] == 430
    assert (await ann.fails("hangout", hangout_id=conv))[0] == 430
    assert (await ann.fails("hangout"))[0] == 400
    assert (await ann.fails("hangout", hangout_id=record["hangout_id"], participants="Bo"))[0] == 400
    await place.close()
