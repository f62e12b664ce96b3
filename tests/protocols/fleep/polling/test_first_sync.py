"""The first sync: negative horizons, batches that say the same again, nothing missed meanwhile."""

from typing import Any

from tests.protocols.fleep.cache import equal
from tests.protocols.fleep.naive import Naive
from tests.protocols.fleep.place import Client, Place
from tests.protocols.fleep.polling.acting import of_type, say, talk

from syncline.core.ids import Seq
from syncline.protocols.fleep.fleep import BUILD
from syncline.protocols.fleep.polling import first
from syncline.protocols.fleep.polling.horizons import First, write_first
from syncline.store.sqlite import open_store
from syncline.store.sqlite.store import SqliteStore


async def batches(client: Client, **fields: Any) -> list[dict[str, Any]]:
    """All answers from horizon 0 on, until one is live."""
    found, horizon = [], 0
    while True:
        said = await client.call("account/poll", event_horizon=horizon, wait=True, **fields)
        found.append(said)
        horizon = said["event_horizon"]
        if horizon > 0:
            return found


async def test_batches_have_negative_horizons_and_end_with_a_live_one(
    place: Place, ann: Client, bo: Client
) -> None:
    """4.2: each differs from the one sent, never 0; progress goes up to 1.0; `wait` holds nothing up."""
    for number in range(first.FIRST + first.BATCH + 3):
        await talk(place, ann, bo, name=f"talk {number}")
    said = await batches(ann)
    horizons = [one["event_horizon"] for one in said]
    assert len(said) == 4
    assert all(horizon < 0 for horizon in horizons[:-1])
    assert len(set(horizons)) == 4
    progress = [one["sync_progress"] for one in said]
    assert progress == sorted(progress)
    assert (0 <= progress[0] < 0.99, progress[-1]) == (True, 1.0)
    live = await ann.call("account/poll", event_horizon=horizons[-1], wait=False)
    assert live.keys() == {"event_horizon", "limit_time", "static_version", "stream"}
    assert live["event_horizon"] == horizons[-1]


async def test_every_conversation_comes_once_newest_first(place: Place, ann: Client, bo: Client) -> None:
    """4.2 point 4: in tiny init, before its message, with the labels in the first batch."""
    count = first.FIRST + 7
    for number in range(count):
        await talk(place, ann, bo, name=f"talk {number}")
    said = await batches(ann)
    records = [record for one in said for record in one["stream"]]
    convs = of_type(records, "conv")
    assert [conv["topic"] for conv in convs] == [f"talk {number}" for number in reversed(range(count))]
    assert all((conv["mk_init_mode"], conv["is_init"]) == ("ic_tiny", True) for conv in convs)
    labels = of_type(said[0]["stream"], "label")
    assert [label["sync_cursor"] for label in labels] == ["{}"] * 8
    own = said[0]["stream"][0]
    assert (own["mk_rec_type"], own["is_hidden_for_add"]) == ("contact", True)
    assert {one["email"] for one in of_type(records, "contact")} == {"ann@example.org", "bo@example.org"}


async def test_the_same_negative_horizon_gives_the_same_batch(place: Place, ann: Client, bo: Client) -> None:
    """Stateless positions: also after a restart, and whatever moved up meanwhile."""
    convs = [await talk(place, ann, bo, name=f"talk {number}") for number in range(first.FIRST + 5)]
    begun = await ann.call("account/poll", event_horizon=0)
    horizon = begun["event_horizon"]
    then = await ann.call("account/poll", event_horizon=horizon)
    await say(place, bo, convs[0], "up to the top")
    again = await Place(place.store).client(ann.account, ann.email)
    repeated = await again.call("account/poll", event_horizon=horizon)
    topics = [conv["topic"] for conv in of_type(then["stream"], "conv")]
    assert [conv["topic"] for conv in of_type(repeated["stream"], "conv")] == topics
    assert len(topics) == 5
    assert repeated["event_horizon"] == then["event_horizon"]


async def test_what_moves_up_during_the_sync_is_told_at_its_end_in_full(
    place: Place, ann: Client, bo: Client
) -> None:
    """Design rule 5: the trap is a conversation that jumps from a later page to one that was sent already."""
    convs = [await talk(place, ann, bo, name=f"talk {number}") for number in range(first.FIRST + 5)]
    begun = await ann.call("account/poll", event_horizon=0)
    await say(place, bo, convs[0], "bumped")
    fresh = await talk(place, bo, ann, name="made meanwhile")
    records, horizon = list(begun["stream"]), begun["event_horizon"]
    while horizon < 0:
        said = await ann.call("account/poll", event_horizon=horizon)
        records, horizon = records + said["stream"], said["event_horizon"]
    names = place.fleep.names
    seen = {conv["conversation_id"] for conv in of_type(records, "conv")}
    assert seen == {names.conv(conv) for conv in (*convs, fresh)}
    last = [
        conv for conv in of_type(said["stream"], "conv") if conv["conversation_id"] == names.conv(convs[0])
    ]
    assert (last[-1]["is_init"], last[-1]["last_message_nr"]) == (True, 2)
    quiet = await ann.call("account/poll", event_horizon=horizon, wait=False)
    assert (quiet["event_horizon"], quiet["stream"]) == (horizon, [])


async def test_skip_hidden_leaves_out_what_is_hidden(place: Place, ann: Client, bo: Client) -> None:
    """4.2 point 5; without the flag it is there."""
    shown, hidden = await talk(place, ann, bo, name="shown"), await talk(place, ann, bo, name="hidden")
    await place.services.conversations.hide(ann.account, hidden)
    for flags, count in ((["skip_hidden"], 1), (None, 2), (["unknown"], 2)):
        said = await batches(ann, poll_flags=flags)
        convs = of_type([record for one in said for record in one["stream"]], "conv")
        assert len(convs) == count
    assert shown != hidden


async def test_who_skipped_a_hidden_conversation_gets_it_in_full_when_it_is_back(
    place: Place, ann: Client, bo: Client
) -> None:
    """Hiding ends with the next message, and a part of a conversation is of no use to who never had it."""
    conv = await talk(place, ann, bo, name="hidden")
    await say(place, bo, conv, "before")
    await place.services.conversations.hide(ann.account, conv)
    skipping, having = Naive.of_client(ann), Naive.of_client(ann)
    await skipping.catch_up(["skip_hidden"])
    await having.catch_up()
    assert (len(skipping.convs), len(having.convs)) == (0, 1)
    for text in ("after", "and more"):
        await say(place, bo, conv, text)
        for client in (skipping, having):
            await client.catch_up(["skip_hidden"])
    new = Naive.of_client(ann)
    for client in (skipping, having, new):
        await client.catch_up()
        await client.walk_all()
    equal(skipping, new)
    equal(having, new)


async def test_skip_rest_goes_live_after_one_batch(place: Place, ann: Client, bo: Client) -> None:
    """4.2 point 5: for bots, whose caches hold no more."""
    for number in range(first.FIRST + 5):
        await talk(place, ann, bo, name=f"talk {number}")
    (said,) = await batches(ann, poll_flags=["skip_rest"])
    assert said["event_horizon"] > 0
    assert len(of_type(said["stream"], "conv")) == first.FIRST
    assert "sync_cursor" in said


async def test_the_cursor_of_a_batch_leads_on_in_sync_conversations(
    place: Place, ann: Client, bo: Client
) -> None:
    """Seed: `sync_cursor` can be used to fetch the next conversations."""
    for number in range(first.FIRST + 5):
        await talk(place, ann, bo, name=f"talk {number}")
    (said,) = await batches(ann, poll_flags=["skip_rest"])
    rest = await ann.call("account/sync_conversations", sync_cursor=said["sync_cursor"])
    topics = [conv["topic"] for conv in of_type(rest["stream"], "conv")]
    assert topics == [f"talk {number}" for number in reversed(range(5))]


async def test_a_negative_horizon_that_was_never_given_begins_anew(ann: Client) -> None:
    """Of another server, or invented."""
    for horizon in (-1, -5, -8191):
        said = await ann.call("account/poll", event_horizon=horizon)
        assert of_type(said["stream"], "label")
        assert said["event_horizon"] != horizon


async def test_a_negative_horizon_of_a_lost_future_asks_for_a_full_resync(ann: Client) -> None:
    """The client holds batches of a sync that a restored store knows nothing of: 0 lets it drop them."""
    lost = write_first(First(Seq(1 << 40), 3))
    assert (await ann.call("account/poll", event_horizon=lost)) == {
        "event_horizon": 0,
        "limit_time": 0,
        "static_version": BUILD,
        "stream": [],
    }
    again = await ann.call("account/poll", event_horizon=0)
    assert of_type(again["stream"], "label")


async def test_more_contacts_than_a_batch_holds_all_come(place: Place, ann: Client) -> None:
    """Persons that were met in mails or imported, and share no conversation."""
    from syncline.services.people import know, person_of

    for start in range(0, first.CONTACTS + 30, 100):

        async def work(tx: Any, start: int = start) -> None:
            for number in range(start, min(start + 100, first.CONTACTS + 30)):
                await know(tx, ann.account, await person_of(tx, f"p{number}@example.org"))

        await place.store.write(work)
    said = await batches(ann)
    contacts = of_type([record for one in said for record in one["stream"]], "contact")
    assert len({contact["email"] for contact in contacts}) == first.CONTACTS + 31


async def test_a_restart_in_the_middle_changes_nothing(store: SqliteStore, tmp_path: Any) -> None:
    """The horizon holds the place: no memory of the server is needed."""
    place = Place(store)
    ann, bo = await place.user("ann"), await place.user("bo")
    for number in range(first.FIRST + 5):
        await talk(place, ann, bo, name=f"talk {number}")
    begun = await ann.call("account/poll", event_horizon=0)
    directory = store.directory
    await place.close()
    await store.close()
    opened = await open_store(directory)
    after = Place(opened)
    again = await after.client(ann.account, ann.email)
    said = await again.call("account/poll", event_horizon=begun["event_horizon"])
    assert len(of_type(said["stream"], "conv")) == 5
    await after.close()
    await opened.close()
