"""Accounts: a person with credentials, as it lies in the store."""

from enum import StrEnum
from typing import Final

import msgspec

from syncline.core.errors import Deactivated, NotFound, Unauthorized
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Kind, Space
from syncline.core.objects import Object
from syncline.services.people import read_profile
from syncline.store.contract import Tx, View

ALL_ACCOUNTS: Final = b""
"""The one value under the term Space.ACCOUNT: `find` gives the ids of all accounts, closed ones included."""


class Role(StrEnum):
    """What an account may do in the CRM and to the server."""

    ADMIN = "admin"
    """sees everything in the CRM, manages accounts"""
    AGENT = "agent"
    """works in the CRM with what is its own or shared"""
    NONE = "none"
    """chat and mail only"""


class Registration(StrEnum):
    """Who may make an account for himself."""

    CLOSED = "closed"
    """nobody, but for whom the operator or an admin invited"""
    INVITE = "invite"
    """whoever has an invite of any account"""
    OPEN = "open"


class Account(msgspec.Struct, frozen=True):
    """A person with credentials. Its id is also its person's and its zone's id.

    `made` and `closed` are ms; `closed` is None while it may sign in.
    """

    id: Id
    email: str
    local: str
    name: str
    role: Role
    closed: int | None
    made: int


class Credential(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of the hidden object in the account's zone.

    `password` is an argon2id hash with its parameters. `profile` is the id of the profile object, so that
    lists need no second key. `erasing` says that its erase began and must be finished.
    """

    email: str
    local: str
    role: Role
    profile: Id
    password: str | None = None
    closed: int | None = None
    erasing: bool = False


class Held(msgspec.Struct, frozen=True):
    """A credential with the object that it lies in."""

    object: Object
    credential: Credential

    @property
    def account(self) -> Id:
        """The account's id."""
        return Id(self.object.zone)


def account_key(account: Id) -> bytes:
    """The value under Space.CREDENTIAL that leads from an account to its credential object."""
    return account.to_bytes(8, "big")


async def find_credential(view: View, account: Id) -> Held | None:
    """An account's credential, None where the person has no account (any more)."""
    bound = await view.key(Space.CREDENTIAL, account_key(account))
    if bound is None:
        return None
    found = await view.get([bound.object])
    if not found:
        return None
    return Held(found[0], msgspec.json.decode(found[0].body, type=Credential))


async def credential_of(view: View, account: Id) -> Held:
    """An account's credential; raises NotFound where the person has no account (any more)."""
    held = await find_credential(view, account)
    if held is None:
        raise NotFound("There is no such account.")
    return held


async def open_account(view: View, account: Id) -> Held:
    """The credential of an account that may sign in; raises NotFound, Deactivated."""
    held = await credential_of(view, account)
    if held.credential.closed is not None:
        raise Deactivated("This account was closed.")
    return held


async def admit(view: View, account: Id) -> None:
    """Raise Unauthorized or Deactivated unless whoever holds a secret of this account may use it."""
    if await find_credential(view, account) is None:
        raise Unauthorized("This account is not here any more.")
    await open_account(view, account)


async def put_credential(tx: Tx, held: Held, credential: Credential, *, actor: Id | None = None) -> Held:
    """Write an account's credential anew."""
    object = msgspec.structs.replace(held.object, body=msgspec.json.encode(credential))
    return Held(await tx.put(object, actor=actor), credential)


async def new_credential(tx: Tx, account: Id, credential: Credential, *, actor: Id | None = None) -> Held:
    """Make a person's account real: its credential, the key to it, its place among all accounts."""
    id = tx.new_id()
    body = msgspec.json.encode(credential)
    made = Object(id=id, kind=Kind.CREDENTIAL, zone=ZoneId(account), body=body, made=tx.now)
    put = await tx.put(made, actor=actor or account)
    await tx.bind(Space.CREDENTIAL, account_key(account), id)
    tx.index(Space.ACCOUNT, ALL_ACCOUNTS, account)
    return Held(put, credential)


async def describe(view: View, helds: list[Held]) -> list[Account]:
    """The accounts that these credentials are of, with their names, in the order given."""
    profiles = await view.get([held.credential.profile for held in helds])
    names = {profile.id: read_profile(profile).name for profile in profiles}
    return [
        Account(
            id=held.account,
            email=held.credential.email,
            local=held.credential.local,
            name=names.get(held.credential.profile, ""),
            role=held.credential.role,
            closed=held.credential.closed,
            made=held.object.made,
        )
        for held in helds
    ]
