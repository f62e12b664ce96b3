"""The support account: one a server, made when it is first needed. Nobody can sign in as it."""

from typing import Final

import msgspec

from syncline.core.errors import Taken
from syncline.core.ids import Id
from syncline.core.kinds import Space
from syncline.services.accounts import Role
from syncline.services.accounts.account import find_credential
from syncline.services.accounts.making import account_by_email, make_account
from syncline.services.people import mail_domain, profile_of, put_profile
from syncline.store.contract import Tx, View

KEY: Final = b"support"

TRIES: Final = 100
"""Addresses tried: who runs the server may have an account with the first one."""


async def find_support(view: View) -> Id | None:
    """The support account, None as long as nobody needed it."""
    bound = await view.key(Space.SERVED, KEY)
    if bound is None or await find_credential(view, bound.object) is None:
        return None
    return bound.object


async def support_account(tx: Tx, *, name: str, place: str) -> Id:
    """The support account, made if it is not there (or was erased); `place` is the server's name."""
    known = await find_support(tx)
    if known is not None:
        return known
    account = await make_account(
        tx,
        await _address(tx, mail_domain(place)),
        name=name,
        local=None,
        password=None,
        role=Role.NONE,
        owns_address=True,
    )
    profile = await profile_of(tx, account.id)
    await put_profile(tx, msgspec.structs.replace(profile, service=True))
    await tx.bind(Space.SERVED, KEY, account.id, replace=True)
    return account.id


async def _address(tx: Tx, domain: str) -> str:
    for number in range(1, TRIES):
        address = f"syncline-support{'' if number == 1 else number}@{domain}"
        if await account_by_email(tx, address) is None:
            return address
    raise Taken("No address is free for the support account.")
