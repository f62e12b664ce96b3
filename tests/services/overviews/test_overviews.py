"""Overviews: what is kept in memory is what a fresh reader would find."""

import random
from typing import Any

import msgspec
import pytest

from syncline.core.errors import NotFound, SynclineError
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Rel
from syncline.core.rooms import facts
from syncline.core.rooms.presets import Preset
from syncline.services.accounts import Accounts, Passwords
from syncline.services.conversations import Beginning, Conversations
from syncline.services.overviews import Overviews, listed, overview_of
from syncline.store.sqlite import open_store
from syncline.store.sqlite.store import SqliteStore
from syncline.store.sqlite.tracing import count_statements


class Town:
    """Three people over a store."""

    def __init__(self, store: SqliteStore) -> None:
        self.store = store
        self.talks = Conversations(store)
        self.accounts = Accounts(store, Passwords())
        self.people: list[Id] = []

    async def settle(self) -> None:
        """Let three accounts live here."""
        for name in ("ann", "bo", "cleo"):
            self.people.append((await self.accounts.add(f"{name}@example.org", name=name)).id)

    async def talk(self, *members: int, name: str | None = None) -> ZoneId:
        """A conversation of the first with others."""
        begin = Beginning(Preset.FLEEP, name=name, members=[self.people[one] for one in members])
        return (await self.talks.create(self.people[0], begin)).value.conv

    async def say(self, who: int, conv: ZoneId, text: str, **more: Any) -> Id:
        """A message."""
        body = msgspec.json.encode({"text": text, **more})
        entry = (await self.talks.send(self.people[who], conv, body)).value.entry
        assert entry is not None
        return entry


@pytest.fixture
async def town(store: SqliteStore) -> Town:
    """The people."""
    town = Town(store)
    await town.settle()
    return town


async def same(town: Town, overviews: Overviews, convs: list[ZoneId]) -> None:
    """What memory says, before and after it was asked, is what the store says."""
    async with town.store.view() as view:
        for conv in convs:
            for person in town.people:
                try:
                    fresh = await overview_of(view, person, conv)
                except NotFound:
                    with pytest.raises(NotFound):
                        await overviews.of(view, person, conv)
                    continue
                known = overviews.known(person, conv)
                if known is not None:
                    assert known == fresh
                assert await overviews.of(view, person, conv) == fresh


async def test_memory_says_what_the_store_says_whatever_is_done(town: Town) -> None:
    """300 acts of three people in three conversations; asked after each, from memory and anew."""
    overviews = Overviews(town.store, conversations=2, sides=5)
    dice = random.Random(4)
    convs = [await town.talk(1, 2), await town.talk(1, name="Named"), await town.talk()]
    said: list[tuple[ZoneId, Id]] = []
    asked = 0
    for step in range(300):
        conv = dice.choice(convs)
        who = dice.randrange(3)
        person, other = town.people[who], dice.choice(town.people)
        act = dice.randrange(14)
        target = dice.choice([one for at, one in said if at == conv] or [Id(1)])
        try:
            if act < 4:
                mentions = [other] if dice.random() < 0.3 else []
                said.append((conv, await town.say(who, conv, f"{step}", mentions=mentions)))
            elif act == 4:
                await town.talks.mark_read(person, conv, dice.choice([None, 0, 1, 3, 7]))
            elif act == 5:
                edit = {"text": "other", "mentions": [other] if dice.random() < 0.5 else []}
                await town.talks.amend(person, conv, target, Rel.EDIT, edit)
            elif act == 6:
                await town.talks.amend(person, conv, target, Rel.DELETE)
            elif act == 7:
                await town.talks.amend(person, conv, target, dice.choice([Rel.PIN, Rel.UNPIN]))
            elif act == 8 and dice.random() < 0.3:
                await town.talks.leave(person, conv)
            elif act in (8, 9):
                await town.talks.add(person, conv, [other])
            elif act == 10:
                await town.talks.set_name(person, conv, dice.choice(["", "A", "B"]))
            elif act == 11:
                await town.talks.set_fact(person, conv, facts.TOPIC, b'{"topic":"%d"}' % step)
            elif act == 12:
                await town.talks.mark(person, conv, labels=dice.choice([["a"], []]), deleted_nr=0)
            else:
                await town.talks.amend(person, conv, target, Rel.REACTION, {"key": "+"})
        except SynclineError:
            continue
        asked += 1
        if dice.random() < 0.7:
            await same(town, overviews, convs)
    assert asked > 120
    overviews.close()


async def test_a_view_older_than_memory_is_answered_from_memory(town: Town) -> None:
    """What is told twice is harmless, what is told too old would stay so."""
    overviews = Overviews(town.store)
    conv = await town.talk(1)
    async with town.store.view() as view:
        await overviews.of(view, town.people[0], conv)
        await town.say(1, conv, "newer")
        assert (await overviews.of(view, town.people[0], conv)).last_nr == 2
        assert (await overviews.of(view, town.people[1], conv)).last_nr == 1
    # what the old view said of the second was not kept
    async with town.store.view() as view:
        assert (await overviews.of(view, town.people[1], conv)).last_nr == 2
    overviews.close()


async def test_what_is_in_memory_costs_no_statement(town: Town) -> None:
    """W1: a send asks for its author's numbers."""
    overviews = Overviews(town.store)
    conv = await town.talk(1, 2)
    async with town.store.view() as view:
        await overviews.of(view, town.people[0], conv)
    for text in ("one", "two"):
        await town.say(0, conv, text)
        with count_statements() as counted:
            known = overviews.known(town.people[0], conv)
        assert known is not None
        assert not counted
    assert known is not None
    assert (known.last_nr, known.read_nr, known.unread) == (3, 3, 0)
    overviews.close()


async def test_a_list_is_that_of_its_moment(town: Town) -> None:
    """`at`: conversations that moved up, came, or were left since stand where they stood."""
    convs = [await town.talk(1, name=f"{number}") for number in range(5)]
    start = town.store.head
    async with town.store.view() as view:
        before = [one.conv for one in await listed(view, town.people[1], at=start)]
    await town.say(0, convs[0], "up")
    await town.talk(1, name="new")
    await town.talks.leave(town.people[1], convs[2])
    async with town.store.view() as view:
        now = await listed(view, town.people[1])
        assert [one.conv for one in await listed(view, town.people[1], at=start)] == before
    assert before == convs[::-1]
    assert [one.left for one in now if one.conv == convs[2]] == [True]
    assert len(now) == len(before) + 1


async def test_who_left_is_not_moved_by_what_others_write(town: Town) -> None:
    """Promise 5: neither in the list nor in any number."""
    conv = await town.talk(1)
    await town.talks.leave(town.people[1], conv)
    async with town.store.view() as view:
        before = await overview_of(view, town.people[1], conv)
        place = await listed(view, town.people[1])
    await town.say(0, conv, "after")
    async with town.store.view() as view:
        after = await overview_of(view, town.people[1], conv)
        assert await listed(view, town.people[1]) == place
    moved = {"head", "nr", "alert_nr"}
    for field in msgspec.structs.fields(before):
        if field.name != "common":
            assert getattr(after, field.name) == getattr(before, field.name), field.name
    for field in msgspec.structs.fields(before.common):
        if field.name not in ("zone", "alerting_nr"):
            assert getattr(after.common, field.name) == getattr(before.common, field.name), field.name
    for field in msgspec.structs.fields(before.common.zone):
        if field.name not in moved:
            assert getattr(after.common.zone, field.name) == getattr(before.common.zone, field.name)


async def test_overviews_after_a_restart_are_the_same(store: SqliteStore, town: Town) -> None:
    """Nothing of them is stored."""
    conv = await town.talk(1, name="kept")
    await town.say(0, conv, "one", mentions=[town.people[1]])
    async with store.view() as view:
        before = await overview_of(view, town.people[1], conv)
    directory = store.directory
    await store.close()
    opened = await open_store(directory)
    async with opened.view() as view:
        assert await overview_of(view, town.people[1], conv) == before
    await opened.close()


async def test_a_mention_is_told_until_one_has_read_past_it(town: Town) -> None:
    """Then the next one, and none after the last; all of it from memory."""
    overviews = Overviews(town.store)
    conv = await town.talk(1)
    bo = town.people[1]
    for mentions in ([bo], [], [bo], []):
        await town.say(0, conv, "hello", mentions=mentions)
    async with town.store.view() as view:
        assert (await overviews.of(view, bo, conv)).mention_nr == 2
    for read, mention in ((1, 2), (2, 4), (3, 4), (4, 0), (5, 0)):
        await town.talks.mark_read(bo, conv, read)
        known = overviews.known(bo, conv)
        assert known is None or known.mention_nr == mention
        async with town.store.view() as view:
            assert (await overviews.of(view, bo, conv)).mention_nr == mention
        assert overviews.known(bo, conv) is not None
    overviews.close()
