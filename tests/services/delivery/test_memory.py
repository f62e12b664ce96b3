"""Nothing new is one comparison; what is new and plain comes from memory; anything else is read."""

from tests.services.conversations.town import Town
from tests.services.delivery.test_waking import settled, waited

from syncline.core.deltas import Place
from syncline.core.ids import Id, Seq
from syncline.core.kinds import Rel
from syncline.core.signals import SignalKind
from syncline.services.delivery import Delivery, Wake
from syncline.services.delivery.audiences import AGE, TAIL, Audiences, Heard
from syncline.services.people import Profile, put_profile
from syncline.services.sync import delta
from syncline.store.commit import Commit
from syncline.store.contract import Store, Tx
from syncline.store.sqlite.tracing import count_statements


async def caught_up(store: Store, delivery: Delivery, account: Id) -> Place:
    """Read everything, as a reader does; returns where it stands."""
    place = Place(Seq(0))
    while True:
        async with store.view() as view:
            found = await delta(view, account, place)
        delivery.settle(account, found)
        place = found.until
        if not found.more:
            return place


async def test_nothing_new_is_known_without_a_statement(store: Store, town: Town, delivery: Delivery) -> None:
    """P1: the answer to an idle poll takes no SQL, also after a lot of foreign traffic."""
    ann, bob, eve = await town.people("ann", "bob", "eve")
    conv = await town.conversation(ann, bob)
    await town.say(ann, conv, "warm")
    place = await caught_up(store, delivery, eve)
    await settled(delivery, eve)
    for text in ("one", "two", "three"):
        await town.say(ann, conv, text)
    with count_statements() as statements:
        assert delivery.quiet(eve, place)
        assert not delivery.quiet(bob, place)
    assert not statements


async def test_a_place_that_cannot_be_is_never_quiet(store: Store, town: Town, delivery: Delivery) -> None:
    """A cursor from beyond the head must be told so, not kept waiting until the log comes there."""
    (ann,) = await town.people("ann")
    await caught_up(store, delivery, ann)
    assert not delivery.quiet(ann, Place(Seq(store.head + 1)))


async def test_plain_messages_come_from_memory(store: Store, town: Town, delivery: Delivery) -> None:
    """P2: the same commits for all members, none of them read again."""
    ann, bob = await town.people("ann", "bob")
    conv = await town.conversation(ann, bob)
    await caught_up(store, delivery, bob)
    await town.say(ann, conv, "warm")
    await settled(delivery, bob)
    place = await caught_up(store, delivery, bob)
    sent = [await town.say(ann, conv, text) for text in ("one", "two")]
    with count_statements() as statements:
        recent = delivery.recent(bob, place)
    assert recent is not None
    assert [
        change.object for heard in recent for change in heard.commit.changes if change.zone == conv
    ] == sent
    assert all(heard.zones == (conv,) for heard in recent), "the author's own read position is not his news"
    assert not statements


async def test_who_is_found_out_late_hears_the_same_as_the_others(
    store: Store, town: Town, delivery: Delivery
) -> None:
    """P4: after a start nobody knows who holds a zone; what protocols render is shared all the same."""
    ann, bob, eve = await town.people("ann", "bob", "eve")
    conv = await town.conversation(ann, bob, eve)
    places = {member: await caught_up(store, delivery, member) for member in (bob, eve)}
    await town.say(ann, conv, "first of all")
    await settled(delivery, eve)
    to_bob, to_eve = (delivery.recent(member, place) for member, place in places.items())
    assert to_bob
    assert to_eve
    assert to_bob[0] is to_eve[0]


async def test_what_takes_away_is_read_from_the_log(store: Store, town: Town, delivery: Delivery) -> None:
    """Memory would still hold what was deleted; and grants change what may be seen at all."""
    ann, bob = await town.people("ann", "bob")
    conv = await town.conversation(ann, bob)
    message = await town.say(ann, conv, "secret")
    place = await caught_up(store, delivery, bob)
    await settled(delivery, bob)
    await town.talk.amend(ann, conv, message, Rel.DELETE)
    assert delivery.recent(bob, place) is None
    place = await caught_up(store, delivery, bob)
    assert delivery.recent(bob, place) == []
    await town.talk.kick(ann, conv, [bob])
    assert delivery.recent(bob, place) is None


async def test_what_an_account_sees_is_forgotten_with_its_grants(
    store: Store, town: Town, delivery: Delivery
) -> None:
    """A range learned before a grant's end must not serve after it."""
    ann, bob = await town.people("ann", "bob")
    conv = await town.conversation(ann, bob)
    async with store.view() as view:
        before = await delta(view, bob, Place(Seq(0)))
    delivery.settle(bob, before)
    assert delivery.sees_from(bob, conv) is not None
    await town.talk.leave(bob, conv)
    assert delivery.sees_from(bob, conv) is None
    delivery.settle(bob, before)
    assert delivery.sees_from(bob, conv) is None, "a delta read before the grant's end teaches nothing"


async def test_newest_follows_without_reading(store: Store, town: Town, delivery: Delivery) -> None:
    """One query when an account appears, then kept by the fan-out."""
    ann, bob, eve = await town.people("ann", "bob", "eve")
    conv = await town.conversation(ann, bob)
    first = await delivery.newest(bob)
    await town.say(ann, conv, "warm")
    await settled(delivery, eve)
    with count_statements() as statements:
        assert await delivery.newest(bob) > first
    assert not statements
    assert await delivery.newest(eve) < first


async def test_asking_for_the_newest_hides_no_profile(store: Store, town: Town, delivery: Delivery) -> None:
    """A profile lies in no zone of its readers: when another session asks where it stands, those that are
    caught up still have to be told of it."""
    ann, bob = await town.people("ann", "bob")
    await town.conversation(ann, bob)
    place = await caught_up(store, delivery, bob)
    await settled(delivery, bob)

    async def rename(tx: Tx) -> None:
        await put_profile(tx, Profile(person=ann, name="Ann the Second", account=True))

    await store.write(rename)
    assert await delivery.newest(bob) > place.seq
    assert not delivery.quiet(bob, place)
    assert delivery.recent(bob, place) is None
    after = await caught_up(store, delivery, bob)
    assert await delivery.newest(bob) == after.seq
    assert delivery.quiet(bob, after)


async def test_signals_reach_holders_and_leave_no_trace(store: Store, town: Town, delivery: Delivery) -> None:
    """Typing wakes the members, presence wakes nobody, and neither is written."""
    ann, bob, eve = await town.people("ann", "bob", "eve")
    conv = await town.conversation(ann, bob)
    member, stranger = delivery.park(bob, "b"), delivery.park(eve, "e")
    head = store.head
    typing = await delivery.signal(conv, SignalKind.TYPING, ann)
    assert await waited(member, 5) is Wake.SIGNAL
    assert await delivery.signals(bob, 0) == [typing]
    assert await delivery.signals(bob, typing.position) == []
    assert await delivery.signals(eve, 0) == []
    presence = await delivery.signal(conv, SignalKind.PRESENCE, ann)
    assert presence.position > typing.position
    assert await waited(member) is Wake.EXPIRED
    assert await waited(stranger) is Wake.EXPIRED
    assert store.head == head


async def test_a_signal_expires(store: Store, town: Town) -> None:
    """What nobody needs tomorrow is gone by then, and positions rise over restarts (clock in ms)."""
    now = 1_000_000
    delivery = Delivery(store, clock=lambda: now)
    ann, bob = await town.people("ann", "bob")
    conv = await town.conversation(ann, bob)
    signal = await delivery.signal(conv, SignalKind.TYPING, ann, lasts=500)
    assert signal.position == now
    now += 501
    assert await delivery.signals(bob, 0) == []
    delivery.close()


def test_memory_of_commits_is_bounded() -> None:
    """A busy audience forgets its oldest commits, and then says that it does not know."""
    audience = Audiences().touch(Id(1), Seq(0))
    commits = [_commit(seq) for seq in range(1, TAIL + 3)]
    for commit in commits:
        audience.hear(Heard(commit.seq, commit, ()))
    assert audience.since(Seq(1)) is None
    assert [heard.commit for heard in audience.since(Seq(2)) or ()] == commits[2:]
    late = _commit(AGE * 2)
    audience.hear(Heard(late.seq, late, ()))
    assert audience.since(Seq(TAIL)) is None
    assert [heard.commit for heard in audience.since(Seq(AGE)) or ()] == [late]


def test_idle_audiences_are_forgotten_but_never_waiting_ones() -> None:
    """The least lately read go first; who waits stays."""
    audiences = Audiences(idle=2)
    parked = audiences.park(Id(1), "s", Seq(0))
    for id in (2, 3, 4):
        audiences.touch(Id(id), Seq(0))
    assert [id for id in range(1, 5) if audiences.get(Id(id))] == [1, 3, 4]
    parked.release()
    audiences.touch(Id(5), Seq(0))
    assert audiences.get(Id(1)) is not None or len(audiences) == 2


def _commit(seq: int) -> Commit:
    from syncline.core.ids import ZoneId
    from syncline.core.kinds import Act, Kind
    from syncline.core.log import Change

    return Commit([Change(Seq(seq), ZoneId(Id(9)), Kind.ENTRY, Id(seq), Act.ADD, None, None, 0, Seq(seq))])
