"""Which lines of a text are quoted from the mail before, so that a page can fold them."""

import re
from typing import Final, NamedTuple

RULE: Final = re.compile(
    r"\s*(?:-{2,}\s*(?:Original Message|Forwarded Message|Ursprüngliche Nachricht|Message d'origine"
    r"|Mensaje original|Weitergeleitete Nachricht)\s*-{2,}|_{20,})\s*$",
    re.IGNORECASE,
)
INTRODUCTION: Final = re.compile(
    r".{0,300}(?:wrote|said|schrieb[^:]{0,200}|écrit|escribió|scritto)\s?:\s*$", re.IGNORECASE
)
FIELD: Final = re.compile(
    r"\s*\*?(?:From|Sent|Date|To|Cc|Subject|Von|Gesendet|An|Betreff|De|Envoyé|À|Objet)\s?:", re.IGNORECASE
)


class Block(NamedTuple):
    """Some lines in a row, joined by LF."""

    text: str
    is_quote: bool


def quoted(text: str) -> list[Block]:
    """Cut a text into its own and its quoted blocks, in order; joined by LF they are the text again.

    Quoted are lines with `>`, what follows an `Original Message` rule (to the end, or as far as its `>` lines
    go: Zimbra writes such a rule above a quote), and the `… wrote:` lines before a quote.
    """
    lines = text.split("\n")
    marks = [line.lstrip().startswith(">") for line in lines]
    _mark_originals(lines, marks)
    _mark_introductions(lines, marks)
    _mark_between(lines, marks)
    blocks: list[Block] = []
    start = 0
    for at in range(1, len(lines) + 1):
        if at == len(lines) or marks[at] != marks[start]:
            blocks.append(Block("\n".join(lines[start:at]), marks[start]))
            start = at
    return blocks


def _mark_originals(lines: list[str], marks: list[bool]) -> None:
    """Mark the mail below a rule: its few header lines and all after them."""
    for at, line in enumerate(lines):
        if marks[at] or not RULE.match(line):
            continue
        body = at + 1
        while body < len(lines) and (FIELD.match(lines[body]) or not lines[body].strip()):
            body += 1
        if line.lstrip().startswith("_") and not any(FIELD.match(one) for one in lines[at + 1 : body]):
            continue  # a rule of underscores alone is the signature of a mailing list
        if body < len(lines) and marks[body]:
            marks[at:body] = [True] * (body - at)
        else:
            marks[at:] = [True] * (len(lines) - at)
            return


def _mark_introductions(lines: list[str], marks: list[bool]) -> None:
    """Mark `On … wrote:` above a quote; it may be folded to two lines, an empty one may follow."""
    for at in range(1, len(lines)):
        if not marks[at] or marks[at - 1]:
            continue
        above = at - 1
        if not lines[above].strip() and above > 0:
            above -= 1
        if marks[above] or not INTRODUCTION.match(lines[above]):
            continue
        first = above
        if (
            above > 0
            and re.match(r"\s*(?:On|Am|Le|El|Il)\b", lines[above]) is None
            and lines[above - 1].strip()
        ):
            first -= re.match(r"\s*(?:On|Am|Le|El|Il)\b", lines[above - 1]) is not None
        marks[first:at] = [True] * (at - first)


def _mark_between(lines: list[str], marks: list[bool]) -> None:
    """Empty lines between two quotes belong to them."""
    last = -1
    for at, line in enumerate(lines):
        if marks[at]:
            if 0 <= last < at - 1:
                marks[last + 1 : at] = [True] * (at - last - 1)
            last = at
        elif line.strip():
            last = -1
