"""Calls that read a lot give the loop to others on the way."""

import asyncio
from typing import Any

import pytest
from tests.protocols.fleep.place import Client

from syncline.services.people import contacts
from syncline.services.sync import pace

MANY = 60


async def turns_during(act: Any) -> int:
    """How often another task gets its turn until an act is done."""
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    await act
    task.cancel()
    return turns


async def test_nothing_holds_the_loop_while_it_lists_persons(
    ann: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once for each person: two thousand members took 70 ms in one piece."""
    emails = [f"p{number}@example.net" for number in range(MANY)]
    made = await ann.call("conversation/create", topic="many", emails=",".join(emails), message="hello")
    conv = made["header"]["conversation_id"]
    await ann.call("contact/import", contact_list=[{"addr_full": email} for email in emails])
    ids = [one["account_id"] for one in (await ann.call("contact/sync/all"))["contacts"]]
    assert len(ids) == MANY
    assert await turns_during(ann.call(f"conversation/sync/{conv}", mk_direction="ic_header")) < MANY
    monkeypatch.setattr(pace, "SLICE", -1)  # every slice is used up at once
    monkeypatch.setattr(contacts, "PAGE", 1)
    for path, fields in (
        (f"conversation/sync/{conv}", {"mk_direction": "ic_full"}),
        ("account/poll", {"event_horizon": 0}),
        ("account/sync_conversations", {"conversation_ids": [conv]}),
        ("account/lookup", {"lookup_list": emails}),
        ("account/lookup", {"lookup_list": ids}),
        ("contact/sync/all", {}),
        ("contact/sync/list", {"contacts": ids}),
        ("contact/sync/activity", {"contacts": ids}),
    ):
        assert await turns_during(ann.call(path, **fields)) >= MANY, path


async def test_nothing_holds_the_loop_while_a_poll_tells_messages(
    ann: Client, bo: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Messages with links are told from the log: a hundred of them took 45 ms."""
    made = await ann.call("conversation/create", topic="links", emails=bo.email)
    conv = made["header"]["conversation_id"]
    horizon, _ = await bo.caught_up()
    for number in range(MANY):
        await ann.call(f"message/send/{conv}", message=f"https://example.net/{number}")
    monkeypatch.setattr(pace, "SLICE", -1)
    turns = await turns_during(bo.call("account/poll", event_horizon=horizon, wait=False))
    assert turns >= MANY
