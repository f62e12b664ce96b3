"""How texts are cut into the words they are found by: the same for mails and for what people ask.

A word is a run of letters, digits and their marks; everything else, `_` included, lies between words, so
that an address is found by its parts, too. Case and accents are folded away. Chinese, Japanese and Korean
are written without blanks between words: a run of n characters becomes n words, each character with its
neighbour and the last one alone (`東京都` gives `東京 京都 都`). So every character begins exactly one word:
two or more characters are asked for as a phrase of pairs, one as the beginning of a word (`asked`).
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final, NamedTuple
from unicodedata import category, normalize

GAP: Final = "\ue000"
"""A word that no text contains (a private character): put between parts, it stops phrases."""

LONGEST: Final = 64
"""Characters of a word that count: what is longer is no word that somebody types, and may be endless."""

STRICT_BYTES: Final = 50
"""Bytes beyond which the original drops a word (Heliotrope reference 3.4)."""


class Asked(NamedTuple):
    """What somebody asks for: these words in a row. `prefix`: the last one is only a word's beginning."""

    words: tuple[str, ...]
    prefix: bool = False


def cut(text: str) -> list[str]:
    """The words of a text, folded, in order."""
    if text.isascii():
        found = text.translate(_ASCII).split()
        return found if not found or len(max(found, key=len)) <= LONGEST else [one[:LONGEST] for one in found]
    found = []
    for line in text.split("\n"):
        if line.isascii():
            found += [one[:LONGEST] for one in line.translate(_ASCII).split()]
        else:
            _cut_line(line, found)
    return found


def words(text: str) -> str:
    """The words of a text joined by blanks: what an index takes."""
    return " ".join(cut(text))


def asked(text: str, *, prefix: bool = False) -> Asked:
    """The words that must stand in a row for a text to be found; none: it asks for nothing that can be found.

    `prefix`: it may go on after the last word (`piz*`).
    """
    found = cut(text)
    if found and len(found[-1]) == 1 and _has_cjk(found[-1]):
        if len(found) > 1 and _has_cjk(found[-2]) and found[-2][-1:] == found[-1]:
            found.pop()  # the pair before says it already, and here the text may go on
        prefix = True
    if prefix and found and len(found[-1]) == 2 and _has_cjk(found[-1]):
        prefix = False
    return Asked(tuple(found), prefix)


def folded(text: str) -> str:
    """A text without case and accents, blanks and punctuation kept: for looking up what begins alike."""
    if text.isascii():
        return text.lower()
    plain = normalize("NFKD", normalize("NFKD", text).casefold())
    return normalize("NFC", _ACCENTS.sub("", plain)).translate(_PLAIN)


def strict_cut(text: str) -> list[str]:
    """The words of a text as Heliotrope's index cuts them (reference 3.4).

    Between blanks, `<` and `>`, with punctuation inside kept and outside stripped; a number keeps its dot;
    only A–Z become small; what has more than 50 bytes is dropped.
    """
    found = _STRICT.findall(text.lower() if text.isascii() else text.translate(_SMALL))
    return [word for word in found if len(word) <= STRICT_BYTES // 4 or _bytes(word) <= STRICT_BYTES]


def _bytes(word: str) -> int:
    return len(word.encode(errors="replace"))


def _cut_line(line: str, found: list[str]) -> None:
    """Add the words of a line that is not all ASCII."""
    for hidden in _HIDDEN:
        if hidden in line:
            line = line.replace(hidden, "")
    for word in _pattern().findall(line):
        if word.isascii():
            found.append(word[:LONGEST].lower())
        elif len(word) <= LONGEST:
            found += _folded(word)
        else:
            found += _fold(word)


def _fold(word: str) -> Iterator[str]:
    """The words that one run of letters becomes."""
    for part in _pattern().findall(folded(word)):
        if not _has_cjk(part):
            yield part[:LONGEST]
            continue
        for run in _RUNS.findall(part):
            if _has_cjk(run[0]):
                yield from (run[at : at + 2] for at in range(len(run)))
            else:
                yield run[:LONGEST]


@lru_cache(maxsize=32_768)
def _folded(word: str) -> tuple[str, ...]:
    return tuple(_fold(word))


def _has_cjk(text: str) -> bool:
    return _CJK.search(text) is not None


@cache
def _pattern() -> re.Pattern[str]:
    r"""A run of letters, digits and marks. `\w` alone would cut Indic and Thai words at their vowel signs."""
    signs: list[str] = []
    # where Unicode has marks at all; to look through all of it would take a tenth of a second
    for first, last in _MARKED:
        at = first
        while at < last:
            end = at
            while end < last and category(chr(end))[0] == "M":
                end += 1
            if end > at:
                signs.append(f"{chr(at)}-{chr(end - 1)}")
            at = end + 1
    return re.compile(rf"[^\W_](?:[^\W_]|[{''.join(signs)}])*")


_MARKED: Final = (
    (0x300, 0x3100),
    (0xA660, 0xAC00),
    (0xFB1E, 0xFE30),
    (0x10A00, 0x12000),
    (0x16AF0, 0x17000),
    (0x1BC90, 0x1BCA0),
    (0x1CF00, 0x1D250),
    (0x1DA00, 0x1E950),
)
_ASCII: Final = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
_SMALL: Final = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_HIDDEN: Final = ("\u00ad", "\u200c", "\u200d", "\u2060", "\ufeff")
"""Characters that steer how a word is drawn (soft hyphen, joiners) and are no part of it."""
_PLAIN: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"})
"""Letters with a stroke and joined ones, which people type plain; Unicode does not take them apart."""
_ACCENTS: Final = re.compile(
    # of Latin, Greek and Cyrillic (but й is a letter of its own), Hebrew and Arabic points, and what chooses
    # between drawings of a character; other scripts write their vowels with marks and keep them
    "(?<!и)\u0306|[\u0300-\u0305\u0307-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]"
)
_CJK_RANGES: Final = (
    "\u1100-\u11ff\u3005-\u3007\u3041-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
_CJK: Final = re.compile(f"[{_CJK_RANGES}]")
_RUNS: Final = re.compile(f"[{_CJK_RANGES}]+|[^{_CJK_RANGES}]+")
_PUNCTUATION: Final = re.escape("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_EDGE: Final = rf"[^ \t\r\n\v\f{_PUNCTUATION}]"
_STRICT: Final = re.compile(
    rf"-[0-9]+(?:\.[0-9]*)?|[0-9]+\.(?![^ \t\r\n\v\f<>]*{_EDGE})|{_EDGE}(?:[^ \t\r\n\v\f<>]*{_EDGE})?"
)
