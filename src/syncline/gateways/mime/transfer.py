"""Transfer encodings: base64 and quoted-printable as they come, broken ones included."""

import binascii
import re
from typing import Final

LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
NOISE: Final = bytes(set(range(256)) - set(LETTERS))
"""What base64 skips: line ends, blanks, and what does not belong there."""

READABLE: Final = LETTERS + b"= \t\r\n"

NAME: Final = re.compile(rb"[a-z0-9-]+")


def encoding(value: bytes | None) -> str:
    """The encoding that a header names: "base64", "qp" or "" for none.

    Lenient: `7bit;`, `"base64"`, `Base64 (encoded)`, `quoted_printable`. Anything else, uuencode included,
    stands as it is: notmuch does not index uuencoded text either.
    """
    found = None if value is None else NAME.search(value.lower().replace(b"_", b"-"))
    name = b"" if found is None else found.group()
    if name in (b"base64", b"b", b"base-64", b"x-base64"):
        return "base64"
    if name in (b"quoted-printable", b"q", b"qp", b"quotedprintable", b"quoted-printeable"):
        return "qp"
    return ""


def decode(data: bytes, name: str) -> bytes:
    """The bytes meant; never raises. What is called base64 but mostly is none stays as it is."""
    if name == "qp":
        return binascii.a2b_qp(data)
    if name != "base64":
        return data
    if len(data.translate(None, READABLE)) * 4 > len(data):
        return data
    return base64(data)


def base64(data: bytes) -> bytes:
    """Base64 with letters missing at the end, wrong padding, or noise between, as far as it goes."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        letters = data.translate(None, NOISE)
        whole = letters[: len(letters) - (len(letters) % 4 == 1)]
        return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))
