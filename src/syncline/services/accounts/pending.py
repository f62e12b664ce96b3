"""What waits for a proof that an address is somebody's: an account to be made, a password to be set.

The proof is a link (its secret half) or a code of six digits, both sent to the address. Of the link only a
hash is stored. The hash of a code hides it from eyes, not from who tries out a million of them with the
store's file at hand: what keeps codes safe is that they live for a day and that few may be tried.
"""

import secrets
from enum import StrEnum
from typing import Final

import msgspec

from syncline.core.errors import Gone, NotFound
from syncline.core.ids import DIRECTORY, Id, ZoneId
from syncline.core.kinds import Kind, Space
from syncline.core.objects import Bound, Object
from syncline.services.accounts.auth import new_secret, secret_key
from syncline.services.people import address_key
from syncline.store.contract import Tx, View

LIFETIME: Final = 24 * 3600 * 1000
"""ms that a link and a code wait to be used."""

TRIES: Final = 10
"""Wrong codes after which no further one is looked at."""

CLEARED: Final = 8
"""Expired ones that a new one clears away."""


class Purpose(StrEnum):
    """What the proof is for."""

    REGISTER = "register"
    RESET = "reset"


class Proof(msgspec.Struct, frozen=True):
    """The secrets that prove it; made before the work that stores their hashes."""

    link: str
    code: str


class Waiting(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of a hidden object: in the account's zone to reset its password, else in the directory.

    `link`, `code` and `invite` are hashes (hex), `password` is an argon2id hash, `expires` ms. A used one
    stays until it expires, so that it can be told from one that never was; all else of it is gone.
    """

    purpose: Purpose
    email: str
    link: str
    code: str
    expires: int
    name: str | None = None
    password: str | None = None
    invite: str | None = None
    account: Id | None = None
    tries: int = 0
    used: bool = False


class HeldWaiting(msgspec.Struct, frozen=True):
    """What waits, with the object that it lies in."""

    object: Object
    waiting: Waiting


def new_proof() -> Proof:
    """A link and a code that nobody can guess. Never call it inside a work."""
    return Proof(new_secret(), f"{secrets.randbelow(1_000_000):06}")


def code_hash(email: str, code: str) -> str:
    """The hash of an address's code, hex."""
    return secret_key(f"{address_key(email).decode(errors='replace')}\0{code.strip()}").hex()


async def put_waiting(tx: Tx, waiting: Waiting) -> None:
    """Write what waits. Its code counts from now on, an older one of the same address and purpose no more.

    Some that have expired are cleared away by the way.
    """
    zone = DIRECTORY if waiting.account is None else ZoneId(waiting.account)
    for object in await tx.objects(zone, [Kind.PENDING], limit=CLEARED):
        if read_waiting(object).expires <= tx.now:
            await forget_waiting(tx, object)
    id = tx.new_id()
    made = Object(id=id, kind=Kind.PENDING, zone=zone, body=msgspec.json.encode(waiting))
    await tx.put(made, actor=waiting.account)
    await tx.bind(Space.PENDING, bytes.fromhex(waiting.link), id, expires=waiting.expires)
    await tx.bind(Space.PENDING, _of_address(waiting), id, expires=waiting.expires, replace=True)


async def by_link(view: View, purpose: Purpose, link: str) -> HeldWaiting:
    """What a link is for; raises NotFound (unknown, expired), Gone (used)."""
    held = await _held(view, await view.key(Space.PENDING, secret_key(link)))
    if held is None or held.waiting.purpose != purpose:
        raise NotFound("There is no such link, or it has expired.", field="link")
    if held.waiting.used:
        raise Gone("Link has already been used.")
    return held


async def by_address(view: View, purpose: Purpose, email: str) -> HeldWaiting | None:
    """What waits for an address, the newest, and not what was used."""
    return await _held(view, await view.key(Space.PENDING, _address_key(purpose, email)))


async def change_waiting(tx: Tx, held: HeldWaiting, waiting: Waiting) -> None:
    """Write it anew; a new link takes the place of the old one."""
    await tx.put(msgspec.structs.replace(held.object, body=msgspec.json.encode(waiting)))
    if waiting.link != held.waiting.link:
        await tx.unbind(Space.PENDING, bytes.fromhex(held.waiting.link))
        await tx.bind(Space.PENDING, bytes.fromhex(waiting.link), held.object.id, expires=waiting.expires)


async def use_waiting(tx: Tx, held: HeldWaiting) -> None:
    """Let it not be used again; of whom it was about nothing is left."""
    await _unbind(tx, held.object.id, _of_address(held.waiting))
    known = held.waiting
    await change_waiting(tx, held, Waiting(known.purpose, "", known.link, "", known.expires, used=True))


async def forget_waiting(tx: Tx, object: Object) -> None:
    """Delete what waits, and the keys that lead to it."""
    waiting = read_waiting(object)
    await tx.drop(object.id)
    await _unbind(tx, object.id, bytes.fromhex(waiting.link))
    await _unbind(tx, object.id, _of_address(waiting))


def read_waiting(object: Object) -> Waiting:
    """What lies in an object of Kind.PENDING."""
    return msgspec.json.decode(object.body, type=Waiting)


async def _held(view: View, bound: Bound | None) -> HeldWaiting | None:
    found = [] if bound is None else await view.get([bound.object])
    return HeldWaiting(found[0], read_waiting(found[0])) if found else None


async def _unbind(tx: Tx, object: Id, key: bytes) -> None:
    bound = await tx.key(Space.PENDING, key)
    if bound is not None and bound.object == object:
        await tx.unbind(Space.PENDING, key)


def _of_address(waiting: Waiting) -> bytes:
    return _address_key(waiting.purpose, waiting.email)


def _address_key(purpose: Purpose, email: str) -> bytes:
    # Longer than a hash, so that it is none.
    return f"address of {purpose}".ljust(33).encode() + address_key(email)
