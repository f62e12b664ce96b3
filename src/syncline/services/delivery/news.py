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

_ADMITTING: Final = frozenset({Kind.TOKEN, Kind.SESSION})


class News(NamedTuple):
    """A commit's news in one zone. `last` is the seq of its newest visible change (0: none is visible)."""

    last: Seq
    plain: bool
    """it can be told from the commit alone, whoever is told"""
    private: bool
    """the zone is an account's own: nobody else holds it"""
    woken: bool
    """the account is woken, though there is nothing to see: something waits in a queue of its, or its
    credentials changed, and whoever waits must show again that it is still admitted"""


def news_of(commit: Commit) -> dict[ZoneId, News]:
    """The news of a commit by zone; zones in which only hidden things changed are left out."""
    found: dict[ZoneId, News] = {}
    entries, zones = commit.entries, commit.zones  # made anew by each look
    for change in commit.changes:
        kind, zone = change.kind, change.zone
        waking = kind in HIDDEN and _waking(kind, change.act)
        if kind in HIDDEN and not waking:
            continue
        known = found.get(zone)
        if known is None:
            of_zone = zones.get(zone)
            private = kind in _OWN or (of_zone is not None and of_zone.kind == ZoneKind.ACCOUNT)
            known = News(Seq(0), commit.complete, private, False)
        if waking:
            found[zone] = known._replace(woken=True, private=True)
            continue
        plain = known.plain and _plain(entries, kind, change.act, change.object)
        found[zone] = News(change.seq, plain, known.private or kind in _OWN, known.woken)
    return found


def _waking(kind: Kind, act: Act) -> bool:
    """Whether those who wait must hear of a hidden change: a queue, a token taken away, an account closed."""
    return kind in (Kind.QUEUED, Kind.CREDENTIAL) or (kind in _ADMITTING and act == Act.DROP)


def _plain(entries: Mapping[Id, Entry], kind: Kind, act: Act, object: Id) -> bool:
    if kind == Kind.ENTRY:
        entry = entries.get(object)
        return entry is not None and entry.rel not in _TAKING
    if kind == Kind.SUBSCRIPTION:
        return True
    # getting to know somebody shows a profile too, which lies elsewhere
    return kind > Kind.ZONE and kind != Kind.CONTACT and act in _PLAIN_ACTS
