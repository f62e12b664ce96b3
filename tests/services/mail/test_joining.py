"""A late mail shows that threads are one: nothing of either is lost, and both ids lead on."""

import asyncio
from unittest.mock import patch

import pytest
from tests.services.mail.letters import Mailbox, letter

from syncline.core.entries import NewEntry
from syncline.core.kinds import EntryKind
from syncline.core.mail import INBOX
from syncline.services.mail import Status, joining
from syncline.store.contract import Tx


async def test_a_late_root_takes_its_place_at_the_top(box: Mailbox) -> None:
    """Until then the thread has a negative id, which leads on for ever."""
    first, second = await box.all(letter("b", "a"), letter("c", "a"))
    assert first.thread == 1
    assert second.thread < 0
    assert await box.shape(second.thread) == [(None, 0), (1, 1), (2, 1)]
    root = await box.add(letter("a"))
    assert root.thread == 3
    for id in (1, 2, 3, second.thread):
        assert (await box.thread(id)).id == 3
    assert await box.shape(3) == [(3, 0), (1, 1), (2, 1)]


async def test_a_late_middle_joins_two_threads(box: Mailbox) -> None:
    """The shorter one's mails are added to the longer one, with their dates, words and states."""
    await box.all(
        letter("a", labels=[INBOX], state=["starred"], date=1_000_000),
        letter("b", "a"),
        letter("d", "c", labels=["work"], state=["unread"], date=2_000_000, text="words"),
    )
    old = await box.mails.find(box.account, 3)
    assert old != await box.mails.find(box.account, 1)
    added = await box.add(letter("c", "a", labels=["late"]))
    thread = await box.thread(1)
    assert added.conv == thread.conv == await box.mails.find(box.account, 3)
    assert await box.shape(1) == [(1, 0), (2, 1), (4, 1), (3, 2)]
    assert thread.labels == (INBOX, "late", "work")
    assert [await box.states(no) for no in range(1, 5)] == [{"starred"}, set(), {"unread"}, set()]
    moved = await box.mails.message(box.account, 3)
    assert moved.entry.at == 2_000_000
    assert moved.body.subject == "about d"
    async with box.store.view() as view:
        zone = await view.zone(old)
        assert zone is not None
        assert zone.merged == thread.conv


async def test_grants_and_lists_follow_a_join(box: Mailbox) -> None:
    """The thread that is gone is shown nowhere; the one that stays is, if either was in the inbox."""
    await box.all(letter("a"), letter("b", "a"), letter("d", "c", labels=[INBOX]))
    gone = await box.mails.find(box.account, 3)
    assert await box.shown() == {gone}
    conv = (await box.add(letter("c", "a"))).conv
    assert conv != gone
    assert await box.shown() == {conv} == await box.labelled(INBOX)
    await box.mails.relabel(box.account, 3, [])
    assert await box.shown() == set() == await box.labelled(INBOX)


async def test_the_longer_thread_stays_and_of_two_alike_the_older(box: Mailbox) -> None:
    """So that as little as possible is written anew."""
    await box.all(letter("x1", "x"), letter("y1", "y"), letter("y2", "y"))
    longer = await box.mails.find(box.account, 2)
    assert (await box.add(letter("z", "x", "y"))).conv == longer
    await box.all(letter("p1", "p"), letter("q1", "q"))
    older = await box.mails.find(box.account, 5)
    assert (await box.add(letter("r", "p", "q"))).conv == older


async def test_answers_of_a_chat_stay_below_what_they_answer(box: Mailbox) -> None:
    """Written in a chat client into a mail thread, below a mail and below another answer."""
    await box.all(letter("a"), letter("b", "a"), letter("d", "c"), *(letter(f"{n}", "a") for n in range(4)))
    old = await box.mails.message(box.account, 3)

    async def answer(tx: Tx) -> None:
        below = NewEntry(old.entry.conv, EntryKind.MESSAGE, box.account, b'{"text":"one"}', root=old.entry.id)
        first = await tx.add(below)
        await tx.add(NewEntry(old.entry.conv, EntryKind.MESSAGE, None, b'{"text":"two"}', root=first.id))

    await box.store.write(answer)
    await box.add(letter("c", "a"))
    mail = (await box.mails.message(box.account, 3)).entry
    assert mail.conv != old.entry.conv, "it was the shorter thread, and moved"
    async with box.store.view() as view:
        entries = {each.body: each for each in await view.entries(mail.conv)}
    one, two = entries[b'{"text":"one"}'], entries[b'{"text":"two"}']
    assert (one.root, two.root) == (mail.id, one.id)


async def test_copies_of_a_mail_move_with_it(box: Mailbox) -> None:
    """Another copy is found by its number, and known by its bytes, wherever the mail lies now."""
    copy = letter("d", "c", text="copy")
    await box.all(letter("a"), letter("b", "a"), letter("d", "c"), copy, letter("c", "a"))
    assert await box.mails.raw(box.account, 3, 2) == copy.raw
    assert (await box.add(copy)).status is Status.SAME
    later = letter("d", "c", text="yet another")
    assert (await box.add(later)).status is Status.COPY
    assert await box.mails.raw(box.account, 3, 3) == later.raw
    moved = (await box.mails.message(box.account, 3)).entry
    async with box.store.view() as view:
        assert await view.named_blobs(moved.id) == [letter("d", "c").mail.hash]


async def test_two_threads_that_each_lack_their_root_become_one_with_one_id(box: Mailbox) -> None:
    """Both old negative ids lead on (the original lost the labels, and mixed the ids up)."""
    added = await box.all(
        letter("b1", "b", labels=["one"]),
        letter("b2", "b"),
        letter("c1", "c", labels=["two"]),
        letter("c2", "c"),
    )
    one, two = added[1].thread, added[3].thread
    assert one < 0 > two
    assert one != two
    third = await box.add(letter("d", "a", "b", "c"))
    assert third.conv == await box.mails.find(box.account, one) == await box.mails.find(box.account, two)
    assert (await box.thread(one)).labels == ("one", "two")
    assert sorted(no for no, _ in await box.shape(one) if no is not None) == [1, 2, 3, 4, 5]


async def test_long_threads_are_joined_by_a_chain_of_works(box: Mailbox) -> None:
    """No work moves more than 400 entries, so nobody else waits for it; in the end it is one thread."""
    longest = joining.SLICE + 30
    await box.take(
        [letter("a0"), *(letter(f"a{no}", "a0", state=["unread"]) for no in range(1, longest + 20))]
    )
    await box.take([letter(f"b{no}", "b", labels=["work"], state=["starred"]) for no in range(longest)])
    added = await box.add(letter("b", "a0"))
    thread = await box.thread(1)
    assert thread.id == 1
    assert added.conv == thread.conv
    assert len(thread.mails) == len(thread.nodes) == 2 * longest + 21
    assert thread.labels == ("work",)
    assert thread.marks.unread == (2, longest + 20)
    assert thread.marks.starred == (longest + 21, 2 * longest + 20)


async def test_a_mail_that_joins_hundreds_of_threads_loses_none(box: Mailbox) -> None:
    """More threads than a work may move entries: each was one mail, and each is in the thread."""
    many = joining.SLICE + 20
    await box.take([letter(f"m{no}") for no in range(many)])
    added = await box.add(letter("all", *(f"m{no}" for no in range(many))))
    thread = await box.thread(added.no)
    assert sorted(thread.mails) == list(range(1, many + 2))
    assert {await box.mails.find(box.account, no) for no in range(1, many + 2)} == {added.conv}


async def test_copies_count_when_a_long_thread_is_measured(box: Mailbox) -> None:
    """They take no number, but they are moved, too."""
    with patch("syncline.services.mail.joining.SLICE", 8), patch("syncline.services.mail.chains.SLICE", 8):
        await box.all(letter("a0"), letter("a1", "a0"), letter("a2", "a0"))
        await box.add(letter("b1", "b"))
        await box.all(*(letter("b1", "b", text=f"copy {no}") for no in range(12)))
        async with asyncio.timeout(20):
            added = await box.add(letter("b", "a0"))
    assert added.conv == await box.mails.find(box.account, 4)
    assert len(await box.mails.copies(box.account, 4)) == 13


async def test_mails_that_come_while_a_long_join_runs_are_not_lost(box: Mailbox) -> None:
    """They come between its works, into either thread."""
    with patch("syncline.services.mail.joining.SLICE", 3), patch("syncline.services.mail.chains.SLICE", 3):
        await box.take([letter(f"a{no}", "a") for no in range(40)])
        await box.take([letter(f"b{no}", "b") for no in range(30)])
        joins = asyncio.create_task(box.add(letter("c", "a", "b")))
        others = [asyncio.create_task(box.add(letter(f"b{no}", "b"))) for no in range(30, 60)]
        await asyncio.gather(joins, *others)
    thread = await box.thread(1)
    assert sorted(thread.mails) == list(range(1, 102))


@pytest.mark.parametrize("killed_after", [1, 3])
async def test_a_join_that_was_cut_off_goes_on_when_its_mail_comes_again(
    box: Mailbox, killed_after: int
) -> None:
    """Between two works of the chain everything can be read; afterwards nothing is double."""
    with patch("syncline.services.mail.joining.SLICE", 4), patch("syncline.services.mail.chains.SLICE", 4):
        await box.take([letter(f"a{no}", "a") for no in range(20)])
        await box.take([letter(f"b{no}", "b") for no in range(15)])
        write, works = box.store.write, 0

        async def write_some(*args: object, **options: object) -> object:
            nonlocal works
            works += 1
            if works > killed_after + 1:
                raise KeyboardInterrupt
            return await write(*args, **options)  # type: ignore[arg-type]

        with patch.object(box.store, "write", write_some), pytest.raises(KeyboardInterrupt):
            await box.add(letter("c", "a", "b"))
        for no in range(1, 36):
            assert no in (await box.thread(no)).mails
        assert (await box.add(letter("c", "a", "b"))).status is Status.NEW
    thread = await box.thread(36)
    assert sorted(thread.mails) == list(range(1, 37))
    async with box.store.view() as view:
        assert len(await view.entries(thread.conv)) == 36


async def test_a_copy_joins_no_threads_however_long_they_are(box: Mailbox) -> None:
    """Its references count for nothing: also where another mail of its batch needs a chain of works."""
    for sign in "abc":
        await box.all(*(letter(f"{sign}{number}@x", f"{sign}0@x") for number in range(4)))
    before = (await box.thread(9)).mails
    with (
        patch.multiple("syncline.services.mail.joining", SLICE=2, THREADS=2),
        patch.multiple("syncline.services.mail.chains", SLICE=2, THREADS=2),
    ):
        joining, copy = letter("j@x", "a0@x", "b0@x"), letter("a1@x", "a0@x", "c0@x", text="other bytes")
        await box.take([joining, copy])
    assert (await box.thread(9)).mails == before
    assert sorted((await box.thread(1)).mails) == [1, 2, 3, 4, 5, 6, 7, 8, 13]
