"""HTML as the text that a reader would see: for search, snippets, and clients that ask for plain text.

The page is parsed (lexbor) with nearly all of its elements renamed: HTML's rules for `<p>` and `<b>` walk
through all open elements, so that 200,000 nested `<div>` take two minutes, and open formatting is copied into
each paragraph, so that 100 KB can become gigabytes. Renamed, any page takes time as its length.
"""

import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser

LONGEST: Final = 1_000_000
"""Characters that are converted."""

BREAK: Final = "\f"
"""Marks a new line. White space to the parser, so it stays where it is; no mail uses it otherwise."""

CONTAINER: Final = re.compile(
    r"<(/?)(?:div|table|blockquote|center|ul|ol|dl|form|fieldset|article|section|header|footer|main|aside|nav"
    r"|address|details|figure)(?=[\s/>])",
    re.IGNORECASE,
)
"""What holds others and is always closed by its writer: kept as an element, since it may be hidden."""

INLINE: Final = re.compile(r"<(/?)span(?=[\s/>])", re.IGNORECASE)

LINE: Final = re.compile(
    r"</?(?:p|br|tr|td|th|li|dt|dd|h[1-6]|hr|pre|caption|option|figcaption|body)(?=[\s/>])", re.IGNORECASE
)
"""What begins a new line; whoever closes it."""

OTHER: Final = re.compile(
    r"</?(?!(?:x|img|script|style|title|textarea|xmp|iframe|noembed|noframes|svg)[\s/>])[a-z][^\s/>]*",
    re.IGNORECASE,
)
"""All others, for the text not there: an element without content."""

ENDLESS: Final = re.compile(r"(<[a-z][^\s/>]{0,20})[^>]{1000,}", re.IGNORECASE)
"""A tag with attributes without end (a picture in its address, or a bomb: their number counts squared)."""

UNSEEN: Final = ["script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "svg"]

HIDDEN: Final = (
    '[hidden], [style*="display:none" i], [style*="display: none" i], [style*="visibility:hidden" i],'
    ' [style*="visibility: hidden" i], [style*="mso-hide:all" i]'
)
SAYS_HIDDEN: Final = re.compile(r"hidden|display:\s?none|mso-hide", re.IGNORECASE)

SOFT: Final = re.compile(r"[ \t\r\n\xa0\u200b\u200c\u034f\ufeff\xad]+")
BREAKS: Final = re.compile(r" ?\f[ \f]*")


def html_text(html: str) -> str:
    """The visible text, a line a block. Attributes, scripts, styles and hidden parts are left out."""
    html = html[:LONGEST].replace(BREAK, " ")
    plain = CONTAINER.sub(r"\f<\1x", ENDLESS.sub(r"\1", html))
    plain = LINE.sub("\f<img", INLINE.sub(r"<\1x", plain))
    page = LexborHTMLParser(OTHER.sub("<img", plain))
    page.strip_tags(UNSEEN)
    if SAYS_HIDDEN.search(html):
        for node in page.css(HIDDEN):
            node.decompose()
    root = page.body or page.root
    text = "" if root is None else root.text()
    return BREAKS.sub("\n", SOFT.sub(" ", text)).strip()
