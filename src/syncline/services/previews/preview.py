"""A preview: what a page says of itself, beside the message that leads to it.

It is an object in the conversation's zone, so that it reaches its members as any change does.
"""

from collections.abc import Collection
from typing import Final

import msgspec

from syncline.core.entries import Entry
from syncline.core.ids import Id
from syncline.core.kinds import Kind, Space
from syncline.core.objects import Object
from syncline.store.contract import Tx, View

LONGEST_TITLE: Final = 200
LONGEST_DESCRIPTION: Final = 500


class Page(msgspec.Struct, frozen=True):
    """What a page says of itself; "" where it says nothing."""

    title: str
    description: str = ""


class Preview(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of a preview: the message's entry, the address as the message has it, and the page."""

    entry: Id
    url: str
    title: str
    description: str = ""


def read_preview(object: Object) -> Preview:
    """The preview that lies in an object of Kind.PREVIEW."""
    return msgspec.json.decode(object.body, type=Preview)


async def previews_of(view: View, entry: Id) -> list[Preview]:
    """The previews of an entry's links, in the order in which they were made."""
    return [read_preview(each) for each in await _objects(view, entry)]


async def put_previews(tx: Tx, entry: Entry, pages: Collection[tuple[str, Page]]) -> None:
    """Keep what pages say, each address once: one that has a preview keeps it."""
    known = {preview.url for preview in await previews_of(tx, entry.id)}
    for url, page in pages:
        if url in known:
            continue
        known.add(url)
        title, description = page.title[:LONGEST_TITLE], page.description[:LONGEST_DESCRIPTION]
        body = msgspec.json.encode(Preview(entry.id, url, title, description))
        id = tx.new_id()
        await tx.put(Object(id=id, kind=Kind.PREVIEW, zone=entry.conv, body=body))
        tx.index(Space.PREVIEW, _term(entry.id), id)


async def drop_previews(tx: Tx, entry: Id, *, but: Collection[str] = ()) -> None:
    """Delete an entry's previews, all but those of these addresses."""
    for each in await _objects(tx, entry):
        if read_preview(each).url not in but:
            await tx.drop(each.id)
            tx.unindex(Space.PREVIEW, _term(entry), each.id)


async def _objects(view: View, entry: Id) -> list[Object]:
    ids = await view.find(Space.PREVIEW, _term(entry))
    return list(await view.get(ids)) if ids else []


def _term(entry: Id) -> bytes:
    return entry.to_bytes(8, "big")
