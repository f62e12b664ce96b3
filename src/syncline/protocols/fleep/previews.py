"""Previews of links: at once a bare one for each, with its page's title where the server asked for that."""

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlsplit

from syncline.core.entries import Entry
from syncline.core.ids import Id
from syncline.core.kinds import EntryKind
from syncline.core.rooms.forms import Form, deleted, read_form
from syncline.protocols.fleep.mail_texts import text_of
from syncline.protocols.fleep.markup import Link, links
from syncline.protocols.fleep.naming import Names
from syncline.protocols.fleep.records.preview import preview
from syncline.services.previews import MOST, Preview
from syncline.services.previews.looking import LOOKED_AT

SCHEMES: Final = ("http://", "https://")


def previews(
    names: Names, entry: Entry, author: Id, known: Iterable[Preview] = (), *, off: bool = False
) -> list[dict[str, Any]]:
    """The records of a message's links, in its order; `known` are the titles that there are already.

    `off`: the conversation wants none. Mails have none either, nor what was deleted.
    """
    if off or entry.kind != EntryKind.MESSAGE or entry.nr is None:
        return []
    titles = {each.url: each for each in known}
    return [
        preview(
            conversation_id=names.conv(entry.conv),
            message_nr=entry.nr,
            account_id=names.person(author),
            url=link.href,
            title=titles[link.href].title if link.href in titles else title_of(link),
            description=titles[link.href].description if link.href in titles else None,
        )
        for link in _shown(entry)
    ]


def lost_previews(names: Names, entry: Entry, author: Id, before: Iterable[Form]) -> list[dict[str, Any]]:
    """The records of links that a message has no more, of all that its earlier forms had."""
    kept = {link.href for link in _shown(entry)}
    lost: dict[str, Link] = {}
    for form in before:
        lost |= {link.href: link for link in _links(text_of(form)) if link.href not in kept}
    return [
        preview(
            conversation_id=names.conv(entry.conv),
            message_nr=entry.nr or 0,
            account_id=names.person(author),
            url=link.href,
            title=title_of(link),
            is_deleted=True,
        )
        for link in lost.values()
    ]


def told_preview(names: Names, entry: Entry, author: Id, found: Preview) -> list[dict[str, Any]]:
    """The record of one preview that was just made; none where its message has that link no more."""
    return [one for one in previews(names, entry, author, [found]) if one["attached_url"] == found.url]


def title_of(link: Link) -> str:
    """What stands for a page that nobody asked for: the name that the writer gave it, else its host."""
    if link.name is not None and link.name.strip():
        return link.name.strip()
    try:
        return urlsplit(link.href).hostname or link.href
    except ValueError:  # such as http://[x
        return link.href


def _shown(entry: Entry) -> list[Link]:
    form = read_form(entry.current)
    if deleted(form) or form.get("previews_off"):
        return []
    return _links(text_of(form))


def _links(text: str) -> list[Link]:
    text = text[:LOOKED_AT]
    if "://" not in text and "www." not in text.lower():
        return []
    return [link for link in links(text) if link.href.startswith(SCHEMES)][:MOST]
