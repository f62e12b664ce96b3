"""The one way to send bytes that somebody else made: attachments, pictures, raw mails.

A browser must never run them as ours. So: always sandboxed, never sniffed, and shown in place only where the
type can hold no script (raster pictures, plain text). SVG and HTML are documents, so they are downloaded.
"""

import re
from typing import Final
from urllib.parse import quote

from syncline.gateways.http.answers import Headers

POLICY: Final = b"sandbox; default-src 'none'"

INLINE: Final = frozenset(
    {"image/avif", "image/bmp", "image/gif", "image/jpeg", "image/png", "image/webp", "text/plain"}
)
"""What a browser may show in place."""

UNKNOWN: Final = "application/octet-stream"
_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\Z")
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9 !#$&+.^_`|~()\[\]{}@,=-]")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069/\\]")


def foreign_headers(type: str, name: str | None = None, *, download: bool = False) -> Headers:
    """The headers that foreign bytes go out with, whatever their sender said about them.

    `type` is the sender's word: its parameters are cut off, and what is not a type becomes octets. `name`
    is a file name from outside; its path, control and direction-changing characters are taken out. Length
    is the caller's.
    """
    known = type.partition(";")[0].strip().lower()
    if not _TYPE.match(known):
        known = UNKNOWN
    place = "inline" if known in INLINE and not download else "attachment"
    if known == "text/plain":
        known = "text/plain; charset=utf-8"
    return (
        (b"Content-Type", known.encode()),
        (b"Content-Disposition", _disposition(place, name)),
        (b"Content-Security-Policy", POLICY),
        (b"X-Content-Type-Options", b"nosniff"),
        (b"Cross-Origin-Resource-Policy", b"same-origin"),
        (b"Referrer-Policy", b"no-referrer"),
    )


def _disposition(place: str, name: str | None) -> bytes:
    """RFC 6266: an ASCII name for old clients, and the true one in UTF-8 beside it."""
    clean = _CONTROL.sub("_", name.encode(errors="replace").decode()).strip(" .")[:200] if name else ""
    if not clean:
        return place.encode()
    ascii_name = _UNSAFE.sub("_", clean)
    if ascii_name == clean:
        return f'{place}; filename="{clean}"'.encode()
    return f"{place}; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(clean, safe='')}".encode()
