"""A long conversation, made as several protocols would: for walks, and what they cost."""

import random
from typing import Final

import msgspec
from tests.protocols.fleep.place import Client, Place

from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import EntryKind, Rel
from syncline.core.rooms.presets import Preset
from syncline.services.conversations import Beginning

MESSAGES: Final = 137
REVISIONS: Final = 41


class Scene:
    """People, and the conversation they have. Numbers are kept as they were taken."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.acts = place.services.conversations
        self.conv = ZoneId(Id(0))
        self.people: dict[str, Client] = {}
        self.said: list[Id] = []
        self.nr = 0
        self.messages: list[int] = []

    @property
    def id(self) -> str:
        """The conversation as clients name it."""
        return self.place.fleep.names.conv(self.conv)

    async def begin(self, *names: str, name: str = "long", preset: Preset = Preset.FLEEP) -> None:
        """Everybody named gets an account; the first makes the conversation with the second."""
        for one in names:
            self.people[one] = await self.place.user(one)
        ids = [client.account for client in self.people.values()]
        made = await self.acts.create(ids[0], Beginning(preset=preset, name=name, members=ids[1:2]))
        self.conv = made.value.conv
        self._took(made.value.nr)

    def who(self, name: str) -> Id:
        """Somebody's account."""
        return self.people[name].account

    async def say(self, by: str, text: str = "something") -> int:
        """A message; its number."""
        sent = await self.acts.send(self.who(by), self.conv, msgspec.json.encode({"text": text}))
        assert sent.value.entry is not None
        self.said.append(sent.value.entry)
        return self._took(sent.value.nr)

    async def amend(self, by: str, entry: Id, rel: Rel, **body: object) -> int:
        """An amendment of a message; its number."""
        answer = await self.acts.amend(self.who(by), self.conv, entry, rel, dict(body))
        return self._took(answer.value.nr, message=False)

    async def add(self, by: str, whom: str) -> int:
        """Somebody is brought in."""
        return self._took((await self.acts.add(self.who(by), self.conv, [self.who(whom)])).value.nr)

    async def leave(self, who: str) -> int:
        """Somebody goes."""
        return self._took((await self.acts.leave(self.who(who), self.conv)).value.nr)

    async def disclose(self, by: str, whom: str, since: int) -> int:
        """Somebody is shown what somebody else sees."""
        answer = await self.acts.disclose(self.who(by), self.conv, [self.who(whom)], since=since)
        return self._took(answer.value.nr)

    async def silent(self, by: str, count: int = 1) -> None:
        """What takes no number: a fact that only Matrix knows, a silent message."""
        for place in range(count):
            if place % 2:
                await self.acts.send(self.who(by), self.conv, b'{"type": "x"}', silent=True)
            else:
                content = msgspec.json.encode({"v": f"{self.nr}/{place}"})
                await self.acts.set_fact(
                    self.who(next(iter(self.people))), self.conv, "org.example.fact", content
                )

    async def some(self, messages: int, revisions: int, chooser: random.Random) -> None:
        """So many messages and revisions by the first two, and much between them that takes no number."""
        first, second = list(self.people)[:2]
        while messages or revisions:
            by = chooser.choice((first, second))
            match chooser.randrange(6):
                case 0:
                    await self.silent(by, 1 + chooser.randrange(3))
                case 1 if self.said:
                    await self.acts.put_receipt(self.who(by), self.conv, chooser.choice(self.said))
                case 2 if revisions and self.said:
                    await self._revise(by, chooser)
                    revisions -= 1
                case 3 if messages:
                    fact = await self.acts.set_name(self.who(by), self.conv, f"named {self.nr}")
                    self._took(fact.value.nr)
                    messages -= 1
                case _ if messages:
                    await self.say(by, f"message {self.nr}")
                    messages -= 1
                case _:
                    pass

    async def _revise(self, by: str, chooser: random.Random) -> None:
        entry = chooser.choice(self.said)
        async with self.place.store.view() as view:
            stored = await view.entry(entry)
        assert stored is not None
        if stored.author == self.who(by):
            await self.amend(by, entry, Rel.EDIT, text=f"edited {self.nr}")
        else:
            await self.amend(by, entry, Rel.REACTION, key=f"{self.nr}")

    def _took(self, nr: int | None, *, message: bool = True) -> int:
        assert nr == self.nr + 1, "numbers have no gaps"
        self.nr = nr
        if message:
            self.messages.append(nr)
        return nr


async def long_scene(place: Place) -> tuple[Scene, dict[str, tuple[tuple[int, int], ...]]]:
    """137 messages and 41 revisions, and for each of five people the numbers that they may see.

    ann and bo were there from the start, cy came in the middle, dee left and came back, eve came late and
    was shown by dee what dee sees of the part from 20 on.
    """
    scene, chooser = Scene(place), random.Random(11)
    await scene.begin("ann", "bo", "cy", "dee", "eve")
    await scene.some(14, 4, chooser)
    dee = await scene.add("ann", "dee")
    await scene.some(30, 9, chooser)
    cy = await scene.add("bo", "cy")
    await scene.some(25, 8, chooser)
    left = await scene.leave("dee")
    await scene.some(30, 9, chooser)
    back = await scene.add("bo", "dee")
    await scene.some(20, 6, chooser)
    eve = await scene.add("ann", "eve")
    await scene.disclose("dee", "eve", 20)
    await scene.some(MESSAGES - len(scene.messages), 5, chooser)
    assert (len(scene.messages), scene.nr) == (MESSAGES, MESSAGES + REVISIONS)
    async with place.store.view() as view:
        kinds = [entry.kind for entry in await view.entries(scene.conv) if entry.nr is None]
    assert len(kinds) > 40, "else nothing lies between the numbers"
    assert EntryKind.STATE in kinds
    assert back < eve
    end = scene.nr
    seen = {
        "ann": ((1, end),),
        "bo": ((1, end),),
        "cy": ((cy, end),),
        "dee": ((dee, left), (back, end)),
        "eve": ((20, left), (back, end)),
    }
    return scene, seen
