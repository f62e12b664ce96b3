"""Mails in batches: what workers read and the owner of the store takes at once."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from syncline.core.ids import Hash
from syncline.core.mail import ReadMail, Words
from syncline.gateways.imports.found import Found, Place
from syncline.gateways.imports.pipes import LENGTH

BATCH: Final = 64

BATCH_BYTES: Final = 2_000_000
"""Raw bytes of a batch, about; one larger mail goes alone."""


LARGE: Final = 64 * 1024
"""Bytes from which on a mail is handed over by itself."""


class Asked(msgspec.Struct, frozen=True):
    """What a worker is asked: read these mails; their bytes follow the message. `labels` are for all of them,
    `inbox` False: for none."""

    sizes: list[int]
    places: list[Place]
    labels: tuple[str, ...] = ()
    inbox: bool = True


class Prepared(msgspec.Struct, frozen=True, array_like=True):
    """A mail as a worker read it, with the labels and states that it gets. Its bytes stay where they are."""

    mail: ReadMail
    labels: tuple[str, ...]
    state: tuple[str, ...]


def batches(mails: Iterable[Found]) -> Iterator[list[Found]]:
    """Mails in their order, in batches of bounded number and size."""
    batch: list[Found] = []
    size = 0
    try:
        for found in mails:
            if batch and size + len(found.raw) > BATCH_BYTES:
                yield batch
                batch, size = [], 0
            batch.append(found)
            size += len(found.raw)
            if len(batch) >= BATCH:
                yield batch
                batch, size = [], 0
    except Exception:
        if batch:  # what came before is whole
            yield batch
        raise
    if batch:
        yield batch


def size_of(batch: Sequence[Found]) -> int:
    """Raw bytes of a batch."""
    return sum(len(found.raw) for found in batch)


def unread(raw: bytes, place: Place) -> Prepared:
    """A mail that no worker survives reading: kept raw, found by its bytes alone."""
    digest = hashlib.sha256(raw).digest()
    mail = ReadMail(f"{digest.hex()}@no-message-id.invalid", Hash(digest), len(raw), Words(), kept_raw=True)
    return Prepared(mail, place.labels, place.state or ())


def packed(answer: bytes, found: Sequence[Found]) -> list[bytes]:
    """A batch as it goes to the owner: the length of the worker's answer, that answer as it came, and the
    bytes of the mails in the same order. Large mails are parts of their own, so that nobody copies them."""
    parts: list[bytes] = []
    small = [len(answer).to_bytes(LENGTH, "little"), answer]
    for one in found:
        if len(one.raw) < LARGE:
            small.append(one.raw)
        else:
            parts += (b"".join(small), one.raw)
            small = []
    parts.append(b"".join(small))
    return [part for part in parts if part]
