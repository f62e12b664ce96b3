"""Calls at the message level: whole, in short, its state, its parts, its bytes (Heliotrope reference 1.5)."""

import pytest
from tests.protocols.heliotrope.place import (
    MESSAGE,
    MESSAGEINFO,
    MIXED,
    PICTURE,
    Client,
    Place,
    letter,
    refused,
)

from syncline.gateways.mime.parsing import SMALL, WorkerDied


async def test_a_whole_message_has_the_shape_of_the_original(ann: Client) -> None:
    """The mail with attachments of the reference, 1.5: every key, every part."""
    await ann.add(letter("a@x"))
    await ann.add(MIXED, ["pics"])
    message = await ann.get("/message/2.json")
    assert message.keys() == MESSAGE
    assert set(message.pop("labels")) == {"pics", "attachment"}
    assert message == {
        "subject": "été pics",
        "date": 1301986800,
        "from": "Att <att@c.com>",
        "to": ["<alice@wonder.org>"],
        "cc": [],
        "has_attachment": True,
        "loc": len(letter("a@x")),
        "state": ["attachment"],
        "thread_id": 2,
        "snippet": "voilà le texte",
        "message_id": 2,
        "bcc": [],
        "refs": [],
        "parts": [
            {
                "type": "text/html; charset=utf-8",
                "filename": None,
                "cid": None,
                "content": "<p>voila <b>html</b></p>",
                "here": True,
            },
            {
                "type": 'image/png; name="a.png"',
                "filename": "a.png",
                "cid": "cid1@x",
                "size": len(PICTURE),
                "here": False,
            },
            {
                "type": 'text/plain; name="notes.txt"',
                "filename": "notes.txt",
                "cid": None,
                "content": "secretword inside",
                "here": True,
            },
        ],
        "reply_to": "",
        "recipient_email": None,
        "list_post": None,
        "list_subscribe": None,
        "list_unsubscribe": None,
        "email_message_id": "att@w",
    }


async def test_headers_that_a_reader_answers_by_are_told(ann: Client) -> None:
    """Reply-To, the address that the mail was handed to, lists, references in the order of the reference."""
    raw = letter(
        "b@x",
        refs=["r1@x", "r2@x"],
        reply="r3@x",
        Cc="carol@c.com",
        Bcc="dave@d.com",
        Reply_To="Office <office@x.org>",
        Delivered_To="delivered@x.org",
        Envelope_To="envelope@x.org",
        List_Post="<mailto:list@x.org>",
        List_Subscribe="<mailto:join@x.org>",
        List_Unsubscribe="<mailto:leave@x.org>",
    )
    await ann.add(raw)
    message = await ann.get("/message/1.json")
    assert message["refs"] == ["r1@x", "r2@x", "r3@x"]
    assert (message["cc"], message["bcc"]) == (["<carol@c.com>"], ["<dave@d.com>"])
    assert message["reply_to"] == "Office <office@x.org>"
    assert message["recipient_email"] == "envelope@x.org"
    assert message["list_post"] == "<mailto:list@x.org>"
    assert message["list_subscribe"] == "<mailto:join@x.org>"
    assert message["list_unsubscribe"] == "<mailto:leave@x.org>"


async def test_of_alternatives_the_preferred_type_is_told(ann: Client) -> None:
    """HTML unless asked otherwise; an unknown type gets the first."""
    await ann.add(MIXED)
    for query, expected in (
        ({}, "<p>voila <b>html</b></p>"),
        ({"mime_type_pref": ""}, "<p>voila <b>html</b></p>"),
        ({"mime_type_pref": "text/plain"}, "voilà le texte"),
        ({"mime_type_pref": "application/x-none"}, "voilà le texte"),
    ):
        message = await ann.get("/message/1.json", **query)
        assert message["parts"][0]["content"] == expected


@pytest.mark.parametrize("value", ["1", "false", ""])
async def test_only_infos_tells_the_message_in_short(ann: Client, value: str) -> None:
    """With any value, as in the original."""
    await ann.add(MIXED)
    assert (await ann.get("/message/1.json", only_infos=value)).keys() == MESSAGEINFO


async def test_a_message_shows_all_states_of_its_thread_as_labels(ann: Client) -> None:
    """Labels are the thread's: an attachment elsewhere in it counts."""
    await ann.add(MIXED)
    await ann.add(letter("b@x", refs=["att@w"]), ["inbox"], ["unread"])
    message = await ann.get("/message/2.json")
    assert message["state"] == ["unread"]
    assert set(message["labels"]) == {"inbox", "unread", "attachment"}
    assert message["thread_id"] == 1


async def test_a_message_has_exactly_the_states_given(ann: Client) -> None:
    """Mutable ones only; what it came with stays."""
    await ann.add(MIXED, ["inbox"], ["unread"])
    info = await ann.post("/message/1/state.json", state=["starred", "deleted", "sent", "nonsense"])
    assert info.keys() == MESSAGEINFO
    assert set(info["state"]) == {"starred", "deleted", "attachment"}
    assert set(info["labels"]) == {"inbox", "starred", "deleted", "attachment"}
    assert (await ann.post("/message/1/state.json", state=[]))["state"] == ["attachment"]
    assert await ann.get("/message/1.json", only_infos=1) == await ann.post("/message/1/state.json", state=[])


async def test_a_deleted_message_is_still_there(ann: Client) -> None:
    """Deleting is a state: the mail stays stored, found and counted (reference 2.4)."""
    await ann.add(letter("a@x"))
    await ann.post("/message/1/state.json", state=["deleted"])
    assert await ann.get("/size.json") == {"size": 1}
    assert await ann.found("hello") == [1]
    assert await ann.found("hello -~deleted") == []


async def test_a_part_is_its_decoded_bytes(ann: Client) -> None:
    """Shown in place only where nothing in it can run; never as ours."""
    await ann.add(MIXED)
    html, picture, notes = [await ann.http.get(f"/message/1/part/{number}") for number in range(3)]
    assert picture.content == PICTURE
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["content-disposition"] == 'inline; filename="a.png"'
    assert notes.content == b"secretword inside"
    assert notes.headers["content-disposition"] == 'inline; filename="notes.txt"'
    assert html.content == b"<p>voila <b>html</b></p>"
    assert html.headers["content-disposition"] == "attachment"
    for answer in (html, picture, notes):
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


async def test_parts_are_numbered_as_they_are_told(ann: Client) -> None:
    """By the same preference for both, HTML unless said; the number after the last is not found (11.22)."""
    await ann.add(MIXED)
    plain = await ann.http.get("/message/1/part/0", params={"mime_type_pref": "text/plain"})
    assert plain.content == "voilà le texte".encode()
    assert (await ann.http.get("/message/1/part/2")).status_code == 200
    for number in ("3", "-1", "x", "9" * 30):
        assert refused(await ann.http.get(f"/message/1/part/{number}"), 404)["code"] == "not_found"


async def test_a_raw_mail_is_what_was_received(ann: Client) -> None:
    """Byte for byte, as plain text."""
    raw = letter("a@x", "caf\xe9", b"caf\xe9 \x00\xff\r\n").replace("caf\xe9".encode(), b"caf\xe9")
    await ann.add(raw)
    answer = await ann.http.get("/message/1/raw")
    assert answer.content == raw
    assert answer.headers["content-type"].startswith("text/plain")
    head = await ann.http.head("/message/1/raw")
    assert (head.content, head.headers["content-length"]) == (b"", str(len(raw)))


async def test_another_copy_of_a_message_is_kept_and_shown(ann: Client) -> None:
    """Same Message-ID, other bytes: nothing is added, nothing is lost."""
    first, second = letter("a@x", body="one"), letter("a@x", body="two")
    await ann.add(first)
    assert (await ann.add(second))["status"] == "seen"
    assert (await ann.http.get("/message/1/raw")).content == first
    assert (await ann.http.get("/message/1/raw?copy=1")).content == first
    assert (await ann.http.get("/message/1/raw?copy=2")).content == second
    assert refused(await ann.http.get("/message/1/raw?copy=3"), 404)
    assert refused(await ann.http.get("/message/1/raw?copy=0"), 404)
    assert refused(await ann.http.get("/message/1/raw?copy=x"), 400)["field"] == "copy"
    assert (await ann.get("/message/1.json"))["parts"][0]["content"].strip() == "one"


@pytest.mark.parametrize("id", ["999", "-1", "0", "x", "9" * 30, "1.5"])
async def test_an_unknown_message_is_not_found(ann: Client, id: str) -> None:
    """In every call; a negative id is a thread's, never a message's."""
    await ann.add(letter("a@x"))
    for path in (f"/message/{id}.json", f"/message/{id}/raw", f"/message/{id}/part/0"):
        assert refused(await ann.http.get(path), 404)["code"] == "not_found"
    told = refused(await ann.form(f"/message/{id}/state.json", state=["starred"]), 404)
    assert told["message"] == "There is no such message."
    assert (await ann.get("/thread/1.json"))["messageinfos"][0][0]["labels"] == []  # not by -1 either


async def test_a_large_mail_is_read_in_another_process_and_told_whole(ann: Client) -> None:
    """Content of megabytes, with every letter of it."""
    text = "zażółć gęślą jaźń\n" * 20_000
    await ann.add(letter("a@x", body=text, Content_Type="text/plain; charset=utf-8"))
    message = await ann.get("/message/1.json")
    assert message["parts"][0]["content"].strip() == text.strip()
    part = await ann.http.get("/message/1/part/0")
    assert part.content.strip() == text.strip().encode()


async def test_a_mail_that_kills_its_reader_is_an_error_of_that_mail_alone(
    place: Place, ann: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process that reads large mails may die of one; the raw mail and everything else stays there."""
    await ann.add(letter("a@x", body="x" * (SMALL + 1)))

    async def dies(*_: object) -> None:
        raise WorkerDied("the process that read this mail died, or took too long")

    monkeypatch.setattr(place.services.parsing, "run", dies)
    assert refused(await ann.http.get("/message/1.json"), 503)["code"] == "worker_died"
    assert (await ann.http.get("/message/1/raw")).status_code == 200
    assert (await ann.get("/message/1.json", only_infos=1))["message_id"] == 1
