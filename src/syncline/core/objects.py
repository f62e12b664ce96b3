"""Objects: what a zone holds besides entries; newest version only (records and publications keep all)."""

import msgspec

from syncline.core.ids import Id, Nr, Seq, ZoneId
from syncline.core.kinds import Act, Kind, Space


class Object(msgspec.Struct, frozen=True, gc=False):
    """The newest version of one object in its zone.

    `seq` is the change that made this version, `entered` the one by which it came into this zone, `made`
    when it was first made (ms). `body` is a JSON object as ready bytes.
    """

    id: Id
    kind: Kind
    zone: ZoneId
    body: bytes
    seq: Seq = Seq(0)
    made: int = 0
    entered: Seq = Seq(0)


class Departure(msgspec.Struct, frozen=True, gc=False):
    """What an object leaves in a zone when it is deleted, moved or unshared. `gone_to` None: deleted."""

    zone: ZoneId
    kind: Kind
    seq: Seq
    object: Id
    entered: Seq
    gone_to: ZoneId | None


class Version(msgspec.Struct, frozen=True, gc=False):
    """One kept version of a record or publication; `previous` is the version before it."""

    object: Id
    seq: Seq
    zone: ZoneId
    nr: Nr | None
    act: Act
    body: bytes
    previous: Seq | None


class Subscription(msgspec.Struct, frozen=True, gc=False):
    """An account's private side of a conversation: read position, labels, alerts. Lies in its own zone."""

    account: Id
    conv: ZoneId
    seq: Seq = Seq(0)
    read_nr: Nr = Nr(0)
    read_alert: int = 0
    body: bytes = b"{}"


class Bound(msgspec.Struct, frozen=True, gc=False):
    """What a unique key leads to, with the first answer where the key is a request's id.

    After `expires` (ms) the key may be bound anew.
    """

    space: Space
    value: bytes
    object: Id
    answer: bytes | None = None
    expires: int | None = None


class Timer(msgspec.Struct, frozen=True, gc=False):
    """An act that is due at a time (ms). `act` is JSON that the service which set it understands."""

    id: Id
    due: int
    act: bytes
