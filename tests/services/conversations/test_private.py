"""The private side, receipts and mentions: for one account, for all members, for the one mentioned."""

from typing import Any

import pytest
from tests.services.conversations.town import Town, body

from syncline.core.errors import Invalid, NotFound, TooLarge
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Kind, Rel, Space
from syncline.services.conversations import Private, private_of
from syncline.services.conversations.mentions import term
from syncline.services.conversations.receipts import read_receipt, receipt_of
from syncline.services.conversations.subscriptions import label_term


async def labelled(town: Town, account: Id, label: str) -> list[Id]:
    """The conversations that an account gave a label."""
    async with town.store.view() as view:
        return list(await view.find(Space.LABELLED, label_term(account, label)))


async def test_labels_are_replaced_as_a_set_and_found_by_name(town: Town) -> None:
    (a,) = await town.people("Alice")
    one, two = await town.conversation(a), await town.conversation(a)
    await town.talk.mark(a, one, labels=["work", "starred", "work"])
    await town.talk.mark(a, two, labels=["work"])
    assert await labelled(town, a, "work") == [one, two]
    private = (await town.talk.mark(a, one, labels=["home"])).value
    assert private.labels == ("home",)
    assert await labelled(town, a, "work") == [two]
    assert await labelled(town, a, "starred") == []
    assert await labelled(town, a, "home") == [one]


async def test_the_private_side_changes_in_its_own_zone_and_keeps_what_is_not_given(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    await town.talk.mark(a, conv, alerts="never", labels=["x"])
    await town.say(b, conv, "unread")
    head = town.store.head
    await town.talk.mark(a, conv, muted_until=-1)
    assert await town.changes(head) == [(a, Kind.SUBSCRIPTION)]
    async with town.store.view() as view:
        private = private_of(await view.subscription(a, conv))
        assert await view.subscription(b, conv) is not None
    assert private == Private(labels=("x",), alerts="never", muted_until=-1)
    assert (await town.talk.reading(a, conv)).unread == 1
    head = town.store.head
    await town.talk.mark(a, conv, muted_until=-1)
    assert town.store.head == head, "nothing changed: nobody is woken"


@pytest.mark.parametrize(
    "bad", [{"labels": [""]}, {"labels": ["a\nb"]}, {"alerts": "loud"}, {"read_nr": 5}, {"joined_nr": 1}]
)
async def test_what_cannot_be_marked_is_refused(town: Town, bad: dict[str, Any]) -> None:
    (a,) = await town.people("Alice")
    conv = await town.conversation(a)
    with pytest.raises(Invalid):
        await town.talk.mark(a, conv, **bad)
    with pytest.raises(TooLarge):
        await town.talk.mark(a, conv, labels=[str(n) for n in range(101)])


async def test_hiding_holds_until_the_next_nr(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    await town.say(a, conv, "x")
    hidden = (await town.talk.hide(a, conv)).value.hidden_nr
    assert hidden >= (await town.zone(conv)).nr
    await town.say(b, conv, "y")
    assert hidden < (await town.zone(conv)).nr
    assert (await town.talk.hide(a, conv, hidden=False)).value.hidden_nr == 0


async def test_receipts_are_public_newest_only_and_never_go_back(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    one, two = await town.say(a, conv, "one"), await town.say(a, conv, "two")
    zone = await town.zone(conv)
    assert (await town.talk.put_receipt(b, conv, two)).value
    assert not (await town.talk.put_receipt(b, conv, one)).value
    assert not (await town.talk.put_receipt(b, conv, two)).value
    assert (await town.talk.put_receipt(b, conv, one, thread="main")).value
    async with town.store.view() as view:
        objects = await view.objects(conv, [Kind.RECEIPT])
        newest = await receipt_of(view, b, conv)
    assert [read_receipt(one).thread for one in objects] == ["", "main"]
    assert newest is not None
    assert (newest.account, newest.entry) == (b, two)
    now = await town.zone(conv)
    assert now.head > zone.head
    assert (now.nr, now.alert_nr, now.bumped) == (zone.nr, zone.alert_nr, zone.bumped)


async def test_reading_shows_a_receipt_unless_it_is_private_or_goes_back(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    one, two = await town.say(a, conv, "one"), await town.say(a, conv, "two")

    async def shown() -> Id | None:
        async with town.store.view() as view:
            receipt = await receipt_of(view, b, conv)
        return None if receipt is None else receipt.entry

    await town.talk.mark_read(b, conv, 2, public=False)
    assert await shown() is None
    await town.talk.mark_read(b, conv, 2)
    assert await shown() == one
    await town.talk.mark_read(b, conv)
    assert await shown() == two
    await town.talk.mark_read(b, conv, 1)
    assert await shown() == two


async def test_a_read_position_stays_between_what_one_sees_first_and_the_end(town: Town) -> None:
    """Threat: marking far back counts what one may not see."""
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a)
    for text in ("one", "two", "three"):
        await town.say(a, conv, text)
    await town.talk.add(a, conv, [b])
    await town.say(a, conv, "four")
    found = (await town.talk.mark_read(b, conv, 0)).value
    assert (found.read_nr, found.unread, found.inbox_nr) == (4, 1, 6)
    found = (await town.talk.mark_read(b, conv, 10_000)).value
    assert (found.read_nr, found.unread) == (6, 0)
    with pytest.raises(Invalid):
        await town.talk.mark_read(b, conv, -1)


async def test_the_unread_count_is_right_at_every_position(town: Town) -> None:
    """Also where alerting entries are rare, and the nearest one is found by search."""
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    alerting = [1, 0, 0, 1, *[0] * 40, 1, 1, *[0] * 20]
    for n, alerts in enumerate(alerting):
        await town.talk.send(a, conv, body(text=str(n)), alerts=bool(alerts))
    for nr in range(len(alerting) + 2):
        found = (await town.talk.mark_read(b, conv, nr, public=False)).value
        assert found.unread == sum(alerting[max(0, nr - 1) :]), nr


async def mentions(town: Town, account: Id, conv: ZoneId) -> int:
    """The nr of the first unread mention."""
    return (await town.talk.reading(account, conv)).mention_nr


async def test_a_mention_is_written_for_the_one_mentioned_only(town: Town) -> None:
    a, b, c, stranger = await town.people("Alice", "Bob", "Carol", "Stranger")
    conv = await town.conversation(a, b, c)
    await town.say(a, conv, "hello")
    head = town.store.head
    await town.say(a, conv, "@bob", mentions=[b, stranger, a])
    await town.say(a, conv, "@bob again", mentions=[b])
    assert {zone for zone, _ in await town.changes(head)} == {conv, a}
    assert [await mentions(town, one, conv) for one in (a, b, c)] == [0, 3, 0]
    async with town.store.view() as view:
        for nobody in (a, c, stranger):
            assert list(await view.find(Space.MENTION, term(nobody, conv))) == []
    await town.talk.mark_read(b, conv, 3)
    assert await mentions(town, b, conv) == 4
    await town.talk.mark_read(b, conv)
    assert await mentions(town, b, conv) == 0
    await town.talk.mark_read(b, conv, 2)
    assert await mentions(town, b, conv) == 3
    await town.talk.add(a, conv, [stranger])
    await town.talk.mark_read(stranger, conv, 0)
    assert await mentions(town, stranger, conv) == 0


async def test_editing_a_mention_out_in_and_deleting_it(town: Town) -> None:
    a, b, c = await town.people("Alice", "Bob", "Carol")
    conv = await town.conversation(a, b, c)
    id = await town.say(a, conv, "@bob", mentions=[b])
    await town.talk.amend(a, conv, id, Rel.EDIT, {"text": "@carol", "mentions": [c]})
    assert [await mentions(town, one, conv) for one in (b, c)] == [0, 2]
    await town.talk.amend(a, conv, id, Rel.DELETE)
    assert await mentions(town, c, conv) == 0


async def test_nobody_mentions_a_hundred_and_one(town: Town) -> None:
    (a,) = await town.people("Alice")
    conv = await town.conversation(a)
    with pytest.raises(TooLarge):
        await town.say(a, conv, "@all", mentions=[Id(n) for n in range(101)])
    with pytest.raises(NotFound):
        await town.say(a, ZoneId(Id(5)), "x")
