"""What comes in through hooks: messages of their owner that say where they are from."""

import pytest
from tests.services.conversations.town import body, form
from tests.services.hooks.conftest import Place

from syncline.core.errors import Forbidden, Gone, Invalid, Missing, NotFound, NotMember, TooLarge
from syncline.core.ids import Id
from syncline.core.kinds import Rel
from syncline.services.hooks import Posted, made_by, posting


async def test_a_message_comes_in_as_the_owners_marked_with_the_hook(place: Place) -> None:
    """Numbered as any other: 3 in a new conversation, for the hook itself was 2 (Fleep reference 2.8)."""
    hook = await place.make()
    answer = (await place.hooks.post(hook.id, Posted("built", "CI"))).value
    assert answer.nr == 3
    entry = (await place.town.seen(place.bob, place.conv))[-1]
    assert (entry.author, entry.alert_nr, made_by(entry)) == (place.ann, 1, hook.id)
    assert form(entry) == {"text": "built", "hook": hook.id, "sender_name": "CI"}
    assert "sender_name" not in form(await place.town.entry((await place.post(hook, "again")).entry))


async def test_it_is_unread_for_the_owner_too(place: Place) -> None:
    """He did not write it: a build that fails at night must not look read."""
    hook = await place.make()
    await place.post(hook, "failed")
    for person in (place.ann, place.bob):
        assert (await place.town.talk.reading(person, place.conv)).unread == 1


async def test_a_hook_whose_owner_left_answers_an_error(place: Place) -> None:
    """And works again once he is back."""
    hook = await place.make()
    await place.town.talk.leave(place.ann, place.conv)
    head = place.store.head
    with pytest.raises(NotMember, match="Whoever made this hook"):
        await place.post(hook, "hello?")
    assert place.store.head == head
    await place.town.talk.add(place.bob, place.conv, [place.ann])
    await place.post(hook, "hello")
    assert await place.town.texts(place.bob, place.conv) == ["hello"]


async def test_a_dropped_hook_takes_nothing(place: Place) -> None:
    """Its address is dead, and so is one that never was."""
    hook = await place.make()
    await place.hooks.drop(place.ann, place.conv, hook.id)
    for id in (hook.id, Id(place.conv), Id(1 << 40)):
        with pytest.raises(NotFound):
            await place.hooks.post(id, Posted("hello?"))


@pytest.mark.parametrize(
    ("posted", "error", "field"),
    [
        (Posted(""), Missing, "message"),
        (Posted(" \n"), Missing, "message"),
        (Posted("x" * (posting.LONGEST_TEXT + 1)), TooLarge, "message"),
        (Posted("x", "y" * 256), Invalid, "user"),
        (Posted("x", key="y" * 1001), Invalid, "message_key"),
        (Posted("x", at=-1), Invalid, "posted_time"),
        (Posted("x", at=1 << 62), Invalid, "posted_time"),
    ],
)
async def test_what_cannot_be_a_message_is_refused_whole(
    place: Place, posted: Posted, error: type[Exception], field: str
) -> None:
    """Alone, or among a thousand good ones: nothing of it is written."""
    hook = await place.make(type="import")
    head = place.store.head
    with pytest.raises(error) as refused:
        await place.hooks.post(hook.id, posted)
    assert refused.value.field == field  # type: ignore[attr-defined]
    with pytest.raises(error):
        await place.hooks.bring_in(hook.id, [*[Posted("good")] * 50, posted])
    assert place.store.head == head


async def test_nobody_else_writes_in_the_name_of_a_hook(place: Place) -> None:
    """The two keys that say so are the hooks' own, for new messages and for edits."""
    hook = await place.make()
    mine = await place.town.say(place.bob, place.conv, "mine")
    for key, value in (("hook", hook.id), ("sender_name", "Ann")):
        with pytest.raises(Invalid, match="by hooks only"):
            await place.town.talk.send(place.bob, place.conv, body(text="x", **{key: value}))
        with pytest.raises(Invalid, match="by hooks only"):
            await place.town.talk.amend(place.bob, place.conv, mine, Rel.EDIT, {"text": "x", key: value})


async def test_an_edit_by_a_person_keeps_where_a_message_is_from(place: Place) -> None:
    """A pinned one may be edited by all; it still came through the hook."""
    hook = await place.make()
    entry = (await place.post(hook, "built", "CI")).entry
    assert entry is not None
    await place.town.talk.amend(place.bob, place.conv, entry, Rel.PIN)
    await place.town.talk.amend(place.bob, place.conv, entry, Rel.EDIT, {"text": "built well"})
    found = form(await place.town.entry(entry))
    assert (found["text"], found["hook"], found["sender_name"]) == ("built well", hook.id, "CI")


async def test_imported_messages_keep_their_times_and_senders(place: Place) -> None:
    """In the order given; the conversation's own time does not go back."""
    hook = await place.make(type="import")
    await place.town.say(place.bob, place.conv, "now")
    before = await place.town.zone(place.conv)
    assert (
        await place.hooks.bring_in(hook.id, [Posted("a", "Ada", "1", 1_000), Posted("b", "Bob", None, 2_000)])
        == 2
    )
    found = (await place.town.seen(place.bob, place.conv))[-2:]
    assert [(entry.at, form(entry)["sender_name"], form(entry)["text"]) for entry in found] == [
        (1_000, "Ada", "a"),
        (2_000, "Bob", "b"),
    ]
    assert (await place.town.zone(place.conv)).bumped_at == before.bumped_at


async def test_a_repeated_key_edits_the_message_that_it_led_to(place: Place) -> None:
    """The same text again writes nothing; messages without a key are all new."""
    hook = await place.make(type="import")
    await place.hooks.bring_in(hook.id, [Posted("a", key="k"), Posted("b"), Posted("a2", key="k")])
    assert await place.town.texts(place.bob, place.conv) == ["a2", "b"]
    head = place.store.head
    assert await place.hooks.bring_in(hook.id, [Posted("a2", key="k")]) == 0
    assert place.store.head == head
    assert await place.hooks.bring_in(hook.id, [Posted("a", key="k"), Posted("b")]) == 2
    assert await place.town.texts(place.bob, place.conv) == ["a", "b", "b"]


async def test_keys_belong_to_one_hook(place: Place) -> None:
    """Two importers may both count from 1."""
    one, other = await place.make(type="import"), await place.make(place.bob, type="import")
    await place.hooks.bring_in(one.id, [Posted("a", key="1")])
    await place.hooks.bring_in(other.id, [Posted("b", key="1")])
    assert await place.town.texts(place.ann, place.conv) == ["a", "b"]


async def test_a_deleted_import_does_not_come_back(place: Place) -> None:
    """People took it away; the importer's next run leaves it so."""
    hook = await place.make(type="import")
    await place.hooks.bring_in(hook.id, [Posted("a", key="1")])
    entry = (await place.town.seen(place.bob, place.conv))[-1].id
    await place.town.talk.amend(place.bob, place.conv, entry, Rel.DELETE)
    assert await place.hooks.bring_in(hook.id, [Posted("b", key="1")]) == 0
    with pytest.raises(Gone):
        await place.town.talk.amend(place.bob, place.conv, entry, Rel.DELETE)


async def test_many_messages_come_in_by_a_chain_and_may_be_sent_again(place: Place) -> None:
    """At most a thousand; none of those with a key is doubled."""
    hook = await place.make(type="import")
    many = [Posted(f"m{number}", key=str(number)) for number in range(posting.AT_ONCE * 3 + 1)]
    assert await place.hooks.bring_in(hook.id, many[:30]) == 30
    assert await place.hooks.bring_in(hook.id, many) == len(many) - 30
    assert await place.town.texts(place.bob, place.conv) == [each.text for each in many]
    with pytest.raises(TooLarge):
        await place.hooks.bring_in(hook.id, [Posted("x")] * (posting.MOST + 1))
    with pytest.raises(Invalid):
        await place.hooks.bring_in(hook.id, [])


async def test_an_import_may_be_read_by_its_owner(place: Place) -> None:
    """is_read: he had it where it came from. The others did not."""
    hook = await place.make(type="import")
    await place.hooks.bring_in(hook.id, [Posted("a"), Posted("b")], read=True)
    assert (await place.town.talk.reading(place.ann, place.conv)).unread == 0
    assert (await place.town.talk.reading(place.bob, place.conv)).unread == 2


async def test_who_may_not_write_makes_no_hook(place: Place) -> None:
    """The levels of a room hold for hooks as for messages."""
    levels = {"users": {str(place.ann): 100}, "events_default": 50}
    conv = await place.town.conversation(place.ann, place.bob, override=levels)
    with pytest.raises(Forbidden):
        await place.hooks.create(place.bob, conv)
    await place.hooks.create(place.ann, conv)
