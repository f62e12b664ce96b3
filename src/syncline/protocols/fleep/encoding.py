"""Answers as JSON, in slices: one may hold thousands of records, or ten messages of 2 MB each."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from syncline.services.sync import Pace

FEW: Final = 8
"""Records that are encoded at once, whatever they are."""

_encode: Final = msgspec.json.Encoder().encode


async def encoded(records: Iterable[Any]) -> list[bytes]:
    """Each of these as JSON."""
    pace = Pace()
    found = []
    for record in records:
        found.append(_encode(record))
        await pace.rest()
    return found


async def reply_as_json(reply: Any) -> bytes:
    """A whole reply as JSON."""
    if not isinstance(reply, dict) or not any(map(_is_long, reply.values())):
        return _encode(reply)
    parts = []
    for key, value in reply.items():
        json = b"[%b]" % b",".join(await encoded(value)) if _is_long(value) else _encode(value)
        parts.append(b"%b:%b" % (_encode(key), json))
    return b"{%b}" % b",".join(parts)


def _is_long(value: Any) -> bool:
    return isinstance(value, list) and len(value) > FEW
