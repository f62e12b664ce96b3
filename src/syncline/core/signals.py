"""Signals: what nobody needs tomorrow. Never in the log, lost on a restart."""

from enum import IntEnum

import msgspec

from syncline.core.ids import Id, ZoneId


class SignalKind(IntEnum):
    """What a signal says."""

    TYPING = 1
    ACTIVITY = 2
    PRESENCE = 3
    POKE = 4


class Signal(msgspec.Struct, frozen=True, gc=False):
    """Something happening now in a zone.

    `position` is `max(last + 1, milliseconds since 1970)`: it rises over restarts and needs no storage.
    """

    position: int
    kind: SignalKind
    zone: ZoneId
    actor: Id
    body: bytes
