"""message/mark_read, message/mark_unread, message/snooze, conversation/mark_read."""

import pytest
from tests.protocols.fleep.place import Client

from syncline.store.contract import Store


@pytest.fixture
async def conv(ann: Client, bo: Client) -> str:
    """A conversation of two with messages 2 to 4 of Ann's."""
    made = await ann.call("conversation/create", topic="talk", emails=bo.email, message="a")
    found: str = made["header"]["conversation_id"]
    for text in ("b", "c"):
        await ann.call(f"message/send/{found}", message=text)
    return found


async def test_the_read_horizon_moves_both_ways(bo: Client, conv: str) -> None:
    """Forward to a message, back before one; going back marks the conversation as unread."""
    said = (await bo.call(f"message/mark_read/{conv}", message_nr=3))["header"]
    assert (said["read_message_nr"], said["inbox_message_nr"], said["unread_count"]) == (3, 4, 1)
    assert said["is_mark_unread"] is False
    said = (await bo.call(f"message/mark_unread/{conv}", message_nr=2))["header"]
    assert (said["read_message_nr"], said["unread_count"], said["is_mark_unread"]) == (1, 3, True)
    said = (await bo.call(f"message/mark_read/{conv}", message_nr=4))["header"]
    assert (said["unread_count"], said["is_mark_unread"]) == (0, False)


async def test_what_is_marked_as_unread_is_so_for_who_never_read_it(
    store: Store, bo: Client, conv: str
) -> None:
    """3.1: the last read action was "mark unread", wherever the position was before; and once is enough."""
    for nr, unread in ((3, 2), (2, 3)):
        said = (await bo.call(f"message/mark_unread/{conv}", message_nr=nr))["header"]
        assert (said["unread_count"], said["is_mark_unread"]) == (unread, True)
    head = store.head
    await bo.call(f"message/mark_unread/{conv}", message_nr=2)
    assert store.head == head


async def test_reading_the_same_twice_writes_nothing(store: Store, bo: Client, conv: str) -> None:
    """Nobody is woken for it."""
    await bo.call(f"message/mark_read/{conv}", message_nr=3)
    head = store.head
    await bo.call(f"message/mark_read/{conv}", message_nr=3)
    assert store.head == head


async def test_a_read_mark_takes_no_number_and_reaches_ones_other_session(bo: Client, conv: str) -> None:
    """The other session gets the conversation in flow shape."""
    horizon, _ = await bo.caught_up()
    await bo.call(f"message/mark_read/{conv}", message_nr=4)
    _, records = await bo.caught_up(horizon)
    (record,) = [one for one in records if one["mk_rec_type"] == "conv"]
    assert (record["read_message_nr"], record["last_message_nr"]) == (4, 4)
    assert "members" not in record


async def test_full_privacy_hides_what_one_has_read(ann: Client, bo: Client, conv: str) -> None:
    """With is_full_privacy others are sent no activity about it."""

    async def told(client: Client) -> list[object]:
        _, records = await client.caught_up(start[client])
        return [one.get("read_message_nr") for one in records if one["mk_rec_type"] == "activity"]

    start: dict[Client, int] = {}
    await ann.call(f"conversation/show_activity/{conv}")
    for private, expected in ((False, [3]), (True, [])):
        await bo.call("account/configure", is_full_privacy=private)
        start[ann], _ = await ann.caught_up()
        await bo.call(f"message/mark_read/{conv}", message_nr=4 if private else 3)
        assert await told(ann) == expected


@pytest.mark.parametrize(
    ("mode", "numbers"), [(None, [4]), ("ic_tiny", [4]), ("ic_header", []), ("ic_full", [1, 2, 3, 4])]
)
async def test_all_is_read_and_the_conversation_begins_anew(
    bo: Client, conv: str, mode: str | None, numbers: list[int]
) -> None:
    """conversation/mark_read in each shape, with what comes with it."""
    said = await bo.call(f"conversation/mark_read/{conv}", mk_init_mode=mode)
    header = said["header"]
    assert (header["read_message_nr"], header["unread_count"]) == (4, 0)
    assert (header["is_init"], header["mk_init_mode"]) == (True, mode or "ic_tiny")
    assert [one["message_nr"] for one in said["stream"] if one["mk_rec_type"] == "message"] == numbers


async def test_a_message_s_snooze_is_its_conversation_s(ann: Client, bo: Client, conv: str) -> None:
    """Quiet for some seconds, for whoever asked alone."""
    said = (await bo.call(f"message/snooze/{conv}", message_nr=2, snooze_interval=600))["header"]
    assert (said["is_muted"], said["snooze_interval"]) == (True, 600)
    said = (await ann.call(f"message/mark_read/{conv}", message_nr=4))["header"]
    assert (said["is_muted"], said["snooze_interval"]) == (False, 0)
    assert (await bo.fails(f"message/snooze/{conv}", message_nr=2))[0] == 400


async def test_an_unknown_shape_is_refused(store: Store, bo: Client, conv: str) -> None:
    """400, and nothing is read."""
    head = store.head
    assert (await bo.fails(f"conversation/mark_read/{conv}", mk_init_mode="ic_all"))[0] == 400
    assert store.head == head
