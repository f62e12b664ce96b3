"""Invites: a code that lets one person make an account, once."""

from typing import Final

import msgspec

from syncline.core.errors import Closed, Forbidden
from syncline.core.ids import DIRECTORY, Id, ZoneId
from syncline.core.kinds import Kind, Space
from syncline.core.objects import Object
from syncline.services.accounts.account import Credential, Registration, Role, open_account
from syncline.services.accounts.auth import secret_key
from syncline.services.people import address_key
from syncline.store.contract import Tx

LIFETIME: Final = 14 * 24 * 3600 * 1000
"""ms that an invite waits to be used."""


class Invite(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of an invite's object.

    `hash` is the code's, hex. `address` is the hash of the address it is for (hex; None: for anybody), so
    that no address stands in an object of somebody else. `trusted`: the operator or an admin made it.
    """

    hash: str
    role: Role
    trusted: bool
    address: str | None = None
    by: Id | None = None

    def fits(self, email: str) -> bool:
        """Whether this address may use it."""
        return self.address in (None, _address(email))


async def put_invite(
    tx: Tx,
    code: str,
    *,
    registration: Registration,
    email: str | None,
    by: Id | None,
    role: Role,
    lifetime: int = LIFETIME,
) -> None:
    """Write an invite by an account, or by the operator (`by` None).

    Raises Closed where accounts may not invite, Forbidden where somebody gives a role beyond his own.
    """
    inviter: Credential | None = None
    if by is not None:
        inviter = (await open_account(tx, by)).credential
    trusted = inviter is None or inviter.role == Role.ADMIN
    if not trusted and registration == Registration.CLOSED:
        raise Closed("Registration is closed: only an admin may invite.")
    if not trusted and role != Role.NONE:
        raise Forbidden("Only an admin may give a role.", field="role")
    invite = Invite(
        hash=secret_key(code).hex(),
        role=role,
        trusted=trusted,
        address=None if email is None else _address(email),
        by=by,
    )
    id = tx.new_id()
    # The operator has no zone of his own; the directory holds what belongs to the whole server.
    zone = DIRECTORY if by is None else ZoneId(by)
    body = msgspec.json.encode(invite)
    await tx.put(Object(id=id, kind=Kind.INVITE, zone=zone, body=body), actor=by)
    await tx.bind(Space.INVITE, secret_key(code), id, expires=tx.now + lifetime)


async def use_invite(tx: Tx, hash: bytes, email: str, registration: Registration) -> Invite:
    """Use an invite up and return it; raises Closed where it is not (or no longer) good for this address.

    `hash` is the code's (`secret_key`).
    """
    object, invite = await _good(tx, hash, email, registration)
    await forget_invite(tx, object)
    return invite


async def check_invite(tx: Tx, hash: bytes, email: str, registration: Registration) -> None:
    """Raise Closed where an invite would not be good for this address; it stays as it is."""
    await _good(tx, hash, email, registration)


async def _good(tx: Tx, hash: bytes, email: str, registration: Registration) -> tuple[Object, Invite]:
    bound = await tx.key(Space.INVITE, hash)
    found = [] if bound is None else await tx.get([bound.object])
    invite = read_invite(found[0]) if found else None
    if invite is None or not invite.fits(email):
        raise Closed("This invite was used already, has expired, or is for another address.", field="invite")
    if registration == Registration.CLOSED and not invite.trusted:
        raise Closed("Registration was closed since.", field="invite")
    return found[0], invite


def read_invite(object: Object) -> Invite:
    """The invite that lies in an object of Kind.INVITE."""
    return msgspec.json.decode(object.body, type=Invite)


async def forget_invite(tx: Tx, object: Object) -> None:
    """Delete an invite's object and the key that leads to it."""
    await tx.drop(object.id)
    await tx.unbind(Space.INVITE, bytes.fromhex(read_invite(object).hash))


def _address(email: str) -> str:
    return secret_key(address_key(email).decode("utf-8", "replace")).hex()
