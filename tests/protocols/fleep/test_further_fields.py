"""Fields that are old names of others, that mean nothing here, or that ask for what is not here yet."""

from typing import Any

import pytest
from tests.protocols.fleep.place import Client, Place


async def conversation(ann: Client, **fields: Any) -> Any:
    """A conversation's header."""
    return (await ann.call("conversation/create", topic="any", **fields))["header"]


async def numbered(ann: Client, conv: str) -> int:
    """A message's number."""
    number: int = (await ann.call(f"message/send/{conv}", message="a word"))["result_message_nr"]
    return number


async def test_persons_are_named_by_older_and_newer_names(place: Place, ann: Client, bo: Client) -> None:
    """To add, to remove, to show them the history; `kick_account_ids` is one more name."""
    him = (await bo.call("account/sync"))["account_id"]
    for add, remove, show in (
        ("add_ids", "remove_ids", "disclose_ids"),
        ("add_account_ids", "remove_account_ids", "disclose_account_ids"),
        ("add_account_ids", "kick_account_ids", "disclose_account_ids"),
    ):
        conv = (await conversation(ann, message="before you came"))["conversation_id"]
        store = f"conversation/store/{conv}"
        assert him in (await ann.call(store, **{add: [him]}))["header"]["members"]
        first = await bo.call(f"conversation/sync/{conv}", from_message_nr=0, mk_direction="forward")
        assert "before you came" not in str(first["stream"])
        await ann.call(store, **{show: [him]})
        shown = await bo.call(f"conversation/sync/{conv}", from_message_nr=0, mk_direction="forward")
        assert "before you came" in str(shown["stream"])
        header = (await ann.call(store, **{remove: [him]}))["header"]
        assert him not in header["members"]
        assert him in header["leavers"]


async def test_admins_are_named_one_by_one_or_all_at_once(place: Place, ann: Client, bo: Client) -> None:
    """The older `admins` is the whole list."""
    him = (await bo.call("account/sync"))["account_id"]
    made = await conversation(ann, emails=bo.email, is_managed=True)
    store, me = f"conversation/store/{made['conversation_id']}", made["profile_id"]
    assert made["admins"] == [me]
    assert set((await ann.call(store, admins=[me, him]))["header"]["admins"]) == {me, him}
    assert (await ann.call(store, admins=[me]))["header"]["admins"] == [me]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("conversation/create", {"team_ids": ["x"]}),
        ("conversation/create", {"fork_conversation_id": "x"}),
        ("conversation/create", {"attachments": ["/file/x"]}),
        ("conversation/store/CONV", {"add_team_ids": ["x"]}),
        ("conversation/store/CONV", {"remove_team_ids": ["x"]}),
        ("conversation/store/CONV", {"disclose_team_ids": ["x"]}),
        ("conversation/store/CONV", {"is_deleted_by_admin": True}),
        ("message/send/CONV", {"message": "x", "attachments": ["/file/x"]}),
        ("message/store/CONV", {"message": "x", "attachments": ["/file/x"]}),
        ("message/store/CONV", {"message": "x", "section_id": "x"}),
        ("message/edit/CONV", {"message": "x", "message_nr": 2, "attachments": ["/file/x"]}),
        ("message/delete/CONV", {"message_nr": 2, "attachment_id": "x"}),
    ],
)
async def test_what_is_not_here_is_said_and_nothing_done(
    place: Place, ann: Client, path: str, fields: dict[str, Any]
) -> None:
    """Rather than done in part: a message without its file would be another one."""
    conv = (await conversation(ann))["conversation_id"]
    await numbered(ann, conv)
    head = place.store.head
    status, said = await ann.fails(path.replace("CONV", conv), **fields)
    assert (status, said["error_id"]) == (431, "not_available")
    assert place.store.head == head


async def test_what_means_nothing_here_is_taken(place: Place, ann: Client, bo: Client) -> None:
    """Nobody is mailed an invitation, a retry is known by its request id, a notifier needs no download."""
    made = await conversation(ann, emails=bo.email, is_invite=True)
    conv = made["conversation_id"]
    said = await ann.call(f"message/store/{conv}", message="x", is_retry=True, attachments=[])
    assert said["result_message_nr"] == 2
    assert "download_url" not in await ann.call(
        "account/listen", event_horizon=0, wait=False, download_url="http://x.example"
    )
    assert await ann.call("account/configure_android", registration_id="x", token_ids=["y"]) == {}
    assert isinstance(await ann.call("account/click_reminder", reminder_id="x"), dict)


async def test_a_list_is_one_by_its_flag_or_its_type(place: Place, ann: Client) -> None:
    """`is_list`, or `mk_conv_type`."""
    for fields in ({"is_list": True}, {"mk_conv_type": "cct_list"}):
        made = await conversation(ann, **fields)
        assert (made["is_list"], made["mk_conv_type"]) == (True, "cct_list")
        store = f"conversation/store/{made['conversation_id']}"
        assert (await ann.call(store, is_list=False))["header"]["is_list"] is False


async def test_the_older_names_of_the_pinboard_are_one_call(place: Place, ann: Client) -> None:
    """`sync_pins` and `sync_pinboard`; a pin's weight is what it was given."""
    conv = (await conversation(ann))["conversation_id"]
    number = await numbered(ann, conv)
    (pin,) = [
        one
        for one in (await ann.call(f"message/pin/{conv}", message_nr=number, pin_weight=7.5))["stream"]
        if one["mk_rec_type"] == "message"
    ]
    assert pin["pin_weight"] == 7.5
    replies = [
        await ann.call(f"conversation/{name}/{conv}", from_message_nr=0)
        for name in ("sync_pins", "sync_pinboard")
    ]
    assert replies[0] == replies[1]
    assert [one["message_nr"] for one in replies[0]["stream"] if one["mk_rec_type"] == "message"] == [number]


async def test_a_message_forwards_another(place: Place, ann: Client) -> None:
    """`fwd_conversation_id` and `fwd_message_nr`, with words of one's own before it."""
    source = (await conversation(ann))["conversation_id"]
    number = await numbered(ann, source)
    conv = (await conversation(ann))["conversation_id"]
    said = await ann.call(
        f"message/store/{conv}", message="see", fwd_conversation_id=source, fwd_message_nr=number
    )
    (told,) = [one for one in said["stream"] if one["mk_rec_type"] == "message"]
    assert "see" in told["message"]
    assert "a word" in told["message"]
