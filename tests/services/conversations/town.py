"""People for the tests: accounts with profiles, and shorthands for what they do."""

from collections.abc import Sequence
from typing import Any

import msgspec

from syncline.core.entries import Entry
from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.kinds import ZoneKind
from syncline.core.rooms.presets import Preset
from syncline.core.zones import Zone
from syncline.services.conversations import Beginning, Conversations, Request, visible_entries
from syncline.services.people import Profile, put_profile
from syncline.store.contract import Store, Tx


class Town:
    """A store with accounts in it."""

    def __init__(self, store: Store) -> None:
        """Begin with nobody."""
        self.store = store
        self.talk = Conversations(store)

    async def people(self, *names: str, account: bool = True) -> list[Id]:
        """New persons, with an account each unless told otherwise."""

        async def work(tx: Tx) -> list[Id]:
            made = []
            for name in names:
                person = tx.new_id()
                if account:
                    tx.open_zone(ZoneKind.ACCOUNT, owner=person, id=ZoneId(person))
                await put_profile(tx, Profile(person=person, name=name, account=account))
                made.append(person)
            return made

        return (await self.store.write(work)).value

    async def conversation(
        self, creator: Id, *members: Id, preset: Preset = Preset.FLEEP, **more: Any
    ) -> ZoneId:
        """A new conversation, Fleep's unless told otherwise."""
        begin = Beginning(preset=preset, members=members, **more)
        return (await self.talk.create(creator, begin)).value.conv

    async def say(
        self, account: Id, conv: ZoneId, text: str, *, mentions: Sequence[Id] = (), request: str | None = None
    ) -> Id:
        """Send a message; returns its id."""
        content: dict[str, Any] = {"text": text}
        if mentions:
            content["mentions"] = list(mentions)
        asked = None if request is None else Request(request)
        sent = await self.talk.send(account, conv, body(**content), request=asked)
        assert sent.value.entry is not None
        return sent.value.entry

    async def entry(self, id: Id | None) -> Entry:
        """An entry as it is stored."""
        assert id is not None
        async with self.store.view() as view:
            found = await view.entry(id)
        assert found is not None
        return found

    async def zone(self, conv: ZoneId) -> Zone:
        """A conversation with its counters."""
        async with self.store.view() as view:
            found = await view.zone(conv)
        assert found is not None
        return found

    async def seen(self, account: Id, conv: ZoneId, **more: Any) -> list[Entry]:
        """What an account sees of a conversation."""
        async with self.store.view() as view:
            return list(await visible_entries(view, account, conv, limit=1000, **more))

    async def texts(self, account: Id, conv: ZoneId) -> list[str]:
        """The texts of the messages that an account sees, as it sees them."""
        found = [form(entry).get("text") for entry in await self.seen(account, conv)]
        return [text for text in found if text is not None]

    async def fact(self, conv: ZoneId, type: str, name: str = "") -> dict[str, Any]:
        """The content of a fact."""
        async with self.store.view() as view:
            found = await view.fact(conv, type, name)
        assert found is not None
        content: dict[str, Any] = msgspec.json.decode(found.content)
        return content

    async def standing(self, conv: ZoneId, person: Id) -> str:
        """A person's membership."""
        return str((await self.fact(conv, "m.room.member", str(person)))["membership"])

    async def changes(self, after: Seq) -> list[tuple[int, int]]:
        """The log after a seq: (zone, kind)."""
        async with self.store.view() as view:
            return [(one.zone, one.kind) for one in await view.changes(after, limit=1000)]


def body(**content: Any) -> bytes:
    """A body as bytes."""
    return msgspec.json.encode(content)


def form(entry: Entry) -> dict[str, Any]:
    """The current form of an entry."""
    content: dict[str, Any] = msgspec.json.decode(entry.current)
    return content
