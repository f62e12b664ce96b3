"""What changes are told by: joining, leaving, deleting, locks, read marks, hidden targets, persons."""

from typing import Any

import msgspec
import pytest
from tests.protocols.fleep.place import Client, Place
from tests.protocols.fleep.polling.acting import entry_of, of_type, say, talk

from syncline.core.ids import Seq
from syncline.core.kinds import Rel
from syncline.protocols.fleep.polling import pages
from syncline.protocols.fleep.polling.shared import polling_of


async def told(client: Client, horizon: int) -> list[dict[str, Any]]:
    """What a client that stood at a horizon is sent."""
    return (await client.caught_up(horizon))[1]


async def test_a_new_member_gets_the_conversation_in_full(place: Place, ann: Client, bo: Client) -> None:
    """3.1: full init, after a rejoin, too; with its messages from there on."""
    conv = await talk(place, ann)
    await say(place, ann, conv, "before bo")
    horizon, _ = await bo.caught_up()
    await place.services.conversations.add(ann.account, conv, [bo.account])
    await say(place, ann, conv, "for bo")
    records = await told(bo, horizon)
    (head,) = of_type(records, "conv")
    assert (head["mk_init_mode"], head["begin_message_nr"], head["last_message_nr"]) == ("ic_full", 3, 4)
    assert [one["message_nr"] for one in of_type(records, "message")] == [3, 4]
    assert "before bo" not in str(records)


async def test_members_are_told_who_came(place: Place, ann: Client, bo: Client) -> None:
    """The state shape, the contact, and the add message."""
    cleo = await place.user("cleo")
    conv = await talk(place, ann, bo)
    await say(place, ann, conv, "hello")
    horizon, _ = await bo.caught_up()
    await place.services.conversations.add(ann.account, conv, [cleo.account])
    records = await told(bo, horizon)
    kinds = [one["mk_rec_type"] for one in records]
    assert kinds.index("contact") < kinds.index("conv") < kinds.index("message")
    assert len(of_type(records, "conv")[0]["members"]) == 3
    assert of_type(records, "message")[0]["mk_message_type"] == "add"


async def test_who_leaves_is_told_his_last_message_and_nothing_after(
    place: Place, ann: Client, bo: Client
) -> None:
    """4.8: the leave message is the last; the numbers stay as they are."""
    conv = await talk(place, ann, bo)
    horizon, _ = await bo.caught_up()
    await say(place, ann, conv, "still for bo")
    await place.services.conversations.leave(bo.account, conv)
    await say(place, ann, conv, "not for bo")
    records = await told(bo, horizon)
    (head,) = of_type(records, "conv")
    assert (head["can_post"], head["last_message_nr"], head["unread_count"]) == (False, 3, 0)
    assert [one["mk_message_type"] for one in of_type(records, "message")] == ["text", "leave"]
    assert "not for bo" not in str(records)
    fresh = of_type((await bo.caught_up())[1], "conv")[0]
    for key in head.keys() & fresh.keys():
        assert head[key] == fresh[key], key


async def test_who_left_is_not_told_who_came_nor_which_hooks_there_are(
    place: Place, ann: Client, bo: Client
) -> None:
    """Neither live nor by a first sync, and what happens there does not move his horizon."""
    cy = await place.user("cy")
    conv = await talk(place, ann, bo)
    await place.services.conversations.leave(bo.account, conv)
    horizon, _ = await bo.caught_up()
    await place.services.conversations.add(ann.account, conv, [cy.account])
    await place.services.hooks.create(ann.account, conv, name="of the others")
    assert await bo.caught_up(horizon) == (horizon, [])
    _, first = await bo.caught_up()
    assert of_type(first, "conv")[0]["conversation_id"] == place.fleep.names.conv(conv)
    assert of_type(first, "hook") == []
    assert place.fleep.names.person(cy.account) not in str(first)


async def test_a_deleted_conversation_is_dropped_and_comes_back_with_the_next_message(
    place: Place, ann: Client, bo: Client
) -> None:
    """2.4: only from the caller's list; what was before is not shown again."""
    conv = await talk(place, ann, bo)
    await say(place, ann, conv, "old")
    horizon, _ = await bo.caught_up()
    await place.services.conversations.mark(bo.account, conv, deleted_nr=2)
    (gone,) = await told(bo, horizon)
    assert gone["is_deleted"] is True
    assert of_type((await bo.caught_up())[1], "conv") == []
    horizon, _ = await bo.caught_up()
    await say(place, ann, conv, "new")
    records = await told(bo, horizon)
    (head,) = of_type(records, "conv")
    assert (head["mk_init_mode"], head["delete_message_nr"]) == ("ic_full", 2)
    assert "old" not in str(records)
    assert {one["message_nr"] for one in of_type(records, "message")} == {3}


async def test_each_revision_is_told_by_its_own_number(place: Place, ann: Client, bo: Client) -> None:
    """4.5: the client advances by one only when the next flow number comes."""
    conv = await talk(place, ann, bo)
    entry = entry_of(await say(place, ann, conv, "one"))
    horizon, _ = await bo.caught_up()
    for text in ("two", "three"):
        await place.services.conversations.amend(ann.account, conv, entry, Rel.EDIT, {"text": text})
    await place.services.conversations.amend(bo.account, conv, entry, Rel.PIN)
    records = of_type(await told(bo, horizon), "message")
    assert [one["flow_message_nr"] for one in records] == [3, 4, 5]
    assert {one["message_nr"] for one in records} == {2}
    assert all("three" in one["message"] for one in records)
    assert records[-1]["tags"] == ["is_shared", "pin"]


async def test_an_edit_of_what_one_may_not_see_counts_and_tells_nothing(
    place: Place, ann: Client, bo: Client
) -> None:
    """Design rule 2: an unchanged revision of a message that the member does see."""
    conv = await talk(place, ann)
    secret = entry_of(await say(place, ann, conv, "secret"))
    await place.services.conversations.add(ann.account, conv, [bo.account])
    await say(place, ann, conv, "seen")
    horizon, _ = await bo.caught_up()
    edit = {"text": "other secret"}
    await place.services.conversations.amend(ann.account, conv, secret, Rel.EDIT, edit)
    (record,) = of_type(await told(bo, horizon), "message")
    assert (record["message_nr"], record["flow_message_nr"]) == (4, 5)
    assert "seen" in record["message"]
    assert "secret" not in msgspec.json.encode(record).decode()


async def test_a_lock_is_told_when_it_begins_and_ends(place: Place, ann: Client, bo: Client) -> None:
    """3.4: of a shared message; without lock_account_id nobody edits it."""
    conv = await talk(place, ann, bo)
    entry = entry_of(await say(place, ann, conv, "shared"))
    talks = place.services.conversations
    await talks.amend(ann.account, conv, entry, Rel.PIN)
    horizon, _ = await bo.caught_up()
    await talks.amend(ann.account, conv, entry, Rel.LOCK, {"on": True})
    (locked,) = of_type(await told(bo, horizon), "lock")
    assert locked["lock_account_id"] == place.fleep.names.person(ann.account)
    horizon, _ = await bo.caught_up()
    await talks.amend(ann.account, conv, entry, Rel.LOCK, {"on": False})
    (free,) = of_type(await told(bo, horizon), "lock")
    assert "lock_account_id" not in free


async def test_read_marks_of_others_are_shown_where_the_session_looks(
    place: Place, ann: Client, bo: Client
) -> None:
    """3.8: only in conversations that it made active; a receipt of itself wakes nobody."""
    conv = await talk(place, ann, bo)
    await say(place, ann, conv, "read me")
    horizon, _ = await ann.caught_up()
    other = await place.client(ann.account, ann.email)
    session = (await place.services.sessions.authenticate_pair(ann.token, ann.ticket)).session
    polling_of(place.fleep).activities.watch(session, conv)
    await place.services.conversations.mark_read(bo.account, conv)
    assert await told(other, horizon) == []
    (seen,) = await told(ann, horizon)
    assert (seen["mk_rec_type"], seen["read_message_nr"]) == ("activity", 2)
    assert seen["account_id"] == place.fleep.names.person(bo.account)


async def test_a_changed_name_reaches_who_knows_the_person(place: Place, ann: Client, bo: Client) -> None:
    """A contact record; strangers' names move nothing."""
    eve = await place.user("eve")
    await talk(place, ann, bo)
    horizons = {client: (await client.caught_up())[0] for client in (ann, eve)}
    await place.services.people.update(bo.account, name="Roberta")
    (contact,) = of_type(await told(ann, horizons[ann]), "contact")
    assert contact["display_name"] == "Roberta"
    assert await told(eve, horizons[eve]) == []


async def test_notes_come_once_to_each_session_after_all_that_was_before(
    place: Place, ann: Client, bo: Client
) -> None:
    """3.13: pokes come back in the caller's own poll, and move no horizon."""
    conv = await talk(place, ann, bo)
    other = await place.client(ann.account, ann.email)
    horizon, _ = await ann.caught_up()
    await say(place, ann, conv, "before")
    note = {"mk_rec_type": "poke", "message_nr": -1}
    polling_of(place.fleep).activities.note(ann.account, place.store.head, note)
    for client in (ann, other):
        said = await client.call("account/poll", event_horizon=horizon, wait=True)
        assert [one["mk_rec_type"] for one in said["stream"]] == ["conv", "message", "poke"]
        again = await client.call("account/poll", event_horizon=said["event_horizon"], wait=False)
        assert again["stream"] == []
    assert of_type(await told(bo, 1), "poke") == []


async def test_an_edit_of_what_was_deleted_does_not_bring_it_back(
    place: Place, ann: Client, bo: Client
) -> None:
    """2.4: the next message does, and the conversation comes in full with it."""
    conv = await talk(place, ann, bo)
    old = entry_of(await say(place, ann, conv, "old"))
    await place.services.conversations.mark(bo.account, conv, deleted_nr=2)
    horizon, _ = await bo.caught_up()
    await place.services.conversations.amend(ann.account, conv, old, Rel.EDIT, {"text": "older"})
    assert of_type(await told(bo, horizon), "message") == []
    assert of_type((await bo.caught_up())[1], "conv") == []
    horizon, _ = await bo.caught_up()
    await say(place, ann, conv, "new")
    records = await told(bo, horizon)
    assert [one.get("mk_init_mode") for one in of_type(records, "conv")] == ["ic_full"]
    assert "old" not in str(of_type(records, "message"))


async def test_a_conversation_full_of_long_messages_comes_in_part(
    place: Place, ann: Client, bo: Client
) -> None:
    """A client that just came in fetches the rest: an answer of 50 such messages could have 150 MB."""
    conv = await talk(place, ann)
    horizon, _ = await bo.caught_up()
    await place.services.conversations.add(ann.account, conv, [bo.account])
    for number in range(12):
        await say(place, ann, conv, f"{number} " + "word " * 10_000)
    records = await told(bo, horizon)
    (head,) = of_type(records, "conv")
    numbers = [one["message_nr"] for one in of_type(records, "message")]
    assert 5 <= len(numbers) < 12
    assert head["fw_message_nr"] == numbers[-1] < head["last_message_nr"] == 14


async def test_what_is_entered_begins_with_its_conversation_and_brings_its_hooks(
    place: Place, ann: Client, bo: Client
) -> None:
    """4.2 point 6: clients compute with it when they see what is in it. Of a hook only its owner is told the
    address."""
    conv = await talk(place, ann)
    await say(place, ann, conv, "before")
    await place.services.hooks.create(ann.account, conv, name="of ann")
    horizon, _ = await bo.caught_up()
    await place.services.conversations.add(ann.account, conv, [bo.account])
    await say(place, ann, conv, "after")
    for records in (await told(bo, horizon), (await bo.caught_up())[1]):
        kinds = [one["mk_rec_type"] for one in records if one.get("conversation_id")]
        assert kinds[0] == "conv"
        assert kinds.count("conv") == 1
        assert {"message", "hook"} <= set(kinds)
        (hook,) = of_type(records, "hook")
        assert hook["hook_name"] == "of ann"
        assert "hook_url" not in hook
        assert "outgoing_url" not in hook


async def test_a_session_is_told_what_others_read_where_it_looks_and_only_there(
    place: Place, ann: Client, bo: Client
) -> None:
    """3.8: nor what its own account has read elsewhere."""
    here, there = await talk(place, ann, bo, name="here"), await talk(place, ann, bo, name="there")
    for conv in (here, there):
        await say(place, ann, conv, "from ann")
        await say(place, bo, conv, "from bo")
    horizon, _ = await ann.caught_up()
    session = (await place.services.sessions.authenticate_pair(ann.token, ann.ticket)).session
    polling_of(place.fleep).activities.watch(session, here)
    await place.services.conversations.mark_read(bo.account, there)
    assert of_type(await told(ann, horizon), "activity") == []
    await place.services.conversations.mark_read(ann.account, here)
    assert of_type(await told(ann, horizon), "activity") == []
    await place.services.conversations.mark_read(bo.account, here)
    (seen,) = of_type(await told(ann, horizon), "activity")
    assert seen["account_id"] == place.fleep.names.person(bo.account)


async def test_a_note_waits_for_what_was_before_it_and_not_for_ever(
    place: Place, ann: Client, bo: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """3.13: a poke tells its client that it has heard all before it. Who was away is told no old ones."""
    monkeypatch.setattr(pages, "PAGE", 10)
    conv = await talk(place, ann, bo)
    horizon, _ = await ann.caught_up()
    notes = polling_of(place.fleep).activities
    for _ in range(25):
        await say(place, bo, conv, "before")
    notes.note(ann.account, place.store.head, {"mk_rec_type": "poke", "message_nr": 1})
    kinds = [one["mk_rec_type"] for one in await told(ann, horizon)]
    assert kinds.count("message") == 25
    assert kinds.index("poke") == len(kinds) - 1
    horizon, _ = await ann.caught_up()
    notes.note(ann.account, Seq(place.store.head + 1), {"mk_rec_type": "poke", "message_nr": 2})
    assert await told(ann, horizon) == []
    await say(place, bo, conv, "before the second")
    assert [one["mk_rec_type"] for one in await told(ann, horizon)] == ["conv", "message", "poke"]
    horizon, _ = await ann.caught_up()
    notes.note(ann.account, place.store.head, {"mk_rec_type": "poke", "message_nr": 3}, lasts=0)
    assert await told(ann, horizon) == []
