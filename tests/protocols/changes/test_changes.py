"""GET /changes: what it shows, and to whom."""

from typing import Any

import msgspec
from tests.protocols.changes.place import Place

from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.kinds import Kind, Why, ZoneKind
from syncline.core.objects import Object
from syncline.store.contract import Store, Tx


def of(rows: list[Any], kind: str) -> list[Any]:
    """The rows of one kind."""
    return [row for row in rows if row["kind"] == kind]


async def test_a_new_client_gets_its_zones_whole(place: Place) -> None:
    """An entered zone says its kind, its state and the reader's private side; its entries follow."""
    ann, bob = await place.client("ann"), await place.client("bob")
    conv = await ann.conversation(bob, name="Lunch")
    said = await ann.say(conv, "hello")
    rows = await bob.everything()
    entered = of(rows, "zone")
    assert [(row["zone"], row["id"], row["act"]) for row in entered] == [(conv, conv, "entered")]
    body = entered[0]["body"]
    assert (body["kind"], body["open"]) == ("conversation", True)
    assert body["why"] in ("member", "owner")
    assert len(body["ranges"][0]) == 2
    names = [fact["content"]["name"] for fact in body["state"] if fact["type"] == "m.room.name"]
    assert names == ["Lunch"]
    entries = of(rows, "entry")
    assert rows.index(entered[0]) < rows.index(entries[0])
    assert entries[-1]["id"] == said["entry"]
    assert entries[-1]["nr"] == said["nr"]
    assert entries[-1]["act"] == "add"
    assert entries[-1]["at"] > 1_600_000_000_000
    assert entries[-1]["body"]["author"] == ann.id
    assert entries[-1]["body"]["kind"] == "message"
    assert entries[-1]["body"]["at"] > 1_600_000_000_000
    assert entries[-1]["body"]["body"]["text"] == "hello"


async def test_the_private_side_comes_with_its_zone_and_alone_afterwards(place: Place) -> None:
    """A subscription lies in the account's own zone, and nobody else is told of it."""
    ann, bob = await place.client("ann"), await place.client("bob")
    conv = await ann.conversation(bob)
    before = await ann.caught_up()
    watching = await bob.caught_up()
    await place.needs.conversations.mark(ann.id, ZoneId(Id(conv)), labels=["inbox"])
    rows = await ann.everything(before)
    assert [(row["kind"], row["zone"], row["id"], row["act"]) for row in rows] == [
        ("subscription", ann.id, conv, "put")
    ]
    assert rows[0]["body"]["body"]["labels"] == ["inbox"]
    assert {"read_nr", "read_alert"} <= rows[0]["body"].keys()
    fresh = of(await ann.everything(), "zone")[0]
    assert fresh["body"]["subscription"] == rows[0]["body"]
    assert await bob.everything(watching) == []


async def test_an_amendment_carries_what_became_of_its_target(place: Place) -> None:
    """The target's current form stands in the amendment, so that a client needs nothing else."""
    ann, bob = await place.client("ann"), await place.client("bob")
    conv = await ann.conversation(bob)
    said = await ann.say(conv, "helo")
    since = await bob.caught_up()
    edited = await ann.wrote(
        f"/conversations/{conv}/entries/{said['entry']}/amendments", rel="edit", body={"text": "hello"}
    )
    (row,) = await bob.everything(since)
    assert row["id"] == edited["entry"]
    assert (row["body"]["rel"], row["body"]["target"]) == ("edit", said["entry"])
    assert row["body"]["form"]["text"] == "hello"
    whole = {one["id"]: one for one in of(await bob.everything(), "entry")}
    assert whole[said["entry"]]["body"]["form"] == row["body"]["form"]
    assert whole[said["entry"]]["body"]["body"]["text"] == "helo"


async def test_an_amendment_of_what_one_does_not_see_says_nothing_of_it(place: Place) -> None:
    """Promise 5: an edit of a message from before joining has a number, and no content."""
    ann, bob = await place.client("ann"), await place.client("bob")
    conv = await ann.conversation()
    said = await ann.say(conv, "before you came")
    await ann.wrote(f"/conversations/{conv}/members", act="add", persons=[bob.id])
    since = await bob.caught_up()
    path = f"/conversations/{conv}/entries/{said['entry']}/amendments"
    edited = await ann.wrote(path, rel="edit", body={"text": "still before"})
    (row,) = await bob.everything(since)
    assert (row["id"], row["nr"], row["body"]["rel"]) == (edited["entry"], edited["nr"], "edit")
    assert row["body"].keys() == {"author", "at", "kind", "rel"}
    assert "still before" not in str(await bob.everything())


async def test_what_was_deleted_has_no_body_for_anybody_who_comes_later(place: Place) -> None:
    """The first content and its edits are kept in the log, and shown to no new reader."""
    ann, bob = await place.client("ann"), await place.client("bob")
    conv = await ann.conversation(bob)
    said = await ann.say(conv, "secret one")
    path = f"/conversations/{conv}/entries/{said['entry']}/amendments"
    await ann.wrote(path, rel="edit", body={"text": "secret two"})
    await ann.wrote(path, rel="delete")
    rows = await bob.everything()
    assert "secret" not in str(rows)
    forms = [row["body"]["form"] for row in of(rows, "entry") if row["id"] == said["entry"]]
    assert "deleted" in forms[0]


async def test_silent_entries_have_no_number_and_bring_the_state_that_they_set(place: Place) -> None:
    """A fact changes by an entry; its row says which, so a client's state follows."""
    ann, bob = await place.client("ann"), await place.client("bob")
    conv = await ann.conversation(bob)
    since = await bob.caught_up()
    await place.needs.conversations.set_fact(
        ann.id, ZoneId(Id(conv)), "m.room.avatar", msgspec.json.encode({"url": "x"})
    )
    (row,) = of(await bob.everything(since), "entry")
    assert "nr" not in row
    assert row["body"]["kind"] == "state"
    assert row["body"]["state"] == [{"type": "m.room.avatar", "name": "", "content": {"url": "x"}}]


async def test_a_reply_names_its_thread(place: Place) -> None:
    """`root` is the entry whose thread it belongs to."""
    ann = await place.client("ann")
    conv = await ann.conversation()
    first = await ann.say(conv, "question")
    await ann.say(conv, "answer", root=first["entry"])
    assert of(await ann.everything(), "entry")[-1]["body"]["root"] == first["entry"]


async def test_who_leaves_is_told_and_hears_no_more(place: Place) -> None:
    """A zone left is one change; a zone entered again comes whole."""
    ann, bob = await place.client("ann"), await place.client("bob")
    conv = await ann.conversation(bob)
    since = await bob.caught_up()
    await bob.wrote(f"/conversations/{conv}/members", act="leave")
    left = of(await bob.everything(since), "zone")
    assert [(row["act"], row["zone"], row["body"]) for row in left] == [("left", conv, {})]
    since = await bob.caught_up()
    await ann.say(conv, "he is gone")
    assert (await bob.changes(since))["changes"] == []
    assert "he is gone" not in str(await bob.everything())
    await ann.wrote(f"/conversations/{conv}/members", act="add", persons=[bob.id])
    back = await bob.everything(since)
    assert of(back, "zone")[0]["act"] == "entered"


async def test_an_invitation_shows_that_there_is_something_and_nothing_in_it(place: Place) -> None:
    """An empty range: no entries, no state, no numbers."""
    ann, bob = await place.client("ann"), await place.client("bob")
    made = await ann.wrote("/conversations", invited=[bob.id], name="Surprise", preset="private_chat")
    await ann.say(made["conversation"], "shh")
    rows = await bob.everything()
    (zone,) = of(rows, "zone")
    assert zone["body"]["open"] is False
    assert "state" not in zone["body"]
    assert of(rows, "entry") == []
    assert "Surprise" not in str(rows)
    since = await bob.caught_up()
    await ann.say(made["conversation"], "still shh")
    assert (await bob.changes(since))["next"] == since


async def test_a_moved_record_is_not_a_lost_one(store: Store, place: Place) -> None:
    """An owner change seen by three: who sees both books, who loses it, who gets it."""
    both, loser, winner = [await place.client(name) for name in ("both", "loser", "winner")]

    async def make(tx: Tx) -> tuple[ZoneId, ZoneId, Id]:
        first, second = tx.open_zone(ZoneKind.BOOK), tx.open_zone(ZoneKind.BOOK)
        for account, book in ((both, first), (both, second), (loser, first), (winner, second)):
            await tx.grant(account.id, book, first=Seq(1), why=Why.ROLE)
        record = tx.new_id()
        await tx.put(Object(record, Kind.RECORD, first, b'{"deal":1}'))
        return first, second, record

    first, second, record = (await store.write(make)).value
    since = {client.id: await client.caught_up() for client in (both, loser, winner)}

    async def move(tx: Tx) -> None:
        await tx.move(record, second)

    await store.write(move)
    seen = {
        client.id: [(row["zone"], row["act"]) for row in await client.everything(since[client.id])]
        for client in (both, loser, winner)
    }
    assert seen == {
        both.id: [(first, "move"), (second, "put")],
        loser.id: [(first, "drop")],
        winner.id: [(second, "put")],
    }


async def test_profiles_come_with_those_whom_one_knows(place: Place) -> None:
    """A conversation makes acquainted; strangers' profiles are not there."""
    ann, bob = await place.client("ann"), await place.client("bob")
    assert {row["body"]["person"] for row in of(await ann.everything(), "profile")} == {ann.id}
    await ann.conversation(bob)
    assert {row["body"]["person"] for row in of(await ann.everything(), "profile")} == {ann.id, bob.id}


async def test_hidden_kinds_are_in_no_answer(place: Place) -> None:
    """Tokens, sessions and credentials are objects of the account's zone that nobody is shown."""
    ann = await place.client("ann")
    since = await ann.caught_up()
    await place.token(ann.id)
    page = await ann.changes(since)
    assert (page["changes"], page["next"]) == ([], since)
    kinds = {row["kind"] for row in await ann.everything()}
    assert not kinds & {"token", "session", "credential", "invite", "queued"}


async def test_kinds_can_be_chosen(place: Place) -> None:
    """`kind` leaves rows out, and the cursor passes over them."""
    ann, bob = await place.client("ann"), await place.client("bob")
    conv = await ann.conversation(bob)
    await ann.say(conv, "hello")
    assert {row["kind"] for row in await bob.everything(kind="entry")} == {"entry"}
    assert {row["kind"] for row in await bob.everything(kind="zone,profile")} == {"zone", "profile"}
    since = await ann.caught_up()
    await place.needs.conversations.mark(ann.id, ZoneId(Id(conv)), labels=["inbox"])
    page = await ann.changes(since, kind="entry")
    assert page["changes"] == []
    assert page["next"] != since


async def test_pages_are_cut_and_followed(place: Place) -> None:
    """`limit` changes a page; following `next` gives the same as one large page."""
    ann, bob = await place.client("ann"), await place.client("bob")
    conv = await ann.conversation(bob)
    for number in range(12):
        await ann.say(conv, f"m{number}")
    small = await bob.everything(limit=3)
    assert [row["id"] for row in small] == [row["id"] for row in await bob.everything(limit=1000)]
    first = await bob.changes(limit=3)
    assert first["more"] is True
    assert 0 < len(first["changes"]) <= 3 + 3


async def test_the_epoch_stands_in_each_answer(place: Place) -> None:
    """It changes when a backup is restored, and not otherwise."""
    ann = await place.client("ann")
    assert (await ann.changes())["epoch"] == (await ann.changes("0"))["epoch"] == place.store.epoch


async def test_a_cursor_from_a_future_that_never_was_starts_anew(place: Place) -> None:
    """Beyond the head: all is sent again, and the client is told to forget what it has."""
    ann = await place.client("ann")
    page = await ann.changes(str(place.store.head + 1000))
    assert page["reset"] is True
    assert page["changes"] == (await ann.changes())["changes"]
    assert "reset" not in await ann.changes()


async def test_a_page_cut_in_another_epoch_starts_anew(place: Place) -> None:
    """In the middle of a long delta a client may miss what the lost future had moved beyond its place."""
    ann, bob = await place.client("ann"), await place.client("bob")
    await ann.conversation(bob)
    cut = (await bob.changes(limit=1))["next"]
    assert "reset" not in await bob.changes(cut)
    elsewhere = cut.rpartition("-")[0] + "-00000000"
    assert (await bob.changes(elsewhere))["reset"] is True


async def test_the_same_cursor_can_be_used_again(place: Place) -> None:
    """Promise 7: an answer that was lost on the way is asked for again, and is the same or newer."""
    ann, bob = await place.client("ann"), await place.client("bob")
    conv = await ann.conversation(bob)
    since = await bob.caught_up()
    await ann.say(conv, "one")
    first = await bob.changes(since)
    assert await bob.changes(since) == first
    await ann.say(conv, "two")
    again = await bob.changes(since)
    assert again["changes"][0] == first["changes"][0]
    assert len(again["changes"]) == 2
