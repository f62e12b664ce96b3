"""Other systems post to a hook's address, in whatever way they know, without signing in."""

from typing import Any

import httpx
import msgspec
import pytest
from tests.protocols.fleep.hooks.talk import conversation
from tests.protocols.fleep.keys_twice import check
from tests.protocols.fleep.place import Client, Place

from syncline.core.kinds import EntryKind
from syncline.protocols.fleep.hooks.incoming import LARGEST_JSON
from syncline.server.limiter import Limiter

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Hooked:
    """A conversation with a hook, and what lies in it."""

    def __init__(self, place: Place, owner: Client, conv: str, info: dict[str, Any]) -> None:
        """Hold it; whoever posts has no cookie and no ticket."""
        self.place, self.owner, self.conv, self.info = place, owner, conv, info
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(place.app))

    async def post(self, **given: Any) -> httpx.Response:
        """Post to the hook's address."""
        return await self.http.post(self.info["hook_url"], **given)

    async def forms(self) -> list[dict[str, Any]]:
        """What came in through hooks, as it is now."""
        async with self.place.store.view() as view:
            entries = await view.entries(self.place.conv(self.conv))
        found = [msgspec.json.decode(one.current) for one in entries if one.kind == EntryKind.MESSAGE]
        return [form for form in found if "hook" in form]

    async def said(self) -> list[tuple[str, str | None]]:
        """Texts and senders."""
        return [(form["text"], form.get("sender_name")) for form in await self.forms()]


@pytest.fixture
async def hooked(place: Place, ann: Client) -> Hooked:
    """A plain hook of ann's."""
    return await _hooked(place, ann, "plain")


async def _hooked(place: Place, owner: Client, type: str, *others: Client) -> Hooked:
    conv = await conversation(place, owner, *others)
    made = await owner.call(f"conversation/create_hook/{conv}", mk_hook_type=type)
    return Hooked(place, owner, conv, made["hook_info"])


async def test_a_message_comes_in_as_json_as_a_form_or_with_files(hooked: Hooked) -> None:
    """The three ways of the reference; `user` becomes sender_name, files are passed over."""
    assert (await hooked.post(json={"message": "json", "user": "Jay"})).status_code == 200
    assert (await hooked.post(data={"message": "form é+&", "user": "Fay"})).status_code == 200
    files = {"files": ("a.txt", b"\0\xff" * 60_000, "text/plain")}
    assert (await hooked.post(data={"message": "multi", "user": "May"}, files=files)).status_code == 200
    assert (await hooked.post(json={"message": "nobody", "user": None})).status_code == 200
    assert await hooked.said() == [
        ("json", "Jay"),
        ("form é+&", "Fay"),
        ("multi", "May"),
        ("nobody", None),
    ]


async def test_it_reaches_clients_by_poll_with_the_hooks_key(place: Place, ann: Client, bo: Client) -> None:
    """account_id is the owner's, hook_key and is_new_sheet say where it is from; the number is 3."""
    hooked = await _hooked(place, ann, "plain", bo)
    horizon, first = await bo.caught_up()
    assert [one["hook_name"] for one in first if one["mk_rec_type"] == "hook"] == ["plain"]
    await hooked.post(json={"message": "built", "user": "CI"})
    _, records = await bo.caught_up(horizon)
    (message,) = [one for one in records if one["mk_rec_type"] == "message"]
    assert message["message_nr"] == 3
    assert message["account_id"] == place.fleep.names.person(ann.account)
    assert (message["hook_key"], message["is_new_sheet"]) == (hooked.info["hook_key"], False)
    assert (message["sender_name"], message["message"]) == ("CI", "<msg><p>built</p></msg>")
    for record in (*first, *records):
        check(record)


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b'{"text": "hello", "username": "Slack"}', {"Content-Type": "application/json; charset=utf-8"}),
        (b"payload=%7B%22text%22%3A%22hello%22%2C%22username%22%3A%22Slack%22%7D", FORM),
        (b' {"message": "hello", "user": "Slack"}', FORM),
        (b'{"message": "hello", "user": "Slack", "text": "other"}', {"Content-Type": "text/plain"}),
        (b"message=hello&user=Slack", {}),
    ],
)
async def test_what_other_systems_send_is_understood(
    hooked: Hooked, content: bytes, headers: dict[str, str]
) -> None:
    """Slack's shape, JSON under the name of a form (curl -d), and nothing said about the type."""
    answer = await hooked.post(content=content, headers=headers)
    assert (answer.status_code, answer.json()) == (200, {})
    assert await hooked.said() == [("hello", "Slack")]


@pytest.mark.parametrize(
    ("content", "type", "status", "field"),
    [
        (b"", "application/json", 400, "body"),
        (b"{}", "application/json", 400, "message"),
        (b'{"message": ""}', "application/json", 400, "message"),
        (b'{"message": "  "}', "application/json", 400, "message"),
        (b'{"message": {"a": 1}}', "application/json", 400, "message"),
        (b'{"message": "x", "user": 7}', "application/json", 400, "user"),
        (b'{"message": "x", "user": "%s"}' % (b"y" * 300), "application/json", 400, "user"),
        (b'["message"]', "application/json", 400, "body"),
        (b'{"message": "x"', "application/json", 400, "body"),
        (b'{"message": "\xff"}', "application/json", 400, "message"),
        (b'{"a":' * 2000 + b"1" + b"}" * 2000, "application/json", 413, "body"),
        (b"payload=5", "application/x-www-form-urlencoded", 400, "body"),
        (b"user=me", "application/x-www-form-urlencoded", 400, "message"),
        (b"--b\r\n", "multipart/form-data; boundary=b", 400, None),
        (b"x", "multipart/form-data", 400, None),
        (b"<message/>", "text/xml", 400, None),
        (b'{"message": "%s"}' % (b"x" * 307_201), "application/json", 413, "message"),
        (b'{"message": "%s"}' % (b"x" * LARGEST_JSON), "application/json", 413, None),
    ],
)
async def test_bad_input_gets_a_clear_error_and_leaves_no_trace(
    hooked: Hooked, content: bytes, type: str, status: int, field: str | None
) -> None:
    """With HTTP's own statuses: these are no Fleep clients."""
    head = hooked.place.store.head
    answer = await hooked.post(content=content, headers={"Content-Type": type})
    assert answer.status_code == status
    assert answer.json()["error_message"]
    assert answer.json().get("field") == field
    assert hooked.place.store.head == head


async def test_an_address_that_leads_nowhere_is_not_found(hooked: Hooked) -> None:
    """404 as JSON, whatever stands in it: other keys of ours, half keys, and no difference between them."""
    names, conv = hooked.place.fleep.names, hooked.place.conv(hooked.conv)
    url, _, key = hooked.info["hook_url"].rpartition("/")
    said = set()
    for wrong in (
        "x",
        key[:-1],
        key[:-1] + ("A" if key[-1] != "A" else "Q"),
        names.autojoin(conv),
        hooked.info["hook_id"],
        names.hook_secret(conv),
    ):
        answer = await hooked.http.post(f"{url}/{wrong}", json={"message": "hello?"})
        assert answer.status_code == 404
        said.add((answer.json()["error_id"], answer.json()["error_message"]))
    assert said == {("not_found", "There is no such hook.")}
    assert (await hooked.http.get(hooked.info["hook_url"])).status_code == 405
    assert (await hooked.http.post(hooked.info["hook_url"] + "/", json={"message": "m"})).status_code == 200


async def test_a_hook_whose_owner_left_answers_403(place: Place, ann: Client, bo: Client) -> None:
    """Whoever runs the other system sees why."""
    hooked = await _hooked(place, ann, "plain", bo)
    await place.services.conversations.leave(ann.account, place.conv(hooked.conv))
    answer = await hooked.post(json={"message": "hello?"})
    assert (answer.status_code, answer.json()["error_id"]) == (403, "not_member")
    assert await hooked.said() == []


async def test_an_import_hook_takes_many_messages(place: Place, ann: Client) -> None:
    """With their times, senders and keys; simple messages too."""
    hooked = await _hooked(place, ann, "import")
    messages = [
        {"message_key": str(nr), "message": f"m{nr}", "posted_time": 1_000_000 + nr, "sender_name": "Ada"}
        for nr in range(45)
    ]
    assert (await hooked.post(json={"messages": messages, "is_read": True})).status_code == 200
    assert await hooked.said() == [(f"m{nr}", "Ada") for nr in range(45)]
    again = [{"message_key": 0, "message": "first"}, {"message_key": None, "message": "new"}]
    assert (await hooked.post(json={"messages": again})).status_code == 200
    assert (await hooked.said())[0] == ("first", "Ada")
    assert (await hooked.said())[-1] == ("new", None)
    assert (await hooked.post(json={"message": "simple", "user": "me"})).status_code == 200
    for wrong in ([], "x", [{"message": "good"}, {"message_key": "1"}], [{"message": "x"}] * 1001):
        head = place.store.head
        assert (await hooked.post(json={"messages": wrong})).status_code in (400, 413)
        assert place.store.head == head


async def test_a_plain_hook_does_not_import(hooked: Hooked) -> None:
    """Only hooks made for it take other times and senders in bulk."""
    answer = await hooked.post(json={"messages": [{"message": "x"}]})
    assert (answer.status_code, answer.json()["field"]) == (400, "message")


async def test_a_hook_that_is_flooded_is_held_and_its_owner_is_not(place: Place, ann: Client) -> None:
    """Each hook has its own share of requests: 429 with a time to wait."""
    hooked = await _hooked(place, ann, "plain")
    limiter = Limiter(address_rate=0, account_rate=0.01, account_burst=3, guess_rate=0)
    place.services.limiter.__dict__.update(limiter.__dict__)
    for _ in range(3):
        assert (await hooked.post(json={"message": "m"})).status_code == 200
    answer = await hooked.post(json={"message": "m"})
    assert (answer.status_code, answer.json()["error_id"]) == (429, "too_many_requests")
    assert int(answer.headers["Retry-After"]) > 0
    await ann.call(f"conversation/show_hooks/{hooked.conv}")
