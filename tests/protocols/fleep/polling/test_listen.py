"""account/listen and account/sync: what notifiers and restored sessions ask."""

import asyncio

from tests.protocols.fleep.place import Client, Place
from tests.protocols.fleep.polling.acting import parked, say, talk

from syncline.store.contract import Store
from syncline.store.sqlite.tracing import count_statements


async def test_the_first_call_counts_and_tells_nothing_of_before(
    place: Place, ann: Client, bo: Client
) -> None:
    """4.4: conv_count always on the first call, then only when it changed."""
    for number in range(3):
        await say(place, ann, await talk(place, ann, bo, name=f"{number}"), "hello")
    said = await bo.call("account/listen", event_horizon=0)
    assert said.keys() == {"event_horizon", "messages", "conv_count"}
    assert (said["messages"], said["conv_count"]) == ([], 3)
    again = await bo.call("account/listen", event_horizon=said["event_horizon"], wait=False)
    assert again == {"event_horizon": said["event_horizon"], "messages": []}


async def test_a_notifier_that_starts_anew_is_told_the_count_again(
    place: Place, ann: Client, bo: Client
) -> None:
    """The same session, which was told it before: from 0, and from an older horizon."""
    conv = await talk(place, ann, bo)
    old = (await bo.call("account/sync"))["event_horizon"]
    await say(place, ann, conv, "hello")
    said = await bo.call("account/listen", event_horizon=old)
    assert (len(said["messages"]), said["conv_count"]) == (1, 1)
    assert "conv_count" not in await bo.call(
        "account/listen", event_horizon=said["event_horizon"], wait=False
    )
    for horizon in (0, old):
        assert (await bo.call("account/listen", event_horizon=horizon, wait=False))["conv_count"] == 1


async def test_a_horizon_beyond_the_log_is_answered_at_once(place: Place, ann: Client, bo: Client) -> None:
    """As after a restored backup: where the log stands and what is unread, also for one who waits."""
    await say(place, ann, await talk(place, ann, bo), "hello")
    horizon = (await bo.call("account/sync"))["event_horizon"]
    for wait in (True, False):
        said = await asyncio.wait_for(bo.call("account/listen", event_horizon=2**40, wait=wait), 10)
        assert said == {"event_horizon": horizon, "messages": [], "conv_count": 1}


async def test_where_to_listen_from_has_to_be_said(bo: Client) -> None:
    """The seed has a default for account/poll alone; null counts as not given."""
    for fields in ({}, {"event_horizon": None}):
        status, said = await bo.fails("account/listen", **fields)
        assert (status, said["error_id"], said["field"]) == (400, "missing", "event_horizon")
        assert (await bo.call("account/poll", wait=False, **fields))["event_horizon"] != 0


async def test_a_waiting_notifier_is_told_who_said_what_where(place: Place, ann: Client, bo: Client) -> None:
    """Seed: the five keys of a message; the link opens the conversation."""
    conv = await talk(place, ann, bo)
    horizon = (await bo.call("account/listen", event_horizon=0))["event_horizon"]
    listening = asyncio.create_task(bo.call("account/listen", event_horizon=horizon))
    await parked(place)
    await say(place, ann, conv, "*hello*")
    said = await asyncio.wait_for(listening, 10)
    (message,) = said["messages"]
    assert message.keys() == {"conv_url", "conversation_id", "topic", "message", "author_name"}
    assert message["conversation_id"] == place.fleep.names.conv(conv)
    assert (message["topic"], message["author_name"]) == ("Ann Sample", "Ann Sample")
    assert message["message"].startswith("<msg>")
    assert message["conv_url"].startswith("http://localhost:8080/chat?cid=")
    assert len(message["conv_url"].rpartition("=")[2]) == 22
    assert said["conv_count"] == 1
    assert said["event_horizon"] > horizon


async def test_the_count_falls_when_it_is_read_or_muted(place: Place, ann: Client, bo: Client) -> None:
    """4.4: conversations with something unread that are not muted."""
    first, second = await talk(place, ann, bo), await talk(place, ann, bo, name="second")
    for conv in (first, second):
        await say(place, ann, conv, "hello")
    said = await bo.call("account/listen", event_horizon=0)
    await place.services.conversations.mark_read(bo.account, first)
    said = await bo.call("account/listen", event_horizon=said["event_horizon"], wait=True)
    assert said["conv_count"] == 1
    await place.services.conversations.mark(bo.account, second, alerts="never")
    said = await bo.call("account/listen", event_horizon=said["event_horizon"], wait=False)
    assert said["conv_count"] == 0


async def test_own_and_muted_messages_notify_nobody(place: Place, ann: Client, bo: Client) -> None:
    """Nor does foreign traffic wake it."""
    eve = await place.user("eve")
    conv, muted = await talk(place, ann, bo), await talk(place, ann, bo, name="muted")
    await place.services.conversations.mark(bo.account, muted, alerts="never")
    clients = {
        who: (await who.call("account/listen", event_horizon=0))["event_horizon"] for who in (ann, bo, eve)
    }
    await say(place, ann, muted, "shh")
    await say(place, bo, conv, "mine")
    for who, messages, count in ((bo, 0, None), (ann, 1, 1), (eve, 0, None)):
        said = await who.call("account/listen", event_horizon=clients[who], wait=False)
        assert (len(said["messages"]), said.get("conv_count")) == (messages, count)


async def test_an_idle_notifier_makes_no_statement(place: Place, ann: Client, bo: Client) -> None:
    """It asks as often as a poll does."""
    horizon = (await bo.call("account/listen", event_horizon=0))["event_horizon"]
    await bo.call("account/listen", event_horizon=horizon, wait=False)
    with count_statements() as counted:
        await bo.call("account/listen", event_horizon=horizon, wait=False)
    assert not counted


async def test_another_session_is_counted_for_itself(place: Place, ann: Client, bo: Client) -> None:
    """What one was told, another was not."""
    await say(place, ann, await talk(place, ann, bo), "hello")
    other = await place.client(bo.account, bo.email)
    for client in (bo, other):
        said = await client.call("account/listen", event_horizon=0)
        assert said["conv_count"] == 1


async def test_an_old_client_is_told_where_a_newer_one_is(store: Store) -> None:
    """Only if the operator says both; `download_url` in the question is passed over (2.1)."""
    url = "https://example.org/upgrade"
    place = Place(store, fleep={"min_api_version": 4, "upgrade_url": url})
    ann = await place.user("ann")
    for version, told in ((2, url), (4, None), (None, None), ("3", url), ("x", None)):
        said = await ann.call("account/listen", event_horizon=0, api_version=version, download_url="mine")
        assert said.get("download_url") == told
    await place.close()


async def test_sync_says_where_the_log_stands_for_this_account(place: Place, ann: Client, bo: Client) -> None:
    """4.4: a poll from there returns only what happens afterwards; others' traffic does not move it."""
    eve = await place.user("eve")
    before = await eve.call("account/sync")
    assert {"event_horizon", "email", "display_name", "account_id", "mk_account_status"} <= before.keys()
    assert (before["email"], before["display_name"]) == ("eve@example.org", "Eve Sample")
    assert before["account_id"] == place.fleep.names.person(eve.account)
    conv = await talk(place, ann, bo)
    await say(place, ann, conv, "old")
    assert (await eve.call("account/sync"))["event_horizon"] == before["event_horizon"]
    horizon = (await bo.call("account/sync"))["event_horizon"]
    assert (await bo.call("account/poll", event_horizon=horizon, wait=False))["stream"] == []
    await say(place, ann, conv, "new")
    _, records = await bo.caught_up(horizon)
    assert [one["message_nr"] for one in records if one["mk_rec_type"] == "message"] == [3]


async def test_a_poll_and_a_notifier_of_one_session_wait_side_by_side(place: Place, ann: Client) -> None:
    """A newer request releases an older one of its own kind only (reference 4.3)."""
    horizon, _ = await ann.caught_up()
    await ann.call("account/listen", event_horizon=horizon, wait=False)
    waiting = [
        asyncio.create_task(ann.call(path, event_horizon=horizon))
        for path in ("account/poll", "account/listen")
    ]
    await parked(place, 2)
    await asyncio.sleep(0.02)
    assert not any(one.done() for one in waiting)
    newer = asyncio.create_task(ann.call("account/listen", event_horizon=horizon))
    assert (await asyncio.wait_for(waiting[1], 5))["messages"] == []
    assert not waiting[0].done()
    for one in (waiting[0], newer):
        one.cancel()


async def test_who_writes_over_unread_messages_is_not_notified_of_his_own(
    place: Place, ann: Client, bo: Client
) -> None:
    """His own stand behind the first unread one then, and yet he knows them."""
    conv = await talk(place, ann, bo)
    await say(place, ann, conv, "unread")
    horizon = (await bo.call("account/listen", event_horizon=0))["event_horizon"]
    await say(place, bo, conv, "mine")
    said = await bo.call("account/listen", event_horizon=horizon, wait=False)
    assert said["messages"] == []
    await say(place, ann, conv, "hers")
    (message,) = (await bo.call("account/listen", event_horizon=horizon, wait=False))["messages"]
    assert "hers" in message["message"]
