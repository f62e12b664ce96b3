"""What protocols and pages ask about persons."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

import msgspec

from syncline.core.errors import Gone, Invalid, NotFound
from syncline.core.ids import Id
from syncline.services.people.addresses import valid_address
from syncline.services.people.contacts import (
    Card,
    Contact,
    change_contact,
    contact_of,
    contacts_of,
    import_contacts,
    know,
    knows,
)
from syncline.services.people.profiles import (
    Profile,
    clean_name,
    person_by_email,
    profile_of,
    put_profile,
)
from syncline.store.contract import Store, Tx

T = TypeVar("T")

_HASH: Final = re.compile(r"[0-9a-f]{64}")

TOGETHER: Final = 32
"""Contacts changed in one work: each costs about 0.1 ms, and a work holds the loop while it runs."""


class People:
    """Whoever appears as sender or recipient, with or without an account."""

    def __init__(self, store: Store) -> None:
        """Work on this store."""
        self._store = store

    async def get(self, person: Id) -> Profile:
        """A person's profile; raises NotFound."""
        async with self._store.view() as view:
            return await profile_of(view, person)

    async def by_email(self, email: str) -> Profile:
        """The person that an address belongs to; raises NotFound."""
        async with self._store.view() as view:
            person = await person_by_email(view, email)
            if person is None:
                raise NotFound("Nobody here has this address.", field="email")
            return await profile_of(view, person)

    async def contacts(self, account: Id) -> list[Contact]:
        """The persons that an account knows, itself included."""
        async with self._store.view() as view:
            return await contacts_of(view, account)

    async def contact(self, account: Id, person: Id) -> Contact:
        """What an account says of a person that it knows; raises NotFound."""
        async with self._store.view() as view:
            return await contact_of(view, account, person)

    async def describe(
        self, account: Id, person: Id, *, name: str | None = None, phone: str | None = None
    ) -> Contact:
        """Give a person a name and a number that only this account sees; `""` takes one away.

        A person that the account did not know becomes its contact. Raises NotFound where there is no such
        person.
        """

        async def work(tx: Tx) -> Contact:
            await profile_of(tx, person)
            await know(tx, account, person)
            await change_contact(tx, account, person, name=name, phone=phone)
            return await contact_of(tx, account, person)

        return (await self._store.write(work)).value

    async def hide(self, account: Id, persons: Sequence[Id]) -> list[Id]:
        """Do not offer these persons any more; returns those that were offered until now.

        Oneself and persons that the account does not know are passed over.
        """
        hidden: list[Id] = []
        for some in _together(dict.fromkeys(persons)):

            async def work(tx: Tx, some: Sequence[Id] = some) -> list[Id]:
                return [
                    person
                    for person in some
                    if person != account
                    and await knows(tx, account, person)
                    and await change_contact(tx, account, person, hidden=True)
                ]

            hidden += (await self._store.write(work)).value
        return hidden

    async def unlist(self, account: Id, person: Id, *, unlisted: bool = True) -> None:
        """Do not list their conversation of two under this person any more; raises NotFound."""

        async def work(tx: Tx) -> None:
            await change_contact(tx, account, person, unlisted=unlisted)

        await self._store.write(work)

    async def bring(self, account: Id, cards: Sequence[Card]) -> list[Id]:
        """Bring persons in by their addresses, made where nobody has them; returns them in this order.

        Raises Invalid for what is not an address, and then nothing was brought in.
        """
        for card in cards:
            valid_address(card.email)
        persons: list[Id] = []
        for some in _together(cards):

            async def work(tx: Tx, some: Sequence[Card] = some) -> list[Id]:
                return await import_contacts(tx, account, some)

            persons += (await self._store.write(work)).value
        return persons

    async def update(
        self,
        person: Id,
        *,
        name: str | None = None,
        avatar: str | None = None,
        private: bool | None = None,
        extra: dict[str, Any] | None = None,
        actor: Id | None = None,
    ) -> Profile:
        """Change what is given of a profile and leave the rest; raises NotFound, Gone if it was erased.

        `avatar` is the hash of a blob in hex, `""` takes the picture away (Invalid for other text).
        Names in `extra` are added to those that are there; the value None takes one away.
        """
        if avatar and not _HASH.fullmatch(avatar):
            raise Invalid("An avatar is named by the hash of its blob.", field="avatar")

        async def work(tx: Tx) -> Profile:
            known = await profile_of(tx, person)
            if known.erased:
                raise Gone("This account was erased.")
            merged = {**known.extra, **(extra or {})}
            profile = msgspec.structs.replace(
                known,
                name=known.name if name is None else clean_name(name),
                avatar=known.avatar if avatar is None else (avatar or None),
                private=known.private if private is None else private,
                extra={key: value for key, value in merged.items() if value is not None},
            )
            await put_profile(tx, profile, actor=actor or person)
            return profile

        return (await self._store.write(work)).value


def _together(things: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(things)
    while some := list(islice(rest, TOGETHER)):
        yield some
