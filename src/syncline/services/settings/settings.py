"""Settings: named documents of an account, opaque to all but the protocol that owns them."""

from typing import Final

import msgspec

from syncline.core.errors import Invalid, NotFound, TooLarge
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Kind, Space
from syncline.core.nesting import parse_object
from syncline.core.objects import Object
from syncline.store.contract import Store, Tx, View

LARGEST: Final = 64 * 1024
"""Bytes of the largest document (what Matrix allows for one event, account data included)."""

LONGEST_NAME: Final = 512
"""Characters of a name: a room's id (255) with a type of account data (255) must fit."""


class Setting(msgspec.Struct, frozen=True):
    """One document. `name` begins with its owner (`matrix/push_rules`); `content` is a JSON object."""

    name: str
    content: msgspec.Raw


def setting_key(account: Id, name: str) -> bytes:
    """The value under Space.SETTING that leads from (account, name) to the setting object."""
    return account.to_bytes(8, "big") + name.encode()


def read_setting(object: Object) -> Setting:
    """The setting that lies in an object of Kind.SETTING."""
    return msgspec.json.decode(object.body, type=Setting)


async def setting(view: View, account: Id, name: str) -> bytes | None:
    """The content of an account's document as JSON, None if there is none of this name."""
    found = await _object(view, account, name)
    return None if found is None else bytes(read_setting(found).content)


async def put_setting(tx: Tx, account: Id, name: str, content: bytes, *, actor: Id | None = None) -> None:
    """Write a document of an account; raises Invalid (name or JSON), TooLarge, NotFound (no such account).

    Writes nothing when the same bytes are there already, so that no device is woken for it.
    """
    body = msgspec.json.encode(_checked(name, content))
    known = await _object(tx, account, name)
    if known is None:
        if await tx.zone(ZoneId(account)) is None:
            raise NotFound("There is no such account.")
        id = tx.new_id()
        made = Object(id=id, kind=Kind.SETTING, zone=ZoneId(account), body=body)
        await tx.put(made, actor=actor or account)
        await tx.bind(Space.SETTING, setting_key(account, name), id)
    elif known.body != body:
        await tx.put(msgspec.structs.replace(known, body=body), actor=actor or account)


async def drop_setting(tx: Tx, account: Id, name: str, *, actor: Id | None = None) -> bool:
    """Delete a document of an account; False if there was none."""
    found = await _object(tx, account, name)
    if found is None:
        return False
    await tx.drop(found.id, actor=actor or account)
    await tx.unbind(Space.SETTING, setting_key(account, name))
    return True


class Settings:
    """The documents of accounts, each in a work or view of its own."""

    def __init__(self, store: Store) -> None:
        """Work on this store."""
        self._store = store

    async def get(self, account: Id, name: str) -> bytes | None:
        """The content of a document as JSON, None if there is none of this name."""
        async with self._store.view() as view:
            return await setting(view, account, name)

    async def put(self, account: Id, name: str, content: bytes) -> None:
        """Write a document; raises Invalid (name or JSON), TooLarge, NotFound (no such account)."""

        async def work(tx: Tx) -> None:
            await put_setting(tx, account, name, content)

        await self._store.write(work)

    async def drop(self, account: Id, name: str) -> bool:
        """Delete a document; False if there was none."""

        async def work(tx: Tx) -> bool:
            return await drop_setting(tx, account, name)

        return (await self._store.write(work)).value

    async def list(self, account: Id, prefix: str = "") -> list[Setting]:
        """An account's documents whose name begins with `prefix`, by name."""
        async with self._store.view() as view:
            objects = await view.objects(ZoneId(account), [Kind.SETTING])
        found = (read_setting(each) for each in objects)
        return sorted((each for each in found if each.name.startswith(prefix)), key=lambda each: each.name)


async def _object(view: View, account: Id, name: str) -> Object | None:
    bound = await view.key(Space.SETTING, setting_key(account, name))
    if bound is None:
        return None
    found = await view.get([bound.object])
    return found[0] if found else None


def _checked(name: str, content: bytes) -> Setting:
    owner, slash, rest = name.partition("/")
    if not (owner and slash and rest) or len(name) > LONGEST_NAME:
        raise Invalid("A setting's name is its owner, a slash and a name.", field="name")
    if len(content) > LARGEST:
        raise TooLarge(f"A setting holds at most {LARGEST // 1024} KiB.", field="content")
    document = parse_object(content, "A setting is a JSON object.", field="content")
    return Setting(name=name, content=msgspec.Raw(msgspec.json.encode(document)))
