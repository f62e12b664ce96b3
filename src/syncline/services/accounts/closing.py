"""Leaving all conversations: a chain of works, one a conversation."""

from typing import Final

from syncline.core.errors import NotFound, NotMember
from syncline.core.ids import START, Id, ZoneId
from syncline.core.kinds import Why
from syncline.services.conversations.members import leave
from syncline.store.contract import Store, Tx

PAGE: Final = 100

_BY_MEMBERSHIP: Final = frozenset({Why.MEMBER, Why.INVITED, Why.KNOCKED})


async def leave_all(store: Store, account: Id) -> None:
    """Leave every conversation that an account is a member of; turn down what it is invited to.

    Its own mail threads are no memberships and stay. Ended by a crash, it is finished by doing it again.
    """
    after = START
    while True:
        async with store.view() as view:
            grants = await view.grants(account, after=after, limit=PAGE)
        if not grants:
            return
        after = grants[-1].given
        for conv in dict.fromkeys(each.zone for each in grants if each.alive and each.why in _BY_MEMBERSHIP):
            await _leave(store, account, conv)


async def _leave(store: Store, account: Id, conv: ZoneId) -> None:
    async def work(tx: Tx) -> None:
        await leave(tx, account, conv)

    try:
        await store.write(work)
    except (NotFound, NotMember):
        return  # removed by somebody else meanwhile
