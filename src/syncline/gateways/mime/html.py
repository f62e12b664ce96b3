"""HTML of a stranger, made safe to show: no script, no forms, nothing fetched unless the reader asks.

It is shown in a sandboxed frame besides; either of the two would do.
"""

import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Final, NamedTuple
from urllib.parse import unquote

import nh3

from syncline.gateways.mime.html_text import html_text

LONGEST: Final = 2_000_000
"""Characters that are shown."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


TAGS: Final = _names(
    """
    a abbr acronym address article b bdi bdo big blockquote br caption center cite code col colgroup dd del
    dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol
    p pre q rp rt ruby s samp section small span strike strong sub sup table tbody td tfoot th thead time tr
    tt u ul var wbr
    """
)

DROPPED: Final = _names(
    """
    script style head title template noscript noembed noframes iframe frame frameset object embed applet svg
    math audio video select textarea
    """
)
"""Left out with all that they hold."""

EVERYWHERE: Final = _names(
    """
    align bgcolor border cellpadding cellspacing color colspan dir face height lang rowspan size start style
    title type valign width background
    """
)

STYLES: Final = _names(
    """
    background-color border border-bottom border-bottom-color border-bottom-style border-bottom-width
    border-collapse border-color border-left border-left-color border-left-style border-left-width border-
    radius border-right border-right-color border-right-style border-right-width border-spacing border-style
    border-top border-top-color border-top-style border-top-width border-width clear color direction display
    font-family font-size font-style font-variant font-weight height letter-spacing line-height list-style-
    type margin margin-bottom margin-left margin-right margin-top max-height max-width min-height min-width
    padding padding-bottom padding-left padding-right padding-top table-layout text-align text-decoration
    text-indent text-transform vertical-align white-space width word-break word-spacing word-wrap
    """
)
"""None of them takes a `url()`, none moves a thing over another."""

RASTER: Final = re.compile(r"data:image/(?:png|gif|jpe?g|webp|bmp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
"""Pictures that are no programs: SVG is one."""

REMOTE: Final = re.compile(r"(?:https?:)?//[^\s/]", re.IGNORECASE)
LINK: Final = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
IN_STYLES: Final = re.compile(r"url\(\s*[\"']?\s*(?:https?:)?//", re.IGNORECASE)
FETCHES: Final = re.compile(r"\\|url\s*\(|image|expression|@import|javascript|binding", re.IGNORECASE)
STRIPPED: Final = re.compile("[\x00-\x20\x7f]+")


MOST_TAGS: Final = 20_000
MOST_REFERENCES: Final = 100_000
MOST_COPIES: Final = 500_000
"""What a page may have: tags, `&`, and open formatting times tags. One with more is shown as text: nested
elements and references cost the square of their number (200,000 `<div>` three minutes), and open formatting
is copied into each paragraph (100 KB gave 6 GB). The largest page of 2,388 in our mails has 4,646 tags."""

FORMATTING: Final = re.compile(
    r"<(/?)(a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])", re.IGNORECASE
)

ENDLESS: Final = re.compile(r"(<[a-z][^\s/>]{0,20})([^>]{1000,})", re.IGNORECASE)
DATA: Final = re.compile(r"data:image/[a-z]{1,9};base64,[A-Za-z0-9+/=]+", re.IGNORECASE)
SEPARATOR: Final = re.compile(r"[\s/=]")
MOST_ATTRIBUTES: Final = 500


class SafeHtml(NamedTuple):
    """What may be shown, and how many remote pictures were left out."""

    html: str
    blocked: int


def safe_html(html: str, *, pictures: Mapping[str, str], remote: bool) -> SafeHtml:
    """Make HTML safe to show.

    `pictures`: data URIs by Content-ID, for `cid:` pictures; only raster types are taken. `remote`: the
    reader asked for remote pictures (of `<img src>` and `background`; those of styles are never loaded).
    Links are http(s) and mailto only, open a new window and tell it nothing. Call it by `Parsing.run`: a page
    can still be made that takes a second, or more memory than the worker may have.
    """
    html = html[:LONGEST]
    if _explodes(html):
        return SafeHtml(f"<pre>{escape(html_text(html))}</pre>", 0)
    html = ENDLESS.sub(_bounded, html)
    blocked = len(IN_STYLES.findall(html))

    def attribute(tag: str, name: str, value: str) -> str | None:
        nonlocal blocked
        if name == "style":
            return None if FETCHES.search(value) else value
        if name == "href":
            return value.strip() if LINK.match(STRIPPED.sub("", value)) else None
        if name in ("src", "background"):
            found, missing = _picture(value, pictures, remote=remote)
            blocked += missing
            return found
        if name == "srcset":
            blocked += REMOTE.search(value) is not None and not remote
            return None
        return value

    return SafeHtml(_cleaner(attribute).clean(html), blocked)


def _explodes(html: str) -> bool:
    """Whether a page would cost far more than its length."""
    tags = html.count("<")
    if tags > MOST_TAGS or html.count("&") > MOST_REFERENCES:
        return True
    opened: dict[str, int] = {}
    most = now = 0
    for closing, given in FORMATTING.findall(html):
        name = given.lower()
        if not closing:
            opened[name] = opened.get(name, 0) + 1
            now += 1
            most = max(most, now)
        elif opened.get(name, 0):
            opened[name] -= 1
            now -= 1
    return most * tags > MOST_COPIES


def _bounded(tag: re.Match[str]) -> str:
    """A very long tag, without its attributes if they are a bomb rather than a picture."""
    return tag[1] if len(SEPARATOR.findall(DATA.sub("", tag[2]))) > MOST_ATTRIBUTES else tag[0]


def _picture(value: str, pictures: Mapping[str, str], *, remote: bool) -> tuple[str | None, int]:
    """What stands for a picture's address, and 1 where a remote one was left out."""
    url = STRIPPED.sub("", value)
    if url[:4].casefold() == "cid:":
        given = pictures.get(url[4:]) or pictures.get(unquote(url[4:])) or ""
        return (given if RASTER.fullmatch(given) else None), 0
    if url[:5].casefold() == "data:":
        return (url if RASTER.fullmatch(url) else None), 0
    if REMOTE.match(url):
        if not remote:
            return None, 1
        return ("https:" + url if url.startswith("//") else url), 0
    return None, 0


def _cleaner(attribute: Callable[[str, str, str], str | None]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=TAGS,
        clean_content_tags=DROPPED,
        attributes={"*": EVERYWHERE, "a": {"href"}, "img": {"src", "srcset", "alt"}},
        attribute_filter=attribute,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        url_schemes={"http", "https", "mailto", "cid", "data"},
        filter_style_properties=STYLES,
    )
