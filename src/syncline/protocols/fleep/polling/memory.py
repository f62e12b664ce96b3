"""Commits from memory as records: the hot path of a poll, without SQL.

Plain messages are rendered once for all readers, with a gap for whom they are for; a conversation's record
is a template with gaps for the reader's own numbers. Whatever is more than that is read from the log.
"""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from syncline.core.entries import Entry
from syncline.core.ids import Id, Nr, ZoneId
from syncline.core.kinds import HIDDEN, EntryKind, Kind
from syncline.core.rooms.forms import read_form
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.records.conv import Convs
from syncline.protocols.fleep.records.message import message
from syncline.protocols.fleep.records.request import request
from syncline.protocols.fleep.texts import is_long, told
from syncline.services.conversations import Private
from syncline.services.delivery import Heard, Recent
from syncline.services.overviews import Common, Overview

GAP: Final = b"\x01"
"""Never in JSON: control characters are escaped there."""

TEMPLATES: Final = 2_000

_encode = msgspec.json.Encoder().encode


class Untold(Exception):
    """Memory does not hold what it takes: the log has to be read."""


class Rendered(msgspec.Struct, frozen=True, gc=False):
    """A message of a conversation. `parts`: what stands before and after each `profile_id`.

    `previous` and `nr` say who may be told by it; `request`: its author's session gets one more record.
    """

    conv: ZoneId
    nr: Nr
    previous: int
    author: Id | None
    request: bytes | None
    new: tuple[bytes, bytes]
    old: tuple[bytes, bytes]
    """the same for clients that want `is_edit`"""


class Memory:
    """Renders what was committed lately."""

    def __init__(self, fleep: Fleep) -> None:
        """Nothing is rendered yet."""
        self._fleep = fleep
        self._names = fleep.names
        self._overviews = fleep.overviews
        self._convs = Convs(fleep.names, fleep.host, "")
        self._templates: dict[ZoneId, tuple[Common, list[bytes]]] = {}

    def tell(self, account: Id, recent: Recent, *, edits: bool) -> list[bytes]:
        """The records of these commits for an account, ready; raises Untold."""
        profile = b'"%b"' % self._names.person(account).encode()
        convs: dict[ZoneId, list[Rendered]] = {}
        for heard in recent:
            for one in heard.once("fleep", self._rendered):
                if isinstance(one, Rendered):
                    convs.setdefault(one.conv, []).append(one)
                elif one is None:
                    raise Untold
            for conv in _read(heard, account):
                convs.setdefault(conv, [])
        found: list[bytes] = []
        for conv, messages in convs.items():
            of = self._overviews.known(account, conv)
            if of is None or of.private.deleted_nr:
                raise Untold
            found.append(self._conv(of, profile))
            begin = of.private.begin_nr
            for one in messages:
                if one.previous and one.previous < begin:
                    raise Untold
                before, after = one.old if edits else one.new
                found.append(before + profile + after)
                if one.request is not None and one.author == account:
                    found.append(one.request)
        return found

    def _rendered(self, heard: Heard) -> tuple[Rendered | None, ...]:
        """What everybody is told who sees these zones; None for what memory cannot tell."""
        commit = heard.commit
        zones = set(heard.zones)
        if not commit.complete or commit.facts:
            return (None,)
        found: list[Rendered | None] = []
        entries = commit.entries
        for change in commit.changes:
            if change.zone not in zones or change.kind in HIDDEN or change.kind == Kind.RECEIPT:
                continue
            if change.kind == Kind.SUBSCRIPTION:
                continue
            if change.kind != Kind.ENTRY:
                return (None,)
            entry = entries.get(change.object)
            one = None if entry is None else self._message(entry)
            if one is None:
                return (None,)
            found.append(one)
        return tuple(found)

    def _message(self, entry: Entry) -> Rendered | None:
        place = self._overviews.place_of(entry)
        if entry.kind != EntryKind.MESSAGE or entry.nr is None or place is None or is_long(entry):
            return None
        if entry.author is None or entry.form is not None:
            return None
        record = message(
            self._names,
            entry,
            told(entry, self._names),
            read_form(entry.body),
            profile="",
            author=entry.author,
            previous=place[0],
            alerts=place[1],
        )
        if "<a " in record["message"]:  # its links have previews
            return None
        record["profile_id"] = msgspec.Raw(GAP)
        new = _encode(record)
        record["is_edit"] = False
        return Rendered(
            entry.conv,
            entry.nr,
            place[0],
            entry.author,
            None if entry.request is None else _encode(request(self._names, entry)),
            _two(new),
            _two(_encode(record)),
        )

    def _conv(self, of: Overview, profile: bytes) -> bytes:
        """A conversation's record: from the template where the reader's side has nothing of its own."""
        if of.mention_nr or of.one_to_one or not _plain(of.private):
            labels = self._fleep.labels.known(of.account)
            if labels is None:
                raise Untold
            return _encode(self._convs.flow(of, labels, told=True))
        known = self._templates.get(of.conv)
        if known is None or known[0] is not of.common:
            if len(self._templates) >= TEMPLATES:
                self._templates.clear()
            known = self._templates[of.conv] = (of.common, self._template(of))
        parts = known[1]
        filled = [part for pair in zip(parts, (profile, *_numbers(of)), strict=False) for part in pair]
        return b"".join((*filled, parts[-1]))

    def _template(self, of: Overview) -> list[bytes]:
        record = self._convs.flow(of, {}, told=True)
        gap = msgspec.Raw(GAP)
        record = {key: value for key, value in record.items() if key not in _GAPS and key != "profile_id"}
        ordered: dict[str, Any] = {"mk_rec_type": record.pop("mk_rec_type"), "profile_id": gap}
        ordered |= dict.fromkeys(_GAPS, gap)
        return _encode(ordered | record).split(GAP)


_GAPS: Final = (
    "join_message_nr",
    "send_message_nr",
    "read_message_nr",
    "read_inbox_nr",
    "inbox_message_nr",
    "unread_count",
)


def _numbers(of: Overview) -> tuple[bytes, ...]:
    private = of.private
    return tuple(
        b"%d" % number
        for number in (
            private.joined_nr,
            private.member_nr,
            of.read_nr,
            of.read_alert,
            of.inbox_nr,
            of.unread,
        )
    )


def _plain(private: Private) -> bool:
    """Whether a private side says nothing but numbers."""
    return not (
        private.labels
        or private.muted_until
        or private.hidden_nr
        or private.marked_unread
        or private.marks is not None
        or private.alerts != "default"
    )


def _two(text: bytes) -> tuple[bytes, bytes]:
    before, after = text.split(GAP)
    return before, after


def _read(heard: Heard, account: Id) -> Iterable[ZoneId]:
    """The conversations of which an account's own side changed by a commit."""
    if ZoneId(account) not in heard.zones:
        return ()
    return [conv for owner, conv in heard.commit.subscriptions if owner == account]
