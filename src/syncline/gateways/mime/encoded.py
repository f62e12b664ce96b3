"""The value of a header as text: encoded words (RFC 2047), raw UTF-8 (RFC 6532), raw bytes of any charset."""

import binascii
import re
from typing import Final

from syncline.gateways.mime import charsets, transfer

WORD: Final = re.compile(rb"=\?([^?\s]{1,100})\?([bBqQ])\?([^?]*(?:\?(?!=)[^?\s]{0,100}){0,9})\?=")
"""Some programs leave a `?` as it is; no more than a few, or a word that never ends would cost a search to
the end of the header for each one."""

CONTROL: Final = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]+")

LONGEST: Final = 256 * 1024
"""Bytes of a header's value that are looked at."""


def decode(value: bytes, hint: str = "") -> str:
    """The text of an unfolded or folded value; never raises, never has line ends or control characters.

    Neighbouring encoded words of one charset are joined before they are decoded: many mailers cut in the
    middle of a character. `hint` is the charset that the mail declares for its text, tried for raw bytes that
    are no UTF-8.
    """
    value = value[:LONGEST]
    if b"=?" not in value:
        return _tidy(raw(value, hint))
    texts: list[str] = []
    held = b""
    held_charset = ""
    end = 0
    for word in WORD.finditer(value):
        between = value[end : word.start()]
        charset = word[1].split(b"*", 1)[0].decode("latin-1").casefold()
        if (between.strip() or charset != held_charset) and held:
            texts.append(charsets.decode(held, held_charset))
            held = b""
        if between.strip() or end == 0:
            texts.append(raw(between, hint))
        held, held_charset, end = held + _unpacked(word[2], word[3]), charset, word.end()
    if held:
        texts.append(charsets.decode(held, held_charset))
    texts.append(raw(value[end:], hint))
    return _tidy("".join(texts))


def raw(value: bytes, hint: str = "") -> str:
    """Bytes without encoded words: UTF-8 where they are, else the hint, else windows-1252."""
    if value.isascii():
        if b"\x1b$" in value:  # Japanese as it stood in the headers of the nineties
            return charsets.decode(value, hint if hint.startswith("iso-2022") else "iso-2022-jp")
        return value.decode("ascii")
    try:
        return value.decode()
    except UnicodeDecodeError:
        name = charsets.codec(hint)
        return charsets.decode(value, hint if name and name != "utf-8" else "")


def _unpacked(kind: bytes, text: bytes) -> bytes:
    if kind in b"bB":
        return transfer.base64(text)
    return binascii.a2b_qp(text, header=True)


def _tidy(text: str) -> str:
    return CONTROL.sub(" ", text).strip() if not text.isprintable() else text.strip()
