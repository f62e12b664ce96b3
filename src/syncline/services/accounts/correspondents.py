"""Those who wrote to an erased account: their names and addresses go, unless somebody else knows them."""

import asyncio
from collections.abc import Iterable
from typing import Final

from syncline.core.entries import Entry
from syncline.core.ids import START, Id, Seq, ZoneId
from syncline.core.kinds import EntryKind, Kind, Rel, Space
from syncline.core.rooms.facts import MEMBER, person_of
from syncline.services.accounts.account import ALL_ACCOUNTS
from syncline.services.people import Profile, address_key, profile_object, put_profile, read_profile
from syncline.services.people.contacts import read_contact
from syncline.store.contract import Lane, Store, Tx, View

CHUNK: Final = 32
"""Persons forgotten in one work."""

PAGE: Final = 200
"""Contacts, or accounts, read between two pauses of the loop."""


class Correspondents:
    """Persons met on the walk over the log: who wrote the account's mails, and who is seen elsewhere too."""

    def __init__(self) -> None:
        """Nobody was met yet."""
        self._wrote: set[Id] = set()
        self._elsewhere: set[Id] = set()

    async def meet(self, view: View, entries: Iterable[Entry], mails: set[Id]) -> None:
        """Take note of authors and members; `mails` are those of the entries that are the account's mails."""
        for entry in entries:
            seen = self._wrote if entry.id in mails else self._elsewhere
            if entry.author is not None:
                seen.add(entry.author)
            if entry.kind in (EntryKind.CREATE, EntryKind.MEMBER) or entry.rel == Rel.MEMBERS:
                await asyncio.sleep(0)
                facts = await view.state_changes(entry.conv, Seq(entry.seq - 1), entry.seq)
                self._elsewhere.update(person_of(fact.name) for fact in facts if fact.type == MEMBER)

    async def forget(self, store: Store) -> None:
        """Take name and address from those that nobody else met; their ids stay as authors."""
        alone = self._wrote - self._elsewhere
        if alone:
            alone -= await _known(store)
        persons = sorted(alone)
        for start in range(0, len(persons), CHUNK):

            async def work(tx: Tx, start: int = start) -> None:
                for person in persons[start : start + CHUNK]:
                    await _forget(tx, person)

            await store.write(work, lane=Lane.BULK)


async def _known(store: Store) -> set[Id]:
    """Whom any account knows, accounts included."""
    found: set[Id] = set()
    last = Id(0)
    while True:
        async with store.view() as view:
            accounts = await view.find(Space.ACCOUNT, ALL_ACCOUNTS, after=last, limit=PAGE)
        if not accounts:
            return found
        last = accounts[-1]
        for account in accounts:
            found.add(account)
            after = START
            while True:
                async with store.view() as view:
                    page = await view.objects(ZoneId(account), [Kind.CONTACT], after=after, limit=PAGE)
                found.update(read_contact(each).person for each in page)
                await asyncio.sleep(0)
                if len(page) < PAGE:
                    break
                after = page[-1].seq


async def _forget(tx: Tx, person: Id) -> None:
    found = await profile_object(tx, person)
    if found is None:
        return
    known = read_profile(found)
    if known.account:
        return
    if known.email is not None:
        bound = await tx.key(Space.EMAIL, address_key(known.email))
        if bound is not None and bound.object == person:
            await tx.unbind(Space.EMAIL, address_key(known.email))
    await put_profile(tx, Profile(person=person, erased=True))
