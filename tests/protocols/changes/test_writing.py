"""The writing side: what scripts can do, repeat-safe, with errors that say what was wrong."""

from typing import Any

import httpx
import pytest
from tests.protocols.changes.place import Place


def said(answer: httpx.Response) -> tuple[int, str, str | None]:
    """A refusal's status, code and field."""
    error = answer.json()["error"]
    assert error["message"].endswith("."), error["message"]
    return answer.status_code, error["code"], error.get("field")


def nested(levels: int) -> bytes:
    """A JSON object with so many levels."""
    return b'{"a":' * levels + b"1" + b"}" * levels


async def test_a_conversation_is_made_and_its_answer_says_where(place: Place) -> None:
    """Number 1 is its beginning; `seq` is the last change of the work."""
    ann, bob = await place.client("ann"), await place.client("bob")
    answer = await ann.post("/conversations", members=[bob.id], name="Lunch", topic="when", preset="fleep")
    assert answer.status_code == 201
    made = answer.json()
    assert made["nr"] == 1
    assert made["seq"] <= place.store.head
    known = (await bob.get(f"/conversations/{made['conversation']}")).json()
    assert known.keys() == {"id", "nr", "head", "joined", "invited", "state"}
    assert (known["id"], known["nr"], known["joined"], known["invited"]) == (made["conversation"], 1, 2, 0)
    assert {"m.room.name", "m.room.topic"} <= {fact["type"] for fact in known["state"]}


async def test_members_come_and_go(place: Place) -> None:
    """Invite, join, add, kick, leave: one path, told apart by `act`."""
    ann, bob, eve = [await place.client(name) for name in ("ann", "bob", "eve")]
    conv = (await ann.wrote("/conversations", preset="private_chat"))["conversation"]
    path = f"/conversations/{conv}/members"
    assert (await bob.post(path, act="join")).status_code == 404
    await ann.wrote(path, act="invite", persons=[bob.id])
    await bob.wrote(path, act="join")
    await ann.wrote(path, act="add", persons=[eve.id])
    assert (await ann.get(f"/conversations/{conv}")).json()["joined"] == 3
    await ann.wrote(path, act="kick", persons=[eve.id])
    assert said(await eve.post(f"/conversations/{conv}/entries", body={"text": "?"}))[1] == "not_member"
    await bob.wrote(path, act="leave")
    assert (await ann.get(f"/conversations/{conv}")).json()["joined"] == 1
    assert said(await bob.get(f"/conversations/{conv}")) == (404, "not_found", None)


@pytest.mark.parametrize(
    ("rel", "body"),
    [
        ("edit", {"text": "b"}),
        ("delete", {}),
        ("erase", {}),
        ("pin", {}),
        ("task", {"state": "todo"}),
        ("reaction", {"key": "+1"}),
        ("lock", {"on": True}),
    ],
)
async def test_entries_can_be_amended(place: Place, rel: str, body: dict[str, Any]) -> None:
    """Each amendment is an entry with a target."""
    ann = await place.client("ann")
    conv = await ann.conversation()
    entry = await ann.say(conv, "a")
    path = f"/conversations/{conv}/entries/{entry['entry']}/amendments"
    answer = await ann.post(path, rel=rel, body=body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["target"] == entry["entry"]
    row = next(row for row in await ann.everything(kind="entry") if row["id"] == answer.json()["entry"])
    assert row["body"]["rel"] == rel


async def test_amendments_can_be_taken_back(place: Place) -> None:
    """Unpin and unreact are amendments too."""
    ann = await place.client("ann")
    conv = await ann.conversation()
    entry = await ann.say(conv, "a")
    path = f"/conversations/{conv}/entries/{entry['entry']}/amendments"
    for there, back, body in (("pin", "unpin", {}), ("reaction", "unreact", {"key": "+1"})):
        await ann.wrote(path, rel=there, body=body)
        await ann.wrote(path, rel=back, body=body)
    last = (await ann.everything(kind="entry"))[-1]
    assert last["body"]["form"]["reactions"] == {}
    assert "pin" not in last["body"]["form"]


async def test_a_repeated_request_is_answered_again_and_done_once(place: Place) -> None:
    """Promise 7: per account and session; another session's id is another request."""
    ann = await place.client("ann")
    conv = (await ann.wrote("/conversations", name="once", request="r1"))["conversation"]
    again = await ann.wrote("/conversations", name="once", request="r1")
    assert again["conversation"] == conv
    said_first = await ann.say(conv, "hello", request="r1")
    again = await ann.say(conv, "hello", request="r1")
    assert (again["entry"], again["nr"]) == (said_first["entry"], said_first["nr"])
    path = f"/conversations/{conv}/entries/{said_first['entry']}/amendments"
    pinned = await ann.wrote(path, rel="pin", request="r1")
    assert (await ann.wrote(path, rel="pin", request="r1"))["entry"] == pinned["entry"]
    bob = await place.client("bob")
    members = f"/conversations/{conv}/members"
    added = await ann.wrote(members, act="add", persons=[bob.id], request="r1")
    assert (await ann.wrote(members, act="add", persons=[bob.id], request="r1"))["entry"] == added["entry"]
    other = await place.token(ann.id)
    assert (await other.say(conv, "hello", request="r1"))["entry"] != said_first["entry"]


async def test_a_stranger_learns_nothing(place: Place) -> None:
    """K4: a conversation that one is not in is not there, for every call."""
    ann, eve = await place.client("ann"), await place.client("eve")
    conv = await ann.conversation()
    entry = (await ann.say(conv, "private"))["entry"]
    head = place.store.head
    tries = [
        await eve.get(f"/conversations/{conv}"),
        await eve.post(f"/conversations/{conv}/members", act="join"),
        await eve.post(f"/conversations/{conv}/members", act="add", persons=[eve.id]),
        await eve.post(f"/conversations/{conv}/entries", body={"text": "x"}),
        await eve.post(f"/conversations/{conv}/entries/{entry}/amendments", rel="delete"),
    ]
    nowhere = await eve.get("/conversations/999999999")
    assert {said(answer) for answer in (*tries, nowhere)} == {(404, "not_found", None)}
    assert place.store.head == head


@pytest.mark.parametrize(
    ("path", "sent", "wanted"),
    [
        ("/conversations", b"{", (400, "invalid", None)),
        ("/conversations", b'{"name": 5}', (400, "invalid", "name")),
        ("/conversations", b'{"nonsense": 5}', (400, "invalid", None)),
        ("/conversations", b'{"preset": "x"}', (400, "invalid", "preset")),
        ("/conversations", b'{"members": [0]}', (400, "invalid", "members")),
        ("/conversations", b'{"invited": [-1]}', (400, "invalid", "invited")),
        ("/conversations", b'{"request": ""}', (400, "invalid", "request")),
        ("/conversations", b"[" * 100_000, (400, "invalid", None)),
        ("/conversations/{conv}/members", b"{}", (400, "missing", "act")),
        ("/conversations/{conv}/members", b'{"act": "dance"}', (400, "invalid", "act")),
        ("/conversations/{conv}/members", b'{"act": "add"}', (400, "invalid", "persons")),
        ("/conversations/{conv}/members", b'{"act": "leave", "persons": [5]}', (400, "invalid", "persons")),
        ("/conversations/{conv}/entries", b"{}", (400, "missing", "body")),
        ("/conversations/{conv}/entries", b'{"body": 5}', (400, "invalid", "body")),
        ("/conversations/{conv}/entries", b'{"body": {"edited": 1}}', (400, "invalid", "body")),
        ("/conversations/{conv}/entries", b'{"body": {}, "root": -1}', (400, "invalid", "root")),
        (
            "/conversations/{conv}/entries",
            b'{"body": {}, "root": 9%s}' % (b"9" * 19),
            (400, "invalid", "root"),
        ),
        ("/conversations/{conv}/entries", b'{"body": {"mentions": [-1]}}', (400, "invalid", "mentions")),
        (
            "/conversations/{conv}/entries",
            b'{"body": {"mentions": [9%s]}}' % (b"9" * 19),
            (400, "invalid", "mentions"),
        ),
        ("/conversations/{conv}/entries", b'{"body": %s}' % nested(101), (413, "too_large", "body")),
        ("/conversations/{conv}/entries", b'{"body": %s}' % nested(980), (413, "too_large", "body")),
        ("/conversations/x/entries", b'{"body": {}}', (404, "not_found", None)),
        ("/conversations/0{conv}/entries", b'{"body": {}}', (404, "not_found", None)),
        ("/conversations/{conv}/entries/7/amendments", b'{"rel": "x"}', (400, "invalid", "rel")),
        ("/conversations/{conv}/entries/7/amendments", b'{"rel": "pin"}', (404, "not_found", None)),
        ("/conversations/{conv}/entries/x/amendments", b'{"rel": "pin"}', (404, "not_found", None)),
    ],
)
async def test_bad_input_is_said_and_leaves_no_trace(
    place: Place, path: str, sent: bytes, wanted: tuple[int, str, str | None]
) -> None:
    """Promise 9: a clear error in this protocol's shape, and nothing written."""
    ann = await place.client("ann")
    conv = await ann.conversation()
    head = place.store.head
    answer = await ann.http.post(path.format(conv=conv), content=sent)
    assert said(answer) == wanted
    assert place.store.head == head


async def test_a_request_names_a_bounded_number_of_persons(place: Place) -> None:
    """1,000 at once; more come in further requests."""
    ann = await place.client("ann")
    answer = await ann.post("/conversations", members=list(range(5000, 6001)))
    assert said(answer) == (400, "invalid", "members")


async def test_a_body_is_bounded(place: Place) -> None:
    """1 MB: larger things are files."""
    ann = await place.client("ann")
    conv = await ann.conversation()
    answer = await ann.post(f"/conversations/{conv}/entries", body={"text": "x" * (1 << 20)})
    assert said(answer)[:2] == (413, "too_large")


async def test_what_can_be_written_can_be_read_and_amended(place: Place) -> None:
    """The deepest body there may be, edited to another: no reader is shut out by what one member wrote."""
    ann, bob = await place.client("ann"), await place.client("bob")
    conv = await ann.conversation(bob)
    since = await bob.caught_up()
    path = f"/conversations/{conv}/entries"
    written = await ann.http.post(path, content=b'{"body": %s}' % nested(100))
    entry = written.json()["entry"]
    edit = f"{path}/{entry}/amendments"
    for levels, status in ((100, 201), (101, 413), (975, 413)):
        answer = await ann.http.post(edit, content=b'{"rel": "edit", "body": %s}' % nested(levels))
        assert answer.status_code == status, answer.text
    await ann.wrote(edit, rel="pin")
    assert (await bob.everything(since, kind="entry"))[0]["id"] == entry
    assert len(await bob.everything(since)) == 3
