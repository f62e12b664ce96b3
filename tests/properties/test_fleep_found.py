"""Stories that the property test found, told plainly: a client polls, things happen, and it polls again."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.properties.fleep_acts import Body, World
from tests.protocols.fleep.cache import equal
from tests.protocols.fleep.naive import Naive

from syncline.core.ids import ZoneId
from syncline.core.kinds import Rel
from syncline.core.rooms.presets import Preset
from syncline.services.conversations import Beginning

INBOX = 37
"""A choice of `Post.letter`: from ben, labelled `inbox`."""

ARCHIVED = 6
"""From Bob, without a label."""

AUTOMATIC = 352
"""From Ana, labelled `inbox` and more, sent by a machine: its sender becomes nobody's contact."""


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A server with three people."""
    world = World(tmp_path / "data")
    await world.begin()
    yield world
    await world.end()


async def client_of(world: World, number: int) -> Naive:
    """A client of an account that is caught up and has walked everything."""
    client = Naive(world.lines[number])
    await client.catch_up()
    await client.walk_all()
    return client


async def goes_on(client: Naive) -> None:
    """The client follows, and comes to what a new one gets."""
    await client.catch_up()
    assert client.lagging() == {}
    new = client.anew()
    for each in (client, new):
        await each.catch_up()
        await each.walk_all()
    equal(client, new)


async def talk(world: World, *members: int) -> ZoneId:
    """A conversation of the first account with these."""
    begin = Beginning(Preset.FLEEP, name="talk", members=[world.accounts[number] for number in members])
    return (await world.place.services.conversations.create(world.accounts[0], begin)).value.conv


async def test_two_archived_threads_become_one_in_the_inbox(world: World) -> None:
    """The thread that was taken in leaves a subscription that leads to the other, which enters the inbox."""
    ann, post = world.accounts[0], world.post
    for id in ("one@x.example", "two@x.example"):
        await post.add(ann, post.letter(1, 1, ARCHIVED, id=id, refs=()))
    client = await client_of(world, 0)
    for conv in post.convs:
        await world.place.services.conversations.mark(ann, conv, alerts="never")
    late = post.letter(1, 1, INBOX, id="late@x.example", refs=("one@x.example", "two@x.example"))
    await post.add(ann, late)
    await goes_on(client)


async def test_who_comes_and_goes_between_two_polls_keeps_what_he_saw(world: World) -> None:
    """Nothing says that he entered or left but his own side of the conversation."""
    conv = await talk(world)
    client = await client_of(world, 1)
    acts, (ann, bo, _) = world.place.services.conversations, world.accounts
    await acts.add(ann, conv, [bo])
    await world.send(ann, conv, {"text": "hello and"})
    await acts.leave(bo, conv)
    await goes_on(client)
    assert len(client.convs) == 1


async def test_what_was_deleted_comes_back_and_is_left_between_two_polls(world: World) -> None:
    """A client that had walked to before the deletion does not go on from there."""
    conv = await talk(world, 1)
    acts, (ann, bo, _) = world.place.services.conversations, world.accounts
    await world.send(ann, conv, {"text": "one"})
    client = await client_of(world, 1)
    await world.send(ann, conv, {"text": "two"})
    reading = await acts.reading(bo, conv)
    await acts.mark(bo, conv, deleted_nr=reading.last_nr)
    await world.send(ann, conv, {"text": "three"})
    await acts.leave(bo, conv)
    await goes_on(client)


async def test_the_sender_of_a_mail_is_told_with_it(world: World) -> None:
    """Also where he is nobody's contact, as who writes by a machine."""
    ann, post = world.accounts[0], world.post
    await post.add(ann, post.letter(1, 1, INBOX, id="one@x.example", refs=()))
    client = await client_of(world, 0)
    await post.add(ann, post.letter(1, 1, AUTOMATIC, id="two@x.example", refs=("one@x.example",)))
    await goes_on(client)


async def test_a_new_name_reaches_all_sessions_whoever_asks_first(world: World) -> None:
    """Another session that begins, or asks where it stands, takes it from nobody."""
    client = await client_of(world, 0)
    await world.place.services.people.update(world.accounts[0], name="Another Name")
    await client.anew().call("account/sync")
    await goes_on(client)
    assert "Another Name" in {one["display_name"] for one in client.of("contact").values()}


async def test_who_left_twice_between_two_polls_is_told_his_last_stay(world: World) -> None:
    """Left, added again and left again: he began at another number than the client knows."""
    conv = await talk(world, 1)
    acts, (ann, bo, _) = world.place.services.conversations, world.accounts
    await world.send(ann, conv, {"text": "one"})
    client = await client_of(world, 1)
    await acts.leave(bo, conv)
    await world.send(ann, conv, {"text": "not for bo"})
    await acts.add(ann, conv, [bo])
    await acts.leave(bo, conv)
    await goes_on(client)
    assert "not for bo" not in str(client.records)


async def test_a_live_client_gets_all_that_is_unread_of_what_it_enters(world: World) -> None:
    """Some clients only poll: what does not come with the conversation would never come."""
    conv = await talk(world)
    client = await client_of(world, 1)
    acts, (ann, bo, _) = world.place.services.conversations, world.accounts
    await acts.add(ann, conv, [bo])
    for number in range(30):
        await world.send(ann, conv, {"text": f"word {number}"})
    await client.catch_up()
    (head,) = client.of("conv").values()
    assert head["fw_message_nr"] == head["last_message_nr"]
    assert "word 29" in str(client.records)


async def test_a_link_that_was_edited_out_has_no_preview_any_more(world: World) -> None:
    """For who merges, too."""
    conv = await talk(world, 1)
    acts, (ann, _, _) = world.place.services.conversations, world.accounts
    await world.send(ann, conv, {"text": "https://first.example and https://kept.example"})
    client = await client_of(world, 1)
    entry = world.entries[conv][0]
    await acts.amend(ann, conv, entry, Rel.EDIT, {"text": "https://kept.example"})
    await client.catch_up()
    told = {one["attached_url"]: one["is_deleted"] for one in client.of("preview").values()}
    assert told == {"https://first.example": True, "https://kept.example": False}
    await acts.amend(ann, conv, entry, Rel.DELETE)
    await client.catch_up()
    assert all(one["is_deleted"] for one in client.of("preview").values())


async def test_a_lock_is_told_to_who_leaves_before_he_polls(world: World) -> None:
    """What happened up to his leaving is his, also what takes no number."""
    conv = await talk(world, 1)
    acts, (ann, bo, _) = world.place.services.conversations, world.accounts
    await world.send(ann, conv, {"text": "one"})
    entry = world.entries[conv][0]
    await acts.amend(ann, conv, entry, Rel.PIN)
    client = await client_of(world, 1)
    await acts.amend(ann, conv, entry, Rel.LOCK, {"on": True})
    await acts.leave(bo, conv)
    await goes_on(client)


async def test_previews_show_no_link_that_came_after_one_left(world: World) -> None:
    """The message is shown as it was when he left, and so are its previews."""
    conv = await talk(world, 1)
    acts, (ann, bo, _) = world.place.services.conversations, world.accounts
    await world.send(ann, conv, {"text": "https://then.example"})
    client = await client_of(world, 1)
    await acts.leave(bo, conv)
    await acts.amend(ann, conv, world.entries[conv][0], Rel.EDIT, {"text": "https://secret.example"})
    await goes_on(client)
    new = client.anew()
    await new.catch_up()
    await new.walk_all()
    assert "secret.example" not in str(new.records)
    assert "then.example" in str(new.of("preview"))


BOARDS: tuple[tuple[Rel, Body], ...] = (
    (Rel.PIN, {}),
    (Rel.UNPIN, {}),
    (Rel.TASK, {"state": "todo", "assignees": []}),
    (Rel.TASK, {"state": "done"}),
    (Rel.EDIT, {"text": "by another"}),
    (Rel.TASK, {"state": None}),
    (Rel.PIN, {"weight": 7.5}),
)


async def test_what_a_board_gave_a_message_is_taken_back(world: World) -> None:
    """Who merges keeps the weights and names of every board that a message stood on, until told otherwise."""
    conv = await talk(world, 1)
    acts, (ann, bo, _) = world.place.services.conversations, world.accounts
    await world.send(ann, conv, {"text": "one"})
    client, entry = await client_of(world, 1), world.entries[conv][0]
    for place, (rel, body) in enumerate(BOARDS):
        await acts.amend(bo, conv, entry, rel, body)
        await goes_on(client)
        (told,) = [one for one in client.of("message").values() if one["message_nr"] == 2]
        assert bool(told.get("pin_weight")) is (place in (0, 6)), rel
        assert bool(told.get("pinned_account_id")) is (place in (0, 6)), rel
        assert bool(told.get("tasked_account_id")) is (place in (2, 3, 4)), rel
    await acts.amend(ann, conv, entry, Rel.EDIT, {"text": "by its author again"})
    await goes_on(client)
