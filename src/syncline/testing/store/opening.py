"""What the kit must know of an implementation, and the small world that its tests write into."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from syncline.core.entries import Entry, NewEntry
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import EntryKind, Kind, Rel, Why, ZoneKind
from syncline.core.objects import Object
from syncline.store.backend import Backend
from syncline.store.contract import Store, Tx
from syncline.store.group import LogStore

Wrap: TypeAlias = Callable[[Backend], Backend]
"""Puts something between the group commit and a backend: a fault, a second node."""


class Opening:
    """How an implementation is opened. Inherited by each part of the kit."""

    async def open(self, directory: Path) -> Store:
        """Open the store in this directory, making it where there is none."""
        raise NotImplementedError

    def over(self, directory: Path, wrap: Wrap) -> LogStore:
        """Open it with something between its group commit and its backend."""
        raise NotImplementedError

    def contents(self, directory: Path) -> Iterator[tuple[str, bytes]]:
        """Name and bytes of everything that the store keeps anywhere; a store over a network has its own."""
        for path in sorted(directory.rglob("*")):
            if path.is_file():
                yield str(path.relative_to(directory)), path.read_bytes()

    @pytest.fixture
    def directory(self, tmp_path: Path) -> Path:
        """Where the store of this test lies."""
        return tmp_path / "data"

    @pytest.fixture
    async def store(self, directory: Path) -> AsyncIterator[Store]:
        """A fresh store."""
        store = await self.open(directory)
        yield store
        await store.close()


async def open_account(store: Store) -> Id:
    """A person with a zone of its own."""

    async def work(tx: Tx) -> Id:
        person = tx.new_id()
        tx.open_zone(ZoneKind.ACCOUNT, owner=person, id=ZoneId(person))
        return person

    return (await store.write(work)).value


async def open_zone(store: Store, kind: ZoneKind = ZoneKind.CONVERSATION, *members: Id) -> ZoneId:
    """A zone that these accounts see from its beginning."""

    async def work(tx: Tx) -> ZoneId:
        zone = tx.open_zone(kind)
        for member in members:
            await tx.grant(member, zone, first=None, why=Why.MEMBER)
        return zone

    return (await store.write(work)).value


async def send(store: Store, conv: ZoneId, body: bytes = b"{}") -> Entry:
    """One message."""

    async def work(tx: Tx) -> Entry:
        return await tx.add(message(conv, body))

    return (await store.write(work)).value


def message(conv: ZoneId, body: bytes = b"{}", *, author: Id | None = None, silent: bool = False) -> NewEntry:
    """A message to be added."""
    return NewEntry(conv, EntryKind.MESSAGE, author, body, silent=silent)


def amendment(conv: ZoneId, target: Id, rel: Rel, body: bytes = b"{}", *, silent: bool = False) -> NewEntry:
    """An amendment to be added."""
    return NewEntry(conv, EntryKind.AMENDMENT, None, body, target=target, rel=rel, silent=silent)


async def put(store: Store, zone: ZoneId, body: bytes = b"{}", kind: Kind = Kind.RECORD) -> Object:
    """A new object."""

    async def work(tx: Tx) -> Object:
        return await tx.put(Object(tx.new_id(), kind, zone, body))

    return (await store.write(work)).value
