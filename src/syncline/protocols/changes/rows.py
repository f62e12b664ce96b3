"""One change as clients get it: a JSON object, ready as bytes."""

from typing import Any

import msgspec

from syncline.core.deltas import ZoneDelta
from syncline.core.entries import ERASED, Entry, Fact
from syncline.core.ids import Id, Nr, Seq, ZoneId
from syncline.core.kinds import Act, Kind, Rel
from syncline.core.objects import Departure, Object, Subscription
from syncline.core.rooms.forms import deleted, read_form

_encode = msgspec.json.Encoder().encode

ENTERED = "entered"
LEFT = "left"


class _Row(msgspec.Struct, omit_defaults=True, kw_only=True):
    seq: Seq
    zone: ZoneId
    kind: str
    id: Id
    act: str
    nr: Nr | None = None
    at: int
    body: Any = None


class _Fact(msgspec.Struct):
    type: str
    name: str
    content: msgspec.Raw


class _Entry(msgspec.Struct, omit_defaults=True):
    author: Id | None
    at: int
    kind: str
    body: msgspec.Raw | None = None
    form: msgspec.Raw | None = None
    target: Id | None = None
    rel: str | None = None
    root: Id | None = None
    state: list[_Fact] = []


class _Subscription(msgspec.Struct):
    read_nr: Nr
    read_alert: int
    body: msgspec.Raw


class _Zone(msgspec.Struct, omit_defaults=True):
    kind: str
    why: str
    ranges: list[tuple[Seq, Seq | None]]
    open: bool
    state: list[_Fact] = []
    subscription: _Subscription | None = None


def entry_row(entry: Entry, target: Entry | None, state: list[Fact], at: int) -> bytes:
    """An added entry. `target` is its target where the account sees it, `state` what it set and still holds.

    What was deleted has no body any more, and neither have the edits of it: only forms say what became of
    it. An amendment whose target is not seen says what it does, and nothing else.
    """
    body: bytes | None = entry.body
    form = entry.form
    seen_target: Id | None = None
    if entry.target is not None:
        if target is None:
            body = None
        else:
            seen_target = target.id
            form = target.form
            if entry.rel == Rel.EDIT and _gone(form):
                body = None
    elif _gone(form):
        body = None
    return _encode(
        _Row(
            seq=entry.seq,
            zone=entry.conv,
            kind="entry",
            id=entry.id,
            act="add",
            nr=entry.nr,
            at=at,
            body=_Entry(
                entry.author,
                entry.at,
                entry.kind.name.lower(),
                None if body is None else msgspec.Raw(body),
                None if form is None else msgspec.Raw(form),
                seen_target,
                None if entry.rel is None else entry.rel.name.lower(),
                entry.root,
                facts(state),
            ),
        )
    )


def object_row(object: Object, at: int) -> bytes:
    """An object's newest version."""
    return _encode(
        _Row(
            seq=object.seq,
            zone=object.zone,
            kind=object.kind.name.lower(),
            id=object.id,
            act="put",
            at=at,
            body=msgspec.Raw(object.body),
        )
    )


def departure_row(departure: Departure, *, elsewhere: bool, at: int) -> bytes:
    """An object that is not in its zone any more; `elsewhere`: the account sees it in another."""
    return gone_row(
        departure.seq, departure.zone, departure.kind, departure.object, elsewhere=elsewhere, at=at
    )


def gone_row(seq: Seq, zone: ZoneId, kind: Kind, object: Id, *, elsewhere: bool, at: int) -> bytes:
    """An object that is not in a zone any more."""
    act = Act.MOVE if elsewhere else Act.DROP
    return _encode(
        _Row(seq=seq, zone=zone, kind=kind.name.lower(), id=object, act=act.name.lower(), at=at, body={})
    )


def subscription_row(subscription: Subscription, at: int) -> bytes:
    """The account's private side of a conversation."""
    return _encode(
        _Row(
            seq=subscription.seq,
            zone=ZoneId(subscription.account),
            kind="subscription",
            id=subscription.conv,
            act="put",
            at=at,
            body=_private(subscription),
        )
    )


def entered_row(delta: ZoneDelta, subscription: Subscription | None, at: int) -> bytes:
    """A zone that is seen now, or otherwise than before: forget what there was, its rows follow."""
    alive = [grant for grant in delta.grants if grant.alive]
    return _encode(
        _Row(
            seq=delta.entered,
            zone=delta.zone.id,
            kind="zone",
            id=delta.zone.id,
            act=ENTERED,
            at=at,
            body=_Zone(
                delta.zone.kind.name.lower(),
                alive[-1].why.name.lower(),
                [(grant.first, grant.last) for grant in delta.grants],
                any(grant.open for grant in alive),
                facts(delta.state),
                None if subscription is None else _private(subscription),
            ),
        )
    )


def left_row(delta: ZoneDelta, at: int) -> bytes:
    """A zone that is not seen any more."""
    id = delta.zone.id
    return _encode(_Row(seq=delta.entered, zone=id, kind="zone", id=id, act=LEFT, at=at, body={}))


def facts(state: "tuple[Fact, ...] | list[Fact]") -> list[_Fact]:
    """Facts as they go out."""
    return [_Fact(fact.type, fact.name, msgspec.Raw(fact.content)) for fact in state]


def _private(subscription: Subscription) -> _Subscription:
    return _Subscription(subscription.read_nr, subscription.read_alert, msgspec.Raw(subscription.body))


def _gone(form: bytes | None) -> bool:
    return form is not None and form != ERASED and deleted(read_form(form))
