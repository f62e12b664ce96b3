"""Labels as objects: the system's, one's own, and those that other protocols bring along."""

from typing import Any

import pytest
from tests.services.labels.desk import Desk
from tests.services.mail.letters import letter

from syncline.core.errors import Forbidden, Invalid, Missing, NotFound, SynclineError, Taken
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Kind, Space
from syncline.services.accounts import Accounts, Passwords
from syncline.services.accounts.erasing import erase_account
from syncline.services.labels import SYSTEM
from syncline.services.labels.labels import label_key
from syncline.services.labels.service import Labels
from syncline.services.labels.settling import SETTLE, SLICE
from syncline.services.timers import Timers
from syncline.store.contract import Store


async def test_every_account_has_the_eight_labels_of_the_system_without_a_row(desk: Desk) -> None:
    head = desk.store.head
    found = await desk.labels.list(desk.account)
    assert [label.name for label in found] == [
        "starred",
        "Unread",
        "Recent",
        "Muted",
        "1:1 Conversations",
        "Spam",
        "Archived",
        "Email",
    ]
    assert [label.id for label in found] == [None] * 8
    assert [label.body.index for label in found] == list(range(1, 9))
    assert desk.store.head == head


async def test_a_system_label_becomes_an_object_when_it_is_configured(desk: Desk) -> None:
    made = await desk.put(system=4, left_pane=False)
    assert made.id is not None
    again = await desk.put(name="muted", index=20)
    assert (again.id, again.name, again.body.left_pane, again.body.index) == (made.id, "Muted", False, 20)
    assert [label.name for label in await desk.labels.list(desk.account)][-1] == "Muted"
    assert (await desk.labels.get(desk.account, system=4)) == again
    assert len(await desk.all()) == len(SYSTEM)


async def test_asking_for_what_a_system_label_is_already_writes_nothing(desk: Desk) -> None:
    head = desk.store.head
    await desk.put(system=1, left_pane=True, name="Starred")
    assert desk.store.head == head


async def test_own_labels_stand_after_the_systems_in_the_order_they_were_made(desk: Desk) -> None:
    one = await desk.put(name="work")
    two = await desk.put(name=" deep   work ", in_muted=False)
    assert (one.body.index, two.body.index, two.name) == (9, 10, "deep work")
    assert (one.body.left_pane, one.body.in_recent, one.body.in_muted) == (True, True, True)
    assert two.body.in_muted is False
    head = desk.store.head
    assert await desk.put(name="work") == one
    assert desk.store.head == head, "nothing changed: nobody is woken"
    moved = await desk.put(id=one.id, index=11)
    assert moved.body.index == 11
    assert await desk.own() == ["deep work", "work"]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"name": "inbox"}, Invalid),
        ({"name": "unread", "index": -1}, Forbidden),
        ({"name": "attachment"}, Invalid),
        ({"name": ""}, Invalid),
        ({"name": "x" * 256}, Invalid),
        ({"name": "a\u200bb"}, Invalid),
        ({"name": "x", "index": -2}, Invalid),
        ({"name": "x", "index": 1 << 60}, Invalid),
        ({"name": "x", "index": -1}, NotFound),
        ({"system": 1, "name": "favourites"}, Forbidden),
        ({"system": 1, "index": -1}, Forbidden),
        ({"system": 9}, NotFound),
        ({"id": Id(7)}, NotFound),
        ({"index": 3}, Missing),
    ],
)
async def test_what_cannot_be_is_refused_and_leaves_no_trace(
    desk: Desk, fields: dict[str, Any], error: type[SynclineError]
) -> None:
    head = desk.store.head
    with pytest.raises(error):
        await desk.put(**fields)
    assert desk.store.head == head


async def test_nobody_reaches_anothers_label(desk: Desk) -> None:
    """Threat: ids of objects are one number line for all accounts."""
    own = await desk.put(name="private")
    (mallory,) = await desk.town.people("Mallory")
    with pytest.raises(NotFound):
        await desk.labels.get(mallory, id=own.id)
    with pytest.raises(NotFound):
        await desk.labels.store(mallory, id=own.id, name="mine now")
    assert await desk.own() == ["private"]


async def test_labels_that_a_conversation_gets_become_objects(desk: Desk) -> None:
    await desk.conversation("b", "a", "starred", "inbox", "unread")
    assert await desk.own() == ["a", "b"]
    head = desk.store.head
    await desk.conversation("a")
    assert await desk.label_changes(head) == 0


async def test_archived_mail_makes_no_labels_and_mail_in_the_inbox_does(desk: Desk) -> None:
    head = desk.store.head
    added = await desk.box.add(letter("a", labels=["work", "lists"]))
    assert await desk.label_changes(head) == 0
    await desk.box.mails.label(desk.account, added.no, add=["inbox"])
    assert await desk.own() == ["lists", "work"], "entering the inbox shows the labels it had"
    await desk.box.mails.label(desk.account, added.no, add=["later", "Spam"])
    assert await desk.own() == ["lists", "work", "later"]
    await desk.box.mails.label(desk.account, added.no, remove=["inbox"], add=["hidden"])
    assert "hidden" not in await desk.own()


async def test_renaming_keeps_the_label_and_renames_it_where_it_is_given(desk: Desk) -> None:
    label = await desk.put(name="full-stack")
    conv = await desk.conversation("full-stack", "z")
    added = await desk.box.add(letter("a", labels=["full-stack"]))
    renamed = await desk.put(id=label.id, name="marketing", in_recent=False)
    assert (renamed.id, renamed.name, renamed.body.index) == (label.id, "marketing", 9)
    assert (renamed.body.in_recent, renamed.body.was) == (False, None)
    assert (await desk.private(conv)).labels == ("marketing", "z")
    assert (await desk.private(added.conv)).labels == ("marketing",), "archived mail has it, too"
    assert await desk.listed("full-stack") == []
    assert await desk.listed("marketing") == [conv, added.conv]
    assert await desk.named("full-stack") is None


async def test_a_name_in_use_or_kept_by_the_system_is_not_taken(desk: Desk) -> None:
    one = await desk.put(name="one")
    await desk.put(name="two")
    for name, error in (("two", Taken), ("recent", Invalid), ("inbox", Invalid)):
        with pytest.raises(error):
            await desk.put(id=one.id, name=name)
    assert await desk.own() == ["one", "two"]


async def test_a_label_of_mails_keeps_a_name_that_mails_can_have(desk: Desk) -> None:
    chat, mail = await desk.put(name="chat"), await desk.put(name="mail")
    await desk.conversation("chat")
    added = await desk.box.add(letter("a", labels=["mail"]))
    assert (await desk.put(id=chat.id, name="chat: old")).name == "chat: old"
    with pytest.raises(Invalid):
        await desk.put(id=mail.id, name="mail: old")
    assert (await desk.private(added.conv)).labels == ("mail",)


async def test_removing_takes_a_label_off_everything_and_keeps_its_record(desk: Desk) -> None:
    label = await desk.put(name="gone")
    conv = await desk.conversation("gone", "stays")
    removed = await desk.put(name="gone", index=-1)
    assert (removed.id, removed.removed, removed.body.index) == (label.id, True, 9)
    assert (await desk.private(conv)).labels == ("stays",)
    assert await desk.own() == ["stays"]
    assert await desk.labels.get(desk.account, id=label.id) == removed
    head = desk.store.head
    assert await desk.put(id=label.id, index=-1) == removed
    assert desk.store.head == head
    with pytest.raises(NotFound):
        await desk.put(id=label.id, in_recent=False)


async def test_a_removed_label_that_is_wanted_again_is_the_same_one_at_the_end(desk: Desk) -> None:
    """Otherwise every turn of making and removing would leave a row for ever."""
    label = await desk.put(name="again", left_pane=False)
    await desk.put(name="other")
    for _ in range(3):
        await desk.put(id=label.id, index=-1)
        made = await desk.put(name="again")
        assert (made.id, made.removed, made.body.left_pane) == (label.id, False, False)
    await desk.put(id=label.id, index=-1)
    await desk.conversation("again")
    back = await desk.named("again")
    assert back is not None
    assert (back.id, back.removed) == (label.id, False)
    assert await desk.own() == ["other", "again"]
    assert len(await desk.all()) == len(SYSTEM) + 2


async def test_a_long_list_is_renamed_by_a_chain_of_works(desk: Desk) -> None:
    label = await desk.put(name="many")
    convs = [await desk.conversation("many") for _ in range(SLICE * 2 + 1)]
    renamed = await desk.put(id=label.id, name="lots")
    assert renamed.body.was is None
    assert await desk.listed("many") == []
    assert list(await desk.listed("lots")) == convs
    assert {(await desk.private(conv)).labels for conv in convs} == {("lots",)}
    removed = await desk.put(id=label.id, index=-1)
    assert (removed.removed, removed.body.was) == (True, None)
    assert {(await desk.private(conv)).labels for conv in convs} == {()}


async def test_a_chain_that_a_crash_cut_off_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """In between both names lead to the label, so nobody makes the old one anew."""
    label = await desk.put(name="many")
    convs = [await desk.conversation("many") for _ in range(SLICE + 1)]

    async def killed(*_: object) -> None:
        raise ConnectionAbortedError

    real = desk.labels._settled
    asked = 0

    async def once(account: Id, id: Id) -> None:
        nonlocal asked
        asked += 1
        await (real if asked == 1 else killed)(account, id)

    monkeypatch.setattr(desk.labels, "_settled", once)
    with pytest.raises(ConnectionAbortedError):
        await desk.put(id=label.id, name="lots")
    assert list(await desk.listed("many")) == convs[SLICE:]
    await desk.conversation("many")
    half = await desk.named("many")
    assert half is not None
    assert (half.id, half.name, half.body.was) == (label.id, "lots", "many")
    timers = Timers(desk.store, clock=lambda: 1 << 60)
    timers.handle(SETTLE, desk.labels.settle_due)
    while await timers.run_due():
        pass
    assert await desk.listed("many") == []
    assert len(await desk.listed("lots")) == len(convs) + 1
    assert await desk.named("many") is None


async def test_an_erased_account_leaves_no_name_of_a_label(store: Store) -> None:
    accounts, labels = Accounts(store, Passwords()), Labels(store)
    account = (await accounts.add("ann@example.org", name="Ann", local="ann", password=None)).id
    for fields in ({"name": "secret plan"}, {"name": "given up"}, {"system": 3, "left_pane": False}):
        await labels.store(account, **fields)
    await labels.store(account, name="given up", index=-1)
    await erase_account(store, account)
    async with store.view() as view:
        assert list(await view.objects(ZoneId(account), [Kind.LABEL])) == []
        for name in ("secret plan", "given up", "Recent"):
            assert await view.key(Space.LABEL, label_key(account, name)) is None
    accounts.release()
