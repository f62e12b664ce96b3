"""Conversations for tests of their pages: Ann looks at the pages, Bo writes."""

import re
from collections.abc import Sequence
from typing import Any

import httpx
import msgspec
from tests.web.conftest import Site

from syncline.core.handles import Handle
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Rel
from syncline.core.rooms.presets import Preset
from syncline.services.conversations import Beginning
from syncline.web.chat.links import chat_path, cid_of


class Talk(msgspec.Struct):
    """A site with Ann's browser, and Bo."""

    site: Site
    bo: Id

    @property
    def ann(self) -> Id:
        """Whose browser it is."""
        return self.site.account.id

    async def begin(self, name: str | None = "Lunch", *, by: Id | None = None, **more: Any) -> ZoneId:
        """A conversation of Bo's with Ann in it, unless it says otherwise."""
        more.setdefault("members", [self.ann] if by is None else [])
        begin = Beginning(Preset.FLEEP, name=name, **more)
        return (await self.site.services.conversations.create(by or self.bo, begin)).value.conv

    async def say(self, conv: ZoneId, text: str, *, by: Id | None = None, **more: Any) -> Id:
        """A message, by Bo unless it says otherwise."""
        body = msgspec.json.encode({"text": text, **more})
        entry = (await self.site.services.conversations.send(by or self.bo, conv, body)).value.entry
        assert entry is not None
        return entry

    async def say_many(self, conv: ZoneId, texts: Sequence[str]) -> None:
        """Messages by Bo."""
        for text in texts:
            await self.say(conv, text)

    async def amend(self, conv: ZoneId, entry: Id, rel: Rel, *, by: Id | None = None, **body: Any) -> None:
        """An amendment by Bo, unless it says otherwise."""
        await self.site.services.conversations.amend(by or self.bo, conv, entry, rel, body)

    async def open_link(self, conv: ZoneId, **options: bool) -> str:
        """Let people join by the link, and give its path."""
        content = msgspec.json.encode({"autojoin": True, **options})
        await self.site.services.conversations.set_fact(self.bo, conv, "syncline.options", content)
        return self.link(conv)

    def link(self, conv: ZoneId) -> str:
        """The path of a conversation's link."""
        return f"/chat/{self.site.services.handles.key(Handle.AUTOJOIN, conv)}"

    def cid(self, conv: ZoneId) -> str:
        """The conversation's name in addresses."""
        return cid_of(self.site.services.handles, conv)

    def path(self, conv: ZoneId, **place: int) -> str:
        """The conversation's page."""
        return chat_path(self.cid(conv), **place)

    async def get(self, path: str) -> httpx.Response:
        """A page, as Ann's browser asks for it."""
        return await self.site.browser.get(path, headers={"Accept": "text/html"})

    async def page(self, conv: ZoneId, **place: int) -> str:
        """The conversation's page, which is there."""
        answer = await self.get(self.path(conv, **place))
        assert answer.status_code == 200, answer.text
        return answer.text

    async def write(self, conv: ZoneId, text: str, **fields: str) -> httpx.Response:
        """Send the form of Ann's page."""
        return await self.site.post(f"/chat/{self.cid(conv)}/messages", text=text, **fields)

    async def read_nr(self, conv: ZoneId, account: Id | None = None) -> int:
        """How far somebody has read: Ann, unless it says otherwise."""
        reading = await self.site.services.conversations.reading(account or self.ann, conv)
        return reading.read_nr


def texts(page: str) -> list[str]:
    """What was written, in the order of the page."""
    return re.findall(r'<div class="words" dir="auto"><p>(.*?)</p></div>', page, re.DOTALL)


def told(page: str) -> list[str]:
    """What happened otherwise: who, and what."""
    found = re.findall(r'<li class="told".*?<bdi>(.*?)</bdi></strong> <bdi>(.*?)</bdi>', page, re.DOTALL)
    return [f"{who} {what}" for who, what in found]


def linked_to(page: str, words: str) -> str:
    """Where the link with these words leads."""
    found = re.search(rf'<a [^>]*?href="([^"]+)"[^>]*>{words}</a>', page)
    assert found, words
    return found[1].replace("&amp;", "&")
