"""What a commit means for those who may see it, zone by zone."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from syncline.core.entries import Entry
from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.kinds import HIDDEN, Act, Kind, Rel, ZoneKind
from syncline.store.commit import Commit

_PLAIN_ACTS: Final = frozenset({Act.ADD, Act.PUT, Act.DROP})
_TAKING: Final = frozenset({Rel.DELETE, Rel.ERASE})
"""Amendments that take content away: older commits still hold it, so they are told from memory no more."""

_OWN: Final = frozenset({Kind.GRANT, Kind.SUBSCRIPTION, *HIDDEN})
"""Kinds that lie in account zones only."""


class News(NamedTuple):
    """A commit's news in one zone. `last` is the seq of its newest visible change (0: none is visible)."""

    last: Seq
    plain: bool
    """it can be told from the commit alone, whoever is told"""
    private: bool
    """the zone is an account's own: nobody else holds it"""
    queued: bool
    """something waits in a queue of the account: it is woken, though there is nothing to see"""


def news_of(commit: Commit) -> dict[ZoneId, News]:
    """The news of a commit by zone; zones in which only hidden things changed are left out."""
    found: dict[ZoneId, News] = {}
    entries, zones = commit.entries, commit.zones  # made anew by each look
    for change in commit.changes:
        kind, zone = change.kind, change.zone
        if kind in HIDDEN and kind != Kind.QUEUED:
            continue
        known = found.get(zone)
        if known is None:
            of_zone = zones.get(zone)
            private = kind in _OWN or (of_zone is not None and of_zone.kind == ZoneKind.ACCOUNT)
            known = News(Seq(0), commit.complete, private, False)
        if kind == Kind.QUEUED:
            found[zone] = known._replace(queued=True, private=True)
            continue
        plain = known.plain and _plain(entries, kind, change.act, change.object)
        found[zone] = News(change.seq, plain, known.private or kind in _OWN, known.queued)
    return found


def _plain(entries: Mapping[Id, Entry], kind: Kind, act: Act, object: Id) -> bool:
    if kind == Kind.ENTRY:
        entry = entries.get(object)
        return entry is not None and entry.rel not in _TAKING
    if kind == Kind.SUBSCRIPTION:
        return True
    # getting to know somebody shows a profile too, which lies elsewhere
    return kind > Kind.ZONE and kind != Kind.CONTACT and act in _PLAIN_ACTS
