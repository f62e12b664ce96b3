"""Devices: one object per installation in its account's zone, and a reader of the same id."""

from typing import Any, Final

import msgspec

from syncline.core.errors import Invalid, NotFound
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Kind, ReaderKind, Space
from syncline.core.objects import Object
from syncline.core.readers import Reader
from syncline.store.contract import Store, Tx, View

LONGEST_NAME: Final = 255
"""Characters of what a client calls its installation (Matrix's limit for ids)."""


class DeviceBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of a device object; `extra` holds what its protocol keeps there (keys, push address)."""

    protocol: str
    name: str
    label: str = ""
    extra: dict[str, Any] = {}


class Device(msgspec.Struct, frozen=True):
    """One installation of one protocol's client. Its reader (cursor, marks, queue) has the same id.

    `name` is the installation's own id within the protocol, `label` what people call it, `made` ms.
    """

    id: Id
    account: Id
    protocol: str
    name: str
    label: str
    made: int
    extra: dict[str, Any]


def device_key(account: Id, protocol: str, name: str) -> bytes:
    """The value under Space.DEVICE that leads from (account, protocol, name) to the device object."""
    return account.to_bytes(8, "big") + f"{protocol}/{name}".encode()


def reader_name(protocol: str, name: str) -> str:
    """The name of a device's reader (ReaderKind.DEVICE, with the account)."""
    return f"{protocol}/{name}"


def read_device(object: Object) -> Device:
    """The device that lies in an object of Kind.DEVICE."""
    body = msgspec.json.decode(object.body, type=DeviceBody)
    return Device(
        id=object.id,
        account=Id(object.zone),
        protocol=body.protocol,
        name=body.name,
        label=body.label,
        made=object.made,
        extra=body.extra,
    )


async def device_of(view: View, account: Id, protocol: str, name: str) -> Device | None:
    """An account's device by the name that the installation gives itself."""
    bound = await view.key(Space.DEVICE, device_key(account, protocol, name))
    if bound is None:
        return None
    found = await view.get([bound.object])
    return read_device(found[0]) if found else None


async def make_device(tx: Tx, account: Id, protocol: str, name: str, *, label: str = "") -> Device:
    """An account's device, made with its reader if it is new; raises Invalid, NotFound (no such account).

    A `label` is only taken for a new one: what people called theirs stays.
    """
    if not protocol or "/" in protocol or not 0 < len(name) <= LONGEST_NAME:
        raise Invalid("A device needs a protocol and a name of its installation.", field="device")
    known = await device_of(tx, account, protocol, name)
    if known is not None:
        return known
    if await tx.zone(ZoneId(account)) is None:
        raise NotFound("There is no such account.")
    id = tx.new_id()
    body = msgspec.json.encode(DeviceBody(protocol=protocol, name=name, label=label[:LONGEST_NAME]))
    made = await tx.put(Object(id=id, kind=Kind.DEVICE, zone=ZoneId(account), body=body), actor=account)
    await tx.bind(Space.DEVICE, device_key(account, protocol, name), id)
    reader = Reader(id, ReaderKind.DEVICE, account, reader_name(protocol, name), seen_at=tx.now)
    tx.save_reader(reader)
    return msgspec.structs.replace(read_device(made), made=tx.now)


async def drop_device(tx: Tx, device: Device) -> None:
    """Delete a device with its reader: cursor, marks and queue."""
    await tx.drop(device.id, actor=device.account)
    await tx.unbind(Space.DEVICE, device_key(device.account, device.protocol, device.name))
    tx.drop_reader(device.id)


class Devices:
    """The installations of accounts, each act in a work or view of its own."""

    def __init__(self, store: Store) -> None:
        """Work on this store."""
        self._store = store

    async def make(self, account: Id, protocol: str, name: str, *, label: str = "") -> Device:
        """Get the device or make it with its reader; raises Invalid, NotFound (no such account)."""
        async with self._store.view() as view:
            known = await device_of(view, account, protocol, name)
        if known is not None:
            return known

        async def work(tx: Tx) -> Device:
            return await make_device(tx, account, protocol, name, label=label)

        return (await self._store.write(work)).value

    async def update(
        self, account: Id, device: Id, *, label: str | None = None, extra: dict[str, Any] | None = None
    ) -> Device:
        """Rename a device or change what its protocol keeps there (None in `extra` takes a name away).

        Raises NotFound where the account has no such device.
        """

        async def work(tx: Tx) -> Device:
            object, known = await _own(tx, account, device)
            merged = {**known.extra, **(extra or {})}
            body = DeviceBody(
                protocol=known.protocol,
                name=known.name,
                label=known.label if label is None else label[:LONGEST_NAME],
                extra={key: value for key, value in merged.items() if value is not None},
            )
            put = msgspec.structs.replace(object, body=msgspec.json.encode(body))
            if put.body != object.body:
                await tx.put(put, actor=account)
            return read_device(put)

        return (await self._store.write(work)).value

    async def drop(self, account: Id, device: Id) -> None:
        """Delete a device with its reader; raises NotFound where the account has no such device."""

        async def work(tx: Tx) -> None:
            _, known = await _own(tx, account, device)
            await drop_device(tx, known)

        await self._store.write(work)

    async def list(self, account: Id, protocol: str | None = None) -> list[Device]:
        """An account's devices, those of one protocol or all, the first made first."""
        async with self._store.view() as view:
            objects = await view.objects(ZoneId(account), [Kind.DEVICE])
        devices = (read_device(each) for each in objects)
        return sorted(
            (each for each in devices if protocol in (None, each.protocol)), key=lambda each: each.id
        )


async def _own(tx: Tx, account: Id, device: Id) -> tuple[Object, Device]:
    found = await tx.get([device])
    if not found or found[0].kind != Kind.DEVICE or found[0].zone != account:
        raise NotFound("There is no such device.")
    return found[0], read_device(found[0])
