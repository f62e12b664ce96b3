"""Registrations and password resets that wait until a link or a code proves whose the address is."""

from typing import Protocol

import msgspec

from syncline.core.errors import Closed, Deactivated, Invalid, Missing, NotFound, Taken, TooMany
from syncline.core.ids import Id
from syncline.services.accounts.account import (
    Account,
    Registration,
    Role,
    describe,
    open_account,
    put_credential,
)
from syncline.services.accounts.auth import new_secret, secret_key
from syncline.services.accounts.invites import check_invite, use_invite
from syncline.services.accounts.localparts import valid_localpart
from syncline.services.accounts.making import account_by_email, make_account
from syncline.services.accounts.passwords import Passwords
from syncline.services.accounts.pending import (
    LIFETIME,
    TRIES,
    Proof,
    Purpose,
    Waiting,
    by_address,
    by_link,
    change_waiting,
    code_hash,
    new_proof,
    put_waiting,
    use_waiting,
)
from syncline.services.accounts.sessions import end_sessions
from syncline.services.people import valid_address
from syncline.services.people.profiles import clean_name
from syncline.store.contract import Store, Tx, View

ACTIVE = "Account already active"
WRONG_CODE = "This code is wrong, or it has expired."


class Notice(msgspec.Struct, frozen=True):
    """What is to be told to whoever reads the mail of an address."""

    purpose: Purpose
    email: str
    proof: Proof


class Messenger(Protocol):
    """Brings notices: through the relay or, without one, to the operator."""

    async def bring(self, notice: Notice) -> None:
        """Bring one; raises RelayFailed."""


class Confirmations:
    """All that waits for a proof. Raising what `Accounts` raises, too."""

    def __init__(
        self, store: Store, passwords: Passwords, messenger: Messenger, *, registration: Registration
    ) -> None:
        """Work on this store; `registration` says who may make an account for himself."""
        self._store = store
        self._passwords = passwords
        self._messenger = messenger
        self._registration = registration

    async def register(
        self, email: str, *, name: str | None = None, password: str | None = None, invite: str | None = None
    ) -> None:
        """Let an address be proved by who wants an account with it; name and password may come later.

        Raises Closed (no registration without an invite, or a bad one), Invalid, Taken (there is an account
        with this address), RelayFailed.
        """
        if invite is None and self._registration != Registration.OPEN:
            raise Closed("Registration is closed on this server; ask for an invite.")
        address = valid_address(email)
        hash = None if password is None else await self._hash(password)
        proof = new_proof()

        async def work(tx: Tx) -> None:
            await _check_free(tx, address)
            key = None if invite is None else secret_key(invite)
            if key is not None:
                await check_invite(tx, key, address, self._registration)
            waiting = Waiting(
                purpose=Purpose.REGISTER,
                email=address,
                link=secret_key(proof.link).hex(),
                code=code_hash(address, proof.code),
                expires=tx.now + LIFETIME,
                name=None if name is None else clean_name(name),
                password=hash,
                invite=None if key is None else key.hex(),
            )
            await put_waiting(tx, waiting)

        await self._store.write(work)
        await self._messenger.bring(Notice(Purpose.REGISTER, address, proof))

    async def prove(self, email: str, code: str) -> str:
        """The link for the newest code of an address, in place of the one that was sent with it.

        Raises Invalid (wrong or expired code), TooMany (after TRIES wrong ones), Taken (there is an account
        by now).
        """
        link = new_secret()

        async def work(tx: Tx) -> int | None:
            held = await by_address(tx, Purpose.REGISTER, email)
            if held is None:
                await _check_free(tx, email)
                return 0
            known = held.waiting
            if known.tries >= TRIES:
                return TRIES
            if known.code != code_hash(email, code):
                tries = known.tries + 1
                await change_waiting(tx, held, msgspec.structs.replace(known, tries=tries))
                return tries
            await _check_free(tx, known.email)
            await change_waiting(tx, held, msgspec.structs.replace(known, link=secret_key(link).hex()))
            return None

        # A try that failed is counted by the same commit, so it must not be undone by an error.
        wrong = (await self._store.write(work)).value
        if wrong is None:
            return link
        if wrong >= TRIES:
            raise TooMany("Too many wrong codes; ask for a new one.", retry_after=LIFETIME / 1000)
        raise Invalid(WRONG_CODE, field="code")

    async def check(self, link: str) -> None:
        """Raise NotFound, Gone or Taken unless this link still makes an account."""
        async with self._store.view() as view:
            held = await by_link(view, Purpose.REGISTER, link)
            await _check_free(view, held.waiting.email)

    async def confirm(
        self, link: str, *, name: str | None = None, password: str | None = None, local: str | None = None
    ) -> Account:
        """Make the account that a link was sent for; its address is surely his.

        What is given here goes before what was given at first. Raises NotFound (unknown link), Gone (used),
        Taken (address or local name), Missing (no password), Invalid, Closed (the invite is used up).
        """
        await self.check(link)
        if local is not None:
            valid_localpart(local)
        given = None if password is None else await self._hash(password)

        async def work(tx: Tx) -> Account:
            held = await by_link(tx, Purpose.REGISTER, link)
            known = held.waiting
            hash = given or known.password
            if hash is None:
                raise Missing("An account needs a password.", field="password")
            await _check_free(tx, known.email)
            role = Role.NONE
            if known.invite is not None:
                invite = bytes.fromhex(known.invite)
                role = (await use_invite(tx, invite, known.email, self._registration)).role
            elif self._registration != Registration.OPEN:
                raise Closed("Registration was closed since.")
            account = await make_account(
                tx,
                known.email,
                name=name or known.name,
                local=local,
                password=hash,
                role=role,
                owns_address=True,
            )
            await use_waiting(tx, held)
            return account

        return (await self._store.write(work)).value

    async def reset(self, email: str) -> None:
        """Send an account's address a link by which a new password can be set.

        Raises NotFound (no account has this address), Deactivated, RelayFailed.
        """
        proof = new_proof()

        async def work(tx: Tx) -> str:
            held = await account_by_email(tx, email)
            if held is None:
                raise NotFound("Account not found!", field="email")
            if held.credential.closed is not None:
                raise Deactivated("This account was closed.")
            address = held.credential.email
            waiting = Waiting(
                purpose=Purpose.RESET,
                email=address,
                link=secret_key(proof.link).hex(),
                code=code_hash(address, proof.code),
                expires=tx.now + LIFETIME,
                account=held.account,
            )
            await put_waiting(tx, waiting)
            return address

        address = (await self._store.write(work)).value
        await self._messenger.bring(Notice(Purpose.RESET, address, proof))

    async def set_password(self, link: str, password: str) -> Account:
        """Set a new password by the link that `reset` sent; all sessions of the account end.

        Raises NotFound (unknown link), Gone (used), Invalid (too short), Deactivated.
        """
        async with self._store.view() as view:
            await by_link(view, Purpose.RESET, link)
        hash = await self._hash(password)

        async def work(tx: Tx) -> Account:
            held = await by_link(tx, Purpose.RESET, link)
            account = Id(held.object.zone)
            known = await open_account(tx, account)
            changed = msgspec.structs.replace(known.credential, password=hash)
            renewed = await put_credential(tx, known, changed, actor=account)
            await end_sessions(tx, account)
            await use_waiting(tx, held)
            return (await describe(tx, [renewed]))[0]

        return (await self._store.write(work)).value

    async def _hash(self, password: str) -> str:
        self._passwords.check_strength(password)
        return await self._passwords.hash(password)


async def _check_free(view: View, email: str) -> None:
    if await account_by_email(view, email) is not None:
        raise Taken(ACTIVE, field="email")
