"""A conversation to put hooks into."""

from tests.protocols.fleep.place import Client, Place

from syncline.core.rooms.presets import Preset
from syncline.services.conversations import Beginning


async def conversation(place: Place, owner: Client, *others: Client) -> str:
    """A new conversation's id, as clients know it."""
    begin = Beginning(preset=Preset.FLEEP, members=[other.account for other in others], name="builds")
    made = await place.services.conversations.create(owner.account, begin)
    return place.fleep.names.conv(made.value.conv)


async def say(place: Place, client: Client, conv: str, text: str) -> int:
    """A message of somebody; its number."""
    sent = await place.services.conversations.send(
        client.account, place.conv(conv), b'{"text":"%s"}' % text.encode()
    )
    return sent.value.nr or 0
