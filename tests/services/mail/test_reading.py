"""What is one account's is nobody else's, and what is asked for is all there at one moment."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tests.services.mail.letters import Mailbox, letter, new_account

from syncline.core.errors import NotFound
from syncline.core.ids import Id
from syncline.services.mail import Mails
from syncline.services.mail.handover import Handover
from syncline.services.mail.trees import Trees

Ask = Callable[[Mails, Id, int], Awaitable[object]]

ASKS: dict[str, Ask] = {
    "find": lambda mails, account, id: mails.find(account, id),
    "thread": lambda mails, account, id: mails.thread(account, id),
    "message": lambda mails, account, id: mails.message(account, id),
    "raw": lambda mails, account, id: mails.raw(account, id),
    "copies": lambda mails, account, id: mails.copies(account, id),
    "relabel": lambda mails, account, id: mails.relabel(account, id, ["work"]),
    "thread state": lambda mails, account, id: mails.set_thread_state(account, id, ["unread"]),
    "message state": lambda mails, account, id: mails.set_message_state(account, id, ["unread"]),
}


@pytest.mark.parametrize("ask", ASKS)
async def test_another_accounts_mails_are_not_there(box: Mailbox, ask: str) -> None:
    """Numbers begin at 1 for each, so a foreign one is simply not found; nothing is changed by asking."""
    _, fake = await box.all(letter("b", "a", labels=["inbox"]), letter("c", "a"))
    other = await new_account(box.store)
    head = box.store.head
    for id in (1, 2, fake.thread, 3, 0, -1, -7, 1 << 62, 1 << 64, -(1 << 64)):
        with pytest.raises(NotFound):
            await ASKS[ask](box.mails, other, id)
    assert box.store.head == head


async def test_two_accounts_have_the_same_mail_each_for_itself(box: Mailbox) -> None:
    """Same bytes, own numbers, own threads, own labels."""
    other = Mailbox(box.mails, box.store, await new_account(box.store))
    await box.all(letter("x"), letter("a", labels=["mine"]))
    await other.add(letter("a", labels=["yours"]))
    assert (await box.thread(2)).labels == ("mine",)
    assert (await other.thread(1)).labels == ("yours",)
    assert (await other.thread(1)).conv != (await box.thread(2)).conv
    assert await other.mails.size(other.account) == 1
    assert await other.mails.known(other.account, [letter("x").mail.hash]) == [False]


@pytest.mark.parametrize("copy", [0, 2, -1])
async def test_a_copy_that_is_not_there_is_not_found(box: Mailbox, copy: int) -> None:
    """1 is the first."""
    await box.add(letter("a"))
    with pytest.raises(NotFound) as missing:
        await box.mails.raw(box.account, 1, copy)
    assert missing.value.field == "copy"


async def test_a_thread_is_read_as_it_was_at_one_moment(box: Mailbox) -> None:
    """Mails come while it is read in slices: each node that has a number has its mail beside it."""
    await box.take([letter("m0"), *(letter(f"m{no}", "m0") for no in range(1, 200))])

    async def come() -> None:
        for no in range(200, 230):
            await box.add(letter(f"m{no}", f"m{no - 1}"))

    coming = asyncio.create_task(come())
    read = 0
    while not coming.done():
        for thread in await asyncio.gather(*(box.thread(1) for _ in range(3))):
            assert {node.no for node in thread.nodes} == set(thread.mails)
        read += 1
    await coming
    assert read > 3
    assert len((await box.thread(1)).nodes) == 230


async def test_the_trees_kept_in_memory_stay_few(box: Mailbox) -> None:
    """Asked for by many at once, one tree is counted once; the least used ones are forgotten first."""
    for name in "abc":
        await box.take([letter(name), *(letter(f"{name}{no}", name) for no in range(1, 100))])
    convs = [await box.mails.find(box.account, no) for no in (1, 101, 201)]
    trees = Trees(most=250)

    async def ask(place: int) -> int:
        async with box.store.view() as view:
            return len(await trees.tree(view, convs[place]))

    for _ in range(5):
        assert await asyncio.gather(*(ask(place) for place in (0, 0, 0, 1, 1, 1))) == [100] * 6
    assert trees.size == 200
    assert await ask(2) == 100
    assert trees.size == 200
    assert await ask(0) == 100


async def test_a_thread_whose_mails_were_joined_out_of_order_is_read_in_slices(box: Mailbox) -> None:
    """1,500 mails with lower numbers than those before them: the loop stays free while the tree is made."""
    await box.take([letter("b0"), *(letter(f"b{no}", f"b{no - 1}") for no in range(1, 700))])
    await box.take([letter("a0"), *(letter(f"a{no}", f"a{no - 1}") for no in range(1, 800))])
    await box.add(letter("c", "a0", "b0"))
    fresh = Mailbox(Mails(box.store), box.store, box.account)
    loop = asyncio.get_running_loop()
    gaps: list[float] = []

    async def tick() -> None:
        while True:
            began = loop.time()
            await asyncio.sleep(0)
            gaps.append(loop.time() - began)

    ticking = asyncio.create_task(tick())
    id = await fresh.mails.thread_id(box.account, await fresh.mails.find(box.account, 1))
    ticking.cancel()
    assert id == (await box.thread(1)).id
    assert len(gaps) > 1500 / 64 + 1500 / 256 - 2
    assert len((await fresh.thread(1)).nodes) >= 1501


def test_words_handed_over_are_bounded() -> None:
    """What nobody fetches is pushed out, the oldest first; it is read again from its raw mail then."""
    handover = Handover(most=5_000)
    some = [letter(f"m{no}", text="x" * 1000).mail for no in range(10)]
    for mail in some:
        handover.put(mail.hash, mail.words)
    found = [mail for mail in some if handover.pop(mail.hash) is not None]
    assert found == some[-3:]
    handover.put(some[0].hash, some[0].words)
    handover.put(some[0].hash, some[1].words)
    assert handover.pop(some[0].hash) == some[1].words
    assert handover.pop(some[0].hash) is None
