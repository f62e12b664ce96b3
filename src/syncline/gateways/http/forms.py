"""Forms with any bytes in their fields: a mail in one is no text.

Everything here is done in slices: these functions run in a thread for all but small forms, and one call over
64 MB would hold the interpreter, and with it the event loop.
"""

import binascii
import re
from typing import Final
from urllib.parse import unquote_to_bytes

from syncline.core.errors import Invalid

SLICE: Final = 1 << 17
"""bytes that one step works on: about a millisecond"""

MOST_FIELDS: Final = 100
LONGEST_NAME: Final = 100

_BOUNDARY: Final = re.compile(r'boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
_MALFORMED: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_NAME: Final = re.compile(rb"""(?:\A|[;\s])name=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))""", re.IGNORECASE)


def boundary_of(parameters: str) -> bytes | None:
    """The boundary among the parameters of a multipart media type, None if it names none."""
    found = _BOUNDARY.search(parameters)
    return None if found is None else (found.group(1) or found.group(2)).encode("latin-1")


def urlencoded(chunks: list[bytes], boundary: bytes = b"") -> dict[str, bytes]:
    """The fields of `a=1&b=2`; of a repeated field the last value. `+` is a blank, `%XX` any byte."""
    body = b"".join(chunks)
    fields: dict[str, bytes] = {}
    at = 0
    for _ in range(MOST_FIELDS):
        if at >= len(body):
            break
        end = find(body, b"&", at)
        end = len(body) if end < 0 else end
        name_end = body.find(b"=", at, min(end, at + 3 * LONGEST_NAME))
        if name_end > at:
            name = unquote_to_bytes(body[at:name_end].replace(b"+", b" ")).decode(errors="replace")
            fields[name] = decoded(body, name_end + 1, end)
        at = end + 1
    else:
        raise Invalid(f"A form may have at most {MOST_FIELDS} fields.")
    return fields


def decoded(body: bytes, start: int, end: int) -> bytes:
    """The bytes that a percent-encoded part of a form stands for; what is no escape stays as it is."""
    pieces = []
    while start < end:
        stop = min(start + SLICE, end)
        if stop < end and (cut := body.rfind(b"%", stop - 2, stop)) > 0:
            stop = cut  # not within an escape
        pieces.append(_decoded(body[start:stop]))
        start = stop
    return b"".join(pieces)


def _decoded(piece: bytes) -> bytes:
    piece = piece.replace(b"+", b" ")
    if b"%" not in piece:
        return piece
    if _MALFORMED.search(piece):
        return unquote_to_bytes(piece)  # exact, but makes an object for each escape
    # quoted-printable is the same with another sign, and decoded in C: 100 MB/s instead of 7
    return binascii.a2b_qp(piece.replace(b"=", b"=3D").replace(b"%", b"="))


def multipart(chunks: list[bytes], boundary: bytes) -> dict[str, bytes]:
    """The fields of a multipart/form-data body (RFC 7578), files included; raises Invalid."""
    body = b"".join(chunks)
    fields: dict[str, bytes] = {}
    start = 0 if body.startswith(b"--" + boundary) else find(body, b"\r\n--" + boundary, 0) + 2
    if start == 1:
        raise Invalid("This form does not have the boundary that it names.")
    for _ in range(MOST_FIELDS):
        start += 2 + len(boundary)
        if body[start : start + 2] == b"--":
            return fields
        head_end = body.find(b"\r\n\r\n", start, start + 8192)
        end = find(body, b"\r\n--" + boundary, max(head_end, start))
        if head_end < 0 or end < 0:
            raise Invalid("This form ends too early.")
        name = _name(body[start:head_end])
        if name is not None:
            fields[name] = _copied(body, head_end + 4, end)
        start = end + 2
    raise Invalid(f"A form may have at most {MOST_FIELDS} fields.")


def _name(head: bytes) -> str | None:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-disposition:") and (found := _NAME.search(line)):
            return (found.group(1) or found.group(2) or b"").decode(errors="replace")[:LONGEST_NAME]
    return None


def find(body: bytes, wanted: bytes, start: int) -> int:
    """Where something stands, −1 for nowhere: `bytes.find` in steps."""
    step = SLICE * 8
    while start < len(body):
        at = body.find(wanted, start, start + step + len(wanted) - 1)
        if at >= 0:
            return at
        start += step
    return -1


def _copied(body: bytes, start: int, end: int) -> bytes:
    step = SLICE * 8
    return b"".join([body[at : min(at + step, end)] for at in range(start, end, step)])
