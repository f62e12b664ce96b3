"""Bytes in a charset that a mail declares, or does not, or gets wrong, as text that is always valid.

The order: what is declared, then UTF-8 where the bytes allow it, then windows-1252 where the declaration
(Latin-1, ASCII, none) makes it likely, then replacement characters. No detector: on the short texts of mails
they guess (Heliotrope reference 9.3).
"""

import codecs
import re
from functools import lru_cache
from typing import Final

NAME: Final = re.compile(r"[a-z0-9][a-z0-9_.:+-]{0,39}")

SURROGATE: Final = re.compile("[\ud800-\udfff]")
"""Halves of characters: UTF-7 and others can bring them, JSON and UTF-8 cannot hold them."""

WEST: Final = "windows-1252"

ALIASES: Final = {
    # Declared as Latin-1, written as windows-1252: what browsers and mail programs read, too.
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "iso_8859-1", "iso88591", "latin1", "latin-1", "l1"), WEST),
    **dict.fromkeys(("8859-1", "iso-8859-1-windows-3.1-latin-1", "cp-1252", "windows1252", "ansi"), WEST),
    **dict.fromkeys(("x-ansi", "x-cp1252", "iso-latin-1", "iso-latin1", "cp1252", "1252"), WEST),
    # Names that say nothing: as if none were declared.
    **dict.fromkeys(("us-ascii", "ascii", "ansi_x3.4-1968", "646", "7bit", "8bit", "binary", "none"), ""),
    **dict.fromkeys(
        ("unknown-8bit", "unknown", "x-unknown", "default", "default_charset", "x-user-defined"), ""
    ),
    **dict.fromkeys(
        ("_iso-2022-jp$esc", "csiso2022jp", "iso-2022-jp-ms", "cp50220", "cp50221"), "iso2022_jp_ext"
    ),
    **dict.fromkeys(
        ("utf8", "utf-8mb4", "utf8mb4", "unicode-1-1-utf-8", "x-unicode-2-0-utf-8", "cp65001"), "utf-8"
    ),
    **dict.fromkeys(("x-utf-8", "utf_8", "65001"), "utf-8"),
    **dict.fromkeys(("unicode-1-1-utf-7", "x-unicode-2-0-utf-7", "csunicode11utf7"), "utf-7"),
    # The larger sets of which mails declare the smaller.
    **dict.fromkeys(
        ("gb2312", "gbk", "gb_2312-80", "x-gbk", "cp936", "936", "x-euc-cn", "euc-cn", "chinesebig5"),
        "gb18030",
    ),
    **dict.fromkeys(("ks_c_5601-1987", "ks_c_5601", "euc-kr", "ksc5601", "x-windows-949", "korean"), "cp949"),
    **dict.fromkeys(
        ("shift_jis", "shift-jis", "x-sjis", "sjis", "ms_kanji", "x-ms-cp932", "windows-31j"), "cp932"
    ),
    **dict.fromkeys(("big5", "big-5", "x-x-big5", "x-big5", "cn-big5"), "big5hkscs"),
    **dict.fromkeys(("euc", "x-euc-jp", "eucjp"), "euc_jp"),
    **dict.fromkeys(("tis-620", "iso-8859-11", "windows-874"), "cp874"),
    **dict.fromkeys(("iso-8859-8-i", "iso-8859-8-e", "x-mac-hebrew"), "iso-8859-8"),
    **dict.fromkeys(("x-mac-roman", "macintosh", "mac"), "mac_roman"),
    **dict.fromkeys(("koi8-ru", "koi"), "koi8-u"),
    **dict.fromkeys(("iso-8859-9", "latin5", "latin-5"), "cp1254"),
}
"""Names seen in mails, by what is meant."""

NOT_FOR_MAILS: Final = frozenset(
    (
        "idna",
        "punycode",
        "unicode-escape",
        "unicode_escape",
        "raw-unicode-escape",
        "raw_unicode_escape",
        "undefined",
    )
)
"""Codecs of Python that are no charsets; punycode takes time that grows with the square of the text."""


@lru_cache(maxsize=512)
def codec(declared: str) -> str | None:
    """The codec for a declared name: "" where the name says nothing, None where nobody knows it."""
    found = NAME.search(declared.casefold().replace("charset", ""))
    if found is None:
        return ""
    name = found.group()
    for given in (name, name.removeprefix("x-"), name.removeprefix("cs")):
        if given in ALIASES:
            return ALIASES[given]
        if given.startswith("x-unknown"):
            return ""
        try:
            info = codecs.lookup(given)
        except (LookupError, ValueError):
            continue
        if info.name in NOT_FOR_MAILS or given in NOT_FOR_MAILS or not info._is_text_encoding:
            continue
        return info.name
    return None


def decode(data: bytes, declared: str = "", *, torn: bool = False) -> str:
    """The text of some bytes; never raises. `torn`: they were cut, perhaps within a character."""
    if data.isascii() and b"\x1b" not in data and b"+" not in data and b"~" not in data and b"\0" not in data:
        return data.decode("ascii")  # the same in nearly all; the rest below
    name = codec(declared)
    if name and (text := _strictly(data, name, torn=torn)) is not None:
        return clean(text)
    if name != "utf-8" and (text := _strictly(data, "utf-8", torn=torn)) is not None:
        return clean(text)
    if name in ("", WEST):
        return clean(data.decode(WEST, "replace") if name == "" else data.decode("latin-1"))
    return clean(_replaced(data, name or "utf-8"))


def clean(text: str) -> str:
    """The text without NULs and lone surrogates."""
    if "\0" in text:
        text = text.replace("\0", "")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return SURROGATE.sub("\ufffd", text)
    return text


def _strictly(data: bytes, name: str, *, torn: bool) -> str | None:
    try:
        if torn:
            return codecs.getincrementaldecoder(name)("strict").decode(data)
        return data.decode(name)
    except (UnicodeError, LookupError, ValueError):
        return None


def _replaced(data: bytes, name: str) -> str:
    try:
        return data.decode(name, "replace")
    except (UnicodeError, LookupError, ValueError):
        return data.decode("utf-8", "replace")
