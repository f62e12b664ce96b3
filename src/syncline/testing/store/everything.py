"""All that a view can be asked about a small world, as values to compare with another view or a model."""

from collections.abc import Sequence
from typing import TypeAlias

import msgspec

from syncline.core.entries import Entry
from syncline.core.ids import Id, Nr, Seq, ZoneId
from syncline.core.kinds import Kind, ReaderKind, Rel, Space
from syncline.store.contract import View

Answers: TypeAlias = dict[str, object]
"""The question as text → the answer."""

KINDS = (Kind.LABEL, Kind.PUBLICATION, Kind.RECORD)
SPACES = (Space.EMAIL, Space.MENTION)
TYPES = ("m.room.member", "topic")


class World(msgspec.Struct, frozen=True):
    """The names that a test writes under, and asks for."""

    accounts: Sequence[Id]
    zones: Sequence[ZoneId]
    objects: Sequence[Id]
    readers: Sequence[Id]
    names: Sequence[str]
    """names of readers, facts, counters"""
    values: Sequence[bytes]
    """of keys and terms"""


async def everything(view: View, world: World, *, log: bool = True) -> Answers:
    """Ask a view each question; `log` False leaves out the log itself, of which a transaction sees no more
    than was committed before its group."""
    answers: Answers = {"head": view.head}
    for ask in (_zones, _entries, _state, _objects, _accounts, _names, _readers):
        await ask(view, world, answers)
    if log:
        for after in _cursors(view):
            answers[f"changes {after}"] = [*await view.changes(after, limit=10_000)]
            answers[f"change {after}"] = await view.change(after)
        answers["changes until"] = [*await view.changes(Seq(2), until=Seq(view.head // 2), limit=5)]
        for account in world.accounts:
            part = await view.changed_zones(account, Seq(1), until=Seq(view.head // 2))
            answers[f"changed {account} in part"] = [*part]
        for kind in (Kind.ENTRY, Kind.RECORD):
            answers[f"changes {kind}"] = [*await view.changes(Seq(1), kind=kind, limit=7)]
    return answers


def _cursors(view: View) -> list[Seq]:
    return [Seq(place) for place in sorted({0, view.head // 2, max(view.head - 3, 0), view.head})]


async def _zones(view: View, world: World, answers: Answers) -> None:
    answers["zones"] = [*await view.zones(world.zones)]
    for zone in world.zones:
        answers[f"zone {zone}"] = await view.zone(zone)
        answers[f"holders {zone}"] = sorted(await view.holders(zone))


async def _entries(view: View, world: World, answers: Answers) -> None:
    for zone in world.zones:
        entries: Sequence[Entry] = await view.entries(zone)
        answers[f"entries {zone}"] = [*entries]
        answers[f"entries {zone} newest"] = [*await view.entries(zone, limit=2, newest=True)]
        for cursor in _cursors(view):
            answers[f"entries {zone} after {cursor}"] = [*await view.entries(zone, after=cursor, limit=3)]
            newest = await view.entries(zone, before=cursor, limit=3, newest=True)
            answers[f"entries {zone} before {cursor}"] = [*newest]
        answers[f"by id {zone}"] = [
            *await view.entries_by_id([Id(1), *(entry.id for entry in entries[::-1])])
        ]
        for nr in range(len(entries) + 2):
            answers[f"nr {zone} {nr}"] = await view.entry_by_nr(zone, Nr(nr))
            answers[f"alert {zone} {nr}"] = await view.entry_by_alert(zone, nr)
        for entry in entries:
            answers[f"entry {entry.id}"] = await view.entry(entry.id)
            answers[f"related {entry.id}"] = [*await view.related(entry, limit=3)]
            answers[f"newest {entry.id}"] = [*await view.related(entry, limit=2, newest=True)]
            answers[f"edits {entry.id}"] = [*await view.related(entry, Rel.EDIT, after=Seq(5), limit=9)]
            answers[f"thread {entry.id}"] = [*await view.thread(zone, entry.id, limit=2)]
            answers[f"blobs {entry.id}"] = sorted(await view.named_blobs(entry.id))


async def _state(view: View, world: World, answers: Answers) -> None:
    for zone in world.zones:
        answers[f"state {zone}"] = [*await view.state(zone)]
        answers[f"topics {zone}"] = [*await view.state(zone, types=["topic"])]
        for cursor in _cursors(view):
            answers[f"state {zone} at {cursor}"] = [*await view.state(zone, at=cursor)]
            answers[f"state {zone} since {cursor}"] = [*await view.state_changes(zone, cursor, view.head)]
        for type in TYPES:
            for name in world.names:
                answers[f"fact {zone} {type} {name}"] = await view.fact(zone, type, name)


async def _objects(view: View, world: World, answers: Answers) -> None:
    answers["objects"] = [*await view.get(world.objects)]
    for object in world.objects:
        answers[f"places {object}"] = [*await view.places(object)]
        answers[f"versions {object}"] = [*await view.versions(object=object)]
        for zone in world.zones:
            answers[f"place {object} {zone}"] = await view.place(object, zone)
    for zone in world.zones:
        for cursor in _cursors(view):
            answers[f"objects {zone} {cursor}"] = [*await view.objects(zone, KINDS, after=cursor, limit=3)]
            answers[f"objects {zone} to {cursor}"] = [*await view.objects(zone, KINDS[:2], until=cursor)]
            answers[f"left {zone} {cursor}"] = [*await view.departures(zone, KINDS, after=cursor, limit=2)]
            answers[f"left {zone} to {cursor}"] = [*await view.departures(zone, KINDS, until=cursor)]
        answers[f"versions {zone}"] = [*await view.versions(zone=zone, nr=Nr(1))]


async def _accounts(view: View, world: World, answers: Answers) -> None:
    for account in world.accounts:
        for cursor in _cursors(view):
            answers[f"changed {account} {cursor}"] = [*await view.changed_zones(account, cursor)]
            answers[f"newest {account} {cursor}"] = [
                *await view.changed_zones(account, cursor, limit=2, newest=True)
            ]
            answers[f"first changed {account} {cursor}"] = [
                *await view.changed_zones(account, cursor, limit=2)
            ]
            for read in (view.touches, view.raised_zones):
                name = f"{read.__name__} {account} {cursor}"
                answers[f"{name} after"] = [*await read(account, cursor, limit=2)]
                answers[f"{name} to"] = [*await read(account, Seq(0), until=cursor)]
            sides = await view.subscriptions(account, after=cursor, limit=2)
            answers[f"subscriptions {account} {cursor}"] = [*sides]
            answers[f"subscriptions {account} to {cursor}"] = [
                *await view.subscriptions(account, until=cursor)
            ]
        for zone in world.zones:
            answers[f"grants {account} of {zone}"] = [*await view.grants(account, zone=zone)]
            answers[f"subscription {account} {zone}"] = await view.subscription(account, zone)


async def _names(view: View, world: World, answers: Answers) -> None:
    for name in world.names:
        answers[f"counter {name}"] = await view.counter(name)
        answers[f"meta {name}"] = await view.meta(name)
    for space in SPACES:
        for value in world.values:
            answers[f"key {space} {value!r}"] = await view.key(space, value)
            answers[f"find {space} {value!r}"] = [*await view.find(space, value)]
            for object in world.objects:
                after = await view.find(space, value, after=object, limit=2)
                before = await view.find(space, value, after=object, limit=2, descending=True)
                answers[f"find {space} {value!r} {object}"] = ([*after], [*before])
    for due in (0, 3, 99):
        answers[f"due {due}"] = [*await view.due(due, limit=3)]


async def _readers(view: View, world: World, answers: Answers) -> None:
    for name in world.names:
        for account in (None, *world.accounts):
            answers[f"reader {account} {name}"] = await view.reader(ReaderKind.DEVICE, account, name)
    for reader in world.readers:
        answers[f"marks {reader}"] = [*await view.marks(reader)]
        answers[f"exceptions {reader}"] = [*await view.exceptions(reader)]
        for cursor in _cursors(view):
            answers[f"queue {reader} {cursor}"] = [*await view.queue(reader, after=cursor, limit=2)]
