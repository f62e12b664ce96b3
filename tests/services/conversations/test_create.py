"""Making a conversation: one entry that everybody of it sees, or nothing at all."""

import pytest
from tests.services.conversations.town import Town, form

from syncline.core.errors import Invalid, NotFound
from syncline.core.ids import Id
from syncline.core.kinds import EntryKind, Kind, Why
from syncline.core.rooms.presets import Preset
from syncline.services.conversations import Beginning
from syncline.services.people import knows


async def test_a_conversation_begins_with_one_entry_that_sets_all_its_facts(town: Town) -> None:
    a, b, c = await town.people("Alice", "Bob", "Carol")
    head = town.store.head
    conv = await town.conversation(a, b, name="N", topic="T", preset=Preset.PRIVATE, invited=[c])
    (entry,) = await town.seen(a, conv)
    assert (entry.kind, entry.nr, entry.alert_nr, entry.author) == (EntryKind.CREATE, 1, 0, a)
    assert form(entry) == {"name": "N", "members": [b], "invited": [c]}
    async with town.store.view() as view:
        facts = await view.state(conv)
    assert {fact.since for fact in facts} == {entry.seq}
    assert [fact.part for fact in facts] == list(range(len(facts)))
    assert [(fact.type, fact.name) for fact in facts][:3] == [
        ("m.room.create", ""),
        ("m.room.member", str(a)),
        ("m.room.power_levels", ""),
    ]
    assert [fact.name for fact in facts][-2:] == [str(b), str(c)], "others come last, as in Matrix"
    assert (await town.fact(conv, "m.room.member", str(b)))["displayname"] == "Bob"
    zone = await town.zone(conv)
    assert (zone.joined, zone.invited, zone.nr, zone.alert_nr) == (2, 1, 1, 0)
    kinds = [kind for _, kind in await town.changes(head)]
    assert kinds.count(Kind.ENTRY) == 1
    assert kinds.count(Kind.GRANT) == 3
    assert kinds.count(Kind.SUBSCRIPTION) == 1, "the creator's; the others begin with the defaults"


async def test_the_creator_has_read_the_beginning_and_nobody_else(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    assert (await town.talk.reading(a, conv)).read_nr == 1
    assert (await town.talk.reading(b, conv)).read_nr == 0


@pytest.mark.parametrize("trouble", ["stranger", "admin", "levels"])
async def test_a_conversation_that_cannot_be_made_leaves_no_trace(town: Town, trouble: str) -> None:
    """Threat: a half-made room. Everything is checked within the one work."""
    a, b = await town.people("Alice", "Bob")
    head = town.store.head
    bad = {
        "stranger": Beginning(members=[b, Id(999_999)]),
        "admin": Beginning(members=[b], admins=[Id(999_999)]),
        "levels": Beginning(members=[b], override={"ban": "high"}),
    }[trouble]
    with pytest.raises((NotFound, Invalid)):
        await town.talk.create(a, bad)
    assert town.store.head == head


async def test_a_person_without_account_is_a_member_without_grants(town: Town) -> None:
    """A correspondent by mail: everybody sees that he is in, and he has nothing to read with."""
    (a,) = await town.people("Alice")
    (mail,) = await town.people("Correspondent", account=False)
    conv = await town.conversation(a, mail)
    assert await town.standing(conv, mail) == "join"
    async with town.store.view() as view:
        assert set(await view.holders(conv)) == {a}
        assert list(await view.grants(mail)) == []


async def test_those_in_a_small_conversation_know_each_other_and_in_a_large_one_their_host(
    town: Town,
) -> None:
    people = await town.people(*(f"P{n}" for n in range(15)))
    small = people[:4]
    await town.conversation(*small)
    await town.conversation(*people[3:])
    async with town.store.view() as view:
        assert all([await knows(view, x, y) for x in small for y in small if x != y])
    await town.conversation(*people)
    async with town.store.view() as view:
        assert await knows(view, people[0], people[14])
        assert await knows(view, people[14], people[0])
        assert not await knows(view, people[1], people[14])


async def test_an_invitation_shows_that_there_is_a_conversation_and_nothing_in_it(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, preset=Preset.PRIVATE, invited=[b], direct=True)
    await town.say(a, conv, "secret")
    assert await town.seen(b, conv) == []
    async with town.store.view() as view:
        (grant,) = await view.grants(b, zone=conv)
        assert (grant.why, grant.alive, grant.open) == (Why.INVITED, True, False)
    assert (await town.fact(conv, "m.room.member", str(b)))["is_direct"] is True
    found = await town.talk.reading(b, conv)
    assert (found.present, found.last_nr, found.last_alert, found.unread) == (False, 0, 0, 0)
