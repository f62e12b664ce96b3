"""Promise 3: what a client had, plus what it is sent since, is what a new client gets; and promise 5."""

import asyncio
import random
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.services.sync.acts import World
from tests.services.sync.naive_client import Client, from_snapshot

from syncline.core.deltas import Delta, Snapshot, ZoneDelta
from syncline.core.entries import ERASED, Entry
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Kind
from syncline.core.mail import MUTABLE
from syncline.core.objects import Object, Subscription
from syncline.core.ranges import numbers
from syncline.services.conversations.subscriptions import private_of
from syncline.services.people import read_profile
from syncline.services.sync import delta, snapshot
from syncline.store.contract import Store
from syncline.store.sqlite import open_store

LIMITS = (1, 2, 3, 7, 100)
WAYS = ((64, 1000, 20_000, 1000), (0, 1000, 20_000, 1), (0, 60, 120, 1000), (2, 7, 140, 2), (64, 9, 99, 0))
"""Both ways of finding a page's end, also with a log longer than one walk: zones merged up to so many, rows
read at a time, rows walked for a page, changed profiles compared with the contacts."""
KEPT = 12
"""Cursors of each account that are followed to the end of a story, chosen among all that were returned."""

number = st.integers(0, 1 << 16)
step = st.tuples(number, number, number, number)
work = st.lists(step, min_size=1, max_size=4)
moment = st.tuples(work, number)


class Readers:
    """The clients of one account: one that follows along, and a copy of it as it was at each place."""

    def __init__(self, account: Id, chooser: random.Random, mail_threads: set[ZoneId]) -> None:
        self.account = account
        self.chooser = chooser
        self.mail_threads = mail_threads
        self.current = Client()
        self.kept: list[Client] = [Client()]

    async def page(self, store: Store, client: Client, allowed: dict[str, Any]) -> Delta:
        """One page, checked against what the account may see now."""
        async with store.view() as view:
            found = await delta(view, self.account, client.place, limit=self.chooser.choice(LIMITS))
        nothing_more_than(found, allowed, self.mail_threads)
        client.apply(found)
        return found

    async def follow(self, store: Store, client: Client, allowed: dict[str, Any]) -> None:
        """Follow `until` to the end; what is returned on the way is a cursor as good as any."""
        for _ in range(10_000):
            found = await self.page(store, client, allowed)
            if self.chooser.random() < 0.2 and len(self.kept) < 100:
                self.kept.append(client.copy())
            if not found.more:
                break
        else:
            raise AssertionError("a reader that follows its cursor never comes to an end")
        again = await self.page(store, client, allowed)
        assert again.empty
        assert again.until == found.until, "a caught-up reader gets back the cursor that it sent"


def nothing_more_than(found: Delta, allowed: dict[str, Any], mail_threads: set[ZoneId]) -> None:
    """Nothing in a delta may be outside what the account may see at this moment."""
    threads = [set(thread) for thread in allowed["threads"]]
    for zone in (*found.changed, *found.entered):
        if zone.zone.owner is not None:
            kept = set(all_kept(zone))
            assert any(kept <= thread for thread in threads)
            assert not zone.objects
            assert not zone.state
            continue
        inside = allowed["zones"][zone.zone.id]
        assert {entry.id for entry in (*zone.entries, *zone.targets)} <= inside["entries"].keys()
        assert {object.id for object in zone.objects} <= inside["objects"].keys()
        assert {(fact.type, fact.name) for fact in zone.state} <= inside["state"].keys()
    if found.own is not None:
        assert {object.id for object in found.own.objects if not of_act(object)} <= allowed["own"].keys()
    noted = sorted(notes(found.subscriptions))
    assert all(note in allowed["notes"] for note in noted)
    plain = {one.conv for one in found.subscriptions if one.conv not in mail_threads}
    assert plain <= allowed["subscriptions"].keys()
    people = [read_profile(one) for one in found.profiles]
    assert {one.person for one in people if one.email is None} <= allowed["profiles"].keys()
    assert {one.email for one in people if one.email is not None} <= {*allowed["correspondents"]}


def all_kept(zone: ZoneDelta) -> list[bytes]:
    """The hashes of the raw mails, and of their copies, that a thread tells of."""
    return [bytes.fromhex(msgspec.json.decode(entry.body)["hash"]) for entry in zone.entries]


def of_act(object: Object) -> bool:
    """Whether an object follows from an act of the story, which did not write it: a contact, a label."""
    body = msgspec.json.decode(object.body)
    if object.kind == Kind.LABEL:
        return "index" in body
    return object.kind == Kind.CONTACT and "text" not in body


def notes(subscriptions: Iterable[Subscription]) -> list[tuple[Any, ...]]:
    """What is noted about mail threads."""
    private = [private_of(one) for one in subscriptions]
    return [
        (one.labels, *(list(numbers(getattr(one.marks, state))) for state in MUTABLE))
        for one in private
        if one.marks is not None
    ]


def as_the_oracle_says(seen: Snapshot, mail_threads: set[ZoneId]) -> dict[str, Any]:
    """A snapshot in the oracle's words."""
    people = [read_profile(one) for one in seen.profiles]
    return {
        "zones": {
            zone.zone.id: {
                "entries": {entry.id: says(entry) for entry in zone.entries},
                "objects": {object.id: field(object.body, "text") for object in zone.objects},
                "state": {(fact.type, fact.name): field(fact.content, "v") for fact in zone.state},
            }
            for zone in seen.zones
            if zone.zone.owner is None
        },
        "own": {object.id: field(object.body, "text") for object in seen.own.objects if not of_act(object)},
        "subscriptions": {
            one.conv: one.read_alert for one in seen.subscriptions if one.conv not in mail_threads
        },
        "profiles": {one.person: one.name for one in people if one.email is None},
        "threads": sorted(sorted(all_kept(zone)) for zone in seen.zones if zone.zone.owner is not None),
        "notes": sorted(notes(seen.subscriptions)),
        "correspondents": sorted(one.email for one in people if one.email is not None),
    }


def says(entry: Entry) -> tuple[str, str]:
    """What an entry says, and how it stands."""
    content = msgspec.json.decode(entry.current)
    if entry.form is not None and entry.body == b"{}":
        return ("", "erased")
    if "deleted" in content:
        return ("", "deleted")
    return (content.get("text", ""), "")


def field(body: bytes, name: str) -> Any:
    """One field of a body; an erased one has none."""
    return msgspec.json.decode(body).get(name, "")


def hold_the_same(client: Client, seen: Snapshot) -> None:
    """Compare, but for what a client may keep: what an operator forgot, or erased behind a closed range.

    A reader whose range has ended is told nothing more of the conversation, so it is not told of an erase
    either; a new client of the same account gets the empty bodies.
    """
    ours, theirs = client.content(), from_snapshot(seen).content()
    for zone in seen.zones:
        closed = not any(grant.open for grant in zone.grants)
        erased = {entry.id for entry in zone.entries if closed and entry.body == ERASED}
        for content in (ours, theirs):
            entries = content["zones"].get(zone.zone.id, {"entries": {}})["entries"]
            for id, entry in [*entries.items()]:
                if entry.seq < zone.zone.floor or id in erased:
                    del entries[id]
    assert ours == theirs


async def story(directory: Path, moments: list[tuple[list[Any], int]], seed: int) -> None:
    """Works and readers in turn; at the end every cursor ever returned must lead to the snapshot."""
    world = World(await open_store(directory))
    few, chunk, walked, profiles = WAYS[seed % len(WAYS)]
    try:
        with (
            patch("syncline.services.sync.delta.FEW_ZONES", few),
            patch("syncline.services.sync.ends.CHUNK", chunk),
            patch("syncline.services.sync.ends.WALKED", walked),
            patch("syncline.services.sync.profiles.FEW", profiles),
        ):
            await act_and_read(world, directory, moments, random.Random(seed))
    finally:
        await world.store.close()


async def act_and_read(
    world: World, directory: Path, moments: list[tuple[list[Any], int]], chooser: random.Random
) -> None:
    """The story itself."""
    await world.begin(3)
    readers = [Readers(account, chooser, world.post.convs) for account in world.accounts]
    for steps, what in moments:
        await world.do(steps)
        await world.post.some(chooser, chooser.randrange(5))
        reader = readers[what % len(readers)]
        allowed = world.oracle.sees(reader.account)
        if what % 5 == 0:
            await reader.page(world.store, reader.current, allowed)
            reader.kept.append(reader.current.copy())
        elif what % 5 == 1:
            await reader.follow(world.store, reader.current, allowed)
            await agrees(world.store, world, reader, reader.current)
            reader.kept.append(reader.current.copy())
        elif what % 17 == 2:
            await world.store.close()
            world.reopen(await open_store(directory))
    for reader in readers:
        allowed = world.oracle.sees(reader.account)
        kept = chooser.sample(reader.kept, min(KEPT, len(reader.kept)))
        for client in [reader.current, Client(), *kept]:
            await reader.follow(world.store, client, allowed)
            await agrees(world.store, world, reader, client)


async def agrees(store: Store, world: World, reader: Readers, client: Client) -> None:
    """The client, a new client and the oracle hold the same."""
    async with store.view() as view:
        seen = await snapshot(view, reader.account)
    assert as_the_oracle_says(seen, world.post.convs) == world.oracle.sees(reader.account)
    hold_the_same(client, seen)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(moments=st.lists(moment, min_size=1, max_size=40), seed=number)
def test_from_every_cursor_ever_returned_a_client_comes_to_the_snapshot(
    moments: list[tuple[list[Any], int]], seed: int
) -> None:
    """Promises 3, 4 and 5: merges, owner changes, leaving and coming back, restarts, any page size."""
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(story(Path(directory) / "data", moments, seed))
