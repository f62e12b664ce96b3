"""The one gate: ranges, old forms for those who left, the board, threads of numbers, peeking."""

import pytest
from tests.services.conversations.town import Town, body, form

from syncline.core.entries import Entry
from syncline.core.errors import NotFound
from syncline.core.ids import Id, Nr, Seq, ZoneId
from syncline.core.kinds import EntryKind, Rel, ZoneKind
from syncline.core.rooms.facts import fact
from syncline.core.rooms.presets import Preset
from syncline.services.conversations import seen_by, visible_entries, visible_entry
from syncline.store.contract import Tx


async def test_one_who_left_keeps_the_forms_that_he_had(town: Town) -> None:
    """Threat: what is edited after a departure reaches the one who left through an old entry."""
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    one = await town.say(a, conv, "first")
    two = await town.say(a, conv, "second")
    await town.talk.amend(a, conv, one, Rel.EDIT, {"text": "first, edited"})
    await town.talk.leave(b, conv)
    await town.talk.amend(a, conv, one, Rel.EDIT, {"text": "not for Bob"})
    await town.talk.amend(a, conv, two, Rel.DELETE)
    assert await town.texts(b, conv) == ["first", "first, edited", "second"][1:]
    assert await town.texts(a, conv) == ["not for Bob"]


async def test_an_erased_entry_is_erased_for_those_who_left_as_well(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    one = await town.say(a, conv, "to be erased")
    await town.talk.leave(b, conv)
    await town.talk.amend(a, conv, one, Rel.ERASE)
    async with town.store.view() as view:
        shown = await visible_entry(view, b, conv, id=one)
    assert form(shown)["erased"] is True
    assert await town.texts(b, conv) == []


async def test_an_amendment_is_seen_where_it_lies_and_its_target_where_that_lies(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a)
    old = await town.say(a, conv, "before Bob")
    await town.talk.add(a, conv, [b])
    edit = await town.talk.amend(a, conv, old, Rel.EDIT, {"text": "edited"})
    assert [entry.id for entry in await town.seen(b, conv)][-1] == edit.value.entry
    async with town.store.view() as view:
        assert await seen_by(view, b, await town.entry(old)) is None
        with pytest.raises(NotFound):
            await visible_entry(view, b, conv, nr=Nr(2))


async def test_the_board_shows_pins_and_tasks_to_every_present_member_and_to_nobody_else(town: Town) -> None:
    """The one named exception of the gate (Fleep 4.8)."""
    a, b, c, stranger = await town.people("Alice", "Bob", "Carol", "Stranger")
    conv = await town.conversation(a, c)
    pin, task, plain = [await town.say(a, conv, text) for text in ("pin", "task", "plain")]
    await town.talk.leave(c, conv)
    await town.talk.add(a, conv, [b])
    await town.talk.amend(a, conv, pin, Rel.PIN)
    await town.talk.amend(a, conv, task, Rel.TASK, {"state": "todo"})

    async def on_board(account: Id, id: Id) -> bool:
        async with town.store.view() as view:
            return await seen_by(view, account, await town.entry(id), board=True) is not None

    assert [await on_board(b, one) for one in (pin, task, plain)] == [True, True, False]
    assert not await on_board(stranger, pin)
    async with town.store.view() as view:
        assert await seen_by(view, b, await town.entry(pin)) is None, "only where it is asked for"
        left = await seen_by(view, c, await town.entry(pin), board=True)
    assert left is not None
    assert "pin" not in form(left), "he left before it was pinned"
    await town.talk.leave(b, conv)
    assert not await on_board(b, pin)


async def test_pages_run_over_all_ranges_in_both_directions(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    for n in range(3):
        await town.say(a, conv, f"in {n}")
        await town.talk.leave(b, conv)
        await town.say(a, conv, f"out {n}")
        await town.talk.add(a, conv, [b])
    every = await town.seen(b, conv)
    assert not [entry for entry in every if str(form(entry).get("text", "")).startswith("out")]
    for limit in (1, 2, 3, 100):
        async with town.store.view() as view:
            forward: list[Entry] = []
            backward: list[Entry] = []
            after, before = Seq(0), None
            while page := await visible_entries(view, b, conv, after=after, limit=limit):
                forward += page
                after = page[-1].seq
            while page := await visible_entries(view, b, conv, before=before, limit=limit, newest=True):
                backward = [*page, *backward]
                before = page[0].seq
        assert forward == backward == every


async def test_strangers_see_nothing_but_may_peek_where_the_world_may_read(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    world = fact("m.room.history_visibility", {"history_visibility": "world_readable"})
    shown = await town.conversation(a, preset=Preset.PUBLIC, initial=[world])
    hidden = await town.conversation(a, preset=Preset.PUBLIC)
    for conv in (shown, hidden):
        await town.say(a, conv, "hello")
        with pytest.raises(NotFound):
            await town.seen(b, conv)
    assert form((await town.seen(b, shown, peek=True))[-1]) == {"text": "hello"}
    with pytest.raises(NotFound):
        await town.seen(b, hidden, peek=True)


async def test_an_owner_sees_his_thread_without_a_grant_and_others_do_not(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")

    async def work(tx: Tx) -> ZoneId:
        return tx.open_zone(ZoneKind.CONVERSATION, owner=a)

    conv = (await town.store.write(work)).value
    sent = await town.talk.send(a, conv, body(text="mail"), kind=EntryKind.MAIL)
    assert [entry.id for entry in await town.seen(a, conv)] == [sent.value.entry]
    with pytest.raises(NotFound):
        await town.seen(b, conv)
    with pytest.raises(NotFound):
        await town.say(b, conv, "me too")


async def test_what_the_operator_let_be_forgotten_is_shown_to_nobody(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    old = await town.say(a, conv, "old", mentions=[b])
    floor = (await town.entry(await town.say(a, conv, "new"))).seq

    async def work(tx: Tx) -> None:
        await tx.raise_floor(conv, floor)

    await town.store.write(work)
    assert await town.texts(b, conv) == ["new"]
    async with town.store.view() as view:
        assert await seen_by(view, b, await town.entry(old)) is None
        (oldest,) = await visible_entries(view, b, conv, limit=1)
    assert form(oldest)["text"] == "new", "a page begins at the floor"
    await town.talk.mark_read(b, conv, 0)
    assert (await town.talk.reading(b, conv)).mention_nr == 0


async def test_an_old_id_leads_on_to_the_conversation_that_took_its_entries(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    old, new = await town.conversation(a, b), await town.conversation(a, b)

    async def work(tx: Tx) -> None:
        await tx.merge(old, new)

    await town.store.write(work)
    sent = await town.talk.send(a, old, body(text="to the old id"))
    assert sent.value.conv == new
    assert await town.texts(b, old) == ["to the old id"]
