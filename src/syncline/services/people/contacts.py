"""Contacts: an account knows a person, and therefore gets its profile."""

import msgspec

from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Kind, Space
from syncline.core.objects import Object
from syncline.store.contract import Tx, View


class Contact(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of a contact. `name` is what only this account calls the person."""

    person: Id
    name: str | None = None


def contact_key(account: Id, person: Id) -> bytes:
    """The value under Space.CONTACT that leads from (account, person) to the contact object."""
    return account.to_bytes(8, "big") + person.to_bytes(8, "big")


def read_contact(object: Object) -> Contact:
    """The contact that lies in an object of Kind.CONTACT."""
    return msgspec.json.decode(object.body, type=Contact)


async def know(tx: Tx, account: Id, person: Id, *, actor: Id | None = None) -> Id | None:
    """Let an account know a person; returns the contact object's id.

    Writes nothing if it knows it already. None where `account` is a person without account: it has no
    zone for contacts, and nobody signs in to see them.
    """
    bound = await tx.key(Space.CONTACT, contact_key(account, person))
    if bound is not None:
        return bound.object
    zone = ZoneId(account)
    if await tx.zone(zone) is None:
        return None
    id = tx.new_id()
    body = msgspec.json.encode(Contact(person=person))
    await tx.put(Object(id=id, kind=Kind.CONTACT, zone=zone, body=body), actor=actor or account)
    await tx.bind(Space.CONTACT, contact_key(account, person), id)
    return id


async def knows(view: View, account: Id, person: Id) -> bool:
    """Whether an account knows a person."""
    return await view.key(Space.CONTACT, contact_key(account, person)) is not None


async def contacts_of(view: View, account: Id) -> list[Contact]:
    """The persons that an account knows, itself included, the latest change last."""
    return [read_contact(each) for each in await view.objects(ZoneId(account), [Kind.CONTACT])]
