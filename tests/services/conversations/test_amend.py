"""Amendments: who may, what becomes of the target, and that everything takes its number."""

import pytest
from tests.services.conversations.town import Town, body, form

from syncline.core.errors import Conflict, Forbidden, Gone, Invalid, NotFound, TooLarge
from syncline.core.ids import Id
from syncline.core.kinds import EntryKind, Rel
from syncline.core.rooms.presets import Preset
from syncline.services.conversations import Request


async def test_an_edit_takes_a_nr_keeps_the_entry_and_bumps_nothing(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    id = await town.say(a, conv, "one")
    before, zone = await town.entry(id), await town.zone(conv)
    answer = (await town.talk.amend(a, conv, id, Rel.EDIT, {"text": "two"})).value
    after, edit = await town.entry(id), await town.entry(answer.entry)
    assert (after.seq, after.nr, after.body) == (before.seq, before.nr, before.body)
    assert form(after)["text"] == "two"
    assert (edit.nr, edit.target, edit.rel, edit.alert_nr) == (3, id, Rel.EDIT, 0)
    now = await town.zone(conv)
    assert (now.bumped, now.alert_nr) == (zone.bumped, zone.alert_nr)
    assert (await town.talk.reading(b, conv)).unread == 1


async def test_only_the_author_edits_until_the_message_is_shared(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    id = await town.say(a, conv, "mine")
    with pytest.raises(Forbidden):
        await town.talk.amend(b, conv, id, Rel.EDIT, {"text": "yours"})
    await town.talk.amend(b, conv, id, Rel.PIN)
    await town.talk.amend(b, conv, id, Rel.EDIT, {"text": "ours"})
    await town.talk.amend(a, conv, id, Rel.UNPIN)
    await town.talk.amend(b, conv, id, Rel.EDIT, {"text": "still ours"})
    assert form(await town.entry(id))["text"] == "still ours"


@pytest.mark.parametrize(("preset", "allowed"), [(Preset.FLEEP, True), (Preset.PRIVATE, False)])
async def test_who_may_delete_follows_from_the_preset(town: Town, preset: Preset, allowed: bool) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b, preset=preset)
    id = await town.say(a, conv, "secret")
    if allowed:
        await town.talk.amend(b, conv, id, Rel.DELETE, {"reason": "typo"})
    else:
        with pytest.raises(Forbidden):
            await town.talk.amend(b, conv, id, Rel.DELETE)
        await town.talk.amend(a, conv, id, Rel.DELETE, {"reason": "typo"})
    found = form(await town.entry(id))
    assert found.keys() == {"deleted"}
    assert found["deleted"]["reason"] == "typo"


@pytest.mark.parametrize("rel", [Rel.EDIT, Rel.DELETE, Rel.PIN, Rel.REACTION, Rel.TASK, Rel.LOCK])
async def test_a_deleted_message_cannot_be_changed(town: Town, rel: Rel) -> None:
    (a,) = await town.people("Alice")
    conv = await town.conversation(a)
    id = await town.say(a, conv, "x")
    await town.talk.amend(a, conv, id, Rel.DELETE)
    with pytest.raises(Gone):
        await town.talk.amend(a, conv, id, rel, {"key": "+"} if rel is Rel.REACTION else None)


async def test_system_entries_are_not_messages(town: Town) -> None:
    (a,) = await town.people("Alice")
    conv = await town.conversation(a)
    named = (await town.talk.set_name(a, conv, "N")).value.entry
    (start, *_) = await town.seen(a, conv)
    assert named is not None
    for id in (start.id, named):
        for rel in (Rel.EDIT, Rel.DELETE, Rel.ERASE, Rel.PIN):
            with pytest.raises(Invalid):
                await town.talk.amend(a, conv, id, rel)


async def test_a_mail_is_not_edited_but_can_be_deleted(town: Town) -> None:
    (a,) = await town.people("Alice")
    conv = await town.conversation(a)
    mail = (await town.talk.send(a, conv, body(text="m"), kind=EntryKind.MAIL)).value.entry
    assert mail is not None
    with pytest.raises(Invalid):
        await town.talk.amend(a, conv, mail, Rel.EDIT, {"text": "n"})
    await town.talk.amend(a, conv, mail, Rel.DELETE)


async def test_erasing_overwrites_content_edits_and_form_and_keeps_numbers_and_pins(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    keep = await town.say(a, conv, "pinned too")
    id = await town.say(a, conv, "secret one")
    edit = (await town.talk.amend(a, conv, id, Rel.EDIT, {"text": "secret two"})).value.entry
    await town.talk.amend(a, conv, keep, Rel.PIN)
    await town.talk.amend(a, conv, id, Rel.PIN)
    await town.talk.amend(a, conv, id, Rel.UNPIN)
    nr = (await town.entry(id)).nr
    with pytest.raises(Forbidden):
        await town.talk.amend(b, conv, id, Rel.ERASE)
    answer = await town.talk.amend(a, conv, id, Rel.ERASE)
    gone = await town.entry(id)
    assert (gone.nr, gone.body) == (nr, b"{}")
    assert form(gone).keys() == {"deleted", "erased"}
    assert b"secret" not in (await town.entry(edit)).current
    assert answer.value.nr == 8
    assert await town.fact(conv, "m.room.pinned_events") == {"pinned": [keep]}
    await town.talk.amend(a, conv, keep, Rel.UNPIN)
    assert await town.fact(conv, "m.room.pinned_events") == {"pinned": []}


async def test_a_deleted_message_can_still_be_erased(town: Town) -> None:
    (a,) = await town.people("Alice")
    conv = await town.conversation(a)
    id = await town.say(a, conv, "secret")
    await town.talk.amend(a, conv, id, Rel.DELETE)
    assert b"secret" in (await town.entry(id)).body
    await town.talk.amend(a, conv, id, Rel.ERASE)
    assert (await town.entry(id)).body == b"{}"


async def test_reactions_are_one_per_person_and_key(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    id = await town.say(a, conv, "x")
    await town.talk.amend(a, conv, id, Rel.REACTION, {"key": "+"})
    mine = (await town.talk.amend(b, conv, id, Rel.REACTION, {"key": "+"})).value.entry
    with pytest.raises(Conflict):
        await town.talk.amend(b, conv, id, Rel.REACTION, {"key": "+"})
    assert form(await town.entry(id))["reactions"]["+"][str(b)] == mine
    await town.talk.amend(b, conv, id, Rel.UNREACT, {"key": "+"})
    with pytest.raises(NotFound):
        await town.talk.amend(b, conv, id, Rel.UNREACT, {"key": "+"})
    assert form(await town.entry(id))["reactions"].keys() == {"+"}
    assert str(b) not in form(await town.entry(id))["reactions"]["+"]


async def test_deleting_a_reaction_takes_it_back(town: Town) -> None:
    """Matrix redacts the reaction itself; Fleep sees a new revision of the message."""
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b, preset=Preset.PRIVATE)
    id = await town.say(a, conv, "x")
    own = (await town.talk.amend(a, conv, id, Rel.REACTION, {"key": "+"})).value.entry
    assert own is not None
    with pytest.raises(Forbidden):
        await town.talk.amend(b, conv, own, Rel.DELETE)
    answer = (await town.talk.amend(a, conv, own, Rel.DELETE)).value
    assert answer.target == id
    taken = await town.entry(answer.entry)
    assert (taken.rel, form(taken)) == (Rel.UNREACT, {"key": "+", "redacts": own})
    assert form(await town.entry(id)) == {"text": "x", "reactions": {}}
    with pytest.raises(Gone):
        await town.talk.amend(a, conv, own, Rel.DELETE)


async def test_deleting_an_edit_brings_back_what_was_there_without_it(town: Town) -> None:
    (a,) = await town.people("Alice")
    conv = await town.conversation(a)
    id = await town.say(a, conv, "one")
    edits: list[Id] = []
    for text in ("two", "three"):
        edit = (await town.talk.amend(a, conv, id, Rel.EDIT, {"text": text})).value.entry
        assert edit is not None
        edits.append(edit)
    texts = []
    for edit in reversed(edits):
        await town.talk.amend(a, conv, edit, Rel.DELETE)
        texts.append(form(await town.entry(id))["text"])
    assert texts == ["two", "one"]
    assert form(await town.entry(id))["withdrawn"] == edits[::-1]


@pytest.mark.parametrize(
    ("rel", "given"),
    [
        (Rel.REACTION, {}),
        (Rel.REACTION, {"key": ""}),
        (Rel.REACTION, {"key": 5}),
        (Rel.PIN, {"weight": "heavy"}),
        (Rel.PIN, {"colour": "red"}),
        (Rel.TASK, {"state": "maybe"}),
        (Rel.TASK, {"assignees": "me"}),
        (Rel.DELETE, {"reason": 5}),
        (Rel.EDIT, {"pin": {}}),
        (Rel.MEMBERS, {"persons": [1]}),
    ],
)
async def test_bad_amendments_leave_no_trace(town: Town, rel: Rel, given: dict[str, object]) -> None:
    (a,) = await town.people("Alice")
    conv = await town.conversation(a)
    id = await town.say(a, conv, "x")
    head = town.store.head
    with pytest.raises(Invalid):
        await town.talk.amend(a, conv, id, rel, given, request=Request("r"))
    assert town.store.head == head


@pytest.mark.parametrize(
    "bad", [b"", b"[]", b"null", b'{"erased": true}', b'{"mentions": "all"}', b"\xff\xfe"]
)
async def test_bad_messages_leave_no_trace(town: Town, bad: bytes) -> None:
    (a,) = await town.people("Alice")
    conv = await town.conversation(a)
    head = town.store.head
    with pytest.raises(Invalid):
        await town.talk.send(a, conv, bad)
    with pytest.raises(TooLarge):
        await town.talk.send(a, conv, body(text="x" * (1 << 20)))
    assert town.store.head == head


async def test_where_writing_needs_a_level_others_only_read(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b, preset=Preset.PRIVATE, override={"events_default": 50})
    id = await town.say(a, conv, "announcement")
    with pytest.raises(Forbidden):
        await town.say(b, conv, "me too")
    with pytest.raises(Forbidden):
        await town.talk.amend(b, conv, id, Rel.REACTION, {"key": "+"})
    assert await town.texts(b, conv) == ["announcement"]


async def test_an_entry_of_another_conversation_is_not_amended_from_here(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    here, there = await town.conversation(a, b), await town.conversation(b, a)
    id = await town.say(a, there, "x")
    with pytest.raises(NotFound):
        await town.talk.amend(a, here, id, Rel.EDIT, {"text": "y"})


async def test_threads_begin_with_what_is_in_none(town: Town) -> None:
    (a,) = await town.people("Alice")
    conv = await town.conversation(a)
    root = await town.say(a, conv, "root")
    answer = (await town.talk.send(a, conv, body(text="reply"), root=root)).value
    assert (await town.entry(answer.entry)).root == root
    with pytest.raises(Invalid):
        await town.talk.send(a, conv, body(text="deeper"), root=answer.entry)
    edit = (await town.talk.amend(a, conv, root, Rel.EDIT, {"text": "y"})).value.entry
    with pytest.raises(Invalid):
        await town.talk.send(a, conv, body(text="under an edit"), root=edit)
    with pytest.raises(NotFound):
        await town.talk.send(a, conv, body(text="nowhere"), root=Id(5))
