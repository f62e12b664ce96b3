"""What protocols and pages ask about persons."""

import re
from typing import Any, Final

import msgspec

from syncline.core.errors import Gone, Invalid, NotFound
from syncline.core.ids import Id
from syncline.services.people.contacts import Contact, contacts_of
from syncline.services.people.profiles import (
    Profile,
    clean_name,
    person_by_email,
    profile_of,
    put_profile,
)
from syncline.store.contract import Store, Tx

_HASH: Final = re.compile(r"[0-9a-f]{64}")


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

    async def update(
        self,
        person: Id,
        *,
        name: str | None = None,
        avatar: str | None = None,
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
                extra={key: value for key, value in merged.items() if value is not None},
            )
            await put_profile(tx, profile, actor=actor or person)
            return profile

        return (await self._store.write(work)).value
