"""Acts as services do them, for tests that look at polls only."""

import asyncio
from typing import Any

import msgspec
from tests.protocols.fleep.place import Client, Place

from syncline.core.ids import Id, ZoneId
from syncline.core.rooms.presets import Preset
from syncline.services.conversations import Answer, Beginning


async def talk(place: Place, by: Client, *others: Client, name: str | None = None) -> ZoneId:
    """A new conversation."""
    begin = Beginning(Preset.FLEEP, name=name, members=[other.account for other in others])
    return (await place.services.conversations.create(by.account, begin)).value.conv


async def say(place: Place, by: Client, conv: ZoneId, text: str, **more: Any) -> Answer:
    """A message."""
    body = msgspec.json.encode({"text": text, **more})
    return (await place.services.conversations.send(by.account, conv, body)).value


def entry_of(answer: Answer) -> Id:
    """The entry that an act added."""
    assert answer.entry is not None
    return answer.entry


async def parked(place: Place, count: int = 1) -> None:
    """Until so many requests wait."""
    for _ in range(3000):
        if place.services.delivery.parked == count:
            return
        await asyncio.sleep(0.001)
    raise AssertionError(f"{place.services.delivery.parked} requests wait, not {count}")


def of_type(records: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """The records of one type."""
    return [record for record in records if record["mk_rec_type"] == kind]
