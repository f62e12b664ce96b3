"""A whole message: its blocks as paragraphs, and the links in it."""

import re
from typing import Final

from syncline.protocols.fleep.markup.blocks import Block, BlockKind, blocks_of
from syncline.protocols.fleep.markup.inline import inline, inline_links
from syncline.protocols.fleep.markup.links import Link
from syncline.protocols.fleep.markup.xml import EMPTY, END, attribute, clean, escape

BREAK: Final = "<br/>"
NEXT: Final = "</p><p>"
PARAGRAPH: Final = re.compile(r"\n\n(?!\n)")
RULE: Final = re.compile(r"\n*^-{3,}[ \t]*$\n*", re.MULTILINE)
QUOTED: Final = (BlockKind.QUOTE, BlockKind.REST)


def to_xml(text: str, *, email: bool = False) -> str:
    """The XML of a text as its writer typed it; always well-formed, in time as the text's length.

    `email`: it is a mail's, where lines of dashes are rules. 300,000 characters may take 0.1 s: long texts
    belong into a thread.
    """
    text = clean(text)
    if not text.strip(" \t\n"):
        return EMPTY
    leading, blocks = blocks_of(text, email=email)
    out = ["<msg><p>", BREAK * leading]
    quoted = False
    for place, block in enumerate(blocks):
        following = blocks[place + 1] if place + 1 < len(blocks) else None
        if block.kind in QUOTED and not quoted:
            out.append("<q>")
            quoted = True
        out.append(_content(block, email=email))
        quoted = _between(out, block, following, quoted=quoted)
    out += ["</p>", END]
    return "".join(out)


def links(text: str) -> tuple[Link, ...]:
    """The links of a text, each address once, in its order; those within code are none."""
    _, blocks = blocks_of(clean(text), email=False)
    found: dict[str, Link] = {}
    for block in blocks:
        if block.kind != BlockKind.CODE:
            for link in inline_links(block.text):
                found.setdefault(link.href, link)
    return tuple(found.values())


def links_in(text: str) -> tuple[str, ...]:
    """The addresses of these links."""
    return tuple(link.href for link in links(text))


def _content(block: Block, *, email: bool) -> str:
    if block.kind == BlockKind.CODE:
        return _code(block)
    shown = inline(block.text)
    if block.kind in QUOTED:
        return shown.replace("\n", BREAK)
    if email:
        shown = RULE.sub("<hr/>", shown)
    return PARAGRAPH.sub(NEXT, shown).replace("\n", BREAK)


def _code(block: Block) -> str:
    """Code, with the lines around it as attributes: the closing one takes its line end if text goes on."""
    start = f'<pre flp="{attribute(block.opened)}"'
    if block.closed:
        closed = block.closed + "\n" if block.after == 1 else block.closed
        start += f' fls="{attribute(closed)}"'
    return f"{start}>{escape(block.text)}</pre>"


def _between(out: list[str], block: Block, following: Block | None, *, quoted: bool) -> bool:
    """Write what stands after a block: breaks, ends of quotes and paragraphs; says whether a quote goes on.

    One line end goes on in the paragraph, two or more begin another; a quote goes on in the next one.
    """
    if following is None:
        out.append(BREAK * max(0, block.after - 1))  # the last line's own end is not shown
    elif quoted and following.kind in QUOTED:
        out.append(BREAK * block.after)
        return True
    elif block.after == 1:
        out.append("" if block.kind == BlockKind.CODE else BREAK)
    else:
        out.append(BREAK * (block.after - 2))
    if quoted:
        out.append("</q>")
    if following is not None and block.after > 1:
        out.append(NEXT)
    return False
