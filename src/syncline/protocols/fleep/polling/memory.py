"""Commits from memory as records: the hot path of a poll, without SQL.

Plain messages are rendered once for all readers, with gaps for whom they are for; a conversation's record is
a template with gaps for the reader's own numbers, too. Whatever is more than that is read from the log.
"""

from collections.abc import Sequence
from typing import Final, TypeAlias, cast

import msgspec

from syncline.core.entries import Entry
from syncline.core.ids import Id, ZoneId
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

PROFILE: Final = b"\x01"
"""Stands where the reader's id goes. Never in JSON: control characters are escaped there."""

NUMBER: Final = b"\x02"
"""Stands where a number of the reader's own goes."""

KEY: Final = "fleep"
"""Under which a commit remembers what was rendered of it."""

TEMPLATES: Final = 2_000

_encode = msgspec.json.Encoder().encode


class Untold(Exception):
    """Memory does not hold what it takes: the log has to be read."""


class Rendered(msgspec.Struct, frozen=True, eq=False, gc=False):
    """The messages of a commit in one conversation, as JSON with commas between.

    `previous`: the smallest nr to which one of them points back, 0 for none. `requests`: what their authors
    are told besides, where they sent a request id.
    """

    conv: ZoneId
    previous: int
    new: bytes
    old: bytes
    """the same for clients that want `is_edit`"""
    requests: dict[Id, bytes]


Told: TypeAlias = tuple[Rendered | None, ...]
"""A commit by conversations; None for what memory cannot tell."""


class _Message(msgspec.Struct, frozen=True):
    previous: int
    author: Id
    new: bytes
    old: bytes
    request: bytes | None


class Memory:
    """Renders what was committed lately."""

    def __init__(self, fleep: Fleep) -> None:
        """Nothing is rendered yet."""
        self._fleep = fleep
        self._names = fleep.names
        self._overviews = fleep.overviews
        self._convs = Convs(fleep.names, fleep.host, "")
        self._templates: dict[ZoneId, tuple[Common, bytes]] = {}

    def tell(self, account: Id, recent: Recent, *, edits: bool) -> list[bytes]:
        """The records of these commits for an account as ready JSON; raises Untold."""
        made = [heard.memo.get(KEY) or heard.once(KEY, self._rendered) for heard in recent]
        rendered = [one for told in cast("list[Told]", made) for one in told]
        found: list[bytes] = []
        convs = _by_conversation(rendered)
        for conv, messages in convs.items():
            of = self._known(account, conv)
            found.append(self._conv(of))
            begin = of.private.begin_nr
            if begin > 1 and any(0 < one.previous < begin for one in messages):
                raise Untold
            found += [one.old for one in messages] if edits else [one.new for one in messages]
            found += [one.requests[account] for one in messages if account in one.requests]
        for heard in recent:
            if account in heard.zones:  # his own side of something changed
                for owner, conv in heard.commit.subscriptions:
                    if owner == account and conv not in convs:
                        convs[conv] = []
                        found.append(self._conv(self._known(account, conv)))
        if not found:
            return found
        return [b",".join(found).replace(PROFILE, b'"%b"' % self._names.person(account).encode())]

    def _known(self, account: Id, conv: ZoneId) -> Overview:
        of = self._overviews.known(account, conv)
        if of is None or of.private.deleted_nr:
            raise Untold
        return of

    def _rendered(self, heard: Heard) -> Told:
        """What everybody is told who sees these zones."""
        commit = heard.commit
        zones = set(heard.zones)
        if not commit.complete or commit.facts:
            return (None,)
        found: dict[ZoneId, list[_Message]] = {}
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
            found.setdefault(change.zone, []).append(one)
        return tuple(_together(conv, messages) for conv, messages in found.items())

    def _message(self, entry: Entry) -> _Message | None:
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
        record["profile_id"] = msgspec.Raw(PROFILE)
        return _Message(
            place[0],
            entry.author,
            _encode(record),
            _encode({**record, "is_edit": False}),
            None if entry.request is None else _encode(request(self._names, entry)),
        )

    def _conv(self, of: Overview) -> bytes:
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
        return known[1] % _numbers(of)

    def _template(self, of: Overview) -> bytes:
        """The record of all whose side is plain, to be filled in with `_numbers`."""
        record = self._convs.flow(of, {}, told=True)
        own = dict.fromkeys(OWN, msgspec.Raw(NUMBER))
        whole = record | own | {"profile_id": msgspec.Raw(PROFILE)}
        ordered = {key: whole.pop(key) for key in ("mk_rec_type", *OWN)} | whole
        return _encode(ordered).replace(b"%", b"%%").replace(NUMBER, b"%d")


OWN: Final = (
    "join_message_nr",
    "send_message_nr",
    "read_message_nr",
    "read_inbox_nr",
    "inbox_message_nr",
    "unread_count",
)
"""Keys of a conversation's record that are the reader's own, in the order of `_numbers`."""


def _numbers(of: Overview) -> tuple[int, ...]:
    private = of.private
    return (private.joined_nr, private.member_nr, of.read_nr, of.read_alert, of.inbox_nr, of.unread)


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


def _by_conversation(rendered: list[Rendered | None]) -> dict[ZoneId, list[Rendered]]:
    """What was rendered, grouped; raises Untold where some of it could not be."""
    if None in rendered:
        raise Untold
    sure = cast("list[Rendered]", rendered)
    if len({one.conv for one in sure}) == 1:  # nearly always
        return {sure[0].conv: sure}
    convs: dict[ZoneId, list[Rendered]] = {}
    for one in sure:
        convs.setdefault(one.conv, []).append(one)
    return convs


def _together(conv: ZoneId, messages: Sequence[_Message]) -> Rendered:
    requests: dict[Id, list[bytes]] = {}
    for one in messages:
        if one.request is not None:
            requests.setdefault(one.author, []).append(one.request)
    return Rendered(
        conv,
        min((one.previous for one in messages if one.previous), default=0),
        b",".join(one.new for one in messages),
        b",".join(one.old for one in messages),
        {author: b",".join(told) for author, told in requests.items()},
    )
