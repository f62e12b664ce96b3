"""Within lines: bold, italic, links and emoticons.

The text goes through a few passes, each of which takes time as its length. What they find is marked by
control characters, of which a clean text has none, so that all of it is escaped at once at the end.
"""

import re
from collections.abc import Iterator
from typing import Final

from syncline.protocols.fleep.markup.emoticons import KINDS, LONGEST_NAME
from syncline.protocols.fleep.markup.links import Link, href, shortened
from syncline.protocols.fleep.markup.xml import escape

TAGS: Final = {
    "\x01": '<b flp="*" fls="*">',
    "\x02": "</b>",
    "\x03": '<i flp="_" fls="_">',
    "\x04": "</i>",
    "\x05": '<a href="',
    "\x06": "</a>",
    "\x07": '<a flp="',
    "\x08": '" fls="&gt;&gt;" href="',
    "\x0b": '<emo kind="',
    "\x0c": "</emo>",
    "\x0e": '">',
}
"""What the marks stand for. `flp` and `fls` are what the writer typed before and after."""

PAIRS: Final = {"*": ("\x01", "\x02"), "_": ("\x03", "\x04")}

RUN: Final = re.compile(r"\n|(?<![*_])[*_]{1,2}(?![*_])")
"""Line ends, and markers: one, or two side by side. More are a line to be filled in, or decoration."""

AFTER: Final = ".,!?;"
"""What may follow a closing marker, beside white space."""

TOKEN: Final = re.compile(
    rf"""
    (?=[:;(xXhHfFimMsSIwW])  # what any of them begins with: most characters go no further
    (?:(?P<address>
        (?:
            (?i:https?|ftp|itms-services)://(?:[-+=A-Za-z0-9_/~%.,&;:\#'@!?()\[\]*$]|[^\x00-\x7f\s])++
            | mailto://[-a-zA-Z0-9._+]++@[a-zA-Z0-9](?:[-a-zA-Z0-9]|\.(?=[a-zA-Z0-9]))*+
            | skype://[-_.a-zA-Z0-9]++
            | (?i:www)\.[a-zA-Z0-9-]++\.
              (?:[-+=A-Za-z0-9_/~%.,&;:\#'@!?()\[\]*$]|[^\x00-\x7f\s])++
        )
    )
    (?:<<(?P<name>[^<>\n\x01-\x04]++)>>)?
    | (?P<face>(?:[:;][-=]?[()/@sSoOdDpP]|(?<!\w)[xX][-=]?\()(?![^\s\x01-\x04])
        | \(\(?[A-Za-z]{{1,{LONGEST_NAME}}}\)\)?)
    )
    """,
    re.VERBOSE,
)


def inline(text: str) -> str:
    """The XML of a clean text of one or more lines; its line ends stay what they are."""
    paired = _paired(text)
    found, tokens = TOKEN.subn(_marked, paired)
    found = escape(found)
    if not tokens and paired is text:
        return found
    for mark, tag in TAGS.items():
        found = found.replace(mark, tag)
    return found


def inline_links(text: str) -> Iterator[Link]:
    """The links of a clean text, in its order."""
    for token in TOKEN.finditer(_paired(text)):
        if token["address"] is not None and (found := _link(token)) is not None:
            yield Link(found[1], token["name"])


def _paired(text: str) -> str:
    """The text with its pairs of `*` and `_` marked. A pair lies in one line, within another or beside it."""
    if "*" not in text and "_" not in text:
        return text
    marked = list(text)
    opened: dict[str, int] = {}
    last = len(text) - 1
    for run in RUN.finditer(text):
        start, end = run.span()
        if text[start] == "\n":
            opened.clear()
            continue
        after = text[end] if end <= last else "\n"
        closes = after.isspace() or after in AFTER
        if start and not text[start - 1].isspace():
            if closes and opened:
                _close(marked, opened, text[start:end], start)
        elif not after.isspace():
            for at in range(start, end):
                opened.setdefault(text[at], at)
    return "".join(marked)


def _close(marked: list[str], opened: dict[str, int], run: str, start: int) -> None:
    """Close what the last marker of a run opened, and before it what the first one did within that."""
    outer = opened.get(run[-1])
    if outer is None or (len(run) == 1 and start - outer < 2):
        return
    if len(run) == 2 and run[0] != run[1]:
        inner = opened.get(run[0])
        if inner is not None and outer < inner < start - 1:
            _mark(marked, run[0], inner, start)
    end = start + len(run) - 1
    _mark(marked, run[-1], outer, end)
    for marker in [marker for marker, at in opened.items() if at >= outer]:
        del opened[marker]


def _mark(marked: list[str], marker: str, start: int, end: int) -> None:
    marked[start], marked[end] = PAIRS[marker]


def _marked(token: re.Match[str]) -> str:
    face = token["face"]
    if face is not None:
        kind = KINDS.get(face)
        return face if kind is None else f"\x0b{kind}\x0e{face}\x0c"
    found = _link(token)
    if found is None:
        return token[0]
    written, to = found
    if token["name"] is not None:
        return f"\x07{written}<<\x08{to}\x0e{token['name']}\x06"
    return f"\x05{to}\x0e{written}\x06{token[0][len(written) :]}"


def _link(token: re.Match[str]) -> tuple[str, str] | None:
    """The address as it is written and what it leads to; None for what only looks like one."""
    before = token.string[token.start() - 1] if token.start() else " "
    written = token["address"]
    if before.isalnum():
        return None
    if token["name"] is None:
        written = shortened(written)
    to = href(written)
    return None if to is None else (written, to)
