"""The life of one conversation of three members, number by number (Fleep reference 4.6)."""

from typing import Any

from tests.protocols.fleep.place import Client, Place


async def header(client: Client, conv: str, mode: str = "ic_full") -> dict[str, Any]:
    """A conversation as one member has it now."""
    said = await client.call(f"conversation/sync/{conv}", mk_direction=mode, api_version=2)
    found: dict[str, Any] = said["header"]
    return found


def has(found: dict[str, Any], **wanted: Any) -> None:
    """Fails with all differences at once."""
    told = {key: found.get(key if key in found else f"{key}_message_nr") for key in wanted}
    assert told == wanted


async def test_every_number_of_the_table(place: Place) -> None:
    """Creation, sends, reads, a leave, a return: what each of three members is told at each step."""
    a, b, c = await place.user("ann"), await place.user("bob"), await place.user("cyd")
    made = await a.call("conversation/create", topic="life", emails=f"{b.email}, {c.email}")
    conv = made["header"]["conversation_id"]
    has(made["header"], read=1, join=1, begin=1, send=1, show=1, last=1, inbox=1, fw=1, bw=1)
    has(made["header"], unread_count=0, last_inbox_nr=0, read_inbox_nr=0, topic_message_nr=1)
    assert [record["message_nr"] for record in made["stream"] if record["mk_rec_type"] == "message"] == [1]
    for member in (b, c):
        has(await header(member, conv), read=0, last=1, inbox=1, unread_count=0)

    for nr in (2, 3, 4):
        sent = await a.call(f"message/send/{conv}", message=f"number {nr}")
        (message,) = sent["stream"]
        assert (sent["result_message_nr"], message["message_nr"]) == (nr, nr)
        assert (message["inbox_nr"], message["prev_message_nr"]) == (nr - 1, nr - 1)
    has(sent["header"], read=4, inbox=4, last=4, show=4, unread_count=0, last_inbox_nr=3, read_inbox_nr=3)
    for member in (b, c):
        full = await header(member, conv)
        has(full, last=4, inbox=2, unread_count=3, bw=1, fw=4, read=0)
        assert "is_mark_unread" not in full

    stored = await b.call(f"conversation/store/{conv}", read_message_nr=4)
    has(stored["header"], read=4, inbox=4, unread_count=0, is_mark_unread=False)
    assert stored["stream"] == []

    marked = await c.call(f"conversation/mark_read/{conv}")
    has(marked["header"], read=4, bw=4, fw=4, unread_count=0, is_mark_unread=False)
    assert (marked["header"]["mk_init_mode"], marked["header"]["is_init"]) == ("ic_tiny", True)
    assert [record["message_nr"] for record in marked["stream"] if record["mk_rec_type"] == "message"] == [4]

    back = await c.call(f"conversation/store/{conv}", read_message_nr=1)
    has(back["header"], read=1, inbox=2, unread_count=3, is_mark_unread=True)

    left = await c.call(f"conversation/leave/{conv}")
    has(left["header"], can_post=False, last=5, read=5, send=5, show=5, unread_count=0)
    assert left["header"]["leavers"] == [place.fleep.names.person(c.account)]
    (leave,) = left["stream"]
    assert (leave["mk_message_type"], leave["message"], leave["inbox_nr"]) == ("leave", "", -3)
    assert (leave["message_nr"], left["result_message_nr"]) == (5, 5)

    unseen = await a.call(f"message/send/{conv}", message="without Cyd")
    assert (unseen["stream"][0]["message_nr"], unseen["stream"][0]["inbox_nr"]) == (6, 4)
    has(await header(c, conv), last=5, show=5)

    again = await a.call(f"conversation/add_members/{conv}", emails=c.email)
    added = next(record for record in again["stream"] if record["mk_rec_type"] == "message")
    assert (added["message_nr"], added["inbox_nr"], added["mk_message_type"]) == (7, -4, "add")
    arrived = next(record for record in again["stream"] if record["mk_rec_type"] == "activity")
    assert arrived == {
        "mk_rec_type": "activity",
        "conversation_id": conv,
        "account_id": place.fleep.names.person(c.account),
        "join_message_nr": 1,
    }
    assert again["header"]["leavers"] == []

    last = await a.call(f"message/send/{conv}", message="with Cyd")
    has(last["header"], last=8, inbox=8, last_inbox_nr=5, read=8)
    assert last["stream"][0]["inbox_nr"] == 5
    has(
        await header(c, conv),
        join=1,
        begin=7,
        send=7,
        read=6,
        bw=1,
        fw=8,
        inbox=8,
        unread_count=1,
        last=8,
    )
