"""The frame of every call: how large a body may be, and for whom it is taken apart."""

import json

import pytest
from tests.protocols.fleep.place import Client, Place

from syncline.protocols.fleep.fields import Fields
from syncline.protocols.fleep.plugged import CALLS
from syncline.protocols.fleep.serving import SMALL, path_of
from syncline.server.limiter import Limiter

OPEN = [path_of(spec) for spec in CALLS if spec.open]


@pytest.mark.parametrize("path", [*OPEN, "account/poll", "account/listen"])
async def test_nobody_sends_much_to_what_needs_no_session(ann: Client, path: str) -> None:
    """Of no use to anybody who means it; polls hold no texts either."""
    answer = await ann.http.post(f"/api/{path}", content=b'{"a": "%b"}' % (b"x" * SMALL))
    assert (answer.status_code, answer.json()["error_id"]) == (413, "too_large")


async def test_a_long_body_is_read_for_who_is_signed_in_only(
    place: Place, ann: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its ticket is looked for before anything else: what a stranger sends costs no more than that."""
    conv = (await ann.call("conversation/create", topic="x"))["header"]["conversation_id"]
    path, text = f"/api/message/send/{conv}", "é" * 100_000
    parsed: list[int] = []
    parse = Fields.parse

    def counted(body: bytes) -> Fields:
        parsed.append(len(body))
        return parse(body)

    monkeypatch.setattr(Fields, "parse", staticmethod(counted))
    for body in (
        {"message": text},
        {"message": text, "ticket": "0" * 20},
        {"message": text, "ticket": ann.ticket + "0"},
        {"message": f'"ticket": "{ann.ticket}" {text}'},
    ):
        headers = {"Cookie": f"token_id={ann.token}"}
        answer = await ann.http.post(path, content=json.dumps(body), headers=headers)
        assert answer.status_code == 401
    no_cookie = await ann.http.post(path, content=json.dumps({"message": text, "ticket": ann.ticket}))
    assert no_cookie.status_code == 401
    assert parsed == []
    said = await ann.call(f"message/send/{conv}", message=text)
    assert said["stream"][0]["message"] == f"<msg><p>{text}</p></msg>"
    token, _ = await place.services.tokens.create(ann.account, ["read", "write"])
    bearer = {"Authorization": f"Bearer {token}"}
    answer = await ann.http.post(path, content=json.dumps({"message": text}), headers=bearer)
    assert answer.status_code == 200
    assert len(parsed) == 2


async def test_calls_are_counted_for_their_account(place: Place, ann: Client, bo: Client) -> None:
    """431, which clients show and do not retry at once; polls count as all calls do, others' do not."""
    limiter = Limiter(address_rate=0, account_rate=0.01, account_burst=3, guess_rate=0)
    place.services.limiter.__dict__.update(limiter.__dict__)
    await ann.call("account/sync")
    await ann.call("account/poll", event_horizon=0, wait=False)
    await ann.call("account/sync")
    for path in ("account/sync", "account/poll", "account/listen"):
        status, said = await ann.fails(path, event_horizon=0, wait=False)
        assert (status, said["error_id"]) == (431, "too_many_requests")
    await bo.call("account/sync")


async def test_answers_are_plain_json(ann: Client) -> None:
    """Fleep's iOS client compares the whole media type (1.1), of errors and of polls as well."""
    for path, fields in (
        ("account/sync", {}),
        ("account/poll", {"wait": False}),
        ("conversation/sync/nonsense", {}),
        ("no/such/call", {}),
    ):
        answer = await ann.send(path, **fields)
        assert answer.headers["content-type"] == "application/json", path
        assert answer.headers["cache-control"] == "no-store", path
