"""An account that is erased takes its mails with it, wherever threads were joined, and nobody else's."""

from pathlib import Path

import pytest
from tests.services.mail.letters import Mailbox, letter

from syncline.core.errors import NotFound
from syncline.core.mail import Address
from syncline.services.accounts import Accounts, Passwords
from syncline.services.mail import Mails
from syncline.store.contract import Store

WORD = "xyzzysecret"
"""stands in everything that a mail holds, so that one search finds what is left"""


def left_in(folder: Path) -> list[str]:
    """The files in which the word still stands."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if WORD.encode() in path.read_bytes()]


async def test_an_erased_accounts_mails_are_gone_and_all_ways_to_them(store: Store, tmp_path: Path) -> None:
    """Raw bytes, copies, labels, ids: found by no number, and in no file."""
    passwords = Passwords(memory_kib=8, rounds=1)
    accounts = Accounts(store, passwords)
    ann, bob = [(await accounts.add(f"{name}@example.org")).id for name in ("ann", "bob")]
    mails = Mails(store)
    mine, other = Mailbox(mails, store, ann), Mailbox(mails, store, bob)
    copy = letter("d@x", "c@x", text=f"copy {WORD}")
    some = [
        letter("a@x", labels=["inbox", WORD], text=WORD),
        letter("b@x", "a@x", f"{WORD}@x"),
        letter("d@x", "c@x", text=f"moved {WORD}", state=["unread"]),
        copy,
        letter("c@x", "a@x"),
    ]
    added = await mine.all(*some)
    kept = (await other.all(letter("a@x", text="shared"), letter("b@x", "a@x")))[-1]
    await accounts.erase(ann)
    for id in (1, 2, 3, 4, -1, -2):
        with pytest.raises(NotFound):
            await mails.message(ann, id)
        with pytest.raises(NotFound):
            await mails.thread(ann, id)
    assert await mails.known(ann, [one.mail.hash for one in some]) == [False] * len(some)
    for one in some:
        with pytest.raises(NotFound):
            await store.blobs.get(one.mail.hash)
    assert await mine.labelled("inbox") == set()
    async with store.view() as view:
        for each in added:
            subscription = await view.subscription(ann, each.conv)
            assert subscription is None or subscription.body == b"{}"
    assert await other.shape(1) == [(1, 0), (2, 1)]
    assert (await other.add(letter("c@x", "b@x"))).conv == kept.conv
    passwords.close()
    assert left_in(tmp_path) == []


async def test_a_mail_that_somebody_else_received_stays_his(store: Store) -> None:
    """What an erased account once sent by mail lies in other people's mailboxes, and is theirs."""
    passwords = Passwords(memory_kib=8, rounds=1)
    accounts = Accounts(store, passwords)
    ann, bob = [(await accounts.add(f"{name}@example.org")).id for name in ("ann", "bob")]
    other = Mailbox(Mails(store), store, bob)
    sent = letter("a@x", text="for you", sender=Address("Ann", "ann@example.org"), labels=["inbox"])
    await other.add(sent)
    assert (await other.mails.message(bob, 1)).entry.author == ann
    await accounts.erase(ann)
    assert await other.mails.raw(bob, 1) == sent.raw
    assert (await other.thread(1)).labels == ("inbox",)
    passwords.close()
