"""A commit with many hearers is told in slices: whatever comes between, it must be as if told at once."""

import asyncio
import random
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from tests.services.conversations.town import Town
from tests.services.delivery.test_memory import caught_up
from tests.services.delivery.test_waking import settled, waited

from syncline.core.deltas import Place
from syncline.core.entries import NewEntry
from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.kinds import Act, EntryKind, Kind, Rel
from syncline.core.log import Change
from syncline.services.delivery import Delivery, Recent, Wake
from syncline.services.delivery.hearings import Hearings
from syncline.services.people import profile_of, put_profile
from syncline.services.sync import delta
from syncline.store.commit import Commit
from syncline.store.contract import Store, Tx

SLICES = "syncline.services.delivery.slices"


@pytest.fixture
def one_by_one() -> Iterator[None]:
    """Each hearer is told in a turn of the loop of its own."""
    with patch(f"{SLICES}.STEP", 1), patch(f"{SLICES}.SLICE", 0.0):
        yield


@pytest.fixture
async def members(town: Town) -> list[Id]:
    """Some people."""
    return await town.people("ann", "bob", "cat", "dan", "eve")


async def warm(store: Store, town: Town, delivery: Delivery, members: list[Id]) -> tuple[ZoneId, Place]:
    """A conversation of all, whose holders are in memory; and where everybody stands."""
    conv = await town.conversation(members[0], *members[1:])
    for member in members:
        await caught_up(store, delivery, member)
    await say(store, conv)
    await settled(delivery, members[0])
    for member in members:
        place = await caught_up(store, delivery, member)
    return conv, place


async def say(store: Store, *convs: ZoneId) -> None:
    """A message that concerns nothing but its conversation; or one in each of several, in one work."""

    async def work(tx: Tx) -> None:
        for conv in convs:
            await tx.add(NewEntry(conv, EntryKind.MESSAGE, None, b"{}"))

    await store.write(work)


def told(recent: Recent | None) -> list[Id] | None:
    """The entries told from memory."""
    if recent is None:
        return None
    return [
        change.object
        for heard in recent
        for change in heard.commit.changes
        if change.kind == Kind.ENTRY and change.zone in heard.zones
    ]


@pytest.mark.usefixtures("one_by_one")
async def test_nobody_is_told_that_there_is_nothing_new_before_being_told(
    store: Store, town: Town, delivery: Delivery, members: list[Id]
) -> None:
    """The author was answered; whoever polls now, told already or not, must get the message."""
    (stranger,) = await town.people("stranger")
    conv, place = await warm(store, town, delivery, members)
    quiet = await caught_up(store, delivery, stranger)
    await settled(delivery, stranger)
    await say(store, conv)
    known = [delivery.recent(member, place) for member in members]
    assert None in known, "some are still to be told: they read the log"
    assert not any(delivery.quiet(member, place) for member in members)
    assert delivery.quiet(stranger, quiet), "whom it does not concern is not sent to the log"
    await settled(delivery, members[-1])
    assert all(len(delivery.recent(member, place) or ()) == 1 for member in members)


@pytest.mark.usefixtures("one_by_one")
async def test_commits_are_heard_in_order_though_the_second_comes_in_between(
    store: Store, town: Town, delivery: Delivery, members: list[Id]
) -> None:
    """A second message in the same conversation, and one in a small one, wait for the first."""
    conv, place = await warm(store, town, delivery, members)
    small = await town.conversation(members[-1])
    for member in members:
        place = await caught_up(store, delivery, member)
    await say(store, small)
    await settled(delivery, members[-1])
    for _ in range(3):
        await say(store, conv)
        await say(store, small)
    await settled(delivery, members[0])
    for member in members:
        recent = delivery.recent(member, place)
        assert recent is not None
        seqs = [heard.last for heard in recent]
        assert seqs == sorted(seqs)
        assert len(seqs) == (7 if member == members[-1] else 3)


@pytest.mark.usefixtures("one_by_one")
async def test_who_is_concerned_by_a_waiting_commit_only_is_not_quiet_either(
    store: Store, town: Town, delivery: Delivery, members: list[Id]
) -> None:
    """Not while the commit before it is told to others, and not when that is done and his is not begun."""
    conv, _ = await warm(store, town, delivery, members[:-1])
    other, place = await warm(store, town, delivery, members[-1:])
    await settled(delivery, members[-1])
    both = store.head + 2
    acts = asyncio.gather(say(store, conv), say(store, other))
    turns = 0
    while store.head < both or len(delivery._fanout._slices):
        if store.head == both:
            assert not delivery.quiet(members[-1], place)
            assert delivery.recent(members[-1], place) is None
            turns += 1
        await asyncio.sleep(0)
    await acts
    assert turns > 1
    assert len(delivery.recent(members[-1], place) or ()) == 1


@pytest.mark.usefixtures("one_by_one")
async def test_all_who_wait_are_woken_and_one_who_parks_between_misses_nothing(
    store: Store, town: Town, delivery: Delivery, members: list[Id]
) -> None:
    """Whoever parks while others are told reads the log first, since it is not settled."""
    conv, place = await warm(store, town, delivery, members)
    early = [delivery.park(member, "s") for member in members]
    await say(store, conv)
    late = [delivery.park(member, "t") for member in members]
    for member in members:
        assert not delivery.quiet(member, place)
    await settled(delivery, members[-1])
    assert [await waited(parked, 5) for parked in early] == [Wake.COMMIT] * len(members)
    assert not any(delivery.quiet(member, place) for member in members)
    for parked in late:
        parked.release()


@pytest.mark.usefixtures("one_by_one")
async def test_a_stop_between_slices_lets_everybody_answer_truly(
    store: Store, town: Town, delivery: Delivery, members: list[Id]
) -> None:
    """All are released at once; and those who were not told yet are never told that there is nothing."""
    conv, place = await warm(store, town, delivery, members)
    parked = [delivery.park(member, "s") for member in members]
    await say(store, conv)
    untold = [member for member in members if delivery.recent(member, place) is None]
    delivery.close()
    assert [await waited(one, 5) for one in parked] == [Wake.STOPPED] * len(members)
    for _ in range(20):
        await asyncio.sleep(0)
    assert untold
    assert not any(delivery.quiet(member, place) or delivery.recent(member, place) for member in untold)


async def test_a_commit_that_cannot_be_told_sends_everybody_to_the_log(
    store: Store, town: Town, delivery: Delivery, members: list[Id], caplog: pytest.LogCaptureFixture
) -> None:
    """It is said in the server's log, whoever waits is woken, and the next commit is told as ever."""
    conv, place = await warm(store, town, delivery, members)
    parked = delivery.park(members[0], "s")
    with patch.object(Hearings, "of", side_effect=RuntimeError("no")):
        await say(store, conv)
    assert "could not find out" in caplog.text
    assert await waited(parked, 5) is Wake.COMMIT
    assert not any(delivery.quiet(member, place) or delivery.recent(member, place) for member in members)
    places = {member: await caught_up(store, delivery, member) for member in members}
    await say(store, conv)
    assert all(len(delivery.recent(member, places[member]) or ()) == 1 for member in members)


async def test_a_thousand_hearers_are_not_told_in_one_go(store: Store, town: Town) -> None:
    """What is done at once is one step; and a commit that comes meanwhile waits its turn."""
    delivery = Delivery(store)
    town_hall = await town.conversation((await town.people("ann"))[0])
    crowd = [Id(10_000 + number) for number in range(1000)]
    fanout = delivery._fanout
    fanout._holders.remember(town_hall, crowd, store.head)
    audiences = [fanout._audiences.touch(id, store.head) for id in crowd]
    with patch(f"{SLICES}.SLICE", 0.0):
        for number in (1, 2):
            seq = Seq(store.head + number)
            change = Change(seq, town_hall, Kind.GRANT, Id(1), Act.ADD, None, None, 0, seq)
            fanout._slices.add(Commit([_file(change)]))
        first = sum(audience.newest == store.head + 1 for audience in audiences)
        assert 0 < first <= 200
        turns = 0
        while len(fanout._slices):
            order = {audience.newest for audience in audiences}
            assert len(order) <= 2, "nobody is two commits ahead of another"
            await asyncio.sleep(0)
            turns += 1
    assert turns >= 9
    assert all(audience.newest == store.head + 2 for audience in audiences)
    delivery.close()


def _file(change: Change) -> Change:
    return Change(change.seq, change.zone, Kind.FILE, change.object, Act.PUT, None, None, 0, change.work)


async def someone_acts(town: Town, chooser: random.Random, members: list[Id], convs: list[ZoneId]) -> None:
    """One act by somebody; what the rules do not allow just does not happen."""
    conv, actor, other = chooser.choice(convs), members[0], chooser.choice(members[1:])
    match chooser.randrange(10):
        case 0:
            if other in await present(town, conv):
                await town.talk.kick(actor, conv, [other])
        case 1:
            if other not in await present(town, conv):
                await town.talk.add(actor, conv, [other])
        case 2:
            await town.talk.amend(actor, conv, await town.say(actor, conv, "oops"), Rel.DELETE)
        case 3:

            async def rename(tx: Tx) -> None:
                await put_profile(tx, await profile_of(tx, other))

            await town.store.write(rename)
        case 4:
            await say(town.store, *convs)
        case 5:
            await town.say(actor, conv, "hello")
        case _:
            await say(town.store, conv)


async def present(town: Town, conv: ZoneId) -> set[Id]:
    """Who sees what is added to a conversation now."""
    async with town.store.view() as view:
        return set(await view.holders(conv))


@pytest.mark.usefixtures("one_by_one")
@pytest.mark.parametrize("seed", range(12))
async def test_whatever_happens_between_slices_memory_says_what_the_log_says(
    store: Store, town: Town, members: list[Id], seed: int
) -> None:
    """Messages, deletions, grants and profiles, while others poll: "nothing new" and what is told from memory
    are compared with the delta at every turn of the loop."""
    chooser = random.Random(seed)
    delivery = Delivery(store, idle=chooser.choice((3, 100)))
    async with store.view() as view:
        await delivery.jumps(view)
    convs = [await town.conversation(members[0], *members[1:]) for _ in range(2)]
    places = {member: await caught_up(store, delivery, member) for member in members}
    agreed = 0
    for _ in range(40):
        act = asyncio.create_task(someone_acts(town, chooser, members, convs))
        for _ in range(chooser.randrange(12)):
            await asyncio.sleep(0)
            agreed += await compare(store, delivery, chooser.choice(members), places)
        await act
        for _ in range(chooser.randrange(4)):
            agreed += await compare(store, delivery, chooser.choice(members), places)
            await asyncio.sleep(0)
        reader = chooser.choice(members)
        places[reader] = await caught_up(store, delivery, reader)
    for member in members:
        places[member] = await caught_up(store, delivery, member)
        await settled(delivery, member)
        agreed += await compare(store, delivery, member, places)
    assert agreed > 20, "memory was asked, and knew"
    delivery.close()


async def compare(store: Store, delivery: Delivery, member: Id, places: dict[Id, Place]) -> bool:
    """What memory says to one reader, against the log; whether it said anything."""
    place = places[member]
    head = store.head
    quiet, known = delivery.quiet(member, place), told(delivery.recent(member, place))
    if not quiet and known is None:
        return False
    async with store.view() as view:
        found = await delta(view, member, place, limit=10_000)
    if found.head != head:
        return False
    if quiet:
        assert found.empty
    if known is not None:
        assert not found.entered
        assert not found.left
        entries = [entry for zone in found.changed for entry in zone.entries]
        assert known == [entry.id for entry in sorted(entries, key=lambda entry: entry.seq)]
    return True
