"""What the tests of labels and of lists do again and again."""

from collections.abc import Sequence
from typing import Any

from tests.protocols.fleep.place import Client, Place

from syncline.core.ids import Id
from syncline.core.rooms.presets import Preset
from syncline.services.conversations import Beginning

SYSTEM = ["starred", "Unread", "Recent", "Muted", "1:1 Conversations", "Spam", "Archived", "Email"]


class Shelf:
    """Somebody's conversations and labels, made through the services as other protocols would."""

    def __init__(self, place: Place, client: Client) -> None:
        self.place = place
        self.client = client
        self.talk = place.services.conversations
        self.labels = place.services.labels

    async def conv(self, topic: str | None, *members: Id, labels: Sequence[str] = ()) -> str:
        """A new conversation with these labels; its conversation_id."""
        begin = Beginning(preset=Preset.FLEEP, name=topic, members=members)
        conv = (await self.talk.create(self.client.account, begin)).value.conv
        if labels:
            await self.labels.give(self.client.account, conv, labels)
        return self.place.fleep.names.conv(conv)

    async def mark(self, conversation_id: str, **changes: Any) -> None:
        """Change the private side of a conversation."""
        await self.talk.mark(self.client.account, self.place.conv(conversation_id), **changes)

    async def label_id(self, name: str) -> str:
        """The label_id of a label by its name."""
        if name in SYSTEM:
            number = SYSTEM.index(name) + 1
            return self.place.fleep.names.system_label(self.client.account, number)
        for label in await self.labels.list(self.client.account):
            if label.name == name and label.id is not None:
                return self.place.fleep.names.label(label.id)
        raise AssertionError(f"there is no label {name}")

    async def page(self, name: str, cursor: Any = None, mode: str = "ic_header") -> tuple[Any, list[str]]:
        """A page of a label: its record, and the ids of its conversations."""
        said = await self.client.call(
            "label/sync_conversations",
            label_id=await self.label_id(name),
            sync_cursor=cursor,
            mk_init_mode=mode,
        )
        label, *rest = said["stream"]
        assert label["mk_rec_type"] == "label"
        return label, convs(rest)

    async def all(self, name: str) -> list[str]:
        """All conversations of a label, page after page."""
        label, found = await self.page(name)
        while label["sync_cursor"] != "{}":
            label, more = await self.page(name, label["sync_cursor"])
            assert more
            found += more
        assert label["sync_inbox_time"] == 0
        return found


def convs(stream: Sequence[dict[str, Any]]) -> list[str]:
    """The conversation_ids of the conversations in a stream, in its order."""
    return [record["conversation_id"] for record in stream if record["mk_rec_type"] == "conv"]
