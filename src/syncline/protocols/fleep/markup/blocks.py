"""Blocks: what lines are, taken together: plain text, quotes, code, and quotes to the end.

Where a block begins is found by one search from the end of the one before, so that 300,000 lines of text
are one block and cost one search.
"""

import re
from enum import IntEnum
from typing import Final

import msgspec


class BlockKind(IntEnum):
    """What a block is."""

    PLAIN = 1
    QUOTE = 2
    """lines that begin with `>`, and the header of a reply above them"""
    REST = 3
    """a signature, or a mail sent on: a quote up to the end"""
    CODE = 4


class Block(msgspec.Struct):
    """A block. `text` has no blank lines at its ends; `after` counts the line ends that follow it.

    `opened` and `closed` are the lines around code as they were typed, `closed` "" where there is none.
    """

    kind: BlockKind
    text: str
    after: int = 0
    opened: str = ""
    closed: str = ""


BEGIN: Final = re.compile(
    r"""
    ^(?:
        (?P<quote>>)
        | (?P<code>:::[ \t]*+\n)
        | --[ ]++$
        | -{3,}+[ ]*+(?:[Ff]orwarded|[Oo]riginal)[ ][Mm]essage[ ]*+-{3}
        | (?:From|\*From\*):[ ]
    )
    """,
    re.VERBOSE | re.MULTILINE,
)
"""Where another block than plain text begins; those without a name are REST (Fleep reference 4.7)."""

CODE_END: Final = re.compile(r"^:::[ \t]*$", re.MULTILINE)
QUOTE_END: Final = re.compile(r"^(?:[ \t]++[^\s]|[^\s>])", re.MULTILINE)
"""The first line with something in it that does not begin with `>`."""

BLANKS: Final = re.compile(r"(?:[ \t]*+\n)*+")
BLANK: Final = re.compile(r"^[ \t]++$", re.MULTILINE)
LAST_PARAGRAPH: Final = re.compile(r"(?:\A|\n[ \t]*\n)([^\n]{1,500})\Z")

HEADER: Final = re.compile(r"(?:Am .* schrieb .*|.* (?:wrote|writes|écrit) ?):[ \t]*")
"""The line above a quoted mail: who wrote it, and when. At most 500 characters are looked at."""

MAIL_HEADER: Final = re.compile(
    r"^(?:On|Am|Le|El|Il) [^\n]{1,300}(?:wrote|schrieb[^\n]{0,100}|écrit|escribió|ha scritto) ?:[ \t]*$",
    re.MULTILINE,
)
"""In mails such a line opens a quote to the end even where the quoted lines have no `>`."""


def blocks_of(text: str, *, email: bool) -> tuple[int, list[Block]]:
    """The line ends before the first block, and all blocks of a clean text with something in it."""
    found: list[Block] = []
    leading = at = 0
    while at < len(text):
        begin = BEGIN.search(text, at)
        stop = len(text) if begin is None else begin.start()
        plain = text[at:stop]
        start = _blanks(plain)
        blank = plain.count("\n", 0, start)
        if found:
            found[-1].after += blank
        else:
            leading += blank
        if plain[start:].strip(" \t\n"):
            _add(BlockKind.PLAIN, plain[start:], found)
        if begin is None:
            break
        if begin["quote"]:
            at = _quote(text, stop, found)
        elif begin["code"]:
            at = _code(text, stop, begin.end(), found)
        else:
            at = len(text)
            _add(BlockKind.REST, text[stop:], found)
    return leading, _mail_quotes(found) if email else found


def _blanks(text: str) -> int:
    """Where the first line begins that is not blank."""
    found = BLANKS.match(text)
    return 0 if found is None else found.end()


def _add(kind: BlockKind, text: str, found: list[Block]) -> None:
    """Add a block that goes on to the end of this text, whose last lines may be blank."""
    end = len(text.rstrip(" \t\n"))
    line_end = text.find("\n", end)
    body, after = (text, 0) if line_end < 0 else (text[:line_end], text.count("\n", line_end))
    found.append(Block(kind, BLANK.sub("", body), after))


def _quote(text: str, at: int, found: list[Block]) -> int:
    """Add the quote that begins here, with the header above it; returns where it ends."""
    end = QUOTE_END.search(text, at)
    stop = len(text) if end is None else end.start()
    header = _header(found)
    _add(BlockKind.QUOTE, text[at:stop], found)
    found[-1].text = header + found[-1].text
    return stop


def _header(found: list[Block]) -> str:
    """Take the header of a reply off the plain text above, with its line ends; "" where there is none.

    It is a paragraph of its own, right above the quote or with one blank line between.
    """
    if not found or found[-1].kind != BlockKind.PLAIN or found[-1].after > 2:
        return ""
    above = found[-1]
    last = LAST_PARAGRAPH.search(above.text, max(0, len(above.text) - 600))
    if last is None or not HEADER.fullmatch(last[1]):
        return ""
    if last.start(1) == 0:
        if len(found) > 1 and found[-2].after < 2:
            return ""  # it follows a quote or code without a blank line
        found.pop()
    else:
        kept = above.text[: last.start(1)]
        above.text = kept.rstrip("\n")
        header_after, above.after = above.after, len(kept) - len(above.text)
        return last[1] + "\n" * header_after
    return last[1] + "\n" * above.after


def _code(text: str, start: int, at: int, found: list[Block]) -> int:
    """Add the code whose first line begins here; returns where the line that ends it ends."""
    end = CODE_END.search(text, at)
    opened = text[start:at]
    if end is None:
        found.append(Block(BlockKind.CODE, text[at:].removesuffix("\n") + "\n", opened=opened))
        return len(text)
    found.append(Block(BlockKind.CODE, text[at : end.start()], opened=opened, closed=end[0]))
    return end.end()


def _mail_quotes(found: list[Block]) -> list[Block]:
    """Let the first header of a reply that no `>` follows open a quote up to the end."""
    for place, block in enumerate(found):
        header = MAIL_HEADER.search(block.text) if block.kind == BlockKind.PLAIN else None
        if header is None or place + 1 < len(found):
            continue
        before = block.text[: header.start()]
        rest = Block(BlockKind.REST, block.text[header.start() :], block.after)
        if not before:
            return [*found[:place], rest]
        kept = before.rstrip("\n")
        return [*found[:place], Block(BlockKind.PLAIN, kept, len(before) - len(kept)), rest]
    return found
