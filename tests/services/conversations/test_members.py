"""Memberships and the grants that follow from them: what each sees after each way in and each way out."""

import msgspec
import pytest
from tests.services.conversations.town import Town, form

from syncline.core.errors import Forbidden, NotFound, NotMember
from syncline.core.ids import START, Id, ZoneId
from syncline.core.kinds import Why
from syncline.core.rooms.facts import fact
from syncline.core.rooms.presets import Preset
from syncline.services.people import knows


async def room(
    town: Town, creator: Id, *members: Id, visibility: str = "shared", rule: str = "invite"
) -> ZoneId:
    """A Matrix room with this history visibility and join rule."""
    return await town.conversation(
        creator,
        *members,
        preset=Preset.PRIVATE,
        initial=[
            fact("m.room.history_visibility", {"history_visibility": visibility}),
            fact("m.room.join_rules", {"join_rule": rule}),
        ],
    )


@pytest.mark.parametrize(
    ("visibility", "sees"),
    [
        ("shared", ["before", "invited", "after"]),
        ("world_readable", ["before", "invited", "after"]),
        ("invited", ["invited", "after"]),
        ("joined", ["after"]),
    ],
)
async def test_history_visibility_decides_what_one_who_joins_may_read(
    town: Town, visibility: str, sees: list[str]
) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await room(town, a, visibility=visibility)
    await town.say(a, conv, "before")
    await town.talk.invite(a, conv, [b])
    await town.say(a, conv, "invited")
    await town.talk.join(b, conv)
    await town.say(a, conv, "after")
    assert await town.texts(b, conv) == sees
    found = await town.talk.reading(b, conv)
    assert (found.unread, found.begin_nr, found.read_nr) == (1, 5, 4), "history is not unread"


async def test_relaxing_visibility_opens_nothing_that_was_closed(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await room(town, a, visibility="joined")
    await town.say(a, conv, "closed")
    shared = msgspec.json.encode({"history_visibility": "shared"})
    await town.talk.set_fact(a, conv, "m.room.history_visibility", shared)
    await town.say(a, conv, "open")
    await town.talk.invite(a, conv, [b])
    await town.talk.join(b, conv)
    assert await town.texts(b, conv) == ["open"]


async def test_an_invitation_ends_when_it_is_taken(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await room(town, a)
    await town.talk.invite(a, conv, [b])
    assert (await town.zone(conv)).invited == 1
    await town.talk.join(b, conv)
    zone = await town.zone(conv)
    assert (zone.joined, zone.invited) == (2, 0)
    async with town.store.view() as view:
        alive = [grant.why for grant in await view.grants(b, zone=conv) if grant.alive]
    assert alive == [Why.MEMBER]


async def test_one_who_turns_an_invitation_down_sees_that_and_nothing_else(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await room(town, a)
    await town.say(a, conv, "secret")
    await town.talk.invite(a, conv, [b])
    left = await town.talk.leave(b, conv)
    await town.say(a, conv, "later")
    assert [entry.id for entry in await town.seen(b, conv)] == [left.value.entry]
    async with town.store.view() as view:
        assert not any(grant.alive for grant in await view.grants(b, zone=conv))
    with pytest.raises(Forbidden):
        await town.talk.join(b, conv)


@pytest.mark.parametrize("way", ["leave", "kick", "ban"])
async def test_each_way_out_ends_with_the_entry_that_tells_of_it(town: Town, way: str) -> None:
    """Threat: one who is out reads on, or counts on."""
    a, b = await town.people("Alice", "Bob")
    conv = await room(town, a, b)
    await town.say(a, conv, "before")
    if way == "leave":
        out = await town.talk.leave(b, conv, reason="tired")
    else:
        out = await getattr(town.talk, way)(a, conv, [b], reason="noise")
    told = await town.entry(out.value.entry)
    assert form(told)["act"] == way
    before = await town.talk.reading(b, conv)
    await town.say(a, conv, "after")
    seen = await town.seen(b, conv)
    assert seen[-1].id == told.id
    async with town.store.view() as view:
        assert [grant.last for grant in await view.grants(b, zone=conv)] == [told.seq]
    assert await town.texts(b, conv) == ["before"]
    assert await town.talk.reading(b, conv) == before
    assert (before.present, before.unread, before.last_nr) == (False, 0, told.nr)
    with pytest.raises(NotMember):
        await town.say(b, conv, "still here?")
    assert await town.standing(conv, b) == ("ban" if way == "ban" else "leave")


@pytest.mark.parametrize("way", ["add", "invite", "kick", "ban", "unban", "disclose"])
async def test_a_plain_member_of_a_private_room_changes_nobody(town: Town, way: str) -> None:
    """The rules of core/rooms are asked by every act; what they say is tested there."""
    a, b, c, d, banned = await town.people("Alice", "Bob", "Carol", "Dave", "Mallory")
    conv = await room(town, a, b, c)
    await town.talk.ban(a, conv, [banned])
    whom = {"add": d, "invite": d, "unban": banned}.get(way, c)
    head = town.store.head
    with pytest.raises(Forbidden):
        await getattr(town.talk, way)(b, conv, [whom])
    assert town.store.head == head
    await getattr(town.talk, way)(a, conv, [whom])


async def test_one_banned_comes_back_only_after_the_ban_is_lifted(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await room(town, a, b, rule="public")
    await town.talk.ban(a, conv, [b])
    with pytest.raises(Forbidden, match="banned"):
        await town.talk.join(b, conv)
    with pytest.raises(Forbidden, match="banned"):
        await town.talk.add(a, conv, [b])
    lifted = await town.talk.unban(a, conv, [b])
    assert lifted.value.nr is None, "no member changed: silent"
    await town.talk.join(b, conv)
    assert await town.standing(conv, b) == "join"


async def test_leaving_and_coming_back_shows_the_time_away_where_history_is_shared(town: Town) -> None:
    a, b, c = await town.people("Alice", "Bob", "Carol")
    shared, joined = await room(town, a, b, c), await room(town, a, b, c, visibility="joined")
    for conv in (shared, joined):
        await town.say(a, conv, "one")
        await town.talk.leave(b, conv)
        await town.say(a, conv, "two")
        await town.talk.invite(a, conv, [b])
        await town.talk.join(b, conv)
        await town.say(a, conv, "three")
    assert await town.texts(b, shared) == ["one", "two", "three"]
    assert await town.texts(b, joined) == ["one", "three"]


async def test_a_public_room_is_joined_by_whoever_knows_it_and_once_only(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, preset=Preset.PUBLIC)
    first = await town.talk.join(b, conv)
    head = town.store.head
    again = await town.talk.join(b, conv)
    assert again.value == first.value
    assert town.store.head == head


async def test_a_request_to_join_is_granted_refused_or_taken_back(town: Town) -> None:
    a, b, c, d = await town.people("Alice", "Bob", "Carol", "Dave")
    conv = await room(town, a, rule="knock")
    await town.say(a, conv, "secret")
    for person in (b, c, d):
        asked = await town.talk.knock(person, conv, reason="please")
        assert asked.value.nr is None
        assert await town.seen(person, conv) == []
    await town.talk.add(a, conv, [b])
    await town.talk.kick(a, conv, [c])
    await town.talk.leave(d, conv)
    assert await town.texts(b, conv) == ["secret"]
    for person in (c, d):
        assert await town.texts(person, conv) == []
        assert len(await town.seen(person, conv)) == 1
    assert [await town.standing(conv, one) for one in (b, c, d)] == ["join", "leave", "leave"]


async def test_a_restricted_room_takes_those_whom_the_caller_found_allowed(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await room(town, a, rule="restricted")
    with pytest.raises(Forbidden):
        await town.talk.join(b, conv)
    await town.talk.join(b, conv, allowed=True)
    assert await town.standing(conv, b) == "join"


async def test_adding_those_who_are_in_already_does_nothing(town: Town) -> None:
    a, b, c = await town.people("Alice", "Bob", "Carol")
    conv = await town.conversation(a, b)
    await town.say(a, conv, "x")
    head = town.store.head
    assert (await town.talk.add(a, conv, [b])).value.entry is None
    assert town.store.head == head
    added = await town.talk.add(a, conv, [b, c])
    assert form(await town.entry(added.value.entry))["persons"] == [c]


async def test_who_left_does_not_get_to_know_who_comes_after(town: Town) -> None:
    """A new contact would wake him, and say who talks there now; those who are there know each other."""
    a, b, c, d = await town.people("Alice", "Bob", "Carol", "Dave")
    conv = await town.conversation(a, b, c)
    await town.talk.leave(b, conv)
    head = town.store.head
    await town.talk.add(a, conv, [d])
    async with town.store.view() as view:
        assert not await knows(view, b, d)
        assert not await knows(view, d, b)
        assert await knows(view, c, d)
        assert await knows(view, d, c)
        assert ZoneId(b) not in {change.zone for change in await view.changes(head, limit=100)}


async def test_nobody_can_add_a_person_that_does_not_exist(town: Town) -> None:
    (a,) = await town.people("Alice")
    conv = await town.conversation(a)
    with pytest.raises(NotFound):
        await town.talk.add(a, conv, [Id(123_456)])


async def test_disclosing_shows_members_what_was_before_them(town: Town) -> None:
    a, b, c = await town.people("Alice", "Bob", "Carol")
    conv = await town.conversation(a)
    for text in ("one", "two", "three"):
        await town.say(a, conv, text)
    await town.talk.add(a, conv, [b])
    assert await town.texts(b, conv) == []
    await town.talk.disclose(a, conv, [b], since=3)
    assert await town.texts(b, conv) == ["two", "three"]
    found = await town.talk.reading(b, conv)
    assert found.unread == 0, "disclosed history is not unread"

    await town.talk.add(a, conv, [c])
    await town.talk.disclose(b, conv, [c])
    assert await town.texts(c, conv) == ["two", "three"], "nobody shows more than he sees"

    await town.talk.leave(c, conv)
    await town.say(a, conv, "four")
    assert await town.texts(c, conv) == ["two", "three"]
    with pytest.raises(NotMember):
        await town.talk.disclose(a, conv, [c])


async def test_many_members_come_in_a_chain_of_works(town: Town) -> None:
    """A work writes at most 1,000 changes; `create` and `add` cut what is larger."""
    people: list[Id] = []
    for n in range(4):
        people += await town.people(*(f"P{n}-{m}" for m in range(50)))
    (a,) = await town.people("Alice")
    conv = await town.conversation(a, *people[:120])
    await town.talk.add(a, conv, people)
    zone = await town.zone(conv)
    assert zone.joined == 201
    async with town.store.view() as view:
        assert len(await view.holders(conv)) == 201
        works: dict[int, int] = {}
        for change in await view.changes(START, limit=10_000):
            works[change.work] = works.get(change.work, 0) + 1
    assert max(works.values()) < 1000
    assert (await town.talk.reading(people[-1], conv)).unread == 0
