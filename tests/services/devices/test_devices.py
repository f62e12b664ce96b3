"""Devices: one per installation, with a reader whose cursor the server keeps."""

import asyncio

import pytest

from syncline.core.errors import Invalid, NotFound
from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.kinds import Kind, ReaderKind, ZoneKind
from syncline.services.devices import Devices
from syncline.store.contract import Store, Tx


@pytest.fixture
def devices(store: Store) -> Devices:
    """The devices of a store."""
    return Devices(store)


@pytest.fixture
async def ann(store: Store) -> Id:
    """An account's zone."""
    return await _account(store)


async def _account(store: Store) -> Id:
    async def work(tx: Tx) -> Id:
        id = tx.new_id()
        tx.open_zone(ZoneKind.ACCOUNT, owner=id, id=ZoneId(id))
        return id

    return (await store.write(work)).value


async def test_a_new_installation_gets_a_device_and_a_reader(store: Store, devices: Devices, ann: Id) -> None:
    """Both with one id, the reader at the log's beginning."""
    device = await devices.make(ann, "matrix", "ABC", label="phone")
    assert (device.account, device.protocol, device.name, device.label) == (ann, "matrix", "ABC", "phone")
    assert device.made > 0
    async with store.view() as view:
        reader = await view.reader(ReaderKind.DEVICE, ann, "matrix/ABC")
    assert reader is not None
    assert (reader.id, reader.cursor) == (device.id, Seq(0))
    assert await devices.list(ann) == [device]


async def test_the_same_installation_is_the_same_device(store: Store, devices: Devices, ann: Id) -> None:
    """Signing in again writes nothing and keeps what people called it, at the same moment too."""
    made = await asyncio.gather(*(devices.make(ann, "matrix", "ABC", label="phone") for _ in range(5)))
    head = store.head
    again = await devices.make(ann, "matrix", "ABC", label="other")
    assert {device.id for device in [*made, again]} == {again.id}
    assert again.label == "phone"
    assert store.head == head


async def test_names_count_per_account_and_protocol(store: Store, devices: Devices, ann: Id) -> None:
    """Two clients may call their installation the same."""
    bob = await _account(store)
    made = [
        await devices.make(ann, "matrix", "1"),
        await devices.make(ann, "base", "1"),
        await devices.make(bob, "base", "1"),
    ]
    assert len({device.id for device in made}) == 3
    assert await devices.list(ann, "base") == [made[1]]


async def test_a_device_is_renamed_and_keeps_its_protocols_notes(
    store: Store, devices: Devices, ann: Id
) -> None:
    """The label is people's, `extra` the protocol's; neither overwrites the other."""
    device = await devices.make(ann, "matrix", "ABC", label="phone")
    await devices.update(ann, device.id, extra={"push": "https://push.example", "keys": 3})
    await devices.update(ann, device.id, label="old phone", extra={"push": None})
    head = store.head
    same = await devices.update(ann, device.id, label="old phone")
    assert (same.label, same.extra) == ("old phone", {"keys": 3})
    assert store.head == head
    assert await devices.list(ann) == [same]


async def test_a_dropped_device_is_forgotten_with_its_reader(store: Store, devices: Devices, ann: Id) -> None:
    """Its cursor and queue go; the installation may come back as a new one."""
    device = await devices.make(ann, "matrix", "ABC")

    async def send(tx: Tx) -> None:
        tx.enqueue(device.id, ann, b"{}")

    await store.write(send)
    await devices.drop(ann, device.id)
    async with store.view() as view:
        assert await view.reader(ReaderKind.DEVICE, ann, "matrix/ABC") is None
        assert list(await view.queue(device.id, limit=10)) == []
        assert len(await view.departures(ZoneId(ann), [Kind.DEVICE])) == 1
    assert (await devices.make(ann, "matrix", "ABC")).id != device.id


async def test_nobody_touches_anothers_device(store: Store, devices: Devices, ann: Id) -> None:
    """It is not even there."""
    bob = await _account(store)
    device = await devices.make(ann, "matrix", "ABC", label="phone")
    with pytest.raises(NotFound):
        await devices.update(bob, device.id, label="mine now")
    with pytest.raises(NotFound):
        await devices.drop(bob, device.id)
    assert await devices.list(ann) == [device]


@pytest.mark.parametrize(
    ("protocol", "name"), [("", "a"), ("a/b", "c"), ("matrix", ""), ("matrix", "x" * 256)]
)
async def test_a_device_has_a_name(devices: Devices, ann: Id, protocol: str, name: str) -> None:
    """`a/b` with `c` would be taken for `a` with `b/c`."""
    with pytest.raises(Invalid):
        await devices.make(ann, protocol, name)


async def test_who_has_no_account_has_no_device(devices: Devices) -> None:
    """A person known from mail only has no zone."""
    with pytest.raises(NotFound):
        await devices.make(Id(77), "matrix", "ABC")
