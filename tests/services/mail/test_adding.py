"""A mail that came in is there for good, once, with a number of its own."""

import pytest
from tests.services.mail.letters import ANN, Mailbox, letter

from syncline.core.errors import Invalid, TooLarge
from syncline.core.mail import Address
from syncline.services.mail import Status
from syncline.services.people import knows, person_by_email


async def test_mails_are_numbered_in_the_order_in_which_they_come(box: Mailbox) -> None:
    """1, 2, 3 … for each account: Heliotrope's message ids."""
    added = await box.all(letter("a"), letter("b"), letter("c", "a"))
    assert [(one.status, one.no, one.thread) for one in added] == [
        (Status.NEW, 1, 1),
        (Status.NEW, 2, 2),
        (Status.NEW, 3, 1),
    ]
    assert await box.mails.size(box.account) == 3


async def test_a_mail_keeps_all_that_was_read_of_it(box: Mailbox) -> None:
    """Its entry says it; the date is the mail's own, and what the client stored with it is there."""
    one = letter("a", "x", "y", text="hello", states=("attachment",))
    added = await box.mails.add(box.account, one.mail, one.raw, extra={"color": "red"}, state=["unread"])
    message = await box.mails.message(box.account, added.no)
    body = message.body
    assert (body.no, body.message_id, body.refs, body.subject) == (1, "a", ("x", "y"), "about a")
    assert (body.size, body.before, body.hash) == (len(one.raw), 0, one.mail.hash.hex())
    assert (body.senders, body.extra, body.states) == ((ANN,), {"color": "red"}, ("attachment",))
    assert message.entry.at == one.mail.date
    assert set(message.state) == {"unread", "attachment"}
    assert await box.mails.raw(box.account, 1) == one.raw


async def test_a_mail_without_a_date_has_that_of_its_coming(box: Mailbox) -> None:
    """It has to stand somewhere."""
    await box.add(letter("a", date=None))
    assert (await box.mails.message(box.account, 1)).entry.at > 1_700_000_000_000


async def test_the_same_bytes_again_change_nothing(box: Mailbox) -> None:
    """Repeat-safe: an import that was cut off is simply started again; its labels do not come back."""
    await box.add(letter("a", labels=["inbox"]))
    await box.mails.relabel(box.account, 1, [])
    head = box.store.head
    again = await box.add(letter("a", labels=["inbox"], state=["unread"]))
    assert (again.status, again.no, again.thread) == (Status.SAME, 1, 1)
    assert box.store.head == head
    assert (await box.thread(1)).labels == ()


async def test_other_bytes_under_a_known_id_are_kept_as_a_copy(box: Mailbox) -> None:
    """Nothing is lost: not the bytes, and not the first mail's place, labels and count."""
    first, second, third = letter("a"), letter("a", text="a list's footer"), letter("a", text="another")
    added = await box.all(first, second, third, second, first)
    assert [one.status for one in added] == [Status.NEW, Status.COPY, Status.COPY, Status.SAME, Status.SAME]
    assert {one.no for one in added} == {1}
    copies = await box.mails.copies(box.account, 1)
    assert [(copy.hash, copy.size) for copy in copies] == [
        (one.mail.hash, len(one.raw)) for one in (first, second, third)
    ]
    for number, one in enumerate((first, second, third), start=1):
        assert await box.mails.raw(box.account, 1, number) == one.raw
    assert await box.mails.size(box.account) == 1
    assert await box.shape(1) == [(1, 0)]
    assert (await box.add(letter("b"))).no == 2


async def test_the_account_is_told_which_bytes_it_has(box: Mailbox) -> None:
    """So that an import need not send, or parse, what is there; copies count as had."""
    first, copy, other = letter("a"), letter("a", text="copy"), letter("b")
    await box.all(first, copy)
    asked = [first.mail.hash, copy.mail.hash, other.mail.hash, b"short"]
    assert await box.mails.known(box.account, asked) == [True, True, False, False]


async def test_sent_and_draft_can_be_said_by_whoever_adds(box: Mailbox) -> None:
    """The original dropped them (Heliotrope reference 11, defect 10)."""
    one = letter("a", state=["draft", "starred", "attachment", "nonsense"])
    await box.mails.add(box.account, one.mail, one.raw, state=one.state, sent=True)
    assert await box.states(1) == {"draft", "sent", "starred"}


@pytest.mark.parametrize("label", ["", "(x", "x:y", '"', "-x", "~x", "*", "a)b", "x\n", "x" * 256])
async def test_a_label_that_cannot_be_is_refused_and_leaves_nothing(box: Mailbox, label: str) -> None:
    """No query could name it; the mail is not half there."""
    head = box.store.head
    with pytest.raises(Invalid, match="is an invalid label"):
        await box.add(letter("a", labels=["fine", label]))
    with pytest.raises(TooLarge):
        await box.add(letter("a", labels=[f"l{no}" for no in range(101)]))
    assert box.store.head == head
    assert await box.mails.size(box.account) == 0


async def test_names_of_states_are_no_labels(box: Mailbox) -> None:
    """They are dropped; other names may have blanks, capitals and any script."""
    await box.add(letter("a", labels=["unread", "sent", "My List", "été", "a-b~c*"]))
    thread = await box.thread(1)
    assert thread.labels == ("My List", "a-b~c*", "été")
    assert thread.marks.unread == ()


async def test_senders_become_people_the_account_knows_but_machines_do_not(box: Mailbox) -> None:
    """The address book is harvested from mail (Heliotrope reference 2.7)."""
    machine = Address("List", "noreply@lists.example")
    await box.all(
        letter("a"),
        letter("b", sender=machine, automatic=True),
        letter("c", sender=None),
        letter("d", sender=Address("Nobody", " ")),
    )
    async with box.store.view() as view:
        ann = await person_by_email(view, ANN.mail)
        robot = await person_by_email(view, machine.mail)
        assert ann is not None
        assert robot is not None
        assert await knows(view, box.account, ann)
        assert not await knows(view, box.account, robot)
    authors = [(await box.mails.message(box.account, no)).entry.author for no in range(1, 5)]
    assert authors == [ann, robot, None, None]


async def test_an_import_takes_mails_of_any_size_and_number(box: Mailbox) -> None:
    """Works are cut by number and by bytes; the answers are those of the mails, in their order."""
    batch = [letter(f"m{no}", text="x" * (700_000 if no % 7 == 0 else 10)) for no in range(30)]
    found = await box.take([*batch, batch[3]])
    assert [one.no for one in found] == [*range(1, 31), 4]
    assert [one.status for one in found] == [Status.NEW] * 30 + [Status.SAME]
    assert await box.take([]) == []
    before = 0
    for no, one in enumerate(batch, start=1):
        body = (await box.mails.message(box.account, no)).body
        assert (body.before, body.size) == (before, len(one.raw))
        before += len(one.raw)


async def test_words_go_to_the_index_for_new_mails_only(box: Mailbox) -> None:
    """What is known already is indexed already; its words would wait for nobody."""
    one, copy = letter("a", text="hello"), letter("a", text="copy")
    await box.all(one, copy)
    found = box.mails.handover.pop(one.mail.hash)
    assert found is not None
    assert found.body == "hello"
    assert box.mails.handover.pop(copy.mail.hash) is None
    assert box.mails.handover.pop(one.mail.hash) is None
