"""What the keys of a conversation's record say, as its members are told."""

import re
from typing import Any, Final

from tests.protocols.fleep.place import Client, Place
from tests.services.mail.letters import letter

CONSTANT: Final[dict[str, Any]] = {
    "export_files": [],
    "export_progress": "1",
    "guests": [],
    "is_automute": False,
    "is_full": True,
    "is_premium": False,
    "organisation_id": None,
    "pending": [],
    "pin_cursor": None,
    "pin_sync_state": None,
    "teams": [],
}
"""What a plain server says of every conversation (reference 3.1)."""


async def full(client: Client, conv: str) -> dict[str, Any]:
    """A conversation as somebody has it now."""
    found: dict[str, Any] = (await client.call(f"conversation/sync/{conv}", mk_direction="ic_full"))["header"]
    return found


async def test_what_is_the_same_everywhere(ann: Client) -> None:
    """Of a server without teams, organisations and exports."""
    made = (await ann.call("conversation/create", topic="any"))["header"]
    assert {key: made[key] for key in CONSTANT} == CONSTANT


async def test_ways_into_a_conversation(place: Place, ann: Client) -> None:
    """Its link and its address, each with a key of its own."""
    one = (await ann.call("conversation/create", topic="one"))["header"]
    two = (await ann.call("conversation/create", topic="two"))["header"]
    assert re.fullmatch(r"http://localhost:8080/chat/[\w-]{22}", one["autojoin_url"])
    assert re.fullmatch(r"conv\.[a-z0-9]+@localhost", one["cmail"])
    assert (one["autojoin_url"], one["cmail"]) != (two["autojoin_url"], two["cmail"])


async def test_whose_names_stand_for_a_topic(place: Place, ann: Client, bo: Client) -> None:
    """default_members are the others, and nobody once there is a topic."""
    conv = (await ann.call("conversation/create", emails=bo.email))["header"]["conversation_id"]
    assert (await full(ann, conv))["default_members"] == [place.fleep.names.person(bo.account)]
    await ann.call(f"conversation/set_topic/{conv}", topic="lunch")
    assert (await full(ann, conv))["default_members"] == []


async def test_numbers_of_the_newest(ann: Client, bo: Client) -> None:
    """show counts no edit, last does; last_inbox and read_inbox count what alerts; send is one's coming."""
    conv = (await ann.call("conversation/create", topic="any", emails=bo.email))["header"]["conversation_id"]
    sent = (await ann.call(f"message/send/{conv}", message="hello @bo"))["stream"][0]
    await ann.call(f"message/edit/{conv}", message_nr=2, message="hello again @bo")
    found = await full(bo, conv)
    numbers = ("show_message_nr", "last_message_nr", "last_inbox_nr", "read_inbox_nr", "send_message_nr")
    assert [found[key] for key in numbers] == [2, 3, 1, 0, 1]
    assert found["my_message_nr"] == 2
    assert found["inbox_time"] == found["last_message_time"] == sent["posted_time"]


async def test_who_is_passive_and_which_boards_there_are(place: Place, ann: Client) -> None:
    """One's own passivity; the boards from their first pin or task on."""
    conv = (await ann.call("conversation/create", topic="any", message="a"))["header"]["conversation_id"]
    boards = ("has_pinboard", "has_taskboard", "has_task_archive", "has_done_notifications")
    assert [(await full(ann, conv))[key] for key in (*boards, "passive")] == [False] * 4 + [[]]
    await ann.call(f"conversation/set_alerts/{conv}", mk_alert_level="passive")
    for tags in (["pin"], ["is_todo"], ["is_archived"]):
        await ann.call(f"message/store/{conv}", message_nr=2, tags=tags)
    found = await full(ann, conv)
    assert [found[key] for key in boards[1:]] == [True] * 3
    assert found["passive"] == [place.fleep.names.person(ann.account)]


async def test_a_thread_of_mails_has_a_subject(place: Place, ann: Client) -> None:
    """has_email_subject, and the subject as its topic."""
    one = letter("m")
    added = await place.services.mails.add(ann.account, one.mail, one.raw, labels=["inbox"])
    found = await full(ann, place.fleep.names.conv(added.conv))
    assert (found["has_email_subject"], found["topic"]) == (True, "about m")
    made = (await ann.call("conversation/create", topic="any"))["header"]
    assert made["has_email_subject"] is False
