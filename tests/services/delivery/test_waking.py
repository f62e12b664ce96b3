"""Who waits is woken by the first commit that it may see, and by nothing else."""

import asyncio

import msgspec
import pytest
from tests.services.conversations.town import Town
from tests.services.mail.letters import Mailbox, letter

from syncline.core.deltas import Place
from syncline.core.ids import DIRECTORY, Id, Seq, ZoneId
from syncline.core.kinds import Kind, Why, ZoneKind
from syncline.core.mail import Address
from syncline.core.objects import Object
from syncline.services.delivery import LOG, Delivery, Parked, Wake
from syncline.services.mail import Mails
from syncline.services.people import Profile, know, profile_of, put_profile
from syncline.store.contract import Store, Tx

SOON = 0.05
"""seconds: long enough that a wake-up which is wrong would have come"""


async def waited(parked: Parked, seconds: float = SOON) -> Wake:
    """What a parked request is told within a time."""
    return await parked.wait(asyncio.get_running_loop().time() + seconds)


async def settled(delivery: Delivery, account: Id) -> None:
    """Let those loads end that delivery has begun for zones which were quiet for long."""
    for _ in range(1000):
        if delivery.quiet(account, Place(delivery.head)):
            return
        await asyncio.sleep(0.001)
    raise AssertionError("delivery never finds out who is concerned")


async def test_a_waiter_is_woken_by_what_it_may_see(town: Town, delivery: Delivery) -> None:
    """A message reaches the other member, whether or not the zone was hot."""
    ann, bob = await town.people("ann", "bob")
    conv = await town.conversation(ann, bob)
    parked = delivery.park(bob, "s")
    await town.say(ann, conv, "cold")
    assert await waited(parked, 5) is Wake.COMMIT
    await town.say(ann, conv, "hot")
    assert await waited(parked, 5) is Wake.COMMIT


async def test_a_commit_between_parking_and_waiting_is_not_lost(town: Town, delivery: Delivery) -> None:
    """Park, read, wait: what is committed during the read must not be missed (the lost wake-up)."""
    ann, bob = await town.people("ann", "bob")
    conv = await town.conversation(ann, bob)
    parked = delivery.park(bob, "s")
    await town.say(ann, conv, "while it reads")
    await settled(delivery, bob)
    assert await waited(parked, 0) is Wake.COMMIT


async def test_anothers_mails_wake_nobody(town: Town, delivery: Delivery) -> None:
    """Promise 5: mails, joins, copies, labels and states of Ann's are not felt by Bob, who waits.

    He knows one of her correspondents himself; she hears of her own threads all the while.
    """
    ann, bob = await town.people("ann", "bob")
    mails = Mails(town.store)
    anns, bobs = Mailbox(mails, town.store, ann), Mailbox(mails, town.store, bob)
    await bobs.add(letter("b@x", labels=["inbox"]))
    await settled(delivery, bob)
    parked, own = delivery.park(bob, "s"), delivery.park(ann, "s")
    for one in (
        letter("a@x", labels=["inbox"], state=["unread"]),
        letter("b@x", labels=["inbox"], text="other bytes"),
        letter("c@x", "a@x", "b@x", sender=Address("Zed", "zed@example.net")),
        letter("c@x", "a@x", "b@x", text="another copy"),
        letter("late@x", "b@x"),
    ):
        await anns.add(one)
        assert await waited(own, 5) is Wake.COMMIT
    await mails.relabel(ann, 1, [])
    await mails.relabel(ann, 1, ["inbox", "work"])
    await mails.set_thread_state(ann, 1, ["starred"])
    await mails.set_message_state(ann, 2, ["deleted"])
    assert await waited(own, 5) is Wake.COMMIT
    assert await waited(parked) is Wake.EXPIRED
    await bobs.add(letter("d@x"))
    assert await waited(parked, 5) is Wake.COMMIT


async def test_foreign_traffic_wakes_nobody(town: Town, delivery: Delivery) -> None:
    """Promise 5: neither content nor timing of conversations that one is not in reaches him."""
    ann, bob, eve = await town.people("ann", "bob", "eve")
    conv = await town.conversation(ann, bob)
    parked = delivery.park(eve, "s")
    for text in ("one", "two"):
        await town.say(ann, conv, text)
    await settled(delivery, eve)
    assert await waited(parked) is Wake.EXPIRED
    assert delivery.quiet(eve, Place(delivery.head))


async def test_who_left_hears_no_more_and_who_came_does(town: Town, delivery: Delivery) -> None:
    """The holders in memory follow the grants in the commits, without a query."""
    ann, bob, eve = await town.people("ann", "bob", "eve")
    conv = await town.conversation(ann, bob)
    await town.say(ann, conv, "warm")
    left, came = delivery.park(bob, "b"), delivery.park(eve, "e")
    await settled(delivery, bob)
    await town.talk.leave(bob, conv)
    await town.talk.add(ann, conv, [eve])
    assert await waited(left, 5) is Wake.COMMIT
    assert await waited(came, 5) is Wake.COMMIT
    await town.say(ann, conv, "after that")
    await settled(delivery, bob)
    assert await waited(came, 5) is Wake.COMMIT
    assert await waited(left) is Wake.EXPIRED


async def test_an_invitation_does_not_let_its_room_wake_anybody(town: Town, delivery: Delivery) -> None:
    """An empty range shows nothing, so it tells of nothing: not even that people talk."""
    ann, bob = await town.people("ann", "bob")
    conv = await town.conversation(ann, invited=[bob])
    parked = delivery.park(bob, "s")
    await town.say(ann, conv, "among ourselves")
    await settled(delivery, bob)
    assert await waited(parked) is Wake.EXPIRED


async def test_a_newer_request_of_a_session_releases_the_older(town: Town, delivery: Delivery) -> None:
    """A client that comes again does not hold two places; other sessions are left alone."""
    (ann,) = await town.people("ann")
    older, other = delivery.park(ann, "phone"), delivery.park(ann, "desk")
    newer = delivery.park(ann, "phone")
    assert await waited(older, 5) is Wake.SUPERSEDED
    assert await waited(other) is Wake.EXPIRED
    assert await waited(newer) is Wake.EXPIRED
    older.release()
    assert delivery.parked == 2, "the older one's end must not take the newer one's place"
    newer.release()
    other.release()
    assert delivery.parked == 0


async def test_a_stop_lets_everybody_answer_and_parks_nobody_any_more(town: Town, delivery: Delivery) -> None:
    """A graceful stop waits for no long poll."""
    (ann,) = await town.people("ann")
    before = delivery.park(ann, "a")
    delivery.shutdown()
    after = delivery.park(ann, "b")
    assert await waited(before, 5) is Wake.STOPPED
    assert await waited(after, 5) is Wake.STOPPED


async def test_a_profile_wakes_those_who_know_the_person(
    store: Store, town: Town, delivery: Delivery
) -> None:
    """Profiles lie in one zone for all, and are told through contacts only."""
    ann, bob, eve = await town.people("ann", "bob", "eve")

    async def meet(tx: Tx) -> None:
        await know(tx, bob, ann)

    await store.write(meet)
    knows, stranger = delivery.park(bob, "b"), delivery.park(eve, "e")

    async def rename(tx: Tx) -> None:
        known = await profile_of(tx, ann)
        await put_profile(tx, Profile(person=known.person, name="Ann the Second", account=True))

    await store.write(rename)
    assert not delivery.quiet(eve, Place(Seq(delivery.head - 1))), "unsure is not the same as quiet"
    assert await waited(knows, 5) is Wake.COMMIT
    assert await waited(stranger) is Wake.EXPIRED


@pytest.mark.parametrize("kind", [Kind.TOKEN, Kind.SESSION, Kind.INVITE])
async def test_hidden_kinds_wake_nobody(store: Store, town: Town, delivery: Delivery, kind: Kind) -> None:
    """Signing in elsewhere is no news: a token made is seen by no protocol."""
    (ann,) = await town.people("ann")
    parked = delivery.park(ann, "s")

    async def work(tx: Tx) -> None:
        await tx.put(Object(tx.new_id(), kind, ZoneId(ann), b"{}"))

    await store.write(work)
    assert await waited(parked) is Wake.EXPIRED


@pytest.mark.parametrize("kind", [Kind.TOKEN, Kind.SESSION, Kind.CREDENTIAL])
async def test_what_admits_a_client_wakes_it_when_it_goes(
    store: Store, town: Town, delivery: Delivery, kind: Kind
) -> None:
    """A revoked token, a closed account: whoever waits must show again that it is admitted."""
    ann, bob = await town.people("ann", "bob")

    async def make(tx: Tx) -> Id:
        return (await tx.put(Object(tx.new_id(), kind, ZoneId(ann), b"{}"))).id

    made = (await store.write(make)).value
    parked, other = delivery.park(ann, "s"), delivery.park(bob, "s")

    async def drop(tx: Tx) -> None:
        await tx.drop(made)

    await store.write(drop)
    assert await waited(parked, 5) is Wake.COMMIT
    assert await waited(other) is Wake.EXPIRED


async def test_what_is_queued_for_a_device_wakes_its_account(
    store: Store, town: Town, delivery: Delivery
) -> None:
    """To-device messages are no changes that anybody sees, but their reader waits for them."""
    (ann,) = await town.people("ann")
    parked = delivery.park(ann, "s")

    async def work(tx: Tx) -> None:
        tx.enqueue(tx.new_id(), ann, b"{}")

    await store.write(work)
    assert await waited(parked, 5) is Wake.COMMIT
    assert delivery.quiet(ann, Place(Seq(delivery.head - 1))), "and yet there is nothing to see"


async def test_a_site_and_the_whole_log_can_be_waited_for(store: Store, delivery: Delivery) -> None:
    """Publications wake readers of their site, and everything wakes who follows the log."""

    async def make(tx: Tx) -> ZoneId:
        return tx.open_zone(ZoneKind.SITE)

    site = (await store.write(make)).value
    reader, other, all_of_it = delivery.park(site, "r"), delivery.park(Id(7), "o"), delivery.park(LOG, "l")

    async def publish(tx: Tx) -> None:
        await tx.put(Object(tx.new_id(), Kind.PUBLICATION, site, b"{}"))

    await store.write(publish)
    assert await waited(reader, 5) is Wake.COMMIT
    assert await waited(all_of_it, 5) is Wake.COMMIT
    assert await waited(other) is Wake.EXPIRED


async def test_grants_of_a_book_given_while_its_holders_are_read_are_not_lost(
    store: Store, town: Town, delivery: Delivery
) -> None:
    """The race: a zone is loaded because of one commit, and a grant arrives before the load is there."""
    ann, bob = await town.people("ann", "bob")

    async def make(tx: Tx) -> ZoneId:
        book = tx.open_zone(ZoneKind.BOOK)
        await tx.grant(ann, book, first=None, why=Why.ROLE)
        return book

    book = (await store.write(make)).value
    parked = delivery.park(bob, "b")

    async def put(tx: Tx) -> None:
        await tx.put(Object(tx.new_id(), Kind.RECORD, book, msgspec.json.encode({})))

    async def give(tx: Tx) -> None:
        await tx.grant(bob, book, first=None, why=Why.ROLE)

    await asyncio.gather(store.write(put), store.write(give))
    assert await waited(parked, 5) is Wake.COMMIT
    await settled(delivery, bob)
    await store.write(put)
    assert await waited(parked, 5) is Wake.COMMIT


async def test_the_directory_itself_is_no_audience_of_everybody(store: Store, delivery: Delivery) -> None:
    """A profile of somebody whom nobody knows wakes nobody."""

    async def stranger(tx: Tx) -> None:
        await put_profile(tx, Profile(person=tx.new_id(), name="Nobody's friend"))

    parked = delivery.park(Id(5000), "s")
    await store.write(stranger)
    async with store.view() as view:
        assert await view.objects(DIRECTORY, [Kind.PROFILE])
    assert await waited(parked) is Wake.EXPIRED
