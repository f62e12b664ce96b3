"""Calls at the thread level, and how mails become threads (Heliotrope reference 1.4, 2.5, 6.1)."""

from typing import Any

import pytest
from tests.protocols.heliotrope.place import MESSAGEINFO, THREADINFO, Client, Place, letter, refused

from syncline.protocols.heliotrope.searching import info_of


def ids(thread: Any) -> list[tuple[int | None, int]]:
    """Message ids and depths; None for one that never came."""
    return [(info.get("message_id"), depth) for info, depth in thread["messageinfos"]]


async def test_a_thread_has_the_shape_of_the_original(ann: Client) -> None:
    """The two mails of the reference, 1.4: keys, depths, Cc with Bcc, names with commas."""
    first = letter(
        "root@w",
        "Hello world",
        "Hello there Bob, how are you?",
        to="Bob <bob@b.com>, carol@c.com",
        Cc='"Doe, Jane" <jane@d.com>',
        Bcc="secret@e.com",
        date="Sun, 03 Apr 2011 07:48:11 +0000",
    )
    second = letter(
        "reply@w",
        "Re: Hello world",
        "fine thanks",
        sender="bob@b.com",
        to="alice@wonder.org",
        refs=["root@w"],
        date="Sun, 03 Apr 2011 08:48:41 +0000",
    )
    await ann.add(first, ["inbox", "list", "work"], ["unread"])
    await ann.add(second, [], ["unread"])
    thread = await ann.get("/thread/1.json")
    assert thread.keys() == {"messageinfos"}
    (root, depth), (reply, below) = thread["messageinfos"]
    assert root.keys() == reply.keys() == MESSAGEINFO
    assert (depth, below) == (0, 1)
    assert set(root.pop("labels")) == set(reply.pop("labels")) == {"inbox", "list", "unread", "work"}
    assert root == {
        "subject": "Hello world",
        "date": 1301816891,
        "from": "Alice Liddell <alice@wonder.org>",
        "to": ["Bob <bob@b.com>", "<carol@c.com>"],
        "cc": ["Doe, Jane <jane@d.com>", "<secret@e.com>"],
        "has_attachment": False,
        "loc": 0,
        "state": ["unread"],
        "thread_id": 1,
        "snippet": "Hello there Bob, how are you?",
        "message_id": 1,
    }
    assert reply == {
        "subject": "Re: Hello world",
        "date": 1301820521,
        "from": "<bob@b.com>",
        "to": ["<alice@wonder.org>"],
        "cc": [],
        "has_attachment": False,
        "loc": len(first),
        "state": ["unread"],
        "thread_id": 1,
        "snippet": "fine thanks",
        "message_id": 2,
    }


async def test_info_is_the_thread_as_a_search_shows_it(ann: Client) -> None:
    """One shape for both."""
    await ann.add(letter("a@x"), ["inbox"])
    info = await ann.get("/thread/1/info.json")
    assert info.keys() == THREADINFO
    assert [info] == await ann.search("hello")


async def test_replies_join_their_thread(ann: Client) -> None:
    """A reply, a reply to it, and a sibling, which comes after them in order of arrival."""
    await ann.add(letter("a@x"))
    await ann.add(letter("b@x", refs=["a@x"]))
    await ann.add(letter("c@x", refs=["a@x", "b@x"]))
    await ann.add(letter("d@x", reply="a@x"))
    assert ids(await ann.get("/thread/1.json")) == [(1, 0), (2, 1), (3, 2), (4, 1)]
    assert await ann.found("hello") == [1]


async def test_a_late_middle_joins_two_threads_with_all_their_labels(ann: Client) -> None:
    """One id for all afterwards; the old one leads on (reference 11.8, 11.9)."""
    await ann.add(letter("a@x"), ["one"])
    last = await ann.add(letter("c@x", refs=["b@x"]), ["two"])
    assert await ann.found("hello") == [2, 1]
    await ann.add(letter("b@x", refs=["a@x"]), ["three"])
    thread = await ann.get("/thread/1.json")
    assert ids(thread) == [(1, 0), (3, 1), (2, 2)]
    assert {info["thread_id"] for info, _ in thread["messageinfos"]} == {1}
    assert await ann.found("hello") == [1]
    for label in ("one", "two", "three"):
        assert await ann.found(f"~{label}") == [1]
    assert await ann.get(f"/thread/{last['thread_id']}.json") == thread


async def test_a_thread_that_is_joined_while_it_is_asked_for_is_told_as_the_joined_one(
    place: Place, ann: Client
) -> None:
    """What was found a moment ago may be part of another thread now; nobody gets an error for that."""
    await ann.add(letter("a@x"))
    await ann.add(letter("c@x", refs=["b@x"]))
    stale = await place.services.mails.find(ann.id, 2)
    await ann.add(letter("b@x", refs=["a@x"]))
    found = await info_of(place.services, ann.id, 2, stale)
    assert (found.thread_id, found.size) == (1, 3)


async def test_siblings_without_their_parent_hang_below_a_fake_one(ann: Client) -> None:
    """A negative id until the parent comes, and still good after it."""
    await ann.add(letter("b@x", refs=["a@x"]))
    second = await ann.add(letter("c@x", refs=["a@x"]), ["inbox"])
    negative = second["thread_id"]
    assert negative < 0
    thread = await ann.get(f"/thread/{negative}.json")
    assert thread["messageinfos"][0] == [{"type": "fake"}, 0]
    assert ids(thread) == [(None, 0), (1, 1), (2, 1)]
    assert (await ann.get(f"/thread/{negative}/info.json"))["size"] == 2
    late = await ann.add(letter("a@x"))
    assert late == {"status": "unseen", "doc_id": 3, "thread_id": 3}
    thread = await ann.get("/thread/3.json")
    assert ids(thread) == [(3, 0), (1, 1), (2, 1)]
    assert await ann.get(f"/thread/{negative}.json") == thread
    assert await ann.found("~inbox") == [3]


async def test_a_single_known_child_takes_the_place_of_a_parent_that_never_came(ann: Client) -> None:
    """It is passed over silently."""
    added = await ann.add(letter("b@x", refs=["a@x"]))
    assert added["thread_id"] == 1
    assert ids(await ann.get("/thread/1.json")) == [(1, 0)]


async def test_labels_are_replaced_as_a_whole_and_states_stay(ann: Client) -> None:
    """Names of states are ignored in the input (reference 1.4)."""
    await ann.add(letter("a@x"), ["inbox", "old"], ["unread"])
    info = await ann.post("/thread/1/labels.json", labels=["new", "starred", "Two Words"])
    assert info.keys() == THREADINFO
    assert set(info["labels"]) == {"new", "Two Words", "unread"}
    assert info["state"] == ["unread"]
    assert await ann.get("/thread/1/info.json") == info
    cleared = await ann.post("/thread/1/labels.json", labels=[])
    assert cleared["labels"] == ["unread"]


@pytest.mark.parametrize("label", ["x:y", 'a"b', "a(b", "a)b", "-a", "~a", "*a", ":a", "", "a\nb", "x" * 300])
async def test_a_label_that_no_query_can_name_changes_nothing(ann: Client, label: str) -> None:
    """Told with status 200, as old clients expect, and the good ones beside it are not taken either."""
    await ann.add(letter("a@x"), ["inbox"])
    told = refused(await ann.form("/thread/1/labels.json", labels=["good", label]))
    assert told["message"].endswith("is an invalid label")
    assert told["field"] == "labels"
    assert (await ann.get("/thread/1/info.json"))["labels"] == ["inbox"]


async def test_a_thread_has_at_most_a_hundred_labels(ann: Client) -> None:
    """A limit, said as one."""
    await ann.add(letter("a@x"))
    told = refused(await ann.form("/thread/1/labels.json", labels=[f"l{n}" for n in range(101)]), 413)
    assert told["code"] == "too_large"


async def test_a_state_is_given_to_every_message_of_a_thread(ann: Client) -> None:
    """The mutable ones are replaced; unknown and immutable names are ignored."""
    await ann.add(letter("a@x"), ["inbox"], ["unread"])
    await ann.add(letter("b@x", refs=["a@x"]), [], ["deleted"])
    info = await ann.post("/thread/1/state.json", state=["starred", "spam", "attachment", "sent"])
    assert info.keys() == THREADINFO
    assert info["state"] == ["starred"]
    assert set(info["labels"]) == {"inbox", "starred"}
    thread = await ann.get("/thread/1.json")
    assert [one["state"] for one, _ in thread["messageinfos"]] == [["starred"], ["starred"]]
    assert (await ann.post("/thread/1/state.json", state=[]))["state"] == []


async def test_a_threads_state_is_the_union_and_ends_with_the_last_message(ann: Client) -> None:
    """A state only on the root counts, and clears when it goes (reference 6.1)."""
    await ann.add(letter("a@x"), [], ["unread"])
    await ann.add(letter("b@x", refs=["a@x"]), [], ["starred"])
    assert set((await ann.get("/thread/1/info.json"))["state"]) == {"unread", "starred"}
    await ann.post("/message/1/state.json", state=[])
    info = await ann.get("/thread/1/info.json")
    assert info["state"] == ["starred"]
    assert await ann.found("~unread") == []
    await ann.post("/message/2/state.json", state=[])
    assert await ann.found("~starred") == []
    assert await ann.found("hello") == [1]


async def test_unread_messages_show_in_snippet_and_participants(ann: Client) -> None:
    """The snippet of the first unread one, and who wrote the unread ones (reference 2.3)."""
    await ann.add(letter("a@x", body="first"))
    await ann.add(letter("b@x", body="second", sender="Bob <bob@b.com>", refs=["a@x"]), [], ["unread"])
    info = await ann.get("/thread/1/info.json")
    assert (info["snippet"], info["unread_participants"]) == ("second", ["Bob <bob@b.com>"])
    await ann.post("/message/2/state.json", state=[])
    info = await ann.get("/thread/1/info.json")
    assert (info["snippet"], info["unread_participants"]) == ("first", [])


@pytest.mark.parametrize("id", ["999", "-999", "0", "x", "1.5", "9" * 18, "9" * 30, "%00", "-"])
async def test_an_unknown_thread_is_not_found(ann: Client, id: str) -> None:
    """A JSON error, whatever the id looks like."""
    await ann.add(letter("a@x"))
    for path in (f"/thread/{id}.json", f"/thread/{id}/info.json"):
        assert refused(await ann.http.get(path), 404)["code"] == "not_found"
    for what in ("labels", "state"):
        assert refused(await ann.form(f"/thread/{id}/{what}.json", **{what: []}), 404)


@pytest.mark.parametrize("path", ["/thread/1/labels.json", "/thread/1/state.json", "/message/1/state.json"])
async def test_a_setter_wants_a_list_of_texts(ann: Client, path: str) -> None:
    """Missing, no JSON, and JSON of another kind: bad requests that change nothing (reference 11.4)."""
    await ann.add(letter("a@x"), ["inbox"], ["unread"])
    before = await ann.get("/thread/1/info.json")
    name = "labels" if "labels" in path else "state"
    told = refused(await ann.form(path, other="x"), 400)
    assert (told["code"], told["field"]) == ("missing", name)
    for value in (b"", b"x", b"[", b'"x"', b"5", b'{"a":"b"}', b"[1]", b"[null]", b"null ", b"\xff"):
        told = refused(await ann.form(path, **{name: value}), 400)
        assert told["field"] == name, value
    assert refused(await ann.form(path, **{name: b"[" * 5000}), 413)
    assert await ann.get("/thread/1/info.json") == before


async def test_setters_take_json_bodies_too(ann: Client) -> None:
    """The list itself, or as JSON in a text, as in a form."""
    await ann.add(letter("a@x"))
    answer = await ann.http.post("/thread/1/labels.json", json={"labels": ["one"]})
    assert answer.json()["labels"] == ["one"]
    answer = await ann.http.post("/thread/1/labels.json", json={"labels": '["two"]'})
    assert answer.json()["labels"] == ["two"]


async def test_a_thread_of_five_hundred_mails_is_told_whole(ann: Client) -> None:
    """In slices, in order, and the second time from memory with the states of now."""
    await ann.add(letter("0@x"))
    for number in range(1, 500):
        await ann.add(letter(f"{number}@x", refs=["0@x", f"{number - 1}@x"]))
    thread = await ann.get("/thread/1.json")
    assert ids(thread) == [(number + 1, number) for number in range(500)]
    await ann.post("/message/250/state.json", state=["starred"])
    again = await ann.get("/thread/1.json")
    assert [one["message_id"] for one, _ in again["messageinfos"] if one["state"]] == [250]
    assert all(one["labels"] == ["starred"] for one, _ in again["messageinfos"])
