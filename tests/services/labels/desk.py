"""One account that labels things, and what the store says about it."""

from collections.abc import Sequence
from typing import Any

from tests.services.conversations.town import Town
from tests.services.mail.letters import Mailbox

from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.kinds import Kind, Space
from syncline.services.conversations import Private, private_of
from syncline.services.conversations.subscriptions import label_term
from syncline.services.labels import Label, label_named, labels_of
from syncline.services.labels.service import Labels
from syncline.services.mail import Mails


class Desk:
    """An account in a town, with a mailbox."""

    def __init__(self, town: Town, account: Id) -> None:
        """Work as this account."""
        self.town = town
        self.store = town.store
        self.account = account
        self.labels = Labels(town.store)
        self.box = Mailbox(Mails(town.store), town.store, account)

    async def put(self, **fields: Any) -> Label:
        """Make or change a label."""
        return await self.labels.store(self.account, **fields)

    async def own(self, *, removed: bool = False) -> list[str]:
        """The names of the account's own labels, by their place."""
        found = await self.labels.list(self.account, removed=removed)
        return [label.name for label in found if label.system is None]

    async def named(self, name: str) -> Label | None:
        """A label by its name."""
        async with self.store.view() as view:
            return await label_named(view, self.account, name)

    async def all(self) -> list[Label]:
        """All labels, removed ones included."""
        async with self.store.view() as view:
            return await labels_of(view, self.account, removed=True)

    async def conversation(self, *labels: str) -> ZoneId:
        """A conversation of this account with these labels."""
        conv = await self.town.conversation(self.account)
        if labels:
            await self.town.talk.mark(self.account, conv, labels=labels)
        return conv

    async def private(self, conv: ZoneId) -> Private:
        """The account's private side of a conversation."""
        async with self.store.view() as view:
            return private_of(await view.subscription(self.account, conv))

    async def listed(self, label: str) -> Sequence[Id]:
        """The conversations listed under a name."""
        async with self.store.view() as view:
            return await view.find(Space.LABELLED, label_term(self.account, label))

    async def label_changes(self, after: Seq) -> int:
        """How many changes of labels the log has after a seq."""
        async with self.store.view() as view:
            return len(await view.changes(after, kind=Kind.LABEL, limit=1000))
