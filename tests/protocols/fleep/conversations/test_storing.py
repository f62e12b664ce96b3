"""conversation/store and the older calls: members, topic, options, and one's own side of a conversation."""

from typing import Any

import pytest
from tests.protocols.fleep.keys_twice import FLOW, READ_ONCE, STATE
from tests.protocols.fleep.place import Client, Place

from syncline.store.contract import Store


@pytest.fixture
async def conv(ann: Client, bo: Client) -> str:
    """A conversation of two, with a message of Ann's as number 2."""
    made = await ann.call("conversation/create", topic="talk", emails=bo.email, message="first")
    found: str = made["header"]["conversation_id"]
    return found


def of(reply: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The records of one type."""
    return [record for record in reply["stream"] if record["mk_rec_type"] == kind]


async def header(client: Client, conv: str, mode: str = "ic_header") -> dict[str, Any]:
    """A conversation as a member has it now."""
    found: dict[str, Any] = (await client.call(f"conversation/sync/{conv}", mk_direction=mode))["header"]
    return found


async def test_a_new_topic_is_a_message_with_a_state_header(ann: Client, bo: Client, conv: str) -> None:
    """Exact keys; the same topic again takes no number; "" takes it away; without one it is an error."""
    said = await bo.call(f"conversation/set_topic/{conv}", topic="news")
    assert said["header"].keys() - READ_ONCE == STATE - READ_ONCE
    (message,) = of(said, "message")
    assert (message["mk_message_type"], message["message"]) == ("topic", '{"topic":"news"}')
    assert (message["inbox_nr"], said["header"]["topic_message_nr"]) == (-1, 3)
    same = await ann.call(f"conversation/store/{conv}", topic="news")
    assert (same["header"]["last_message_nr"], same["stream"]) == (3, [])
    gone = await ann.call(f"conversation/store/{conv}", topic="")
    assert (gone["header"]["topic"], gone["header"]["default_topic"]) == ("", "Bo Sample")
    status, refused = await ann.fails(f"conversation/set_topic/{conv}", is_writing=True, message_nr=1)
    assert (status, refused["field"]) == (400, "topic")
    assert (await header(ann, conv))["topic"] == ""


async def test_adding_to_a_fresh_one_revises_its_beginning(place: Place, ann: Client, bo: Client) -> None:
    """Message 1 grows, its revision takes the number, and topic_message_nr with it (reference 4.6)."""
    made = await ann.call("conversation/create", topic="members")
    conv = made["header"]["conversation_id"]
    said = await ann.call(f"conversation/add_members/{conv}", emails=bo.email)
    (message,) = of(said, "message")
    bob = place.fleep.names.person(bo.account)
    assert (message["message_nr"], message["flow_message_nr"]) == (1, 2)
    assert f'"members":["{bob}"]' in message["message"]
    assert (said["header"]["topic_message_nr"], said["header"]["members"][1:]) == (2, [bob])
    assert of(said, "activity") == [
        {"mk_rec_type": "activity", "conversation_id": conv, "account_id": bob, "join_message_nr": 1}
    ]
    assert [one["account_id"] for one in of(said, "contact")] == [bob]
    assert (await header(bo, conv))["join_message_nr"] == 1


async def test_adding_who_is_there_changes_nothing(store: Store, ann: Client, bo: Client, conv: str) -> None:
    """No message, no activity."""
    head = store.head
    said = await ann.call(f"conversation/add_members/{conv}", emails=bo.email)
    assert (said["stream"], store.head) == ([], head)


async def test_members_are_removed(place: Place, ann: Client, bo: Client, conv: str) -> None:
    """A kick message with the members; one's own address among them is leaving."""
    said = await ann.call(f"conversation/remove_members/{conv}", emails=bo.email)
    (message,) = of(said, "message")
    bob = place.fleep.names.person(bo.account)
    assert (message["mk_message_type"], message["message"]) == ("kick", f'{{"members":["{bob}"]}}')
    assert (said["header"]["members"], said["header"]["leavers"]) == ([message["account_id"]], [bob])
    own = await ann.call(f"conversation/store/{conv}", remove_account_ids=[message["account_id"]])
    assert own["header"]["can_post"] is False
    assert (await ann.fails(f"conversation/check_permissions/{conv}"))[0] == 431


async def test_many_are_added_and_removed_by_one_call(ann: Client, conv: str) -> None:
    """More than one work takes: all come, all go, and the answer holds every message."""
    crowd = [f"p{number}@crowd.example" for number in range(45)]
    said = await ann.call(f"conversation/add_members/{conv}", emails=";".join(crowd))
    assert len(said["header"]["members"]) == 47
    assert [one["message_nr"] for one in of(said, "message")] == [3, 4, 5]
    assert len(of(said, "activity")) == 45
    said = await ann.call(f"conversation/store/{conv}", remove_emails=",".join(crowd), can_post=False)
    assert (len(said["header"]["members"]), said["header"]["can_post"]) == (1, False)


async def test_everything_at_once_is_one_act(store: Store, place: Place, ann: Client, conv: str) -> None:
    """All of it in one call; and where one thing may not be, nothing of it is."""
    cyd = await place.user("cyd")
    said = await ann.call(
        f"conversation/store/{conv}",
        topic="changed",
        add_emails=cyd.email,
        disclose_emails=cyd.email,
        labels=["work"],
        mk_alert_level="never",
        read_message_nr=1,
        is_autojoin=True,
        client_req_id="all",
    )
    record = said["header"]
    assert (record["topic"], len(record["members"])) == ("changed", 3)
    assert (record["labels"], record["mk_alert_level"], record["is_muted"]) == (["work"], "never", True)
    assert (record["read_message_nr"], record["is_autojoin"]) == (1, True)
    assert [one["mk_message_type"] for one in of(said, "message")] == ["topic", "add", "disclose"]
    assert said["client_req_id"] == "all"
    head = store.head
    again = await ann.call(
        f"conversation/store/{conv}", topic="changed", add_emails=cyd.email, client_req_id="all"
    )
    assert (again["header"]["last_message_nr"], store.head) == (5, head)
    status, _ = await ann.fails(
        f"conversation/store/{conv}",
        topic="never",
        labels=["other"],
        add_emails="new@elsewhere.example",
        disclose_emails="stranger@elsewhere.example",
    )
    assert (status, store.head) == (431, head)


async def test_a_disclosed_history_can_be_read(place: Place, ann: Client, bo: Client, conv: str) -> None:
    """From one message on, then all of it; the reach of paging back moves along."""
    await ann.call(f"message/send/{conv}", message="second")
    cyd = await place.user("cyd")
    await ann.call(f"conversation/add_members/{conv}", emails=cyd.email)
    assert (await header(cyd, conv))["join_message_nr"] == 4
    said = await bo.call(f"conversation/disclose/{conv}", emails=cyd.email, message_nr=3)
    assert of(said, "message")[0]["mk_message_type"] == "disclose"
    assert (await header(cyd, conv))["join_message_nr"] == 3
    await bo.call(f"conversation/disclose_all/{conv}", emails=cyd.email)
    walk = await cyd.call(f"conversation/sync/{conv}", mk_direction="ic_backward", from_message_nr=4)
    assert [one["message_nr"] for one in of(walk, "message")] == [1, 2, 3]


async def test_who_comes_later_sees_the_past_where_wanted(place: Place, ann: Client, conv: str) -> None:
    """is_disclose: those added from now on read from the beginning, without a message about it."""
    await ann.call(f"conversation/store/{conv}", is_disclose=True)
    cyd = await place.user("cyd")
    said = await ann.call(f"conversation/add_members/{conv}", emails="cyd")
    assert [one["mk_message_type"] for one in of(said, "message")] == ["add"]
    found = await header(cyd, conv)
    assert (found["join_message_nr"], found["begin_message_nr"]) == (1, 3)
    walk = await cyd.call(f"conversation/sync/{conv}", mk_direction="ic_backward", from_message_nr=4)
    assert [one["message_nr"] for one in of(walk, "message")] == [1, 2, 3]


async def test_labels_are_replaced_and_the_last_one_is_taken_away(ann: Client, conv: str) -> None:
    """An empty list says `labels: []`, for a client that merges keeps the old ones otherwise."""
    said = await ann.call(f"conversation/store/{conv}", labels=["b", "a"])
    assert said["header"]["labels"] == ["a", "b"]
    assert said["header"].keys() - READ_ONCE - {"labels"} == FLOW - READ_ONCE
    assert len(said["header"]["label_ids"]) == 2
    ids = said["header"]["label_ids"]
    said = await ann.call(f"conversation/store/{conv}", label_ids=ids[:1])
    assert said["header"]["label_ids"] == ids[:1]
    said = await ann.call(f"conversation/store/{conv}", labels=[])
    assert (said["header"]["labels"], said["header"]["label_ids"]) == ([], [])


@pytest.mark.parametrize(
    ("fields", "level", "interval", "muted"),
    [
        ({"mk_alert_level": "never"}, "never", -1, True),
        ({"mk_alert_level": "passive"}, "passive", -3, False),
        ({"snooze_interval": -1}, "never", -1, True),
        ({"snooze_interval": -3}, "passive", -3, False),
        ({"snooze_interval": 600}, "default", 600, True),
        ({"snooze_interval": 0}, "default", 0, False),
    ],
)
async def test_how_loud_a_conversation_is(
    ann: Client, conv: str, fields: dict[str, Any], level: str, interval: int, muted: bool
) -> None:
    """Levels and intervals are two words for one thing; each ends what was before."""
    for before in ({"snooze_interval": 60}, {"mk_alert_level": "never"}):
        await ann.call(f"conversation/store/{conv}", **before)
        said = (await ann.call(f"conversation/store/{conv}", **fields))["header"]
        assert (said["mk_alert_level"], said["snooze_interval"], said["is_muted"]) == (level, interval, muted)
        assert (said["snooze_time"] > 0) is (interval > 0)
    assert (await ann.call(f"conversation/set_alerts/{conv}", mk_alert_level="default"))["header"][
        "snooze_interval"
    ] == 0


async def test_a_hidden_one_comes_back_with_its_next_message(ann: Client, bo: Client, conv: str) -> None:
    """Hidden up to the last number, shown again by hand or by news."""
    said = await ann.call(f"conversation/hide/{conv}")
    assert said["header"]["hide_message_nr"] == 2
    assert (await ann.call(f"conversation/unhide/{conv}"))["header"]["hide_message_nr"] == 0
    await ann.call(f"conversation/store/{conv}", hide_message_nr=99)
    await bo.call(f"message/send/{conv}", message="news")
    found = await header(ann, conv)
    assert (found["hide_message_nr"], found["last_message_nr"]) == (2, 3)


async def test_a_deleted_conversation_is_gone_until_more_is_said(ann: Client, bo: Client, conv: str) -> None:
    """Other sessions drop it; the next message brings it back, without what was said before."""
    horizon, _ = await ann.caught_up()
    said = await ann.call(f"conversation/delete/{conv}")
    assert (said["header"]["is_deleted"], said["header"]["delete_message_nr"]) == (True, 2)
    horizon, records = await ann.caught_up(horizon)
    assert [one.get("is_deleted") for one in records if one["mk_rec_type"] == "conv"] == [True]
    await bo.call(f"message/send/{conv}", message="news")
    _, records = await ann.caught_up(horizon)
    assert {one["message_nr"] for one in records if one["mk_rec_type"] == "message"} == {3}
    assert "is_init" in next(one for one in records if one["mk_rec_type"] == "conv")


async def test_options_are_everybody_s_in_an_open_conversation(ann: Client, bo: Client, conv: str) -> None:
    """Any member switches them; they are told only once they were set, and take no number."""
    said = await bo.call(f"conversation/store/{conv}", is_url_preview_disabled=True, is_list=True)
    assert (said["header"]["is_url_preview_disabled"], said["header"]["is_list"]) == (True, True)
    assert said["header"]["mk_conv_type"] == "cct_list"
    assert said["header"]["last_message_nr"] == 2
    said = await ann.call(f"conversation/store/{conv}", mk_conv_type="cct_default", is_disclose=False)
    assert (said["header"]["is_list"], said["header"]["is_disclose"]) == (False, False)


async def test_a_managed_one_is_changed_by_its_admins(
    place: Place, ann: Client, bo: Client, conv: str
) -> None:
    """is_managed on and off by who made it; admins come and go; others get 431, and still write and pin."""
    bob = place.fleep.names.person(bo.account)
    assert (await bo.fails(f"conversation/store/{conv}", is_managed=True))[0] == 431
    said = await ann.call(f"conversation/store/{conv}", is_managed=True)
    assert (said["header"]["is_managed"], said["header"]["admins"]) == (True, [said["header"]["creator_id"]])
    for fields in (
        {"topic": "x"},
        {"add_emails": "new@elsewhere.example"},
        {"remove_emails": ann.email},
        {"is_autojoin": True},
        {"add_admins": [bob]},
        {"is_managed": False},
    ):
        assert (await bo.fails(f"conversation/store/{conv}", **fields))[0] == 431, fields
    await bo.call(f"message/pin/{conv}", message_nr=2)
    said = await ann.call(f"conversation/store/{conv}", add_admins=[bob])
    assert said["header"]["admins"] == [said["header"]["creator_id"], bob]
    await bo.call(f"conversation/set_topic/{conv}", topic="by an admin")
    said = await ann.call(f"conversation/store/{conv}", is_managed=False, remove_admins=[bob])
    assert (said["header"]["is_managed"], said["header"]["admins"]) == (False, [])
    await bo.call(f"conversation/store/{conv}", topic="by anybody")


async def test_strangers_and_leavers_are_told_apart(place: Place, ann: Client, bo: Client, conv: str) -> None:
    """200 for a member, 430 for who has nothing to do with it, 431 for who left."""
    cyd = await place.user("cyd")
    said = await bo.call(f"conversation/check_permissions/{conv}")
    assert (said["stream"], said["header"]["conversation_id"]) == ([], conv)
    assert (await cyd.fails(f"conversation/check_permissions/{conv}"))[0] == 430
    await bo.call(f"conversation/leave/{conv}")
    assert (await bo.fails(f"conversation/check_permissions/{conv}"))[0] == 431


CALLS: dict[str, dict[str, Any]] = {
    "add_members": {"emails": "x@y.example"},
    "remove_members": {"emails": "bo@example.org"},
    "leave": {},
    "set_topic": {"topic": "x"},
    "disclose": {"emails": "bo@example.org", "message_nr": 1},
    "disclose_all": {"emails": "bo@example.org"},
    "hide": {},
    "unhide": {},
    "delete": {},
    "set_alerts": {"mk_alert_level": "never"},
    "mark_read": {},
    "store": {"topic": "x", "labels": ["y"], "read_message_nr": 1},
    "poke": {"message_nr": 5},
    "show_activity": {"is_writing": True},
}


@pytest.mark.parametrize("path", CALLS)
async def test_strangers_get_430_and_dead_tickets_401(
    place: Place, store: Store, ann: Client, conv: str, path: str
) -> None:
    """Whatever the call, nothing changes and nothing is said."""
    cyd = await place.user("cyd")
    head = store.head
    for id in (conv, "zzz", place.fleep.names.person(ann.account), conv.upper() + "0"):
        assert (await cyd.fails(f"conversation/{path}/{id}", **CALLS[path]))[0] == 430, id
    ann.ticket = "f" * 20
    assert (await ann.fails(f"conversation/{path}/{conv}", **CALLS[path]))[0] == 401
    assert store.head == head


@pytest.mark.parametrize("path", sorted(CALLS.keys() - {"hide", "unhide", "delete", "set_alerts"}))
async def test_leavers_get_431(store: Store, ann: Client, bo: Client, conv: str, path: str) -> None:
    """What only members may; hiding, deleting and alerts stay one's own."""
    await bo.call(f"conversation/leave/{conv}")
    head = store.head
    fields = {**CALLS[path], **({"emails": ann.email} if "emails" in CALLS[path] else {})}
    assert (await bo.fails(f"conversation/{path}/{conv}", **fields))[0] == 431
    assert store.head == head


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"topic": ["x"]}, 400),
        ({"labels": "work"}, 400),
        ({"labels": ["x" * 256]}, 400),
        ({"label_ids": ["x"]}, 430),
        ({"read_message_nr": -1}, 400),
        ({"read_message_nr": "x"}, 400),
        ({"hide_message_nr": -5}, 400),
        ({"snooze_interval": -2}, 400),
        ({"snooze_interval": 1 << 60}, 400),
        ({"mk_alert_level": "loud"}, 400),
        ({"can_post": "maybe"}, 400),
        ({"add_emails": "not an address at all"}, 400),
        ({"remove_emails": "unknown@elsewhere.example"}, 430),
        ({"add_account_ids": ["x"]}, 430),
        ({"add_admins": ["x"]}, 430),
        ({"add_team_ids": ["x"]}, 431),
        ({"is_deleted_by_admin": True}, 431),
        ({"mk_conv_type": "x"}, 400),
        ({"is_deleted": 7}, 400),
        ({"topic": "good", "labels": [""]}, 400),
    ],
)
async def test_bad_input_is_refused_and_leaves_nothing(
    store: Store, ann: Client, conv: str, fields: dict[str, Any], status: int
) -> None:
    """A documented error, and no change in the log."""
    head = store.head
    got, said = await ann.fails(f"conversation/store/{conv}", **fields)
    assert got == status, said
    assert store.head == head


async def test_nothing_asked_for_changes_nothing(store: Store, ann: Client, conv: str) -> None:
    """Nulls are not given; unknown keys are passed over."""
    head = store.head
    said = await ann.call(f"conversation/store/{conv}", topic=None, labels=None, colour="red")
    assert (said["stream"], store.head) == ([], head)


async def test_nobody_brings_in_who_closed_his_account(place: Place, ann: Client, bo: Client) -> None:
    """431: he could not read what is said to him."""
    conv = (await ann.call("conversation/create", topic="talk"))["header"]["conversation_id"]
    id = place.fleep.names.person(bo.account)
    await bo.call("account/close")
    head = place.store.head
    for path, fields in (
        (f"conversation/store/{conv}", {"add_account_ids": [id]}),
        (f"conversation/store/{conv}", {"disclose_account_ids": [id]}),
        ("conversation/create", {"account_ids": [id]}),
    ):
        status, _ = await ann.fails(path, **fields)
        assert status == 431
    assert place.store.head == head
