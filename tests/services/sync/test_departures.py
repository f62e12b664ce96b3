"""Each way in which an object leaves an account's sight: its client is told, and has no ghost of it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
import pytest
from tests.services.sync.naive_client import Client, from_snapshot

from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import VISIBLE_OBJECT_KINDS, Kind, Why, ZoneKind
from syncline.core.objects import Object
from syncline.services.delivery import Delivery, Wake
from syncline.services.sync import delta, snapshot
from syncline.store.contract import Store, Tx
from syncline.testing.store.opening import open_account, open_zone


class Books:
    """An account with two books of its own choice, and one that it may not see."""

    def __init__(self, account: Id, mine: ZoneId, other: ZoneId, foreign: ZoneId) -> None:
        """Remember them."""
        self.account = account
        self.mine = mine
        self.other = other
        self.foreign = foreign


async def dropped(tx: Tx, books: Books, object: Id) -> None:
    """Deleted."""
    await tx.drop(object)


async def moved_out(tx: Tx, books: Books, object: Id) -> None:
    """Given to somebody whose book the account may not see."""
    await tx.move(object, books.foreign)


async def moved_within(tx: Tx, books: Books, object: Id) -> None:
    """Given to somebody whose book it sees, too: gone from one zone, there in the other."""
    await tx.move(object, books.other)


async def moved_out_and_dropped(tx: Tx, books: Books, object: Id) -> None:
    """Out of sight, and deleted there."""
    await tx.move(object, books.foreign)
    await tx.drop(object)


async def there_and_back(tx: Tx, books: Books, object: Id) -> None:
    """Gone for a moment, which nobody needs to notice."""
    await tx.move(object, books.foreign)
    await tx.move(object, books.mine)


async def book_closed(tx: Tx, books: Books, object: Id) -> None:
    """The whole book is taken from the account."""
    await tx.end(books.account, books.mine)


Way = Callable[[Tx, Books, Id], Coroutine[Any, Any, None]]
WAYS: list[Way] = [dropped, moved_out, moved_within, moved_out_and_dropped, there_and_back, book_closed]


async def catch_up(store: Store, account: Id, client: Client) -> None:
    """Follow the cursor to the end."""
    while True:
        async with store.view() as view:
            found = await delta(view, account, client.place)
        client.apply(found)
        if not found.more:
            return


async def settled(store: Store, account: Id, client: Client) -> None:
    """Catch up, and hold it against a new client."""
    await catch_up(store, account, client)
    async with store.view() as view:
        assert client.content() == from_snapshot(await snapshot(view, account)).content()


async def begun(store: Store, kind: Kind) -> tuple[Books, Object]:
    """The books, with one object in the account's."""
    account = await open_account(store)
    zones = [await open_zone(store, ZoneKind.BOOK) for _ in range(3)]

    async def work(tx: Tx) -> Object:
        for zone in zones[:2]:
            await tx.grant(account, zone, first=None, why=Why.ROLE)
        return await tx.put(Object(tx.new_id(), kind, zones[0], b'{"a":1}'))

    return Books(account, zones[0], zones[1], zones[2]), (await store.write(work)).value


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("kind", [kind for kind in VISIBLE_OBJECT_KINDS if kind != Kind.PROFILE])
async def test_who_had_it_is_told(store: Store, way: Way, kind: Kind) -> None:
    """A ghost on a device is what each of the originals had: departures were never reported."""
    books, object = await begun(store, kind)
    client = Client()
    await settled(store, books.account, client)
    assert object.id in client.zones[books.mine].objects
    await store.write(lambda tx: way(tx, books, object.id))
    await settled(store, books.account, client)
    held = [id for id, zone in client.zones.items() if object.id in zone.objects]
    stays = {"moved_within": [books.other], "there_and_back": [books.mine]}
    assert held == stays.get(way.__name__, [])


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_who_never_had_it_is_told_nothing_of_it(store: Store, way: Way) -> None:
    """It came and went between two cursors: neither its content nor its ghost is shown."""
    books, _ = await begun(store, Kind.RECORD)
    client = Client()
    await settled(store, books.account, client)

    async def come(tx: Tx) -> Object:
        return await tx.put(Object(tx.new_id(), Kind.RECORD, books.mine, b'{"a":2}'))

    object = (await store.write(come)).value
    await store.write(lambda tx: way(tx, books, object.id))
    await settled(store, books.account, client)


async def test_an_ended_share_is_a_departure(store: Store) -> None:
    """The second place goes; whoever sees the first one keeps it."""
    books, object = await begun(store, Kind.RECORD)
    stranger = await open_account(store)

    async def share(tx: Tx) -> None:
        await tx.share(object.id, ZoneId(stranger))

    async def unshare(tx: Tx) -> None:
        await tx.unshare(object.id, ZoneId(stranger))

    clients = {account: Client() for account in (books.account, stranger)}
    for work, holds in ((share, True), (unshare, False)):
        await store.write(work)
        for account, client in clients.items():
            await settled(store, account, client)
        assert (object.id in clients[stranger].own.objects) == holds
        assert object.id in clients[books.account].zones[books.mine].objects


@pytest.mark.parametrize("way", [moved_out, book_closed], ids=lambda way: way.__name__)
@pytest.mark.parametrize("kind", [kind for kind in VISIBLE_OBJECT_KINDS if kind != Kind.PROFILE])
async def test_what_comes_after_is_neither_told_nor_felt(store: Store, way: Way, kind: Kind) -> None:
    """Promise 5: no version written out of sight, no new object there, and no wake-up to betray it."""
    books, object = await begun(store, kind)
    client = Client()
    await settled(store, books.account, client)
    await store.write(lambda tx: way(tx, books, object.id))
    await settled(store, books.account, client)
    delivery = Delivery(store)
    parked = delivery.park(books.account, "one")

    async def later(tx: Tx) -> None:
        (known,) = await tx.get([object.id])
        await tx.put(msgspec.structs.replace(known, body=b'{"secret":1}'))
        await tx.put(Object(tx.new_id(), kind, known.zone, b'{"secret":2}'))

    await store.write(later)
    async with store.view() as view:
        told = await delta(view, books.account, client.place)
        anew = await snapshot(view, books.account)
    assert told.empty
    assert told.until == client.place
    assert "secret" not in repr((told, anew))
    assert await parked.wait(asyncio.get_running_loop().time() + 0.02) is Wake.EXPIRED
    parked.release()
    delivery.close()
