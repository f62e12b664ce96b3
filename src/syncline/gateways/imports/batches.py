"""Mails in batches: what workers read and the owner of the store takes at once."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from syncline.core.ids import Hash
from syncline.core.mail import ReadMail, Words
from syncline.gateways.imports.found import Found, Place

BATCH: Final = 64

BATCH_BYTES: Final = 2_000_000
"""Raw bytes of a batch, about; one larger mail goes alone."""


class Asked(msgspec.Struct, frozen=True):
    """What a worker is asked: read these mails; `labels` are for all of them, `inbox` False: for none."""

    mails: list[Found]
    labels: tuple[str, ...] = ()
    inbox: bool = True


class Prepared(msgspec.Struct, frozen=True, array_like=True):
    """A mail as a worker read it, with the labels and states that it gets. Its bytes stay where they are."""

    mail: ReadMail
    labels: tuple[str, ...]
    state: tuple[str, ...]


class Batch(msgspec.Struct, frozen=True, array_like=True):
    """What is handed to the owner: mails as they were read, and their bytes in the same order."""

    mails: list[Prepared]
    raws: list[bytes]


class Packed(msgspec.Struct, frozen=True, array_like=True):
    """A Batch on its way: a worker's answer goes through as it came."""

    mails: msgspec.Raw
    raws: list[bytes]


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
