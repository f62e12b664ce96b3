"""Contacts: an account knows a person, and therefore gets its profile."""

import asyncio
from collections.abc import Sequence
from enum import IntEnum
from typing import Final

import msgspec

from syncline.core.errors import NotFound
from syncline.core.ids import START, Id, ZoneId
from syncline.core.kinds import Kind, Space
from syncline.core.objects import Object
from syncline.services.people.profiles import clean_name, person_of
from syncline.store.contract import Tx, View

PAGE: Final = 200
"""Contacts read at once: 1 ms."""


class Rank(IntEnum):
    """Where a contact stands in a list, the highest first. The numbers are Fleep's (reference 2.3)."""

    HIDDEN = 0
    MET = 1
    """seen in a mail or a conversation"""
    DESCRIBED = 4
    """given a private name or number, and talked to"""
    IMPORTED = 8
    """brought in by the account itself"""


class Contact(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of a contact: what only this account says of the person.

    `name` and `phone`: private ones, `""` once they were taken away. `hidden`: not to be offered when
    somebody is added. `imported`: the account brought the person in. `dialog`: their newest conversation
    of two. `unlisted`: it is not to be listed under the person.
    """

    person: Id
    name: str | None = None
    phone: str | None = None
    hidden: bool = False
    imported: bool = False
    unlisted: bool = False
    dialog: ZoneId | None = None

    @property
    def rank(self) -> Rank:
        """Where it stands in a list."""
        if self.hidden:
            return Rank.HIDDEN
        if self.imported:
            return Rank.IMPORTED
        described = bool(self.name or self.phone)
        return Rank.DESCRIBED if described and self.dialog is not None else Rank.MET


class Card(msgspec.Struct, frozen=True):
    """One person of an import: an address, with a name and a phone number that only the importer sees."""

    email: str
    name: str | None = None
    phone: str | None = None


def contact_key(account: Id, person: Id) -> bytes:
    """The value under Space.CONTACT that leads from (account, person) to the contact object."""
    return account.to_bytes(8, "big") + person.to_bytes(8, "big")


def read_contact(object: Object) -> Contact:
    """The contact that lies in an object of Kind.CONTACT."""
    return msgspec.json.decode(object.body, type=Contact)


async def know(
    tx: Tx, account: Id, person: Id, *, dialog: ZoneId | None = None, actor: Id | None = None
) -> Id | None:
    """Let an account know a person; returns the contact object's id.

    `dialog` is their newest conversation of two. Writes nothing if it knows it already. None where
    `account` is a person without account: it has no zone for contacts, and nobody signs in to see them.
    """
    bound = await tx.key(Space.CONTACT, contact_key(account, person))
    if bound is not None:
        if dialog is not None:
            await change_contact(tx, account, person, dialog=dialog, actor=actor)
        return bound.object
    if await tx.zone(ZoneId(account)) is None:
        return None
    return await _put_new(tx, account, Contact(person=person, dialog=dialog), actor)


async def knows(view: View, account: Id, person: Id) -> bool:
    """Whether an account knows a person."""
    return await view.key(Space.CONTACT, contact_key(account, person)) is not None


async def find_contact(view: View, account: Id, person: Id) -> Contact | None:
    """What an account says of a person, None for one that it does not know."""
    held = await _held(view, account, person)
    return None if held is None else read_contact(held)


async def contact_of(view: View, account: Id, person: Id) -> Contact:
    """What an account says of a person that it knows; raises NotFound."""
    known = await find_contact(view, account, person)
    if known is None:
        raise NotFound("You do not know such a person.")
    return known


async def contacts_of(view: View, account: Id) -> list[Contact]:
    """The persons that an account knows, itself included, the latest change last.

    The loop is given to others after each PAGE of them.
    """
    found: list[Contact] = []
    after = START
    while True:
        page = await view.objects(ZoneId(account), [Kind.CONTACT], after=after, limit=PAGE)
        found += map(read_contact, page)
        if len(page) < PAGE:
            return found
        after = page[-1].seq
        await asyncio.sleep(0)


async def change_contact(
    tx: Tx,
    account: Id,
    person: Id,
    *,
    name: str | None = None,
    phone: str | None = None,
    hidden: bool | None = None,
    imported: bool | None = None,
    unlisted: bool | None = None,
    dialog: ZoneId | None = None,
    actor: Id | None = None,
) -> bool:
    """Change what is given of a contact and leave the rest.

    `""` takes a private name or number away, and stays: whoever was told the old one must hear of that.
    Returns whether anything changed; what did not is not written. Raises NotFound.
    """
    held = await _held(tx, account, person)
    if held is None:
        raise NotFound("You do not know such a person.")
    known = read_contact(held)
    new = msgspec.structs.replace(
        known,
        name=_given(known.name, name),
        phone=_given(known.phone, phone),
        hidden=known.hidden if hidden is None else hidden,
        imported=known.imported if imported is None else imported,
        unlisted=known.unlisted if unlisted is None else unlisted,
        dialog=known.dialog if dialog is None else dialog,
    )
    if new == known:
        return False
    body = msgspec.json.encode(new)
    await tx.put(msgspec.structs.replace(held, body=body), actor=actor or account)
    return True


async def import_contacts(tx: Tx, account: Id, cards: Sequence[Card]) -> list[Id]:
    """Bring persons in by their addresses, made where nobody has them; returns them in this order.

    A hidden one is shown again. The names are the importer's own: nobody else sees them. Raises Invalid for
    an empty address.
    """
    persons = []
    for card in cards:
        person = await person_of(tx, card.email, actor=account)
        if await knows(tx, account, person):
            await change_contact(
                tx, account, person, name=card.name, phone=card.phone, hidden=False, imported=True
            )
        else:
            name, phone = clean_name(card.name or ""), clean_name(card.phone or "")
            contact = Contact(person, name=name or None, phone=phone or None, imported=True)
            await _put_new(tx, account, contact, account)
        persons.append(person)
    return persons


def _given(known: str | None, text: str | None) -> str | None:
    """The text that is given, or the known one; empty only where there was one."""
    return known if text is None else (clean_name(text) or (None if known is None else ""))


async def _held(view: View, account: Id, person: Id) -> Object | None:
    bound = await view.key(Space.CONTACT, contact_key(account, person))
    found = [] if bound is None else await view.get([bound.object])
    return found[0] if found else None


async def _put_new(tx: Tx, account: Id, contact: Contact, actor: Id | None) -> Id:
    id = tx.new_id()
    body = msgspec.json.encode(contact)
    made = Object(id=id, kind=Kind.CONTACT, zone=ZoneId(account), body=body)
    await tx.put(made, actor=actor or account)
    await tx.bind(Space.CONTACT, contact_key(account, contact.person), id)
    return id
