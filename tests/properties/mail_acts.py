"""Random acts on mailboxes, done by the mail service and written on paper in the same breath."""

import random
from collections.abc import Awaitable, Callable
from typing import Final

from tests.properties.mailbox_on_paper import Paper
from tests.services.search.letters import Letter, read

from syncline.core.ids import Id, ZoneId
from syncline.core.mail import INBOX, MUTABLE
from syncline.services.mail import Incoming, Mails
from syncline.store.contract import Store

IDS: Final = tuple(f"{sign}@north.example" for sign in "abcdefghijkl")
"""Few, so that mails meet: answers, late roots, middles that join two threads, copies, repeats."""

LABELS: Final = (INBOX, "work", "list", "two words")
PEOPLE: Final = ("Ana Ruiz ana@north.example", "ben@south.example", "Bob bob@example.org", "")
WORDS: Final = ("plan", "plans", "lunch", "boat", "über", "日本", "42", "re-entry")


def some(choice: int, among: tuple[str, ...]) -> tuple[str, ...]:
    """Some of these, chosen by the bits of a number."""
    return tuple(one for place, one in enumerate(among) if choice >> place & 1)


class Post:
    """The mail service, and the paper of each account."""

    def __init__(self, store: Store, accounts: list[Id]) -> None:
        """Deliver to these accounts."""
        self.accounts = accounts
        self.papers = {account: Paper() for account in accounts}
        self.convs: set[ZoneId] = set()
        """every thread that ever was, merged ones included"""
        self.mails = Mails(store)

    def reopen(self, store: Store) -> None:
        """Go on with a store that was closed and opened."""
        self.mails = Mails(store)

    def forget(self, account: Id) -> None:
        """An account was erased: it gets no more mails."""
        self.accounts = [one for one in self.accounts if one != account]

    async def some(self, chooser: random.Random, count: int) -> None:
        """So many acts, on anybody's mails. (Numbers that hypothesis draws are small: too few mails meet.)"""
        for _ in range(count if self.accounts else 0):
            act, account = chooser.choice(ACTS), chooser.choice(self.accounts)
            await act(self, account, *(chooser.randrange(1 << 16) for _ in range(3)))

    def letter(
        self, a: int, b: int, c: int, *, id: str | None = None, refs: tuple[str, ...] | None = None
    ) -> Incoming:
        """A mail. The same id has now and then other bytes, and is then another copy."""
        if refs is None:
            refs = tuple(dict.fromkeys(IDS[(b >> shift) % len(IDS)] for shift in (0, 4, 8)[: b % 4]))
        sender = PEOPLE[c % len(PEOPLE)]
        letter = Letter(
            IDS[a % len(IDS)] if id is None else id,
            subject=f"{WORDS[a % len(WORDS)]} {WORDS[b % len(WORDS)]}",
            sender=sender,
            to=tuple(one for one in some(b, PEOPLE) if one),
            cc=tuple(one for one in some(c, PEOPLE) if one),
            text=" ".join(some(c, WORDS)),
            refs=refs,
            at=1_700_000_000_000 + b % 1000 * 3_600_000,
            states=("attachment",) if c % 7 == 0 else (),
            automatic=c % 11 == 0,
        )
        state = (*some(c >> 2, MUTABLE), *(("sent",) if c % 5 == 0 else ()))
        return Incoming(read(letter.raw), letter.raw, some(c >> 5, LABELS), state)

    def joining(self, account: Id, a: int, b: int, c: int) -> Incoming | None:
        """A new mail that answers mails of two threads, if there are two."""
        paper = self.papers[account]
        threads = paper.threads()
        if len(threads) < 2:
            return None
        one, other = (threads[(a + step) % len(threads)].mails for step in (0, 1 + b % (len(threads) - 1)))
        refs = tuple(paper.of(mails[c % len(mails)]).mail.message_id for mails in (one, other))
        return self.letter(a, b, c, id=f"joins{len(paper.came)}@north.example", refs=refs)

    async def add(self, account: Id, one: Incoming) -> None:
        """A mail comes."""
        wanted = self.papers[account].add(one)
        added = await self.mails.add(account, one.mail, one.raw, labels=one.labels, state=one.state)
        assert (added.status, added.no) == wanted
        self.convs.add(added.conv)


async def come(post: Post, account: Id, a: int, b: int, c: int) -> None:
    """A mail comes."""
    await post.add(account, post.letter(a, b, c))


async def join(post: Post, account: Id, a: int, b: int, c: int) -> None:
    """A late mail shows that two threads are one."""
    one = post.joining(account, a, b, c)
    if one is not None:
        await post.add(account, one)


async def come_together(post: Post, account: Id, a: int, b: int, c: int) -> None:
    """An import: several mails in a batch."""
    batch = [post.letter(a + step, b * (step + 1), c + step) for step in range(2 + c % 6)]
    wanted = [post.papers[account].add(one) for one in batch]
    found = await post.mails.take(account, batch)
    assert [(one.status, one.no) for one in found] == wanted
    post.convs.update(one.conv for one in found)


async def label(post: Post, account: Id, a: int, b: int, c: int) -> None:
    """A thread gets labels, by any id that leads to it."""
    paper = post.papers[account]
    if paper.came:
        no = a % len(paper.came) + 1
        labels = some(c, LABELS)
        await post.mails.relabel(account, no, labels)
        paper.relabel(no, labels)


async def archive(post: Post, account: Id, a: int, b: int, c: int) -> None:
    """A thread goes into the inbox, or out of it; everything else stays."""
    paper = post.papers[account]
    if paper.came:
        no = a % len(paper.came) + 1
        labels = set(paper.thread(no).labels) ^ {INBOX}
        await post.mails.relabel(account, no, labels)
        paper.relabel(no, labels)


async def mark_thread(post: Post, account: Id, a: int, b: int, c: int) -> None:
    """All mails of a thread get states."""
    paper = post.papers[account]
    if paper.came:
        no = a % len(paper.came) + 1
        await post.mails.set_thread_state(account, no, some(c, MUTABLE))
        paper.note(paper.thread(no).mails, some(c, MUTABLE))


async def mark(post: Post, account: Id, a: int, b: int, c: int) -> None:
    """One mail gets states."""
    paper = post.papers[account]
    if paper.came:
        no = a % len(paper.came) + 1
        await post.mails.set_message_state(account, no, some(c, MUTABLE))
        paper.note([no], some(c, MUTABLE))


Act = Callable[[Post, Id, int, int, int], Awaitable[None]]
ACTS: Final[tuple[Act, ...]] = (come, come, come_together, join, join, label, archive, mark_thread, mark)
