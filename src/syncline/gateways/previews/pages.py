"""Pages: the title and description of what lies at an address, through the guarded client."""

import asyncio
import re
from html import unescape
from typing import Final

from syncline.gateways.http.outgoing import Outgoing
from syncline.gateways.mime import charsets
from syncline.services.previews import Page

LARGEST: Final = 256 * 1024
"""Bytes of a page that are asked for; a larger one from a server that sends all of it has no preview."""

HEAD: Final = 64 * 1024
"""Bytes of a page in which its title is looked for."""

TYPES: Final = ("text/html", "application/xhtml+xml")

# A parser of HTML builds what a page nests, which can cost minutes and gigabytes. The few tags that are
# wanted are found by patterns, each of which reads a page once.
TITLE: Final = re.compile(r"<title(?:\s[^>]{0,500})?>([^<]{1,5000})", re.IGNORECASE)
META: Final = re.compile(r"<meta\s([^<>]{1,5000}+)>", re.IGNORECASE)
ATTRIBUTE: Final = re.compile(
    r"""([a-z-]{1,30})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE
)
CHARSET: Final = re.compile(r"""charset\s{0,9}=\s{0,9}["']?\s{0,9}([a-z0-9_:.-]{2,40})""", re.IGNORECASE)
UNSEEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
"""Controls, and what turns the direction of the text around it."""

MOST_METAS: Final = 200


class Pages:
    """Asks for pages."""

    def __init__(self, outgoing: Outgoing) -> None:
        """Ask through this client, which reaches public addresses only."""
        self._outgoing = outgoing

    async def ask(self, url: str) -> Page | None:
        """What a page says of itself; None where it is no page, or has no title.

        Raises what the client raises: Invalid, Blocked, TooLarge, Unreachable.
        """
        found = await self._outgoing.client().fetch(
            url, headers={"Range": f"bytes=0-{LARGEST - 1}"}, types=TYPES, max_bytes=LARGEST
        )
        if found.status not in (200, 206) or not found.body:
            return None
        declared = CHARSET.search(found.headers.get("content-type", ""))
        return await asyncio.to_thread(page_of, found.body, "" if declared is None else declared[1])


def page_of(body: bytes, charset: str = "") -> Page | None:
    """The title and description in a page's head; None without a title."""
    head = body[:HEAD]
    if not charset and (found := CHARSET.search(head[:4096].decode("latin-1"))) is not None:
        charset = found[1]
    text = charsets.decode(head, charset, torn=len(body) > HEAD)
    metas = _metas(text)
    title = TITLE.search(text)
    shown = _plain(title[1]) if title is not None else ""
    shown = shown or metas.get("og:title", "")
    if not shown:
        return None
    return Page(shown, metas.get("description") or metas.get("og:description", ""))


def _metas(text: str) -> dict[str, str]:
    """What a page's meta tags say, by their name or property."""
    found: dict[str, str] = {}
    for place, meta in enumerate(META.finditer(text)):
        if place == MOST_METAS:
            break
        said = {name.lower(): one or two or three for name, one, two, three in ATTRIBUTE.findall(meta[1])}
        name = (said.get("name") or said.get("property") or "").lower()
        if name and "content" in said:
            found.setdefault(name, _plain(said["content"]))
    return found


def _plain(text: str) -> str:
    """Text as it is shown: references resolved, white space squeezed, nothing that is not seen."""
    return " ".join(UNSEEN.sub(" ", unescape(text)).split())
