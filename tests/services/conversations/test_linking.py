"""Joining by a link, options, and who manages a conversation."""

import msgspec
import pytest
from tests.services.conversations.town import Town

from syncline.core.errors import Forbidden, Invalid, NotFound, NotMember
from syncline.core.ids import Id, ZoneId
from syncline.core.rooms.presets import Preset
from syncline.services.conversations import Answer, private_of
from syncline.services.conversations.linking import join_by_link
from syncline.services.conversations.managing import manage
from syncline.services.conversations.options import options_of, set_options


async def switch(town: Town, account: Id, conv: ZoneId, **changes: bool) -> Answer:
    """Set options."""
    return (await town.store.write(lambda tx: set_options(tx, account, conv, changes))).value


async def come(town: Town, account: Id, conv: ZoneId) -> Answer:
    """Join by the link."""
    return (await town.store.write(lambda tx: join_by_link(tx, account, conv))).value


async def test_options_change_one_by_one(town: Town) -> None:
    """What is not given stays; a silent entry each, none where nothing changes; unknown ones are refused."""
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    await switch(town, a, conv, autojoin=True)
    await switch(town, b, conv, disclose=True, autojoin=True)
    head = town.store.head
    await switch(town, a, conv, autojoin=True)
    assert town.store.head == head
    async with town.store.view() as view:
        assert await options_of(view, conv) == {"autojoin": True, "disclose": True}
    assert (await town.zone(conv)).nr == 1
    with pytest.raises(Invalid):
        await switch(town, a, conv, other=True)


async def test_a_link_opens_and_closes_with_its_option(town: Town) -> None:
    """Members and those invited pass in any case; strangers while it is on; the banned never."""
    a, b, c, d = await town.people("Alice", "Bob", "Cyd", "Dan")
    conv = await town.conversation(a, preset=Preset.PRIVATE)
    with pytest.raises(NotFound):
        await come(town, b, conv)
    await town.talk.invite(a, conv, [c])
    assert (await come(town, c, conv)).nr == 3
    await switch(town, a, conv, autojoin=True)
    assert (await come(town, b, conv)).nr == 4
    assert (await come(town, b, conv)).nr is None
    await town.talk.ban(a, conv, [d])
    with pytest.raises(Forbidden):
        await come(town, d, conv)
    with pytest.raises(NotFound):
        await come(town, b, ZoneId(Id(99)))


async def test_who_comes_by_a_link_sees_what_the_allower_sees(town: Town) -> None:
    """Not more: Bob came late and saw nothing of the beginning, so neither does who comes by his word."""
    a, b, c = await town.people("Alice", "Bob", "Cyd")
    conv = await town.conversation(a)
    await town.say(a, conv, "before Bob")
    await town.talk.add(a, conv, [b])
    await town.say(a, conv, "with Bob")
    await switch(town, b, conv, autojoin=True, disclose=True)
    await come(town, c, conv)
    assert await town.texts(c, conv) == ["with Bob"]
    async with town.store.view() as view:
        private = private_of(await view.subscription(c, conv))
    assert (private.joined_nr, private.begin_nr) == (3, 5)


async def test_members_added_later_see_the_past_while_it_is_disclosed(town: Town) -> None:
    """The option counts when they come, for all protocols."""
    a, b, c = await town.people("Alice", "Bob", "Cyd")
    conv = await town.conversation(a)
    await town.say(a, conv, "past")
    await switch(town, a, conv, disclose=True)
    await town.talk.add(a, conv, [b])
    await switch(town, a, conv, disclose=False)
    await town.talk.add(a, conv, [c])
    assert await town.texts(b, conv) == ["past"]
    assert await town.texts(c, conv) == []


async def test_admins_manage_and_stop_managing(town: Town) -> None:
    """Who has which level stays over both; only admins change it, and only members are admins."""
    a, b, c = await town.people("Alice", "Bob", "Cyd")
    conv = await town.conversation(a, b)

    async def act(account: Id, **changes: object) -> None:
        await town.store.write(lambda tx: manage(tx, account, conv, **changes))  # type: ignore[arg-type]

    with pytest.raises(Forbidden):
        await act(b, managed=True)
    before = await town.fact(conv, "m.room.power_levels")
    await act(a, managed=True, add=[b])
    with pytest.raises(NotMember):
        await act(a, add=[c])
    managed = await town.fact(conv, "m.room.power_levels")
    assert managed is not None
    assert (managed["invite"], managed["kick"], managed["users"]) == (100, 100, {str(a): 100, str(b): 100})
    await act(b, remove=[a])
    with pytest.raises(Forbidden):
        await act(a, managed=False)
    await act(b, managed=False, add=[a], remove=[b])
    assert msgspec.json.encode(await town.fact(conv, "m.room.power_levels"), order="deterministic") == (
        msgspec.json.encode(before, order="deterministic")
    )
