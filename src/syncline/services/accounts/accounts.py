"""Accounts: made, found, signed in, closed, erased."""

import asyncio
from collections.abc import Callable
from typing import Final

import msgspec

from syncline.core.errors import Closed, Deactivated, NotFound, Taken, WrongPassword
from syncline.core.ids import Id
from syncline.core.kinds import Space
from syncline.services.accounts.account import (
    ALL_ACCOUNTS,
    Account,
    Credential,
    Held,
    Registration,
    Role,
    credential_of,
    describe,
    find_credential,
    open_account,
    put_credential,
)
from syncline.services.accounts.auth import new_secret, secret_key
from syncline.services.accounts.closing import leave_all
from syncline.services.accounts.erasing import Scrub, erase_account
from syncline.services.accounts.invites import put_invite, use_invite
from syncline.services.accounts.localparts import take_localpart, valid_localpart
from syncline.services.accounts.making import account_by_email, account_by_local, make_account
from syncline.services.accounts.passwords import Passwords
from syncline.services.accounts.sessions import end_sessions
from syncline.services.people import localpart_key, profile_of, put_profile, valid_address
from syncline.store.contract import Store, Tx, View

PAGE: Final = 100
"""Accounts listed between two pauses of the loop."""


class Accounts:
    """All accounts of a server."""

    def __init__(
        self, store: Store, passwords: Passwords, *, registration: Registration = Registration.CLOSED
    ) -> None:
        """Work on this store; `registration` says who may make an account for himself."""
        self._store = store
        self._passwords = passwords
        self._registration = registration
        self._scrubs: list[Scrub] = []

    def scrub_also(self, scrub: Scrub) -> None:
        """Let an erase end with this, too: a projection forgets what was erased, in all its files."""
        self._scrubs.append(scrub)

    def release(self) -> None:
        """Let the hashing threads go."""
        self._passwords.close()

    async def add(
        self,
        email: str,
        *,
        name: str | None = None,
        local: str | None = None,
        password: str | None = None,
        role: Role = Role.AGENT,
    ) -> Account:
        """Make an account, all of it in one commit: zone, profile, keys, credential.

        A person known by this address so far becomes it, with its id. Without `local` a free one like the
        address is taken; without `password` only tokens and links lead in. Raises Invalid, Taken.
        """
        hash = None if password is None else await self._passwords.hash(password)

        async def work(tx: Tx) -> Account:
            return await make_account(
                tx, email, name=name, local=local, password=hash, role=role, owns_address=True
            )

        return (await self._store.write(work)).value

    async def register(
        self, email: str, password: str, name: str, *, local: str | None = None, invite: str | None = None
    ) -> Account:
        """Make an account for oneself, with the role of the invite, or none.

        Raises Closed (no registration without an invite, or a bad one), Invalid, Taken. An address that
        appeared in mails or was invited to conversations is only given to who has an invite for just this
        address: anybody could say that it is his.
        """
        if invite is None and self._registration != Registration.OPEN:
            raise Closed("Registration is closed on this server; ask for an invite.")
        valid_address(email)
        self._passwords.check_strength(password)
        hash = await self._passwords.hash(password)

        async def work(tx: Tx) -> Account:
            role, owns = Role.NONE, False
            if invite is not None:
                used = await use_invite(tx, secret_key(invite), email, self._registration)
                role, owns = used.role, used.trusted and used.address is not None
            return await make_account(
                tx, email, name=name, local=local, password=hash, role=role, owns_address=owns
            )

        return (await self._store.write(work)).value

    async def invite(self, email: str | None = None, by: Id | None = None, *, role: Role = Role.NONE) -> str:
        """The code of a new invite: used once, for two weeks, by this address or (None) anybody.

        `by` None is the operator. Where registration is closed, only he and admins may invite (Closed);
        only they may give a role (Forbidden). Raises Taken where the address has an account.
        """
        if email is not None:
            valid_address(email)
        code = new_secret()

        async def work(tx: Tx) -> None:
            if email is not None and await account_by_email(tx, email) is not None:
                raise Taken("This address has an account already.", field="email")
            await put_invite(tx, code, registration=self._registration, email=email, by=by, role=role)

        await self._store.write(work)
        return code

    async def get(self, id: Id) -> Account:
        """An account by its id; raises NotFound."""
        async with self._store.view() as view:
            return (await describe(view, [await credential_of(view, id)]))[0]

    async def by_email(self, email: str) -> Account:
        """An account by its address, in any letter case; raises NotFound."""
        async with self._store.view() as view:
            return await _described(view, await account_by_email(view, email))

    async def by_local(self, local: str) -> Account:
        """An account by its local name; raises NotFound."""
        async with self._store.view() as view:
            return await _described(view, await account_by_local(view, local))

    async def list(self) -> list[Account]:
        """All accounts, closed ones included, by id."""
        accounts: list[Account] = []
        after = Id(0)
        while True:
            async with self._store.view() as view:
                ids = await view.find(Space.ACCOUNT, ALL_ACCOUNTS, after=after, limit=PAGE)
                helds = [await find_credential(view, id) for id in ids]
                accounts += await describe(view, [held for held in helds if held is not None])
            if len(ids) < PAGE:
                return accounts
            after = ids[-1]
            await asyncio.sleep(0)

    async def sign_in(self, login: str, password: str) -> Account:
        """The account of an address or local name, if the password is right.

        Raises WrongPassword, never saying what was wrong and taking as long for an unknown login, and
        Deactivated, but only after the right password. TooMany when hundreds sign in at once.
        """
        async with self._store.view() as view:
            find = account_by_email if "@" in login else account_by_local
            held = await find(view, login)
        stored = None if held is None else held.credential.password
        right = await self._passwords.verify(stored, password)
        if held is None or stored is None or not right:
            raise WrongPassword("The login or the password is wrong.")
        if held.credential.closed is not None:
            raise Deactivated("This account was closed.")
        if self._passwords.outdated(stored):
            await self._change(held.account, await self._renewed(stored, password))
        return await self.get(held.account)

    async def set_password(self, id: Id, password: str | None, *, keep: Id | None = None) -> None:
        """Give an account a password (None: none), and end its sessions and links, but for `keep`.

        For the operator; raises Invalid (empty, too long), NotFound. Tokens stay: they are revoked.
        """
        hash = None if password is None else await self._passwords.hash(password)

        async def work(tx: Tx) -> None:
            held = await open_account(tx, id)
            await put_credential(tx, held, msgspec.structs.replace(held.credential, password=hash), actor=id)
            await end_sessions(tx, id, keep=keep)

        await self._store.write(work)

    async def change_password(self, id: Id, old: str, new: str, *, keep: Id | None = None) -> None:
        """Let somebody change his own password; raises WrongPassword (the old one), Invalid (too short)."""
        await self.check_change(id, old, new)
        await self.set_password(id, new, keep=keep)

    async def check_change(self, id: Id, old: str, new: str) -> None:
        """Raise what `change_password` would raise, and change nothing."""
        self._passwords.check_strength(new)
        async with self._store.view() as view:
            held = await open_account(view, id)
        if not await self._passwords.verify(held.credential.password, old):
            raise WrongPassword("The password is wrong.")

    async def set_role(self, id: Id, role: Role) -> Account:
        """Give an account another role; raises NotFound."""
        await self._change(id, lambda known: msgspec.structs.replace(known, role=role))
        return await self.get(id)

    async def set_alias(self, id: Id, alias: str) -> None:
        """Give an account a second local name, in place of an earlier one; its first one takes it away.

        The first one stays as it is, for the ids of other protocols are made of it. Both lead to the
        account. Raises Invalid, Taken, NotFound.
        """
        name = valid_localpart(alias)

        async def work(tx: Tx) -> None:
            held = await open_account(tx, id)
            profile = await profile_of(tx, id)
            wanted = None if name == held.credential.local else name
            if wanted == profile.alias:
                return
            if profile.alias is not None:
                await tx.unbind(Space.LOCALPART, localpart_key(profile.alias))
            if wanted is not None:
                await take_localpart(tx, id, wanted)
            await put_profile(tx, msgspec.structs.replace(profile, alias=wanted), actor=id)

        await self._store.write(work)

    async def leave(self, id: Id) -> None:
        """Close an account by its own wish: it leaves all conversations first. As `close`, and NotFound.

        A chain of works; ended by a crash, the account is still open and may close itself again.
        """
        await leave_all(self._store, id)
        await self.close(id)

    async def close(self, id: Id) -> None:
        """Let an account not be used any more; what it wrote stays. Closing twice is closing once.

        Its sessions end; its tokens are answered with Deactivated. Its address and name stay taken.
        """

        async def work(tx: Tx) -> None:
            held = await credential_of(tx, id)
            if held.credential.closed is None:
                closed = msgspec.structs.replace(held.credential, closed=tx.now)
                await put_credential(tx, held, closed, actor=id)
                await put_profile(tx, msgspec.structs.replace(await profile_of(tx, id), closed=True))
                await end_sessions(tx, id)

        await self._store.write(work)

    async def erase(self, id: Id) -> None:
        """Purge an account: nothing that it wrote or held is left in any file, only its id and the numbers.

        A chain of works: ended by a crash, it is finished by erasing again. Raises NotFound.
        """
        await erase_account(self._store, id, self._scrubs)

    async def _change(self, id: Id, change: Callable[[Credential], Credential]) -> None:
        async def work(tx: Tx) -> None:
            held = await credential_of(tx, id)
            changed = change(held.credential)
            if changed != held.credential:
                await put_credential(tx, held, changed, actor=id)

        await self._store.write(work)

    async def _renewed(self, stored: str, password: str) -> Callable[[Credential], Credential]:
        hash = await self._passwords.hash(password)

        def change(known: Credential) -> Credential:
            # Not if it was changed while this one was checked.
            return msgspec.structs.replace(known, password=hash) if known.password == stored else known

        return change


async def _described(view: View, held: Held | None) -> Account:
    if held is None:
        raise NotFound("There is no such account.")
    return (await describe(view, [held]))[0]
