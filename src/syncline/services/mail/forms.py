"""What goes into a mailbox and what comes out of it."""

from enum import IntEnum

import msgspec

from syncline.core.entries import Entry
from syncline.core.ids import Hash, ZoneId
from syncline.core.mail import MailBody, ReadMail
from syncline.core.threads import Node
from syncline.services.conversations.subscriptions import Marks


class Status(IntEnum):
    """What became of a mail that came in."""

    NEW = 1
    COPY = 2
    """its Message-ID was known, its bytes were not: kept as another copy of that mail"""
    SAME = 3
    """known byte for byte: nothing was changed"""


class Incoming(msgspec.Struct, frozen=True):
    """A mail on its way in, with the labels and states that its source gave it."""

    mail: ReadMail
    raw: bytes
    labels: tuple[str, ...] = ()
    state: tuple[str, ...] = ()


class Added(msgspec.Struct, frozen=True):
    """Where a mail lies now. `thread` is the thread's id as clients see it, 0 where nobody asked for it."""

    status: Status
    no: int
    conv: ZoneId
    thread: int = 0


class MailEntry(msgspec.Struct, frozen=True):
    """A mail of a thread: its entry, and the entry's body as it was read."""

    entry: Entry
    body: MailBody


class Thread(msgspec.Struct, frozen=True):
    """A whole thread. `labels` are its own, without the states; `mails` by number; `nodes` in tree order."""

    conv: ZoneId
    id: int
    nodes: tuple[Node, ...]
    mails: dict[int, MailEntry]
    labels: tuple[str, ...]
    marks: Marks


class Message(msgspec.Struct, frozen=True):
    """One mail with what its owner noted about it and its thread (`labels`: without the states)."""

    entry: Entry
    body: MailBody
    thread: int
    labels: tuple[str, ...]
    state: tuple[str, ...]
    thread_state: tuple[str, ...] = ()
    """the mutable states that any mail of its thread has"""


class Copy(msgspec.Struct, frozen=True):
    """One copy of a mail's raw bytes. The first is the one that was read."""

    hash: Hash
    size: int
    at: int
    """when it came, ms"""
