"""Readers whose cursors the server keeps: devices, projections, automations, connections."""

import msgspec

from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.kinds import Kind, ReaderKind


class Reader(msgspec.Struct, frozen=True, gc=False):
    """Somebody who follows the log, and its place in it. Unique by (kind, account, name)."""

    id: Id
    kind: ReaderKind
    account: Id | None
    name: str
    cursor: Seq = Seq(0)
    seen_at: int = 0
    body: bytes = b"{}"


class Mark(msgspec.Struct, frozen=True, gc=False):
    """All objects of one kind in one zone up to `upto` are acknowledged, but for exceptions.

    `full` is the head of the last pass that was drained to its end: an object that entered the zone at or
    before it was had by the device.
    """

    reader: Id
    zone: ZoneId
    kind: Kind
    upto: Seq
    full: Seq


class MarkException(msgspec.Struct, frozen=True, gc=False):
    """One object that differs from its mark: `owed` below it, or done above it."""

    reader: Id
    object: Id
    seq: Seq
    owed: bool
    had: bool


class Queued(msgspec.Struct, frozen=True, gc=False):
    """One thing for one reader, deleted when it confirms."""

    reader: Id
    seq: Seq
    body: bytes
