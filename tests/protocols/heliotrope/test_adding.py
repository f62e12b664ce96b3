"""Adding mails (Heliotrope reference 1.5, 2.1, 6.1, 11)."""

import base64
from typing import Any

import pytest
from tests.protocols.heliotrope.place import Client, encoded, letter, refused, said


async def test_a_new_mail_is_unseen_and_says_where_it_lies(ann: Client) -> None:
    """Numbers count from 1 in order of adding."""
    assert await ann.add(letter("a@x")) == {"status": "unseen", "doc_id": 1, "thread_id": 1}
    reply = await ann.add(letter("b@x", refs=["a@x"]))
    assert reply == {"status": "unseen", "doc_id": 2, "thread_id": 1}


async def test_a_known_mail_is_seen_and_nothing_changes(ann: Client) -> None:
    """Labels and states of the second call are dropped (reference 11.11)."""
    await ann.add(letter("a@x"), ["inbox"], ["unread"])
    before = await ann.get("/thread/1/info.json")
    for raw in (letter("a@x"), letter("a@x", "Other bytes")):
        added = await ann.add(raw, ["other"], ["starred"])
        assert added == {"status": "seen", "doc_id": 1, "thread_id": 1}
    assert await ann.get("/thread/1/info.json") == before
    assert await ann.get("/size.json") == {"size": 1}


@pytest.mark.parametrize("wish", ["1", "true"])
async def test_a_known_mail_takes_further_labels_if_asked(ann: Client, wish: str) -> None:
    """`merge` unites labels and states, for tools that import the same mail from several places."""
    await ann.add(letter("a@x"), ["inbox"], ["unread"])
    given = {"labels": ["other", "unread"], "state": ["starred", "nonsense"], "merge": wish}
    added = await ann.post("/message.json", message=letter("a@x").decode(), **given)
    assert added == {"status": "seen", "doc_id": 1, "thread_id": 1}
    info = await ann.get("/thread/1/info.json")
    assert set(info["labels"]) == {"inbox", "other", "unread", "starred"}
    await ann.post("/message.json", message=letter("a@x").decode(), labels=["third"], merge="0")
    assert "third" not in (await ann.get("/thread/1/info.json"))["labels"]


async def test_labels_and_states_are_given_with_a_mail(ann: Client) -> None:
    """Names of states among the labels and unknown states are ignored (reference 6.1)."""
    await ann.add(letter("a@x"), ["inbox", "starred", "work"], ["unread", "inbox", "nonsense"])
    info = await ann.get("/thread/1/info.json")
    assert info["state"] == ["unread"]
    assert set(info["labels"]) == {"inbox", "work", "unread"}


@pytest.mark.parametrize("state", ["draft", "sent"])
async def test_draft_and_sent_are_given_with_a_mail_and_kept(ann: Client, state: str) -> None:
    """The original dropped them (reference 11.10); afterwards nothing changes them."""
    await ann.add(letter("a@x"), [], [state])
    assert await ann.found(f"~{state}") == [1]
    await ann.post("/message/1/state.json", state=[])
    assert (await ann.get("/message/1.json"))["state"] == [state]


async def test_a_mail_without_fields_around_it_has_no_labels(ann: Client) -> None:
    """`labels`, `state` and `extra` may be left out."""
    await ann.post("/message.json", message=letter("a@x"))
    info = await ann.get("/thread/1/info.json")
    assert (info["labels"], info["state"]) == ([], [])


async def test_what_a_client_stores_with_a_mail_comes_back(ann: Client) -> None:
    """In every message in short, whole and in threads; but it never takes the place of our own keys."""
    extra = {"client": {"color": ["red"]}, "subject": "forged", "labels": ["forged"], "response": "error"}
    await ann.add(letter("a@x"), extra=extra)
    for info in (
        await ann.get("/message/1.json"),
        await ann.get("/message/1.json", only_infos=1),
        (await ann.get("/thread/1.json"))["messageinfos"][0][0],
    ):
        assert info["client"] == {"color": ["red"]}
        assert (info["subject"], info["labels"]) == ("Hello", [])


async def test_a_reply_brings_its_label_to_the_thread(ann: Client) -> None:
    """The whole thread matches then (reference 6.1)."""
    await ann.add(letter("a@x"), ["one"])
    await ann.add(letter("b@x", refs=["a@x"]), ["two"])
    assert await ann.found("~one ~two") == [1]


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: no sender, no date, no id\n\nHello",
        b"just some words",
        b"From: a@b.c\nDate: nonsense\nMessage-ID: broken\n\n\xff\xfe",
        b"\x00\x01\x02",
        b"From: a@b.c\n\n",
    ],
)
async def test_no_mail_is_refused_however_broken(ann: Client, raw: bytes) -> None:
    """An id is made of its bytes, so that adding it twice is still `seen` (reference 11, the open choice)."""
    first = await ann.add(raw)
    assert first["status"] == "unseen"
    assert await ann.add(raw) == {**first, "status": "seen"}
    assert (await ann.http.get("/message/1/raw")).content == raw
    await ann.get("/message/1.json")
    await ann.get("/thread/1.json")


@pytest.mark.parametrize("path", ["/message.json", "/message/send.json", "/message/bounce.json"])
@pytest.mark.parametrize("raw", [b"", b" \r\n\t "])
async def test_an_empty_mail_is_none(ann: Client, path: str, raw: bytes) -> None:
    """The one thing that cannot be a mail: status 200 and both keys for the message, as old clients look
    for either (reference 11.5)."""
    told = refused(await ann.form(path, message=raw))
    assert told["field"] == "message"
    assert await ann.get("/size.json") == {"size": 0}


@pytest.mark.parametrize("path", ["/message.json", "/message/send.json", "/message/bounce.json"])
async def test_a_mail_must_be_sent_with_the_request(ann: Client, path: str) -> None:
    """A bad request, in a form, in JSON, and without a body."""
    for answer in (
        await ann.form(path, labels=[]),
        await ann.http.post(path, json={"labels": []}),
        await ann.http.post(path),
    ):
        assert refused(answer, 400)["field"] == "message"


@pytest.mark.parametrize(
    ("fields", "status", "field"),
    [
        ({"labels": b"inbox"}, 400, "labels"),
        ({"labels": b'"inbox"'}, 400, "labels"),
        ({"labels": b"[1]"}, 400, "labels"),
        ({"state": b"{"}, 400, "state"),
        ({"extra": b"[]"}, 400, "extra"),
        ({"extra": b"x"}, 400, "extra"),
        ({"extra": b'{"a":' * 200 + b"1" + b"}" * 200}, 413, "extra"),
        ({"extra": {"a": "x" * 20_000}}, 413, "extra"),
        ({"labels": ["a:b"]}, 200, "labels"),
        ({"labels": [f"l{number}" for number in range(101)]}, 413, "labels"),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_is_added(
    ann: Client, fields: dict[str, Any], status: int, field: str
) -> None:
    """JSON errors where the original had pages (reference 1.2)."""
    told = refused(await ann.form("/message.json", message=letter("a@x"), **fields), status)
    assert told["field"] == field
    assert await ann.get("/size.json") == {"size": 0}


RAW = letter("a@x", "Caf\u00e9", b"Umlaut in Latin-1: \xfc", Content_Type="text/plain; charset=latin-1")


async def test_every_way_of_sending_a_mail_brings_the_same_bytes(ann: Client) -> None:
    """Form, file in a form, base64 in JSON; and a text in JSON, as UTF-8."""
    ways = [
        await ann.form("/message.json", message=RAW, labels=["form"]),
        await ann.http.post("/message.json", files={"message": ("a.eml", RAW)}, data={"labels": '["file"]'}),
        await ann.http.post("/message.json", json={"message_base64": base64.b64encode(RAW).decode()}),
        await ann.http.post(
            "/message.json", content=encoded(message=RAW)
        ),  # some clients leave the type of a form out
    ]
    assert [said(way)["status"] for way in ways] == ["unseen", "seen", "seen", "seen"]
    assert (await ann.http.get("/message/1/raw")).content == RAW
    assert refused(await ann.http.get("/message/1/raw?copy=2"), 404)
    text = letter("b@x", "Grüße", "ü").decode()
    await ann.http.post("/message.json", json={"message": text, "labels": ["json"], "state": ["unread"]})
    assert (await ann.http.get("/message/2/raw")).content == text.encode()
    assert set((await ann.get("/message/2.json"))["labels"]) == {"json", "unread"}


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("text/plain", b"x", 400),
        ("application/json", b"x", 400),
        ("application/json", b"[]", 400),
        ("application/json", b'{"message": 5}', 400),
        ("application/json", b'{"message_base64": "?"}', 400),
        ("application/json", b'{"message_base64": 5}', 400),
        ("application/json", b"[" * 5000, 413),
        ("application/json", b'{"message":"' + b"x" * (2 << 20) + b'"}', 413),
        ("multipart/form-data", b"x", 400),
        ("multipart/form-data; boundary=b", b"x", 400),
    ],
)
async def test_a_body_of_another_kind_is_refused(ann: Client, kind: str, body: bytes, status: int) -> None:
    """Whatever it says of itself."""
    refused(await ann.http.post("/message.json", content=body, headers={"Content-Type": kind}), status)


async def test_a_mail_of_many_megabytes_arrives_whole(ann: Client) -> None:
    """Larger than what is read on the loop, in every byte; its form is decoded in a thread."""
    raw = letter("a@x", body=bytes(range(256)) * 12_000)
    assert (await ann.add(raw))["status"] == "unseen"
    assert (await ann.http.get("/message/1/raw")).content == raw


async def test_reading_calls_take_no_post_and_writing_ones_no_get(ann: Client) -> None:
    """In this protocol's own shape, and with what is allowed."""
    for path in ("/search.json", "/thread/1.json", "/message/1/raw", "/info.json"):
        answer = await ann.form(path, q="x")
        assert refused(answer, 405)["code"] == "method_not_allowed"
        assert answer.headers["allow"] == "GET, HEAD"
    for path in ("/message.json", "/message/send.json", "/thread/1/labels.json", "/labels/prune.json"):
        assert refused(await ann.http.get(path), 405)
    assert refused(await ann.http.get("/message/1/nothing.json"), 404)
