"""The one delta: where its pages end, what moves a reader, what it costs. Equality is tests/properties'."""

from collections.abc import Sequence
from unittest.mock import patch

import msgspec
import pytest
from tests.services.conversations.town import Town

from syncline.core.deltas import Delta, Place
from syncline.core.entries import NewEntry
from syncline.core.errors import NotFound
from syncline.core.ids import JUMP, START, Id, Seq, ZoneId
from syncline.core.kinds import EntryKind, Kind, Why, ZoneKind
from syncline.core.objects import Object
from syncline.services.sync import delta, jumps_of, possible
from syncline.services.sync.newest import newest_visible
from syncline.store.contract import Lane, Store, Tx
from syncline.store.sqlite.tracing import count_statements

BEGINNING = Place(START)


@pytest.fixture
def town(store: Store) -> Town:
    """People and conversations over a real store."""
    return Town(store)


async def read(store: Store, account: Id, after: Place = BEGINNING, **more: object) -> Delta:
    """One page."""
    async with store.view() as view:
        return await delta(view, account, after, **more)  # type: ignore[arg-type]


async def caught_up(store: Store, account: Id) -> Place:
    """Follow to the end."""
    place = BEGINNING
    while (found := await read(store, account, place, limit=1000)).more:
        place = found.until
    return found.until


async def messages(store: Store, conv: ZoneId, author: Id, count: int, lane: Lane = Lane.BULK) -> None:
    """Many messages in few works."""

    async def some(tx: Tx, number: int) -> None:
        for _ in range(number):
            await tx.add(NewEntry(conv, EntryKind.MESSAGE, author, b'{"text":"x"}'))

    for start in range(0, count, 500):
        size = min(500, count - start)
        await store.write(lambda tx, size=size: some(tx, size), lane=lane)  # type: ignore[misc]


async def test_foreign_traffic_does_not_move_a_reader(store: Store, town: Town) -> None:
    """A Fleep client polls until it gets back what it sent: others' messages must not keep it looping."""
    ann, bob, eve = await town.people("ann", "bob", "eve")
    conv = await town.conversation(ann, bob)
    place = await caught_up(store, eve)
    await messages(store, conv, ann, 1500)
    found = await read(store, eve, place)
    assert (found.until, found.more, found.empty) == (place, False, True)
    moved = await read(store, eve, place, to_head=True)
    assert (moved.until, moved.empty) == (Place(store.head), True), "a Matrix token may move"


async def test_an_invitation_does_not_move_with_the_talk_inside(store: Store, town: Town) -> None:
    """Promise 5: nothing by counting. Also on the long way, where the log is walked."""
    ann, bob = await town.people("ann", "bob")
    conv = await town.conversation(ann, invited=[bob])
    place = await caught_up(store, bob)
    await messages(store, conv, ann, 10)
    for few in (64, 0):
        with patch("syncline.services.sync.delta.FEW_ZONES", few):
            assert (await read(store, bob, place)).until == place


async def test_a_page_ends_at_the_end_of_a_work(store: Store, town: Town) -> None:
    """A page cut inside a move would show a record twice, or not at all."""
    ann, bob = await town.people("ann", "bob")
    conv = await town.conversation(ann, bob)
    place = await caught_up(store, bob)
    await messages(store, conv, ann, 7)
    await messages(store, conv, ann, 7)
    for few in (64, 0):
        with patch("syncline.services.sync.delta.FEW_ZONES", few):
            first = await read(store, bob, place, limit=3)
            second = await read(store, bob, first.until, limit=3)
        assert [len(page.changed[0].entries) for page in (first, second)] == [7, 7]
        assert (first.more, second.more) == (True, False)


async def test_a_long_way_through_foreign_traffic_is_made_in_steps(store: Store, town: Town) -> None:
    """Each request walks a bounded part of the log, moves on, and in the end finds what is there."""
    ann, bob = await town.people("ann", "bob")
    conv = await town.conversation(ann, bob)
    foreign = await town.conversation(ann)
    place = await caught_up(store, bob)
    await messages(store, foreign, ann, 1200)
    await town.say(ann, conv, "far away")
    steps = 0
    with (
        patch("syncline.services.sync.delta.FEW_ZONES", 0),
        patch("syncline.services.sync.ends.CHUNK", 500),
        patch("syncline.services.sync.ends.WALKED", 1000),
    ):
        while (found := await read(store, bob, place)).empty and found.more:
            assert found.until > place
            place = found.until
            steps += 1
    assert 1 <= steps <= 3
    assert [len(zone.entries) for zone in found.changed] == [1]


async def test_many_zones_entered_at_once_come_in_pages(store: Store, town: Town) -> None:
    """A role change shows a thousand books: each comes once, whole, in the order of the grants."""
    (ann,) = await town.people("ann")

    async def give(tx: Tx) -> list[ZoneId]:
        books = []
        for _ in range(100):
            book = tx.open_zone(ZoneKind.BOOK)
            await tx.put(Object(tx.new_id(), Kind.RECORD, book, b"{}"))
            await tx.grant(ann, book, first=Seq(1), why=Why.ROLE)
            books.append(book)
        return books

    books = (await store.write(give)).value
    place = BEGINNING
    seen: list[ZoneId] = []
    pages = 0
    while True:
        found = await read(store, ann, place, limit=10)
        seen += [zone.zone.id for zone in found.entered if zone.objects]
        pages += 1
        place = found.until
        if not found.more:
            break
    assert seen == books
    assert pages >= 10


async def test_zones_may_be_named_without_what_is_in_them(store: Store, town: Town) -> None:
    """For protocols whose clients fetch that by calls of their own: one page, and a place that is one seq."""
    ann, bob = await town.people("ann", "bob")
    place = await caught_up(store, ann)
    conv = await town.conversation(bob, ann)
    await messages(store, conv, bob, 30)
    found = await read(store, ann, place, limit=10, contents=False)
    (zone,) = found.entered
    assert (zone.zone.id, zone.entries, zone.objects) == (conv, (), ())
    assert found.until.plain
    assert not found.more
    assert (await read(store, ann, found.until, contents=False)).empty


async def test_cursors_of_a_lost_future_are_recognised(store: Store, town: Town) -> None:
    """Inside a jump, and beyond the head: from the start, and said so. Before a jump all is well."""
    (ann,) = await town.people("ann")
    head = store.head
    jumps = ((head, Seq(head + JUMP)),)
    async with store.view() as view:
        assert await jumps_of(view) == ()
        assert not (await delta(view, ann, Place(head), jumps=jumps)).reset
        lost = await delta(view, ann, Place(Seq(head + 5)), jumps=jumps)
        assert lost.reset
    assert not possible(Place(Seq(head + 5)), Seq(head + JUMP + 9), jumps)
    assert possible(Place(Seq(head + JUMP)), Seq(head + JUMP + 9), jumps)
    beyond = await read(store, ann, Place(Seq(head + 5)))
    assert beyond.reset
    assert beyond.after == Place(Seq(head + 5))


@pytest.mark.parametrize(
    "place",
    [Place(Seq(1), Seq(9), Seq(0)), Place(Seq(3), Seq(2), Seq(9)), Place(Seq(-1)), Place(Seq(1), Seq(-4))],
)
async def test_a_place_that_no_page_gave_starts_anew(store: Store, town: Town, place: Place) -> None:
    """Clients can invent cursors: nothing breaks, and nothing is left out."""
    (ann,) = await town.people("ann")
    assert (await read(store, ann, place)).reset


async def test_only_accounts_have_deltas(store: Store) -> None:
    """Somebody without an account zone follows nothing."""
    with pytest.raises(NotFound):
        await read(store, Id(4711))


async def test_kinds_limit_what_is_read_and_what_moves(store: Store, town: Town) -> None:
    """A protocol that knows records only is not moved by messages."""
    ann, bob = await town.people("ann", "bob")
    conv = await town.conversation(ann, bob)
    place = await caught_up(store, bob)
    await town.say(ann, conv, "hello")
    assert (await read(store, bob, place, kinds=[Kind.RECORD])).until == place
    assert (await read(store, bob, place, kinds=[Kind.ENTRY])).until > place


async def test_the_cost_follows_what_changed_not_what_exists(store: Store, town: Town) -> None:
    """P6 in statements, which no noisy clock can hide: the same few, whatever lies in the store."""
    ann, bob = await town.people("ann", "bob")
    conv = await town.conversation(ann, bob)
    counts = []
    for more in (10, 3000):
        await messages(store, conv, ann, more)
        for _ in range(5):
            await town.conversation(ann, bob)
        place = await caught_up(store, bob)
        await town.say(ann, conv, "news")
        with count_statements() as statements:
            found = await read(store, bob, place)
        assert [len(zone.entries) for zone in found.changed] == [1]
        counts.append(sum(statements.values()))
    assert counts[0] == counts[1]


async def test_the_newest_seq_is_that_of_what_is_seen(store: Store, town: Town) -> None:
    """What an account is caught up with: foreign traffic is no part of it."""
    ann, bob, eve = await town.people("ann", "bob", "eve")
    conv = await town.conversation(ann, bob)
    async with store.view() as view:
        before = await newest_visible(view, eve)
    await town.say(ann, conv, "one")
    async with store.view() as view:
        assert await newest_visible(view, eve) == before
        assert await newest_visible(view, bob) == (await view.entries(conv))[-1].seq


async def test_nothing_holds_the_loop_while_a_long_history_is_read(store: Store, town: Town) -> None:
    """Between its statements a first sync lets others run (the slices are measured by bench/)."""
    (ann,) = await town.people("ann")
    for _ in range(30):
        await town.conversation(ann)
    turns = 0

    async def count(_: float) -> None:
        nonlocal turns
        turns += 1

    with (
        patch("syncline.services.sync.pace.SLICE", 0.0),
        patch("syncline.services.sync.pace.asyncio.sleep", count),
    ):
        await read(store, ann)
    assert turns >= 30


def facts_of(found: Sequence[Delta]) -> list[object]:
    """Contents of facts, in order."""
    return [msgspec.json.decode(fact.content) for one in found for zone in one.changed for fact in zone.state]


async def test_a_row_brings_the_facts_that_still_hold(store: Store, town: Town) -> None:
    """A name that was replaced meanwhile is not told: a client could not tell it from the newer one."""
    ann, bob = await town.people("ann", "bob")
    conv = await town.conversation(ann, bob)
    place = await caught_up(store, bob)
    await town.talk.set_name(ann, conv, "first")
    await town.talk.set_name(ann, conv, "second")
    assert facts_of([await read(store, bob, place)]) == [{"name": "second"}]
    cut = await read(store, bob, place, limit=1)
    assert facts_of([cut]) == []
    assert facts_of([await read(store, bob, cut.until)]) == [{"name": "second"}]
