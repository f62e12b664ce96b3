"""Handles: names of things for the outside, made of their ids and led back to them, without a table.

An id behind a handle cannot be guessed and tells nothing of how many there are: it is masked, and
authenticated by a keyed hash (design rule 6). A handle of one kind is none of another. It costs constant
time, needs no row, and stays the same after a rebuild, for it depends on the store's secret alone.
"""

import base64
import binascii
import hashlib
import re
import uuid
from enum import IntEnum
from functools import lru_cache
from typing import Final

from syncline.core.errors import NotFound
from syncline.core.ids import Id

REMEMBERED: Final = 20_000
"""Handles kept each way: making one takes 4 µs, looking it up 0.1."""

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII)
_LOW: Final = (1 << 62) - 1


class Handle(IntEnum):
    """What a handle names; part of what is hashed, so the numbers never change."""

    PERSON = 1
    CONVERSATION = 2
    LABEL = 3
    SYSTEM_LABEL = 4
    """account × 16 + the label's number"""
    HOOK = 5
    AUTOJOIN = 6
    """the link by which one joins a conversation"""
    HANGOUT = 7
    FILE = 8
    TEAM = 9
    SESSION = 10


class Handles:
    """Makes handles with one store's secret, and reads them."""

    def __init__(self, secret: str) -> None:
        """Derive the keys from the store's secret (`meta("secret")`)."""
        self._mark = hashlib.sha256(b"syncline handle mark\0" + secret.encode()).digest()
        self._mask = hashlib.sha256(b"syncline handle mask\0" + secret.encode()).digest()
        self.uuid = lru_cache(REMEMBERED)(self._uuid)
        self.id_of_uuid = lru_cache(REMEMBERED)(self._id_of_uuid)

    def key(self, kind: Handle, id: Id) -> str:
        """A handle as 22 characters of url-safe base64: 64 bits of it cannot be guessed."""
        mark = self._marked(kind, id)
        raw = mark.to_bytes(8, "big") + self._masked(kind, mark, id).to_bytes(8, "big")
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    def id_of_key(self, kind: Handle, key: str) -> Id:
        """The id behind such a key; raises NotFound for anything else."""
        try:
            raw = base64.b64decode(key + "==", altchars=b"-_", validate=True) if len(key) == 22 else b""
        except (binascii.Error, ValueError):
            raw = b""
        if len(raw) == 16:
            mark = int.from_bytes(raw[:8], "big")
            id = self._masked(kind, mark, int.from_bytes(raw[8:], "big"))
            # the last character has bits to spare: one handle is written in one way only
            if id < 1 << 63 and self._marked(kind, Id(id)) == mark and self.key(kind, Id(id)) == key:
                return Id(id)
        raise NotFound("There is no such thing.")

    def _uuid(self, kind: Handle, id: Id) -> str:
        """A handle as a UUID in lower case, with the version of a random one: clients check for it.

        122 bits: 58 of the hash, 64 of the masked id.
        """
        mark = self._marked(kind, id) >> 6
        whole = mark << 64 | self._masked(kind, mark, id)
        high, low = whole >> 62, whole & _LOW
        text = f"{high >> 12:012x}4{high & 0xFFF:03x}{0x2 << 62 | low:016x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def _id_of_uuid(self, kind: Handle, text: str) -> Id:
        """The id behind a UUID; raises NotFound for one that was not made here."""
        text = text.strip().lower()
        if _UUID.fullmatch(text):
            digits = text.replace("-", "")
            high = int(digits[:12], 16) << 12 | int(digits[13:16], 16)
            whole = high << 62 | int(digits[16:], 16) & _LOW
            mark, masked = whole >> 64, whole & (1 << 64) - 1
            id = self._masked(kind, mark, masked)
            if id < 1 << 63 and self._marked(kind, Id(id)) >> 6 == mark:
                return Id(id)
        raise NotFound("There is no such thing.")

    def _marked(self, kind: Handle, id: Id) -> int:
        text = bytes((kind,)) + id.to_bytes(8, "big")
        return int.from_bytes(hashlib.blake2b(text, digest_size=8, key=self._mark).digest(), "big")

    def _masked(self, kind: Handle, mark: int, value: int) -> int:
        text = bytes((kind,)) + mark.to_bytes(8, "big")
        return value ^ int.from_bytes(hashlib.blake2b(text, digest_size=8, key=self._mask).digest(), "big")


def short_of(text: str) -> str:
    """A UUID as the 22 characters of links (`/chat?cid=…`, Fleep reference 1.6)."""
    return base64.urlsafe_b64encode(uuid.UUID(text).bytes).decode().rstrip("=")


def long_of(text: str) -> str:
    """The UUID of such 22 characters; raises NotFound."""
    try:
        return str(uuid.UUID(bytes=base64.b64decode(text + "==", altchars=b"-_", validate=True)))
    except ValueError:
        raise NotFound("There is no such thing.") from None
