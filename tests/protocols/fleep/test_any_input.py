"""Every route with fields and bodies of every kind: documented errors only, in Fleep's shape, no trace."""

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.docs.fleep_calls import CALLS as PARAMETERS
from tests.protocols.fleep.keys_twice import check
from tests.protocols.fleep.place import Client, Place

from syncline.protocols.fleep.plugged import CALLS, ROUTES
from syncline.protocols.fleep.polling import holding
from syncline.protocols.fleep.serving import path_of
from syncline.protocols.fleep.syncing.sync import WAYS
from syncline.store.contract import Store
from syncline.store.sqlite import open_store

DOCUMENTED = frozenset({200, 400, 401, 404, 405, 413, 430, 431})
"""Every status that a request which is let in may get (reference 1.3); 5xx is not among them."""

NAMES = sorted({name for names in PARAMETERS.values() for name in names})

CONV, LABEL, HOOK, PERSON, SELF = "{conv}", "{label}", "{hook}", "{person}", "{self}"
"""Stand for ids that this server gave; see `filled`."""

PATHS = [route.path for route in ROUTES]
SERVED = [f"/api/{path_of(spec)}" for spec in CALLS]

WORDS = (
    *(CONV, LABEL, HOOK, PERSON, SELF, "bo@example.org", "ann", "new@example.net", "a, b <c@example.org>;"),
    *("", " ", "0", "2", "-1", "9" * 25, "1e3", "true", "{}", "[]", "\x00", "\ud800", "x" * 400_000),
    *("forward", "ic_full", "ic_tiny", "default", "never", "plain", "import", "starred", "Spam", "pin"),
    *("https://a.example/", "*b* :) @bo", '{"pin_weight": 1}', "urn:fleep:client:message:edit"),
)
TEXTS = st.text(max_size=20) | st.sampled_from(WORDS)
SMALL = st.integers(-1, 6)
NUMBERS = (
    SMALL
    | st.integers()
    | st.sampled_from([1 << 31, 1 << 53, (1 << 63) - 1, 1 << 63, -(1 << 63)])
    | st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | TEXTS, inner, max_size=3)
    ),
    max_leaves=5,
)
FIELDS = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=3), VALUES, max_size=2)
RAW = st.binary(max_size=60) | st.sampled_from(
    [
        *(b"", b"{}", b"[]", b"null", b'"x"', b"{" * 2000, b'{"a":' * 3000, b'{"message":"\\ud800"}'),
        *(b"message=x&user=y", b"--x\r\nContent-Disposition: form-data; name=message\r\n\r\ny\r\n--x--\r\n"),
    ]
)
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
KINDS = st.sampled_from([JSON, JSON, f"{JSON}; charset=utf-8", "", "multipart/form-data; boundary=x", FORM])
IDS = st.sampled_from([*[CONV] * 7, LABEL, HOOK, "2", "-1", "x", "null"]) | st.text(max_size=40)
METHODS = st.sampled_from([*["POST"] * 40, "PUT", "GET", "HEAD", "DELETE"])

FITTING: dict[str, st.SearchStrategy[Any]] = {
    "_nr": SMALL,
    "horizon": SMALL,
    "_ids": st.lists(st.sampled_from([PERSON, SELF, LABEL, CONV]), max_size=3),
    "contacts": st.lists(st.sampled_from([PERSON, SELF]), max_size=3),
    "admins": st.lists(st.sampled_from([PERSON, SELF]), max_size=2),
    "_list": st.lists(st.sampled_from(["new@example.net", PERSON, "nobody"]), max_size=3),
    "emails": st.sampled_from(["new@example.net", "bo1@example.org; ann1@example.org", "x"]),
    "labels": st.lists(st.sampled_from(["mine", "other", "starred"]), max_size=3),
    "tags": st.lists(st.sampled_from(["pin", "is_todo", "is_done", "is_deleted", "is_archived"]), max_size=2),
    "reactions": st.lists(st.sampled_from(["+1", "-1"]), max_size=2),
    "mk_direction": st.sampled_from(list(WAYS)),
    "mk_init_mode": st.sampled_from(["ic_tiny", "ic_full", "ic_header"]),
    "mk_alert_level": st.sampled_from(["default", "never", "passive"]),
    "mk_hook_type": st.sampled_from(["plain", "import"]),
    "conversation_id": st.just(CONV),
    "to_conv_id": st.just(CONV),
    "label_id": st.just(LABEL),
    "contact_id": st.sampled_from([PERSON, SELF]),
    "hook_key": st.just("{hook_key}"),
    "label": st.sampled_from(["mine", "other"]),
    "messages": st.lists(
        st.fixed_dictionaries({"message_key": st.sampled_from(["a", "b"]), "message": st.just("x")}),
        max_size=2,
    ),
    "interval": st.sampled_from([0, -1, -3, 60]),
    "weight": st.floats(0, 1e12) | SMALL,
    "limit": st.integers(1, 9),
}
"""What fits parameters whose names end so; others are texts or flags."""


def fitting(name: str) -> st.SearchStrategy[Any]:
    """What a client might send for a parameter."""
    for end, values in FITTING.items():
        if name.endswith(end):
            return values
    return st.booleans() if name.startswith(("is_", "wait", "can_")) else st.sampled_from(["a", "hello @bo"])


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """A request: mostly one that its call could take, with something wrong here and there."""
    route = draw(st.sampled_from([*SERVED, *SERVED, *SERVED, *PATHS]))
    fields: dict[str, Any] = {}
    for name in PARAMETERS.get(route.removeprefix("/api/").removesuffix("/{id}"), ()):
        match draw(st.integers(0, 11)):
            case 0:
                fields[name] = draw(VALUES)
            case 1 | 2 | 3 | 4 | 5 | 6:
                fields[name] = draw(fitting(name))
            case _:
                pass
    if draw(st.integers(0, 3)) == 0:
        fields |= draw(FIELDS)
    return {
        "method": draw(METHODS),
        "route": route,
        "id": draw(IDS),
        "fields": fields,
        "raw": draw(RAW) if draw(st.integers(0, 9)) == 0 else None,
        "kind": draw(KINDS),
        "by": draw(st.sampled_from([*["pair"] * 5, *["token"] * 3, "nobody"])),
    }


class World:
    """A server and somebody with a conversation, a label and a hook on it."""

    def __init__(self, store: Store) -> None:
        self.place = Place(store)
        self.ids: dict[str, str] = {}
        self.made = 0
        self.asked = 0
        self.ann: Client
        self.token = ""

    async def begin(self) -> None:
        """Make ann, or after she closed her account another one."""
        self.made += 1
        self.ann = await self.place.user(f"ann{self.made}")
        bo = await self.place.user(f"bo{self.made}")
        made = await self.ann.call("conversation/create", topic="x", emails=bo.email, message="first")
        conv = made["header"]["conversation_id"]
        await self.ann.call(f"message/send/{conv}", message="second")
        label = await self.ann.call("label/store", label="mine")
        hook = await self.ann.call(f"conversation/create_hook/{conv}", hook_name="hook")
        self.token, _ = await self.place.services.tokens.create(self.ann.account, ["read", "write"])
        names = self.place.fleep.names
        self.ids = {
            CONV: conv,
            LABEL: label["stream"][0]["label_id"],
            HOOK: hook["hook_info"]["hook_url"].rsplit("/", 1)[-1],
            "{hook_key}": hook["hook_info"]["hook_key"],
            PERSON: names.person(bo.account),
            SELF: names.person(self.ann.account),
        }

    def filled(self, value: Any) -> Any:
        """A value with the ids that stand for themselves put in."""
        if isinstance(value, str):
            return self.ids.get(value, value)
        if isinstance(value, list):
            return [self.filled(one) for one in value]
        if isinstance(value, dict):
            return {self.filled(key): self.filled(one) for key, one in value.items()}
        return value

    async def ask(self, request: dict[str, Any]) -> None:
        """One request, and what must be true of its answer and of the store."""
        answer, before = await self.answered(request)
        said = f"{request['route']} {str(request['fields'])[:300]}: {answer.status_code} {answer.text[:300]}"
        assert answer.status_code in DOCUMENTED, said
        if request["method"] != "HEAD":
            shaped(answer, said)
        if answer.status_code != 200:
            assert self.place.store.head == before, f"refused, but written: {said}"
        self.asked += 1
        ended = (await self.ann.send("account/sync")).status_code == 401
        if ended or self.asked % 20 == 0:  # she left, deleted, dropped what she had
            await self.begin()

    async def answered(self, request: dict[str, Any]) -> tuple[httpx.Response, int]:
        """The answer, and where the log was before."""
        path = request["route"]
        for name in ("id", "key", "call:path"):
            path = path.replace(f"{{{name}}}", quoted(self.ids.get(request["id"], request["id"])))
        content = request["raw"]
        if content is None:
            fields = self.filled(request["fields"])
            if request["by"] == "pair":
                fields["ticket"] = self.ann.ticket
            content = encoded(fields)
        headers = {"Content-Type": request["kind"]}
        if request["by"] == "pair":
            headers["Cookie"] = f"token_id={self.ann.token}"
        elif request["by"] == "token":
            headers["Authorization"] = f"Bearer {self.token}"
        await self.quiet()
        before = int(self.place.store.head)
        answer = await self.ann.http.request(request["method"], path, content=content, headers=headers)
        return answer, before

    async def quiet(self) -> None:
        """Until what follows the log has done its part of what was written."""
        head = -1
        while head != self.place.store.head:
            head = int(self.place.store.head)
            await asyncio.sleep(0)


def shaped(answer: httpx.Response, said: str) -> None:
    """An error has its two keys; a success is JSON, and every record in it is one that clients know."""
    assert answer.headers["content-type"] == "application/json", said
    body = answer.json()
    if answer.status_code != 200:
        assert {"error_id", "error_message"} <= body.keys(), said
        assert body["error_message"].endswith((".", "!", "?")), said
        return
    assert isinstance(body, dict), said
    for record in body.get("stream") or ():
        check(record)
    if body.get("header"):
        check(body["header"])


def encoded(fields: dict[str, Any]) -> bytes:
    """JSON; what it cannot say (a lone surrogate) as clients that know no better send it."""
    try:
        return msgspec.json.encode(fields)
    except (UnicodeEncodeError, OverflowError, msgspec.MsgspecError):
        return json.dumps(fields).encode()


def quoted(id: str) -> str:
    """An id in a path; clients take `.` and `..` out themselves unless they are quoted."""
    return quote(id.encode("utf-8", "replace"), safe="").replace(".", "%2E") or "0"


def test_nothing_that_is_sent_is_an_error_of_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No 5xx, no error page, no strange record, nothing written by what is refused: in 600 requests."""
    monkeypatch.setattr(holding, "HOLD", 0.01)
    with asyncio.Runner() as runner:
        store = runner.run(open_store(tmp_path / "data"))

        async def begin() -> World:
            world = World(store)
            await world.begin()
            return world

        world = runner.run(begin())

        @settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(requests())
        def check_one(request: dict[str, Any]) -> None:
            runner.run(world.ask(request))

        check_one()
        runner.run(world.place.close())
        runner.run(store.close())
