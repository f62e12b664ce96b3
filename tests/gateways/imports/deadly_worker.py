"""A worker that certain mails kill, or keep for ever, as a fault in a C library would."""

import os
import time
from collections.abc import Iterable

from syncline.gateways.imports import worker
from syncline.gateways.imports.batches import Asked, Prepared

prepared = worker.prepared


def deadly(asked: Asked, raws: Iterable[bytes]) -> list[Prepared]:
    """Die of some mails."""
    return prepared(asked, map(touched, raws))


def touched(raw: bytes) -> bytes:
    """A mail that did no harm."""
    if b"X-Kill" in raw:
        os.abort()
    if b"X-Hang" in raw:
        time.sleep(60)
    return raw


if __name__ == "__main__":
    worker.prepared = deadly
    worker.main()
