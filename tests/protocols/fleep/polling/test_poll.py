"""account/poll once a client is live: woken by what it may see, and by nothing else."""

import asyncio
import time

import pytest
from tests.protocols.fleep.place import Client, Place
from tests.protocols.fleep.polling.acting import entry_of, of_type, parked, say, talk

from syncline.core.kinds import Rel
from syncline.protocols.fleep.polling import holding
from syncline.protocols.fleep.polling.pages import FEW
from syncline.server.limiter import Limiter
from syncline.store.sqlite.tracing import count_statements

CAUGHT_UP = {"event_horizon", "limit_time", "static_version", "stream"}


async def test_a_caught_up_poll_has_exactly_the_keys_of_the_reference(ann: Client) -> None:
    """4.2: as recorded in 2017; the horizon is the one that was sent."""
    horizon, _ = await ann.caught_up()
    said = await ann.call("account/poll", event_horizon=horizon, wait=False)
    assert said.keys() == CAUGHT_UP
    assert (said["event_horizon"], said["limit_time"], said["stream"]) == (horizon, 0, [])
    assert horizon > 0


async def test_a_waiting_poll_gets_the_conversation_and_then_its_message(
    place: Place, ann: Client, bo: Client
) -> None:
    """4.2 point 6: clients compute with the conversation when they see a message of it."""
    conv = await talk(place, ann, bo)
    horizon, _ = await bo.caught_up()
    poll = asyncio.create_task(bo.call("account/poll", event_horizon=horizon))
    await parked(place)
    await say(place, ann, conv, "*now*")
    said = await asyncio.wait_for(poll, 10)
    assert [record["mk_rec_type"] for record in said["stream"]] == ["conv", "message"]
    head, message = said["stream"]
    assert (head["last_message_nr"], head["unread_count"], head["inbox_message_nr"]) == (2, 1, 2)
    assert message["message_nr"] == 2
    assert message["profile_id"] == head["profile_id"] == place.fleep.names.person(bo.account)
    assert said["event_horizon"] > horizon
    await parked(place, 0)


async def test_who_writes_is_told_too(place: Place, ann: Client, bo: Client) -> None:
    """4.1: other sessions of the account need it, and the published tests wait for their own messages."""
    conv = await talk(place, ann, bo)
    horizon, _ = await ann.caught_up()
    await say(place, ann, conv, "mine")
    _, records = await ann.caught_up(horizon)
    assert [one["message_nr"] for one in of_type(records, "message")] == [2]
    assert of_type(records, "conv")[-1]["read_message_nr"] == 2


async def test_foreign_traffic_neither_wakes_nor_moves(place: Place, ann: Client, bo: Client) -> None:
    """Design rule 5: the horizon is the last change that was sent."""
    eve = await place.user("eve")
    conv = await talk(place, ann, bo)
    horizon, _ = await eve.caught_up()
    poll = asyncio.create_task(eve.call("account/poll", event_horizon=horizon))
    await parked(place)
    for number in range(20):
        await say(place, ann, conv, f"not for eve {number}")
    await asyncio.sleep(0.05)
    assert not poll.done()
    said = await eve.call("account/poll", event_horizon=horizon, wait=False)
    assert said["event_horizon"] == horizon
    poll.cancel()


async def test_what_clients_have_no_record_for_does_not_wake_either(place: Place, ann: Client) -> None:
    """A setting of another protocol: the wake-up goes back to waiting, and costs no statement next time."""
    horizon, _ = await ann.caught_up()
    poll = asyncio.create_task(ann.call("account/poll", event_horizon=horizon))
    await parked(place)
    await place.services.settings.put(ann.account, "matrix/push_rules", b'{"a":1}')
    await asyncio.sleep(0.05)
    assert not poll.done()
    poll.cancel()
    assert (await ann.call("account/poll", event_horizon=horizon, wait=False))["event_horizon"] == horizon
    with count_statements() as counted:
        said = await ann.call("account/poll", event_horizon=horizon, wait=False)
    assert (said["event_horizon"], said["stream"]) == (horizon, [])
    assert not counted


async def test_an_idle_poll_makes_no_statement(place: Place, ann: Client, bo: Client) -> None:
    """P1: no SQL, whether it waits or not, also when many others write."""
    eve = await place.user("eve")
    conv = await talk(place, ann, bo)
    horizon, _ = await eve.caught_up()
    await say(place, ann, conv, "traffic")
    with count_statements() as counted:
        await eve.call("account/poll", event_horizon=horizon, wait=False)
        poll = asyncio.create_task(eve.call("account/poll", event_horizon=horizon))
        await parked(place)
        poll.cancel()
    assert not counted


async def test_a_message_reaches_its_readers_without_a_statement(
    place: Place, ann: Client, bo: Client
) -> None:
    """P2, P5: rendered once when it was committed; the readers' own numbers are in memory."""
    conv = await talk(place, ann, bo, name="Ten")
    await say(place, ann, conv, "warm")
    horizon, _ = await bo.caught_up()
    for number in range(10):
        await say(place, ann, conv, f"{number}")
    with count_statements() as counted:
        said = await bo.call("account/poll", event_horizon=horizon, wait=False)
    assert [one["message_nr"] for one in of_type(said["stream"], "message")] == list(range(3, 13))
    assert not counted


async def test_an_older_poll_of_the_same_token_is_released_at_once(place: Place, ann: Client) -> None:
    """4.3: and another token's is not."""
    other = await place.client(ann.account, ann.email)
    horizon, _ = await ann.caught_up()
    older = asyncio.create_task(ann.call("account/poll", event_horizon=horizon))
    foreign = asyncio.create_task(other.call("account/poll", event_horizon=horizon))
    await parked(place, 2)
    began = time.perf_counter()
    newer = asyncio.create_task(ann.call("account/poll", event_horizon=horizon))
    said = await asyncio.wait_for(older, 5)
    assert time.perf_counter() - began < 0.1
    assert (said["event_horizon"], said["stream"]) == (horizon, [])
    await parked(place, 2)
    assert not foreign.done()
    assert not newer.done()
    newer.cancel()
    foreign.cancel()


async def test_an_empty_answer_comes_when_the_time_is_up(
    place: Place, ann: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """4.3: hubot polls without a pause, so never at once; 55 seconds are below every client's timeout."""
    assert holding.HOLD == 55.0
    monkeypatch.setattr(holding, "HOLD", 0.3)
    horizon, _ = await ann.caught_up()
    began = time.perf_counter()
    said = await ann.call("account/poll", event_horizon=horizon, wait=True)
    assert time.perf_counter() - began > 0.25
    assert (said["event_horizon"], said["stream"]) == (horizon, [])


async def test_a_poll_waits_unless_it_says_otherwise(place: Place, ann: Client) -> None:
    """Seed: `wait` is True by default, and null counts as not given."""
    horizon, _ = await ann.caught_up()
    for fields in ({}, {"wait": None}, {"wait": True}):
        poll = asyncio.create_task(ann.call("account/poll", event_horizon=horizon, **fields))
        await parked(place)
        assert not poll.done()
        poll.cancel()
        await parked(place, 0)


async def test_a_session_that_ends_while_it_waits_is_told(place: Place, ann: Client, bo: Client) -> None:
    """401: clients drop their credentials and sign in anew."""
    horizon, _ = await ann.caught_up()
    poll = asyncio.create_task(ann.send("account/poll", event_horizon=horizon))
    await parked(place)
    await ann.call("account/logout")
    answer = await asyncio.wait_for(poll, 10)
    assert (answer.status_code, answer.json()["error_id"]) == (401, "expired_token")


async def test_the_same_horizon_gives_the_same_again(place: Place, ann: Client, bo: Client) -> None:
    """Promise 7: reading consumes nothing."""
    conv = await talk(place, ann, bo)
    horizon, _ = await bo.caught_up()
    await say(place, ann, conv, "once")
    first = await bo.call("account/poll", event_horizon=horizon, wait=False)
    assert await bo.call("account/poll", event_horizon=horizon, wait=False) == first
    await bo.call("account/poll", event_horizon=first["event_horizon"], wait=False)
    assert await bo.call("account/poll", event_horizon=horizon, wait=False) == first


async def test_memory_and_log_tell_the_same(place: Place, ann: Client, bo: Client) -> None:
    """The quick way is only quicker: messages, mentions, replies and read marks, both ways for each."""
    conv, other = await talk(place, ann, bo), await talk(place, ann, bo, name="Named")
    for one in (conv, other):
        await say(place, ann, one, "first")
    for client in (ann, bo):
        await client.caught_up()
    for step, one in enumerate((conv, other, conv, conv, other)):
        horizons = {client: (await client.caught_up())[0] for client in (ann, bo)}
        await say(place, (ann, bo)[step % 2], one, f"step {step} <&>")
        if step == 3:
            await place.services.conversations.mark_read(bo.account, one)
        for client, horizon in horizons.items():
            quick = await client.call("account/poll", event_horizon=horizon, wait=False, api_version=4)
            forget(place)
            slow = await client.call("account/poll", event_horizon=horizon, wait=False, api_version=4)
            activities = [r for r in slow["stream"] if r["mk_rec_type"] == "activity"]
            assert activities == []
            assert quick["stream"] == slow["stream"]


def forget(place: Place) -> None:
    """Lose what delivery and overviews hold in memory."""
    place.services.overviews._conversations.clear()
    place.services.overviews._sides.clear()
    audiences = place.services.delivery._audiences
    for audience in audiences.all():
        audience.doubt(place.store.head)


async def test_clients_without_a_version_get_is_edit(place: Place, ann: Client, bo: Client) -> None:
    """3.3: a bot of 2014 calls a method on it; the strict tests, which send a version, forbid it."""
    conv = await talk(place, ann, bo)
    horizon, _ = await bo.caught_up()
    said = await say(place, ann, conv, "first")
    for version, has in ((None, True), (2, False), (4, False)):
        got = await bo.call("account/poll", event_horizon=horizon, wait=False, api_version=version)
        assert all(("is_edit" in one) == has for one in of_type(got["stream"], "message"))
    edited = {"text": "second"}
    await place.services.conversations.amend(ann.account, conv, entry_of(said), Rel.EDIT, edited)
    got = await bo.call("account/poll", event_horizon=horizon, wait=False)
    assert [one["is_edit"] for one in of_type(got["stream"], "message")] == [True, True]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"event_horizon": "x"}, "event_horizon"),
        ({"event_horizon": 1 << 70}, "event_horizon"),
        ({"event_horizon": 1.5}, "event_horizon"),
        ({"event_horizon": [1]}, "event_horizon"),
        ({"wait": "soon"}, "wait"),
        ({"poll_flags": 3}, "poll_flags"),
        ({"poll_flags": [3]}, "poll_flags"),
    ],
)
async def test_what_is_wrong_is_named(ann: Client, fields: dict[str, object], field: str) -> None:
    """400 with the name of the input."""
    status, said = await ann.fails("account/poll", **fields)
    assert (status, said["field"]) == (400, field)


async def test_a_horizon_beyond_the_log_asks_for_a_full_resync(ann: Client) -> None:
    """A client of a store that was restored: 0 tells it to begin anew (4.2)."""
    said = await ann.call("account/poll", event_horizon=1 << 50, wait=True)
    assert (said["event_horizon"], said["stream"]) == (0, [])


async def test_nobody_polls_without_a_session(place: Place, ann: Client) -> None:
    """Ticket and cookie must belong together (1.2)."""
    bo = await place.user("bo")
    ann.ticket, right = bo.ticket, ann.ticket
    assert (await ann.fails("account/poll"))[0] == 401
    ann.ticket, ann.token = right, bo.token
    assert (await ann.fails("account/poll"))[0] == 401
    ann.token = "x" * 36
    assert (await ann.fails("account/poll"))[0] == 401


async def test_a_page_of_long_messages_is_a_short_one(place: Place, ann: Client, bo: Client) -> None:
    """A hundred texts of 300,000 characters would be one answer of 300 MB; they come in some, all of them."""
    conv = await talk(place, ann, bo)
    horizon, _ = await bo.caught_up()
    texts = [f"{number} " + "x" * 300_000 for number in range(3 * FEW)]
    for text in texts:
        await say(place, ann, conv, text)
    pages = []
    while True:
        said = await bo.call("account/poll", event_horizon=horizon, wait=False)
        if said["event_horizon"] == horizon:
            break
        horizon = said["event_horizon"]
        pages.append([message["message"] for message in of_type(said["stream"], "message")])
    assert max(map(len, pages)) <= FEW
    assert [message for page in pages for message in page] == [f"<msg><p>{text}</p></msg>" for text in texts]


async def test_waiting_costs_one_request_however_often_it_is_woken(
    place: Place, ann: Client, bo: Client
) -> None:
    """Else much that clients have no record for would use up an account's rate."""
    conv = await talk(place, ann, bo)
    horizon, _ = await bo.caught_up()
    limiter = Limiter(address_rate=0, account_rate=0.01, account_burst=3, guess_rate=0)
    place.services.limiter.__dict__.update(limiter.__dict__)
    poll = asyncio.create_task(bo.call("account/poll", event_horizon=horizon))
    await parked(place)
    for number in range(6):
        await place.services.settings.put(bo.account, "matrix/push_rules", b'{"a":%d}' % number)
        await asyncio.sleep(0.02)
    assert not poll.done()
    await say(place, ann, conv, "now")
    assert of_type((await asyncio.wait_for(poll, 10))["stream"], "message")
