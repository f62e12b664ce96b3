"""Transfer encodings: base64 and quoted-printable as they come, broken ones included."""

import binascii
import re
from typing import Final

LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
NOISE: Final = bytes(set(range(256)) - set(LETTERS))
"""What base64 skips: line ends, blanks, and what does not belong there."""

LIKELY: Final = LETTERS + b"=\t\r\n"

PACKED: Final = re.compile(rb"(?:[A-Za-z0-9+/=]{4,}[ \t]*\r?\n)+")
"""Lines of base64."""

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
    """The bytes meant; never raises.

    What is called base64 but mostly is none stays as it is, behind lines that are: mailing lists add their
    plain footers to packed texts.
    """
    if name == "qp":
        return binascii.a2b_qp(data)
    if name != "base64":
        return data
    if len(data.translate(None, LIKELY)) * 8 > len(data):  # the blanks of a text alone are more than that
        packed = PACKED.match(data)
        end = packed.end() if packed else 0
        return base64(data[:end]) + data[end:]
    return base64(data)


def base64(data: bytes) -> bytes:
    """Base64 with letters missing at the end, wrong padding, or noise between, as far as it goes."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        letters = data.translate(None, NOISE)
        whole = letters[: len(letters) - (len(letters) % 4 == 1)]
        return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))
