"""Calls about messages: send, store, edit, delete, copy, pins, and how far one has read (reference 2.5)."""

from typing import Final

from syncline.protocols.fleep.messages import changing, copying, pinning, reading, sending, storing
from syncline.protocols.fleep.serving import Spec

CALLS: Final[tuple[Spec, ...]] = (
    *sending.CALLS,
    *storing.CALLS,
    *changing.CALLS,
    *copying.CALLS,
    *pinning.CALLS,
    *reading.CALLS,
)
"""All calls of this package."""
