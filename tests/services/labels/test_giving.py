"""Labels given as a set that is replaced, as Fleep's clients do it."""

import pytest
from tests.services.labels.desk import Desk
from tests.services.mail.letters import letter

from syncline.core.errors import Invalid, NotFound, TooLarge
from syncline.core.ids import ZoneId


async def give(desk: Desk, conv: ZoneId, *names: str) -> tuple[str, ...]:
    """Replace a conversation's labels; what they are then."""
    return (await desk.labels.give(desk.account, conv, names)).labels


async def test_the_set_is_replaced_and_unknown_labels_are_made(desk: Desk) -> None:
    conv = await desk.conversation("old")
    assert await give(desk, conv, "backend", "frontend", "Starred") == ("backend", "frontend", "starred")
    assert await desk.own() == ["old", "backend", "frontend"]
    assert await desk.listed("old") == []
    head = desk.store.head
    await give(desk, conv, "frontend", "backend", "starred")
    assert desk.store.head == head
    assert await give(desk, conv) == ()


async def test_labels_that_follow_from_other_things_are_passed_over(desk: Desk) -> None:
    conv = await desk.conversation()
    assert await give(desk, conv, "Unread", "1:1 Conversations", "email", "x") == ("x",)


async def test_what_cannot_be_given_is_refused(desk: Desk) -> None:
    conv = await desk.conversation("kept")
    for bad in ("inbox", "attachment", "", "a\nb\x07"):
        with pytest.raises(Invalid):
            await give(desk, conv, bad)
    with pytest.raises(TooLarge):
        await give(desk, conv, *(str(n) for n in range(101)))
    with pytest.raises(NotFound):
        await give(desk, ZoneId(desk.account), "x")
    (mallory,) = await desk.town.people("Mallory")
    with pytest.raises(NotFound):
        await desk.labels.give(mallory, conv, ["x"])
    assert (await desk.private(conv)).labels == ("kept",)
    assert await desk.own() == ["kept"]


async def test_spam_mutes_and_no_spam_any_more_ends_it(desk: Desk) -> None:
    conv = await desk.conversation()
    await give(desk, conv, "spam", "x")
    private = await desk.private(conv)
    assert (private.labels, private.alerts, private.muted_until) == (("Spam", "x"), "never", -1)
    await desk.town.talk.mark(desk.account, conv, alerts="passive")
    await give(desk, conv, "Spam")
    assert (await desk.private(conv)).alerts == "passive", "spam it was already: nothing new is muted"
    await desk.town.talk.mark(desk.account, conv, alerts="never")
    await give(desk, conv)
    private = await desk.private(conv)
    assert (private.alerts, private.muted_until) == ("default", 0)


async def test_a_mail_thread_stays_in_the_inbox_and_keeps_what_cannot_be_shown(desk: Desk) -> None:
    added = await desk.box.add(letter("a", labels=["inbox", "work", "Recent", "spam"]))
    assert await give(desk, added.conv, "home", "Spam") == ("Recent", "home", "inbox", "spam")
    assert await desk.box.shown() == {added.conv}
    with pytest.raises(Invalid):
        await give(desk, added.conv, "home: old")
    assert await give(desk, added.conv) == ("Recent", "inbox")


async def test_a_star_on_a_thread_goes_to_its_newest_mail_and_is_taken_from_all(desk: Desk) -> None:
    one = await desk.box.add(letter("a", labels=["inbox"], date=9_000))
    two = await desk.box.add(letter("b", "a", date=8_000))
    assert await give(desk, one.conv, "starred") == ("inbox",)
    assert await desk.box.states(one.no) >= {"starred"}
    assert "starred" not in await desk.box.states(two.no)
    await desk.box.mails.mark_message(desk.account, two.no, add=["starred"])
    head = desk.store.head
    await give(desk, one.conv, "starred")
    assert desk.store.head == head, "starred it is already"
    await give(desk, one.conv)
    assert "starred" not in await desk.box.states(one.no) | await desk.box.states(two.no)
