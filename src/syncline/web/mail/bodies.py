"""What a mail says, made ready for a page: texts with quotes folded, HTML by its frame, attachments.

All of this is work on whole mails: it runs off the loop (`gateways.mime.parsing`).
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final
from urllib.parse import unquote

import msgspec

from syncline.gateways.mime.html import safe_html
from syncline.gateways.mime.html_text import html_text
from syncline.gateways.mime.opening import Leaf, OpenMail, open_mail
from syncline.gateways.mime.quoting import quoted
from syncline.web.mail.plain import LONGEST, Piece, clean, linked, tame
from syncline.web.mail.words import size_words

SHOW_RAW: Final = 100_000
"""Bytes shown of a mail that nobody could read."""

RASTER: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/avif"})
"""Pictures that a browser draws without running anything. SVG is a document with scripts: never."""

TALL: Final = ((600, "short"), (4000, "middle"))
"""Characters of an HTML mail's text, and how high its frame is: a sandboxed frame cannot tell."""

PARTS: Final = 20
"""Texts and frames of one mail that are shown; more are attachments. Each frame costs a browser some MB."""

_CID: Final = re.compile(r"""cid:([^"'\s<>)]{1,300})""", re.IGNORECASE)

FOLDED: Final = 3
"""Lines of a quote that are shown without folding."""


class Prefer(StrEnum):
    """Which of a mail's alternatives is shown, by its media type."""

    TEXT = "text/plain"
    HTML = "text/html"


class Block(msgspec.Struct, frozen=True):
    """A stretch of text: the sender's own, or a quote."""

    pieces: tuple[Piece, ...]
    quote: bool = False
    lines: int = 0

    @property
    def folded(self) -> bool:
        """Whether it is a quote that is worth folding."""
        return self.quote and self.lines > FOLDED


class Text(msgspec.Struct, frozen=True, tag="text"):
    """A text part. `cut`: there is more than a page shows."""

    blocks: tuple[Block, ...]
    cut: bool = False


class Html(msgspec.Struct, frozen=True, tag="html"):
    """An HTML part, shown in a frame. `blocked`: pictures from elsewhere that it would load."""

    part: int
    blocked: int
    height: str


class Attached(msgspec.Struct, frozen=True):
    """A part to be fetched, or looked at if it is a picture."""

    part: int
    name: str
    type: str
    size: str
    picture: bool


class Body(msgspec.Struct, frozen=True):
    """All that a mail says. `other`: the form that it has, too, and that is not shown. `failed`: it could
    not be read after all, and is shown as it came."""

    shown: tuple[Text | Html, ...]
    attached: tuple[Attached, ...]
    other: Prefer | None = None
    failed: bool = False


def body_of(raw: bytes, prefer: Prefer, remote: bool = False) -> Body:
    """What a mail says, of its alternatives the preferred ones; `remote`: pictures from elsewhere are shown.

    Parts are numbered as /message/ID/part/N counts them: by the preference for HTML.
    """
    mail = open_mail(raw)
    numbered = mail.leaves(Prefer.HTML)
    chosen = numbered if prefer is Prefer.HTML else mail.leaves(prefer)
    main = [leaf for leaf in chosen if _is_main(leaf)][:PARTS]
    shown: list[Text | Html] = []
    for leaf in main:
        if leaf.kind == Prefer.HTML:
            shown.append(_html(leaf, _number(leaf, numbered), remote=remote))
        elif (text := text_of(leaf.text)).blocks:
            shown.append(text)
    used = _cids([leaf.text for leaf in main if leaf.kind == Prefer.HTML])
    attached = [
        _attached(leaf, at)
        for at, leaf in enumerate(numbered)
        if not (leaf.cid in used and leaf.kind in RASTER)
        and (not _is_main(leaf) or (len(main) == PARTS and leaf not in main))
    ]
    return Body(tuple(shown), tuple(attached), _other(mail, prefer, main))


def raw_body(raw: bytes) -> Body:
    """A mail that could not be understood, as text."""
    text = text_of(raw[:SHOW_RAW].decode("utf-8", "replace"))
    return Body((msgspec.structs.replace(text, cut=text.cut or len(raw) > SHOW_RAW),), ())


def text_of(text: str) -> Text:
    """A text with its quotes apart."""
    text = clean(text)
    blocks = tuple(
        Block(linked(stretch), quote, stretch.count("\n") + 1)
        for stretch, quote in quoted(text[:LONGEST])
        if stretch.strip()
    )
    return Text(blocks, len(text) > LONGEST)


def _html(leaf: Leaf, part: int, *, remote: bool) -> Html:
    blocked = 0 if remote else safe_html(leaf.text, pictures={}, remote=False).blocked
    length = len(html_text(leaf.text))
    return Html(part, blocked, next((name for most, name in TALL if length < most), "tall"))


def _attached(leaf: Leaf, part: int) -> Attached:
    name = tame(leaf.filename or "") or f"part {part + 1}"
    return Attached(part, name, tame(leaf.kind), size_words(leaf.size), leaf.kind in RASTER)


def _is_main(leaf: Leaf) -> bool:
    return leaf.is_text and not leaf.is_attached


def _number(leaf: Leaf, numbered: Sequence[Leaf]) -> int:
    """The number of a part that was found under another preference."""
    for at, one in enumerate(numbered):
        if one is leaf or (one.kind == leaf.kind and one.data == leaf.data):
            return at
    return 0


def _cids(texts: Sequence[str]) -> set[str | None]:
    """The pictures that HTML parts show: these are no attachments."""
    return {unquote(cid) for text in texts for cid in _CID.findall(text)}


def _other(mail: OpenMail, prefer: Prefer, main: Sequence[Leaf]) -> Prefer | None:
    other = Prefer.TEXT if prefer is Prefer.HTML else Prefer.HTML
    kinds = {leaf.kind for leaf in mail.leaves(other) if _is_main(leaf)}
    return other if other in kinds - {leaf.kind for leaf in main} else None
