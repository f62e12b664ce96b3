"""Labels belong to threads, states to mails; both are the owner's, and one row holds them all."""

import asyncio

import pytest
from tests.services.mail.letters import Mailbox, letter

from syncline.core.errors import Invalid, NotFound
from syncline.core.mail import INBOX
from syncline.services.mail import states_of, valid_label


async def test_labels_are_replaced_as_a_whole(box: Mailbox) -> None:
    """Names of states are ignored, and what is listed under a label follows."""
    await box.all(letter("a", labels=["work", "old"]), letter("b", labels=["work"]))
    conv = await box.mails.relabel(box.account, 1, ["new", "work", "unread", "new"])
    assert (await box.thread(1)).labels == ("new", "work")
    other = await box.mails.find(box.account, 2)
    assert await box.labelled("work") == {conv, other}
    assert (await box.labelled("new"), await box.labelled("old")) == ({conv}, set())


async def test_labels_given_and_taken_at_once_are_all_kept(box: Mailbox) -> None:
    """Each act changes what is there at its moment: two windows do not undo each other."""
    await box.add(letter("a", labels=["old", "kept"]))
    await asyncio.gather(
        *(box.mails.label(box.account, 1, add=[f"new{number}"]) for number in range(5)),
        box.mails.label(box.account, 1, add=["unread"], remove=["old"]),
    )
    assert (await box.thread(1)).labels == ("kept", "new0", "new1", "new2", "new3", "new4")
    head = box.store.head
    with pytest.raises(Invalid):
        await box.mails.label(box.account, 1, add=["fine", "x:y"])
    await box.mails.label(box.account, 1, add=["kept"], remove=["old"])
    assert box.store.head == head, "what changes nothing writes nothing"


async def test_one_bad_label_leaves_all_as_they_were(box: Mailbox) -> None:
    """Heliotrope reference 1.4: `x:y is an invalid label`."""
    await box.add(letter("a", labels=["work"]))
    head = box.store.head
    with pytest.raises(Invalid, match=r"^x:y is an invalid label$") as refused:
        await box.mails.relabel(box.account, 1, ["fine", "x:y"])
    assert refused.value.field == "labels"
    assert box.store.head == head
    assert (await box.thread(1)).labels == ("work",)


@pytest.mark.parametrize(
    ("label", "valid"),
    [("a", True), ("a b", True), ("a-~*", True), ("été", True), ("x" * 255, True), ("中", True)]
    + [(bad, False) for bad in ["", "(", "a(", "a)", 'a"', "a:", "-a", "~a", "*a", ":a", "x" * 256, "a\0"]],
)
def test_a_label_is_what_a_query_can_name(label: str, valid: bool) -> None:
    """No `( ) " :` in it, and no `- ~ *` at its start."""
    assert valid_label(label) is valid


async def test_the_inbox_is_what_chat_protocols_see(box: Mailbox) -> None:
    """Taking the label off ends the grant, putting it on gives it again, from the thread's first mail."""
    conv = (await box.add(letter("a", labels=[INBOX]))).conv
    assert await box.shown() == {conv}
    await box.mails.relabel(box.account, 1, ["work"])
    assert await box.shown() == set()
    await box.mails.relabel(box.account, 1, [INBOX])
    assert await box.shown() == {conv}
    await box.add(letter("b", "a"))
    async with box.store.view() as view:
        (grant,) = [one for one in await view.grants(box.account) if one.alive]
        seen = [grant.covers(entry.seq) for entry in await view.entries(conv)]
    assert seen == [True, True]


async def test_a_states_setter_replaces_the_mutable_states_of_one_mail(box: Mailbox) -> None:
    """Immutable and unknown names are ignored; its neighbours keep theirs."""
    await box.all(letter("a", state=["unread", "starred"], states=("attachment",)), letter("b", "a"))
    await box.mails.set_message_state(box.account, 1, ["deleted", "spam", "sent", "unread"])
    assert await box.states(1) == {"deleted", "unread", "attachment"}
    assert await box.states(2) == set()
    message = await box.mails.message(box.account, 2)
    assert set(message.thread_state) == {"deleted", "unread"}
    assert states_of(message.body, (await box.thread(1)).marks) == ()


async def test_a_threads_negative_id_is_no_mails_number(box: Mailbox) -> None:
    """Taken for one, it would give the thread a state that no mail of it has, and nothing could end it."""
    await box.add(letter("a"))
    head = box.store.head
    with pytest.raises(NotFound, match="no such message"):
        await box.mails.set_message_state(box.account, -1, ["deleted"])
    with pytest.raises(NotFound, match="no such message"):
        await box.mails.mark_message(box.account, -1, add=["deleted"])
    assert (await box.thread(-1)).marks.deleted == ()
    assert box.store.head == head


async def test_a_threads_state_is_given_to_each_of_its_mails(box: Mailbox) -> None:
    """And taken from each; other threads are not touched."""
    await box.all(
        letter("a", state=["unread"]),
        letter("x", state=["unread"]),
        letter("b", "a"),
        letter("c", "a", state=["deleted"]),
    )
    await box.mails.set_thread_state(box.account, 1, ["starred", "nonsense"])
    assert [await box.states(no) for no in range(1, 5)] == [{"starred"}, {"unread"}, {"starred"}, {"starred"}]
    await box.mails.set_thread_state(box.account, 4, [])
    assert [await box.states(no) for no in range(1, 5)] == [set(), {"unread"}, set(), set()]


async def test_setting_what_is_set_writes_nothing(box: Mailbox) -> None:
    """A client that says it again wakes nobody."""
    await box.add(letter("a", labels=["work"], state=["unread"]))
    head = box.store.head
    await box.mails.relabel(box.account, 1, ["work"])
    await box.mails.set_thread_state(box.account, 1, ["unread"])
    await box.mails.set_message_state(box.account, 1, ["unread"])
    assert box.store.head == head


async def test_marking_a_long_thread_writes_one_change(box: Mailbox) -> None:
    """Labelling or reading 300 mails costs what one costs."""
    await box.take([letter("m0"), *(letter(f"m{no}", "m0", state=["unread"]) for no in range(1, 300))])
    for act in (
        box.mails.relabel(box.account, 1, ["work"]),
        box.mails.set_thread_state(box.account, 1, ["unread", "starred"]),
        box.mails.set_thread_state(box.account, 1, []),
        box.mails.set_message_state(box.account, 150, ["unread"]),
    ):
        head = box.store.head
        await act
        assert box.store.head == head + 1


async def test_the_read_position_lies_before_the_first_unread_mail(box: Mailbox) -> None:
    """What chat protocols show as read is what is not marked unread."""
    conv = (await box.all(*(letter(f"m{no}", "m0", state=["unread"]) for no in range(4))))[0].conv

    async def read_nr() -> int:
        async with box.store.view() as view:
            known = await view.subscription(box.account, conv)
        assert known is not None
        return known.read_nr

    assert await read_nr() == 0
    await box.mails.set_message_state(box.account, 1, [])
    assert await read_nr() == 1
    await box.mails.set_message_state(box.account, 3, [])
    assert await read_nr() == 1
    await box.mails.set_message_state(box.account, 2, [])
    assert await read_nr() == 3
    await box.mails.set_thread_state(box.account, 1, [])
    assert await read_nr() == 4
    await box.mails.set_message_state(box.account, 2, ["unread"])
    assert await read_nr() == 1


@pytest.mark.parametrize("thread", [2, 0, -2, 1 << 70, -(1 << 70)])
async def test_a_thread_that_is_not_there_cannot_be_marked(box: Mailbox, thread: int) -> None:
    """And nothing is written."""
    await box.add(letter("a"))
    head = box.store.head
    with pytest.raises(NotFound):
        await box.mails.relabel(box.account, thread, ["work"])
    with pytest.raises(NotFound):
        await box.mails.set_thread_state(box.account, thread, ["unread"])
    with pytest.raises(NotFound):
        await box.mails.set_message_state(box.account, thread, ["unread"])
    assert box.store.head == head
