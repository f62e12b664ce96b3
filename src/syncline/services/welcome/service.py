"""A welcome for each account, once."""

from typing import Final

import msgspec

from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Space
from syncline.core.rooms.presets import Preset
from syncline.services.conversations.create import Beginning, create
from syncline.services.conversations.send import send
from syncline.services.welcome.support import support_account
from syncline.store.contract import Store, Tx

REMEMBERED: Final = 100_000
"""Accounts known to be welcomed; beyond that they are forgotten, and looked up again."""

TEXT: Final = """\
Welcome to {place}!

To begin, make a conversation and add people by their e-mail addresses. Everything that you write is kept on \
this server, and is there in every program that you sign in with.

Nobody answers here: it is a place for notes of your own. If you need help, ask whoever runs this server."""


class Welcome:
    """Makes the support contact known to accounts, with a conversation of two that begins with a greeting."""

    def __init__(self, store: Store, *, name: str, place: str, enabled: bool = True) -> None:
        """`name` is the support contact's, `place` the server's; not `enabled`, it greets nobody."""
        self._store = store
        self._name = name
        self._place = place
        self._enabled = enabled
        self._greeted: set[Id] = set()

    async def greet(self, account: Id) -> None:
        """Welcome an account unless it was; all of it is one work. Costs nothing from the second time on."""
        if not self._enabled or account in self._greeted:
            return
        async with self._store.view() as view:
            known = await view.key(Space.SERVED, _key(account)) is not None
        if not known:
            await self._store.write(lambda tx: self._welcome(tx, account))
        if len(self._greeted) >= REMEMBERED:
            self._greeted.clear()
        self._greeted.add(account)

    async def _welcome(self, tx: Tx, account: Id) -> None:
        if await tx.key(Space.SERVED, _key(account)) is not None:
            return
        support = await support_account(tx, name=self._name, place=self._place)
        if support == account:
            return
        conv = await self._converse(tx, support, account)
        await tx.bind(Space.SERVED, _key(account), conv)

    async def _converse(self, tx: Tx, support: Id, account: Id) -> ZoneId:
        begun = await create(tx, support, Beginning(preset=Preset.FLEEP, members=[account]))
        body = msgspec.json.encode({"text": TEXT.format(place=self._place)})
        await send(tx, support, begun.conv, body)
        return begun.conv


def _key(account: Id) -> bytes:
    """The value under Space.SERVED that leads from an account to its welcome."""
    return b"welcome" + account.to_bytes(8, "big")
