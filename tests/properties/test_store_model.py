"""Random works in random groups come to the same as one after the other on a naive model of the store.

Promises 1 and 2 from below: what a group's works read of each other, what a commit writes, what a restart
finds. Every question that a view can be asked is asked inside the works, after each group, and after reopening.
"""

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, TypeAlias

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncline.core.entries import Entry, NewEntry, NewFact
from syncline.core.errors import SynclineError
from syncline.core.ids import Hash, Id, Nr, Seq, ZoneId
from syncline.core.kinds import EntryKind, Kind, ReaderKind, Rel, Space, Why, ZoneKind
from syncline.core.objects import Object, Subscription
from syncline.core.readers import Mark, MarkException, Reader
from syncline.store.contract import Tx
from syncline.store.sqlite import open_store
from syncline.store.sqlite.store import SqliteStore
from syncline.store.sqlite.verify import verify
from syncline.testing.store.everything import Answers, World, everything
from tests.properties.store_model import Model

Draws: TypeAlias = tuple[int, int, int]
"""Three small numbers, from which an act takes what it needs."""

BLOBS: Final = (b"one", b"two")


class Half(SynclineError):
    """A work gives up."""


async def entry_at(tx: Tx, conv: ZoneId, place: int) -> Entry | None:
    """One of a conversation's entries, if it has any."""
    entries = await tx.entries(conv)
    return entries[place % len(entries)] if entries else None


class Acts:
    """What works are made of. Each picks its things by numbers; most go wrong now and then, on both sides alike."""

    def __init__(self, world: World, blobs: list[Hash]) -> None:
        """Act in this world."""
        self.world = world
        self.blobs = blobs

    def account(self, draw: int) -> Id:
        return self.world.accounts[draw % len(self.world.accounts)]

    def conv(self, draw: int) -> ZoneId:
        return self.world.zones[draw % 2]

    def zone(self, draw: int) -> ZoneId:
        return self.world.zones[draw % len(self.world.zones)]

    def object(self, draw: int) -> Id:
        return self.world.objects[draw % len(self.world.objects)]

    def name(self, draw: int) -> str:
        return self.world.names[draw % len(self.world.names)]

    def value(self, draw: int) -> bytes:
        return self.world.values[draw % len(self.world.values)]

    async def send(self, tx: Tx, draws: Draws) -> object:
        a, b, c = draws
        root = await entry_at(tx, self.conv(a), c) if b % 3 == 0 else None
        return await tx.add(
            NewEntry(
                self.conv(a),
                EntryKind.MESSAGE,
                self.account(b),
                b'{"n":%d}' % c,
                root=None if root is None else root.id,
                silent=c % 4 == 0,
                alerts=b % 2 == 0,
                bumps=c % 5 != 0,
            )
        )

    async def amend(self, tx: Tx, draws: Draws) -> object:
        a, b, c = draws
        target = await entry_at(tx, self.conv(a), b)
        if target is None:
            return None
        rel = (Rel.EDIT, Rel.REACTION)[c % 2]
        new = NewEntry(self.conv(a + c % 7 // 6), EntryKind.AMENDMENT, None, b'{"a":%d}' % c, target=target.id, rel=rel)
        added = await tx.add(new)
        if rel == Rel.EDIT:
            await tx.form(target.id, b'{"f":%d}' % c)
        return added

    async def reform(self, tx: Tx, draws: Draws) -> object:
        target = await entry_at(tx, self.conv(draws[0]), draws[1])
        if target is not None:
            await tx.form(target.id, b'{"late":1}')
        return target

    async def set_facts(self, tx: Tx, draws: Draws) -> object:
        a, b, c = draws
        words = ("join", "leave", "invite")
        facts = [
            NewFact("m.room.member", self.name(b), b'{"membership":"%s","x":1}' % words[c % 3].encode()),
            NewFact("topic", self.name(c), b'"%d"' % c),
        ]
        return await tx.add(NewEntry(self.conv(a), EntryKind.STATE, None, b"{}", silent=b % 2 == 0), facts[: 1 + c % 2])

    async def put(self, tx: Tx, draws: Draws) -> object:
        a, b, c = draws
        place = a % len(self.world.objects)
        kind = (Kind.RECORD, Kind.LABEL, Kind.PUBLICATION, Kind.RECORD)[place % 4]
        zone = self.zone(b)
        known = await tx.get([self.world.objects[place]])
        if known and c % 8:
            zone = known[0].zone
        nr = await tx.number(zone) if kind == Kind.PUBLICATION else None
        return await tx.put(Object(self.world.objects[place], kind, zone, b'{"o":%d}' % c), nr=nr)

    async def move(self, tx: Tx, draws: Draws) -> object:
        return await tx.move(self.object(draws[0]), self.zone(draws[1]))

    async def share(self, tx: Tx, draws: Draws) -> object:
        return await tx.share(self.object(draws[0]), self.zone(draws[1]))

    async def unshare(self, tx: Tx, draws: Draws) -> object:
        places = await tx.places(self.object(draws[0]))
        return await tx.unshare(self.object(draws[0]), places[-1] if places else self.zone(0))

    async def drop(self, tx: Tx, draws: Draws) -> object:
        return await tx.drop(self.object(draws[0]))

    async def erase(self, tx: Tx, draws: Draws) -> object:
        entry = await entry_at(tx, self.conv(draws[0]), draws[1])
        return await tx.erase(entry.id if entry is not None and draws[2] % 2 else self.object(draws[1]))

    async def grant(self, tx: Tx, draws: Draws) -> object:
        a, b, c = draws
        first = None if c % 2 else Seq(min(c, tx.head))
        last = Seq(min(b, tx.head)) if c % 3 == 0 else None
        return await tx.grant(self.account(a), self.zone(b), first=first, last=last, why=Why.MEMBER)

    async def end(self, tx: Tx, draws: Draws) -> object:
        a, b, c = draws
        return await tx.end(self.account(a), self.zone(b), last=Seq(min(c, tx.head)) if c % 3 == 0 else None)

    async def subscribe(self, tx: Tx, draws: Draws) -> object:
        a, b, c = draws
        account, conv = self.account(a), self.conv(b)
        zone = await tx.zone(conv)
        assert zone is not None
        if not await tx.grants(account, zone=conv):
            return None
        read = Nr(min(c, zone.nr))
        return await tx.subscribe(Subscription(account, conv, read_nr=read, body=b'{"s":%d}' % c))

    async def merge(self, tx: Tx, draws: Draws) -> object:
        return await tx.merge(self.world.zones[0], self.world.zones[1])

    async def floor(self, tx: Tx, draws: Draws) -> object:
        return await tx.raise_floor(self.zone(draws[0]), Seq(min(draws[1], tx.head)))

    async def bind(self, tx: Tx, draws: Draws) -> object:
        a, b, c = draws
        expires = (None, tx.now - 1, tx.now + 10**9)[c % 3]
        return await tx.bind(
            Space.EMAIL, self.value(a), self.object(b), answer=b"%d" % c, expires=expires, replace=c % 4 == 0
        )

    async def unbind(self, tx: Tx, draws: Draws) -> object:
        return await tx.unbind(Space.EMAIL, self.value(draws[0]))

    async def index(self, tx: Tx, draws: Draws) -> object:
        a, b, c = draws
        return (tx.index if c % 3 else tx.unindex)(Space.MENTION, self.value(a), self.object(b))

    async def enqueue(self, tx: Tx, draws: Draws) -> object:
        a, b, c = draws
        return tx.enqueue(self.world.readers[a % 2], self.account(b), b"%d" % c)

    async def confirm(self, tx: Tx, draws: Draws) -> object:
        return tx.confirm(self.world.readers[draws[0] % 2], Seq(tx.head - draws[1] if draws[2] % 3 else tx.head * 2))

    async def set_timer(self, tx: Tx, draws: Draws) -> object:
        return tx.at(1 + draws[0], b"%d" % draws[1])

    async def run_timer(self, tx: Tx, draws: Draws) -> object:
        due = await tx.due(draws[0] * 2, limit=3)
        for timer in due[: 1 + draws[1] % 3]:
            tx.cancel(timer)
        return [*due]

    async def save_reader(self, tx: Tx, draws: Draws) -> object:
        a, b, c = draws
        place = a % 2
        id = self.world.readers[place]
        kind = (Kind.LABEL, Kind.RECORD)[c % 2]
        return tx.save_reader(
            Reader(id, ReaderKind.DEVICE, self.world.accounts[0], self.world.names[place], Seq(min(c, tx.head))),
            marks=[Mark(id, self.zone(b), kind, Seq(min(c, tx.head)), Seq(0))] if b % 2 else [],
            exceptions=[MarkException(id, self.object(c), Seq(min(b, tx.head)), bool(c % 2), False)] if a % 3 else [],
            settled=[self.object(b)],
        )

    async def drop_reader(self, tx: Tx, draws: Draws) -> object:
        return tx.drop_reader(self.world.readers[draws[0] % 2])

    async def forget_marks(self, tx: Tx, draws: Draws) -> object:
        return tx.forget_marks(self.world.readers[draws[0] % 2], self.zone(draws[1]))

    async def name_blob(self, tx: Tx, draws: Draws) -> object:
        a, b, c = draws
        return (tx.names if c % 3 else tx.unname)(self.blobs[a % len(self.blobs)], self.object(b))

    async def count(self, tx: Tx, draws: Draws) -> object:
        tx.set_meta(self.name(draws[0]), str(draws[2]))
        return await tx.count(self.name(draws[0]), 1 + draws[1])

    async def look(self, tx: Tx, draws: Draws) -> object:
        return await everything(tx, self.world, log=False)


ACTS: Final = sorted(name for name in vars(Acts) if name not in ("account", "conv", "zone", "object", "name", "value") and not name.startswith("_"))

Act: TypeAlias = tuple[str, Draws]
Plan: TypeAlias = tuple[list[Act], bool]
"""The acts of a work, and whether it gives up at its end."""

draws = st.tuples(*[st.integers(0, 20)] * 3)
acts = st.tuples(st.sampled_from(ACTS), draws)
plans = st.tuples(st.lists(acts, min_size=1, max_size=5), st.sampled_from([False, False, False, True]))
groups = st.lists(st.lists(plans, min_size=1, max_size=5), min_size=1, max_size=5)


async def begin(tx: Tx) -> World:
    """Two accounts and the zones that works write into."""
    accounts = []
    for _ in range(2):
        account = tx.new_id()
        tx.open_zone(ZoneKind.ACCOUNT, owner=account, id=ZoneId(account))
        accounts.append(account)
    kinds = (ZoneKind.CONVERSATION, ZoneKind.CONVERSATION, ZoneKind.BOOK, ZoneKind.SITE)
    zones = [tx.open_zone(kind) for kind in kinds]
    objects = [tx.new_id() for _ in range(5)]
    return World(accounts, zones, objects, [tx.new_id() for _ in range(2)], ["a", "b"], [b"x", b"y"])


Run: TypeAlias = Callable[[Tx], Awaitable[tuple[int, list[object]]]]


def work(acts: Acts, plan: Plan, answers: list[object]) -> Callable[[Tx], Awaitable[int]]:
    """A work: what each act answered goes into `answers`, errors of the domain included; its value is its moment."""

    async def run(tx: Tx) -> int:
        answers.clear()
        answers.append(tx.now)
        for name, drawn in plan[0]:
            try:
                answers.append(await getattr(acts, name)(tx, drawn))
            except SynclineError as error:
                # the act may have written half of itself: the work cannot go on from there
                answers.append(type(error))
                raise
        if plan[1]:
            raise Half("half way")
        return tx.now

    return run


UNTRUE: Final = {
    "site_numbers_are_dense",  # the acts take numbers of conversations and books for publications
    "numbers_are_dense",
    "numbers_rise_with_the_log",
    "merged_zones_lead_on",
    "names_come_from_things",
    "versions_are_a_chain",  # an id that was dropped is used again
    "keys_lead_to_things",
    "terms_lead_to_things",
}
"""Checks of `verify` about what services keep, and these random acts do not."""


async def compare(directory: Path, planned: list[list[Plan]]) -> None:
    """Run the plans on a store and on the model, and ask both everything."""
    store = await open_store(directory)
    try:
        model = Model()
        world = (await store.write(begin)).value
        assert await model.write(begin, 0) == world
        for group in planned:
            await one_group(store, model, Acts(world, [await store.blobs.put(blob) for blob in BLOBS]), group)
            async with store.view() as view:
                same(await everything(view, world), await everything(model, world))
        told = [change async for commit in _all(store) for change in commit]
        assert told == model.log
    finally:
        await store.close()
    store = await open_store(directory)
    try:
        async with store.view() as view:
            same(await everything(view, world), await everything(model, world))
            assert await view.changes(Seq(0), limit=100_000) == model.log
    finally:
        await store.close()
    damage = [one for one in verify(directory) if one.check not in UNTRUE]
    assert damage == []


async def _all(store: SqliteStore):  # type: ignore[no-untyped-def]  # noqa: ANN202
    if store.head:
        async for commit in store.commits(Seq(0)):
            yield commit.changes
            if commit.seq >= store.head:
                return


async def one_group(store: SqliteStore, model: Model, acts: Acts, group: list[Plan]) -> None:
    """Works that arrive together, on the model one after the other; a failed one gives its error on both."""
    real: list[list[object]] = [[] for _ in group]
    written = await asyncio.gather(
        *(store.write(work(acts, plan, answers)) for plan, answers in zip(group, real, strict=True)),
        return_exceptions=True,
    )
    for plan, answers, outcome in zip(group, real, written, strict=True):
        naive: list[object] = []
        now = answers[0]
        assert isinstance(now, int)
        expected: object
        try:
            expected = await model.write(work(acts, plan, naive), now)
        except SynclineError as error:
            expected = type(error)
        if isinstance(outcome, BaseException):
            if not isinstance(outcome, SynclineError):
                raise outcome
            assert type(outcome) is expected
        else:
            assert outcome.value == expected
        for one, other in zip(answers, naive, strict=True):
            if isinstance(one, dict) and isinstance(other, dict):
                same(one, other)
            else:
                assert one == other


def same(one: Answers, other: Answers) -> None:
    """Name the first question that was answered differently."""
    for question, answer in one.items():
        assert (question, answer) == (question, other[question])


EXAMPLES: Final = int(os.environ.get("SYNCLINE_EXAMPLES", "60"))
"""More of them in the environment, for a night."""


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(groups)
def test_any_works_in_any_groups_come_to_what_the_model_says(planned: list[list[Plan]]) -> None:
    """Grouping, failing, reading in between and restarting change nothing of what works come to."""
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(compare(Path(directory) / "data", planned))
