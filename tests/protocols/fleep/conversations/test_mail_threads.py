"""What may be written in a thread of mails: by its owner, while it lies in the inbox, and nothing shared."""

from typing import Any

import pytest
from tests.protocols.fleep.place import Client, Place
from tests.services.mail.letters import letter

from syncline.services.mail.forms import Added
from syncline.store.contract import Store

SHARED: list[tuple[str, dict[str, Any]]] = [
    ("store", {"topic": "x"}),
    ("store", {"is_autojoin": True}),
    ("store", {"is_managed": True}),
    ("store", {"can_post": False}),
    ("set_topic", {"topic": "x"}),
    ("add_members", {"emails": "bo"}),
    ("remove_members", {"emails": "bo"}),
    ("disclose_all", {"emails": "bo"}),
    ("leave", {}),
]


CALLS: list[tuple[str, dict[str, Any]]] = [
    ("message/send", {"message": "x"}),
    ("message/pin", {"message_nr": 1}),
    ("conversation/store", {"labels": ["x"]}),
    ("conversation/mark_read", {}),
    ("conversation/poke", {"message_nr": 1}),
]


@pytest.fixture
async def mail(place: Place, ann: Client) -> Added:
    """A mail in Ann's inbox."""
    one = letter("m")
    return await place.services.mails.add(ann.account, one.mail, one.raw, labels=["inbox"], state=["unread"])


@pytest.fixture
def thread(place: Place, mail: Added) -> str:
    """Its thread, as chat clients name it."""
    return place.fleep.names.conv(mail.conv)


@pytest.mark.parametrize(("path", "fields"), SHARED)
async def test_nobody_is_let_into_a_thread_of_mails(
    store: Store, bo: Client, ann: Client, thread: str, path: str, fields: dict[str, Any]
) -> None:
    """431: its topic is its subject, its members are those who wrote."""
    head = store.head
    status, said = await ann.fails(f"conversation/{path}/{thread}", **fields)
    assert (status, "mails" in said["error_message"]) == (431, True)
    assert store.head == head


async def test_one_s_own_side_of_a_thread_is_as_of_any_other(ann: Client, thread: str) -> None:
    """Read, labels, alerts, hiding, a note of one's own, a pin."""
    said = await ann.call(f"conversation/store/{thread}", labels=["work"], mk_alert_level="never")
    assert (said["header"]["labels"], said["header"]["is_muted"]) == (["work"], True)
    said = await ann.call(f"conversation/mark_read/{thread}")
    assert said["header"]["unread_count"] == 0
    said = await ann.call(f"message/send/{thread}", message="remember this")
    assert (said["stream"][0]["message_nr"], said["result_message_nr"]) == (2, 2)
    said = await ann.call(f"message/pin/{thread}", message_nr=1)
    assert said["header"]["has_pinboard"] is True
    assert (await ann.call(f"conversation/hide/{thread}"))["header"]["hide_message_nr"] == 3


async def test_a_mail_is_neither_edited_nor_copied(store: Store, ann: Client, thread: str) -> None:
    """Others have it as it was sent."""
    own = (await ann.call("conversation/create"))["header"]["conversation_id"]
    head = store.head
    assert (await ann.fails(f"message/edit/{thread}", message_nr=1, message="x"))[0] == 400
    assert (await ann.fails(f"message/copy/{thread}", message_nr=1, to_conv_id=own))[0] == 431
    assert store.head == head


async def test_what_left_the_inbox_is_not_there(place: Place, ann: Client, mail: Added, thread: str) -> None:
    """430 for every call, as the chats do not show it any more."""
    await ann.call(f"message/send/{thread}", message="in memory from now on")
    await place.services.mails.label(ann.account, mail.no, remove=["inbox"])
    head = place.store.head
    for path, fields in CALLS:
        assert (await ann.fails(f"{path}/{thread}", **fields))[0] == 430, path
    assert place.store.head == head
