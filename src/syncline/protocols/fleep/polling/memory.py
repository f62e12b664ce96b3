"""Commits from memory as records: the hot path of a poll, without SQL.

Plain messages are rendered once for all readers, with gaps for whom they are for; a conversation's record is
a template with gaps for the reader's own numbers, too. Whatever is more than that is read from the log.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from syncline.core.entries import Entry
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import HIDDEN, EntryKind, Kind
from syncline.core.rooms.forms import read_form
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.records.conv import Convs, unhidden
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

RUNS: Final = 500
"""Runs of commits kept: they keep their commits, too."""

_encode = msgspec.json.Encoder().encode


class Untold(Exception):
    """Memory does not hold what it takes: the log has to be read."""


class Unknown(Untold):
    """Memory lacks what accounts have of `convs`, which is read faster than the log."""

    def __init__(self, convs: Sequence[ZoneId]) -> None:
        """Name them."""
        super().__init__()
        self.convs = convs


class Rendered(msgspec.Struct, frozen=True, gc=False):
    """New messages of a conversation, as JSON with commas between.

    `first`: the smallest nr. `previous`: the smallest one to which one of them points back, 0 for none.
    `requests`: what their authors are told besides, where they sent a request id.
    """

    conv: ZoneId
    first: int
    previous: int
    new: bytes
    old: bytes
    """the same for clients that want `is_edit`"""
    requests: dict[Id, bytes]


class Run(msgspec.Struct, frozen=True, eq=False):
    """Some commits in a row, by conversations; `sides`: where accounts' own sides changed besides."""

    convs: tuple[Rendered, ...]
    sides: dict[Id, list[ZoneId]]


UNTOLD: Final = Run((), {})
"""Commits that memory cannot tell."""


class Memory:
    """Renders what was committed lately."""

    def __init__(self, fleep: Fleep) -> None:
        """Nothing is rendered yet."""
        self._fleep = fleep
        self._names = fleep.names
        self._overviews = fleep.overviews
        self._convs = Convs(fleep.names, fleep.host, "")
        self._runs: dict[tuple[Heard, ...], Run] = {}
        self._templates: dict[ZoneId, tuple[Common, bytes]] = {}

    def tell(self, account: Id, recent: Recent, *, edits: bool) -> list[bytes]:
        """The records of these commits for an account as ready JSON; raises Untold, Unknown."""
        commits = tuple(recent)
        run = self._runs.get(commits) or self._run(commits)
        if run is UNTOLD:
            raise Untold
        found: list[bytes] = []
        for one in run.convs:
            of = self._known(account, one.conv, run)
            if 0 < one.previous < of.private.begin_nr or unhidden(of, one.first):
                raise Untold
            found += (self._conv(of), one.old if edits else one.new)
            if account in one.requests:
                found.append(one.requests[account])
        if account in run.sides:
            told = {one.conv for one in run.convs}
            others = [conv for conv in run.sides[account] if conv not in told]
            found += [self._conv(self._known(account, conv, run)) for conv in others]
        if not found:
            return found
        return [b",".join(found).replace(PROFILE, b'"%b"' % self._names.person(account).encode())]

    def _known(self, account: Id, conv: ZoneId, run: Run) -> Overview:
        """What an account has of a conversation; raises Untold, Unknown with all of the run that it lacks."""
        of = self._overviews.known(account, conv)
        if of is None:
            convs = dict.fromkeys((*(one.conv for one in run.convs), *run.sides.get(account, ())))
            raise Unknown([one for one in convs if self._overviews.known(account, one) is None])
        if of.private.deleted_nr:
            raise Untold
        return of

    def _run(self, commits: tuple[Heard, ...]) -> Run:
        """What these are told by, made once for all who are as far behind."""
        if len(self._runs) >= RUNS:
            self._runs.clear()
        made = [heard.once(KEY, self._rendered) for heard in commits]
        run = self._runs[commits] = UNTOLD if UNTOLD in made else _joined(made)
        return run

    def _rendered(self, heard: Heard) -> Run:
        """What everybody is told who sees these zones."""
        commit = heard.commit
        zones = set(heard.zones)
        if not commit.complete or commit.facts:
            return UNTOLD
        convs: dict[ZoneId, list[Rendered]] = {}
        entries = commit.entries
        for change in commit.changes:
            if change.zone not in zones or change.kind in HIDDEN or change.kind == Kind.RECEIPT:
                continue
            if change.kind == Kind.SUBSCRIPTION:
                continue
            if change.kind != Kind.ENTRY:
                return UNTOLD
            entry = entries.get(change.object)
            one = None if entry is None else self._message(entry)
            if one is None:
                return UNTOLD
            convs.setdefault(one.conv, []).append(one)
        sides: dict[Id, list[ZoneId]] = {}
        for owner, conv in commit.subscriptions:
            if owner in zones:
                sides.setdefault(owner, []).append(conv)
        return Run(tuple(_together(several) for several in convs.values()), sides)

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
        record["profile_id"] = msgspec.Raw(PROFILE)
        asked = entry.request is not None
        return Rendered(
            entry.conv,
            entry.nr,
            place[0],
            _encode(record),
            _encode({**record, "is_edit": False}),
            {entry.author: _encode(request(self._names, entry))} if asked else {},
        )

    def _conv(self, of: Overview) -> bytes:
        """A conversation's record: from the template where the reader's side has nothing of its own."""
        if of.mention_nr or of.one_to_one or not _plain(of.private):
            labels = self._fleep.labels.known(of.account)
            if labels is None:
                raise Unknown([of.conv])
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


def _joined(runs: Sequence[Run]) -> Run:
    if len(runs) == 1:
        return runs[0]
    convs: dict[ZoneId, list[Rendered]] = {}
    sides: dict[Id, list[ZoneId]] = {}
    for run in runs:
        for one in run.convs:
            convs.setdefault(one.conv, []).append(one)
        for owner, changed in run.sides.items():
            sides.setdefault(owner, []).extend(changed)
    unique = {owner: list(dict.fromkeys(changed)) for owner, changed in sides.items()}
    return Run(tuple(_together(several) for several in convs.values()), unique)


def _together(several: Sequence[Rendered]) -> Rendered:
    if len(several) == 1:
        return several[0]
    requests: dict[Id, list[bytes]] = {}
    for one in several:
        for author, record in one.requests.items():
            requests.setdefault(author, []).append(record)
    return Rendered(
        several[0].conv,
        min(one.first for one in several),
        min((one.previous for one in several if one.previous), default=0),
        b",".join(one.new for one in several),
        b",".join(one.old for one in several),
        {author: b",".join(records) for author, records in requests.items()},
    )
