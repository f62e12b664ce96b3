"""A worker that certain mails kill, or keep for ever, as a fault in a C library would."""

import os
import time

from syncline.gateways.imports import worker
from syncline.gateways.imports.batches import Asked, Prepared

prepared = worker.prepared


def deadly(asked: Asked) -> list[Prepared]:
    """Die of some mails."""
    for found in asked.mails:
        if b"X-Kill" in found.raw:
            os.abort()
        if b"X-Hang" in found.raw:
            time.sleep(60)
    return prepared(asked)


if __name__ == "__main__":
    worker.prepared = deadly
    worker.main()
