"""Read mails in batches, as they are handed to the owner of the store."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from syncline.gateways.mbox.mail import ReadMail, read_mail
from syncline.gateways.mbox.reading import mails

BATCH: Final = 100

BATCH_BYTES: Final = 2_000_000
"""Raw bytes a batch, about; one larger mail goes alone."""


def batches(path: Path, *, read: Callable[[int], None]) -> Iterator[list[ReadMail]]:
    """The mails of a file, in order, in batches of bounded number and size."""
    batch: list[ReadMail] = []
    size = 0
    for raw in mails(path, read=read):
        if batch and size + len(raw) > BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(read_mail(raw))
        size += len(raw)
        if len(batch) >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
