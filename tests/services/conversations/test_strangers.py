"""Promise 5: an account that is not in a conversation learns nothing of it and changes nothing in it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.services.conversations.town import Town, body

from syncline.core.errors import Forbidden, NotFound, NotMember
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Rel
from syncline.core.rooms.presets import Preset
from syncline.services.conversations import Conversations

Attempt = Callable[[Town, Id, Id, ZoneId, Id], Awaitable[Any]]

WRITING: dict[str, Attempt] = {
    "send": lambda t, me, you, c, e: t.talk.send(me, c, body(text="x")),
    "edit": lambda t, me, you, c, e: t.talk.amend(me, c, e, Rel.EDIT, {"text": "y"}),
    "delete": lambda t, me, you, c, e: t.talk.amend(me, c, e, Rel.DELETE),
    "erase": lambda t, me, you, c, e: t.talk.amend(me, c, e, Rel.ERASE),
    "pin": lambda t, me, you, c, e: t.talk.amend(me, c, e, Rel.PIN),
    "unpin": lambda t, me, you, c, e: t.talk.amend(me, c, e, Rel.UNPIN),
    "task": lambda t, me, you, c, e: t.talk.amend(me, c, e, Rel.TASK),
    "react": lambda t, me, you, c, e: t.talk.amend(me, c, e, Rel.REACTION, {"key": "+"}),
    "unreact": lambda t, me, you, c, e: t.talk.amend(me, c, e, Rel.UNREACT, {"key": "+"}),
    "lock": lambda t, me, you, c, e: t.talk.amend(me, c, e, Rel.LOCK),
    "unlock": lambda t, me, you, c, e: t.talk.amend(me, c, e, Rel.LOCK, {"on": False}),
    "add": lambda t, me, you, c, e: t.talk.add(me, c, [me]),
    "invite": lambda t, me, you, c, e: t.talk.invite(me, c, [me]),
    "kick": lambda t, me, you, c, e: t.talk.kick(me, c, [you]),
    "ban": lambda t, me, you, c, e: t.talk.ban(me, c, [you]),
    "unban": lambda t, me, you, c, e: t.talk.unban(me, c, [me]),
    "disclose": lambda t, me, you, c, e: t.talk.disclose(me, c, [me]),
    "fact": lambda t, me, you, c, e: t.talk.set_fact(me, c, "x", b"{}"),
    "name": lambda t, me, you, c, e: t.talk.set_name(me, c, "mine"),
    "mark_read": lambda t, me, you, c, e: t.talk.mark_read(me, c),
    "receipt": lambda t, me, you, c, e: t.talk.put_receipt(me, c, e),
}
ENTERING: dict[str, Attempt] = {
    "join": lambda t, me, you, c, e: t.talk.join(me, c),
    "allowed": lambda t, me, you, c, e: t.talk.join(me, c, allowed=True),
    "knock": lambda t, me, you, c, e: t.talk.knock(me, c),
    "leave": lambda t, me, you, c, e: t.talk.leave(me, c),
}
PRIVATE: dict[str, Attempt] = {
    "mark": lambda t, me, you, c, e: t.talk.mark(me, c, labels=["mine"]),
    "hide": lambda t, me, you, c, e: t.talk.hide(me, c),
    "reading": lambda t, me, you, c, e: t.talk.reading(me, c),
    "entries": lambda t, me, you, c, e: t.seen(me, c),
    "peek": lambda t, me, you, c, e: t.seen(me, c, peek=True),
}
EVERYTHING = {**WRITING, **ENTERING, **PRIVATE}


def test_every_method_is_tried() -> None:
    """A method added later has to be added here, too."""
    tried = {
        "create",
        "send",
        "amend",
        "add",
        "invite",
        "join",
        "knock",
        "leave",
        "kick",
        "ban",
        "unban",
        "disclose",
        "set_fact",
        "set_name",
        "mark_read",
        "put_receipt",
        "mark",
        "hide",
        "reading",
        "unlock_due",
        "renamed",  # names no conversation: it goes to those that the person is in
    }
    assert {name for name in vars(Conversations) if not name.startswith("_")} == tried


@pytest.mark.parametrize("preset", [Preset.FLEEP, Preset.PRIVATE])
@pytest.mark.parametrize("name", list(EVERYTHING))
async def test_to_a_stranger_a_conversation_is_not_there(town: Town, name: str, preset: Preset) -> None:
    """The same error for what exists and for what does not, and nothing is written."""
    a, stranger = await town.people("Alice", "Stranger")
    conv = await town.conversation(a, preset=preset)
    id = await town.say(a, conv, "secret")
    await town.talk.amend(a, conv, id, Rel.PIN)
    head = town.store.head
    with pytest.raises(NotFound) as there:
        await EVERYTHING[name](town, stranger, a, conv, id)
    with pytest.raises(NotFound) as nowhere:
        await EVERYTHING[name](town, stranger, a, ZoneId(Id(987_654)), id)
    assert there.value.message == nowhere.value.message
    assert town.store.head == head


@pytest.mark.parametrize("name", list(WRITING))
async def test_one_who_left_changes_nothing(town: Town, name: str) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    id = await town.say(b, conv, "mine once")
    await town.talk.leave(b, conv)
    head = town.store.head
    with pytest.raises(NotMember):
        await WRITING[name](town, b, a, conv, id)
    assert town.store.head == head


@pytest.mark.parametrize("name", list(WRITING))
async def test_one_who_is_only_invited_changes_nothing(town: Town, name: str) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, preset=Preset.PUBLIC, invited=[b])
    id = await town.say(a, conv, "secret")
    head = town.store.head
    with pytest.raises(NotMember):
        await WRITING[name](town, b, a, conv, id)
    assert town.store.head == head


@pytest.mark.parametrize("name", ["edit", "delete", "erase", "react", "pin", "receipt"])
async def test_a_member_cannot_touch_what_was_before_him(town: Town, name: str) -> None:
    """Threat: the answer to an amendment tells whether, and what, there was before one came."""
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a)
    id = await town.say(a, conv, "before Bob")
    await town.talk.add(a, conv, [b])
    head = town.store.head
    with pytest.raises(NotFound):
        await WRITING[name](town, b, a, conv, id)
    assert town.store.head == head


async def test_a_zone_that_is_no_conversation_is_not_there_either(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    for zone in (ZoneId(a), ZoneId(b), ZoneId(Id(1))):
        with pytest.raises(NotFound):
            await town.say(a, zone, "x")
        with pytest.raises(NotFound):
            await town.seen(a, zone)


async def test_one_kicked_out_does_not_come_back_by_himself(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    await town.talk.kick(a, conv, [b])
    with pytest.raises(Forbidden):
        await town.talk.join(b, conv)
