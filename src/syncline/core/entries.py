"""Entries, amendments and the state of conversations."""

import msgspec

from syncline.core.ids import Id, Nr, Seq, ZoneId
from syncline.core.kinds import EntryKind, Rel

ERASED = b"{}"
"""What an erased body is overwritten with: a JSON object that says nothing."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One act in a conversation. Only ever added: it keeps its seq, nr and place for ever.

    `body` is its content and `form` what amendments made of it (None while untouched), both JSON objects as
    ready bytes in the core form. `target` and `rel` make it an amendment; `root` is the entry whose thread
    it belongs to. `alert_nr` counts the entries that alert (0: it does not). `session` and `request` say
    which session sent it under which request id. `at` is the sender's or the mail's own date, ms.
    """

    id: Id
    conv: ZoneId
    seq: Seq
    nr: Nr | None
    kind: EntryKind
    author: Id | None
    at: int
    body: bytes
    form: bytes | None = None
    target: Id | None = None
    rel: Rel | None = None
    root: Id | None = None
    alert_nr: int = 0
    session: Id | None = None
    request: str | None = None

    @property
    def current(self) -> bytes:
        """The newest form of its content."""
        return self.body if self.form is None else self.form


class NewEntry(msgspec.Struct, frozen=True, gc=False):
    """An entry to be added; the store gives it id, seq and (unless `silent`) nr and alert number.

    `bumps` False keeps the conversation where it stands in lists (an amendment, a reaction).
    """

    conv: ZoneId
    kind: EntryKind
    author: Id | None
    body: bytes
    at: int | None = None
    target: Id | None = None
    rel: Rel | None = None
    root: Id | None = None
    silent: bool = False
    alerts: bool = False
    bumps: bool = True
    session: Id | None = None
    request: str | None = None


class Fact(msgspec.Struct, frozen=True, gc=False):
    """One named fact of a conversation, valid from `since` until `until` (None: now).

    `type` and `name` are Matrix's event type and state key (the superset of all protocols); a member's
    name is the person's id as text. `part` is its place among the facts of its entry.
    """

    conv: ZoneId
    type: str
    name: str
    content: bytes
    since: Seq = Seq(0)
    part: int = 0
    until: Seq | None = None
    entry: Id = Id(0)


class NewFact(msgspec.Struct, frozen=True, gc=False):
    """A fact to be set by the entry that is added with it."""

    type: str
    name: str
    content: bytes
