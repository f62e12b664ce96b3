"""Mails for tests, as if they had been read, and a mailbox to put them into."""

import hashlib
from collections.abc import Collection, Sequence

from syncline.core.ids import Hash, Id, ZoneId
from syncline.core.kinds import Space, ZoneKind
from syncline.core.mail import Address, ReadMail, Words
from syncline.services.conversations.subscriptions import label_term
from syncline.services.mail import Added, Incoming, Mails, Thread
from syncline.store.contract import Store, Tx

ANN = Address("Ann", "ann@example.net")


def letter(
    id: str,
    *refs: str,
    labels: Collection[str] = (),
    state: Collection[str] = (),
    text: str = "",
    sender: Address | None = ANN,
    states: tuple[str, ...] = (),
    automatic: bool = False,
    date: int | None = 1_700_000_000_000,
) -> Incoming:
    """A mail with this Message-ID and these references, root first."""
    raw = f"Message-ID: <{id}>\nReferences: {' '.join(refs)}\n\n{text}\n".encode()
    mail = ReadMail(
        message_id=id,
        hash=Hash(hashlib.sha256(raw).digest()),
        size=len(raw),
        words=Words(body=text),
        subject=f"about {id}",
        date=date,
        senders=() if sender is None else (sender,),
        refs=tuple(refs),
        states=states,
        automatic=automatic,
    )
    return Incoming(mail, raw, tuple(labels), tuple(state))


class Mailbox:
    """One account's mails, and what the store says about them."""

    def __init__(self, mails: Mails, store: Store, account: Id) -> None:
        """Look into this account."""
        self.mails = mails
        self.store = store
        self.account = account

    async def add(self, one: Incoming) -> Added:
        """Take one in."""
        return await self.mails.add(self.account, one.mail, one.raw, labels=one.labels, state=one.state)

    async def all(self, *some: Incoming) -> list[Added]:
        """Take some in, one by one."""
        return [await self.add(one) for one in some]

    async def take(self, batch: Sequence[Incoming]) -> list[Added]:
        """Take some in as an import does."""
        return await self.mails.take(self.account, batch)

    async def thread(self, id: int) -> Thread:
        """A thread."""
        return await self.mails.thread(self.account, id)

    async def shape(self, id: int) -> list[tuple[int | None, int]]:
        """A thread's numbers and depths."""
        return [(node.no, node.depth) for node in (await self.thread(id)).nodes]

    async def states(self, no: int) -> set[str]:
        """The states of one mail."""
        return set((await self.mails.message(self.account, no)).state)

    async def shown(self) -> set[ZoneId]:
        """The threads that chat protocols see."""
        async with self.store.view() as view:
            return {grant.zone for grant in await view.grants(self.account) if grant.alive}

    async def labelled(self, label: str) -> set[ZoneId]:
        """The threads listed under a label."""
        async with self.store.view() as view:
            found = await view.find(Space.LABELLED, label_term(self.account, label), limit=10_000)
        return {ZoneId(id) for id in found}


async def new_account(store: Store) -> Id:
    """An account with nothing in it."""

    async def work(tx: Tx) -> Id:
        account = tx.new_id()
        tx.open_zone(ZoneKind.ACCOUNT, owner=account, id=ZoneId(account))
        return account

    return (await store.write(work)).value
