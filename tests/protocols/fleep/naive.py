"""A naive client over HTTP: it merges what it is sent key by key, and throws where real clients throw.

Like the cache of the API's own testers it keeps one merged record for each type and key fields, and refuses
unknown types and missing keys. Like the vendor's Python cache it counts the flow of each conversation
(`fw_message_nr`), which moves by one when the next number comes, and walks a conversation to its first and
its last message by `conversation/sync`. A record of a conversation that it does not have is an error.
"""

import copy
from collections.abc import Iterable
from typing import Any, Final

import httpx
from tests.protocols.fleep.keys_twice import IDENTITY, check

Record = dict[str, Any]

SIGNALS: Final = frozenset({"activity", "hangout_activity", "poke", "lastseen", "request"})
"""What nobody keeps."""

IN_A_CONVERSATION: Final = frozenset({"message", "file", "preview", "hook"})
"""What is dropped with a conversation."""

PLACES: Final = frozenset(
    {
        "fw_message_nr",
        "bw_message_nr",
        "file_horizon",
        "pin_horizon",
        "task_horizon",
        "pin_cursor",
        "pin_sync_state",
        "mk_init_mode",
        "is_init",
        "is_tiny",
        "is_full",
        "client_req_id",
    }
)
"""Keys of a conversation that say how it was sent."""

EMPTY: Final[dict[str, Any]] = {
    "default_topic": "",
    "labels": [],
    "hide_message_nr": 0,
    "delete_message_nr": 0,
    "disclose_message_nr": 0,
    "my_message_nr": 0,
    "is_mark_unread": False,
    "is_autojoin": False,
    "is_disclose": False,
    "is_url_preview_disabled": False,
}
"""What a missing key of a conversation means."""

CURSORS: Final = frozenset({"sync_cursor", "sync_inbox_time", "sync_conversation_id"})
PAGE: Final = 10
"""Messages in a page of a walk (reference 4.5)."""

MOST_POLLS: Final = 2000
TOKEN: Final = 36


class Naive:
    """One session of one account."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        """Use a client whose base is the server's address. It must keep no cookies of its own."""
        self.http = http
        self.account = ""
        self.ticket: str | None = None
        self.token: str | None = None
        self.horizon = 0
        self.horizons: list[int] = [0]
        self.records: dict[str, dict[tuple[Any, ...], Record]] = {}
        self.walked: set[str] = set()
        """conversations whose flow this client has followed to the end"""

    def copy(self) -> "Naive":
        """The same client, to go on elsewhere from here."""
        other = Naive(self.http)
        other.account, other.ticket, other.token = self.account, self.ticket, self.token
        other.horizon, other.horizons = self.horizon, list(self.horizons)
        other.records = copy.deepcopy(self.records)
        other.walked = set(self.walked)
        return other

    def anew(self) -> "Naive":
        """A client of the same session that has nothing yet."""
        other = Naive(self.http)
        other.account, other.ticket, other.token = self.account, self.ticket, self.token
        return other

    # calls

    async def ask(self, path: str, **fields: object) -> httpx.Response:
        """Any call, and any answer."""
        body = dict(fields) if self.ticket is None else {"ticket": self.ticket, "api_version": 2, **fields}
        headers = {} if self.token is None else {"Cookie": f"token_id={self.token}"}
        return await self.http.post(f"/api/{path}", json=body, headers=headers)

    async def call(self, path: str, **fields: object) -> Any:
        """A call that succeeds; what it answers is taken in like any other record."""
        answer = await self.ask(path, **fields)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        assert answer.headers["content-type"] == "application/json"
        assert answer.text[:1] == "{", "clients look at the first character"
        return answer.json()

    async def write(self, path: str, **fields: object) -> Any:
        """A call that answers like conversation/sync; it is taken in."""
        reply = await self.call(path, **fields)
        self.take_reply(reply)
        return reply

    async def login(self, email: str, password: str) -> Any:
        """Begin a session. The cookie's value is cut out as the strictest clients do it."""
        answer = await self.ask("account/login", email=email, password=password)
        assert answer.status_code == 200, answer.text
        lines = answer.headers.get_list("set-cookie")
        assert len(lines) == 1, "clients look at the first of these headers only"
        assert lines[0].startswith("token_id=")
        rest = lines[0].removeprefix("token_id=")
        assert rest[TOKEN] == ";"
        reply = answer.json()
        self.token, self.ticket, self.account = rest[:TOKEN], reply["ticket"], reply["account_id"]
        (profile,) = reply["profiles"]
        assert profile["account_id"] == self.account
        assert profile["fleep_address"]
        assert profile["fleep_autogen"]
        return reply

    # what comes in

    def take_reply(self, reply: Any) -> None:
        """The header first, then the stream in its order."""
        if reply.get("header"):
            self.take(reply["header"])
        for record in reply["stream"]:
            self.take(record)

    def take(self, record: Record) -> None:
        """One record."""
        check(record)
        kind = record["mk_rec_type"]
        if kind == "conv":
            self._take_conv(record)
            return
        conv = record.get("conversation_id")
        if kind in IN_A_CONVERSATION or kind == "lock":
            assert conv in self.convs, f"a {kind} before its conversation: {record}"
        if kind == "lock":
            known = self.of("message").get((conv, record["message_nr"]))
            if known is not None:
                known["lock_account_id"] = record.get("lock_account_id")
        elif kind == "message":
            self._take_message(record)
        elif kind == "label" and record["mk_label_status"] == "removed":
            self.of(kind).pop((record["label_id"],), None)
        elif kind not in SIGNALS:
            self._merge(kind, record)

    def _take_conv(self, record: Record) -> None:
        id = record["conversation_id"]
        if record.get("is_deleted"):
            self._drop(id)
            self.convs.pop(id, None)
            return
        if record.get("is_init"):
            self._drop(id)
            self.convs.pop(id, None)
        elif "fw_message_nr" in record and "bw_message_nr" in record:
            raise AssertionError(f"both ends in a record that is no beginning: {record}")
        assert record.get("is_init") or id in self.convs, f"a conversation begins in part: {record}"
        self._merge("conv", record)

    def _take_message(self, record: Record) -> None:
        self._merge("message", record)
        conv = self.convs[record["conversation_id"]]
        assert "fw_message_nr" in conv, f"a message of a conversation without a place in its flow: {record}"
        number = record.get("flow_message_nr") or record["message_nr"]
        if number == conv["fw_message_nr"] + 1:
            conv["fw_message_nr"] = number

    def _merge(self, kind: str, record: Record) -> Record:
        key = tuple(record[field] for field in IDENTITY[kind])
        known = self.of(kind)
        known[key] = {**known.get(key, {}), **record}
        return known[key]

    def _drop(self, conv: str) -> None:
        for kind in IN_A_CONVERSATION:
            kept = self.of(kind)
            for key in [key for key in kept if key[0] == conv]:
                del kept[key]
        self.walked.discard(conv)

    # following

    async def poll(self, flags: Iterable[str] = ()) -> bool:
        """One poll that does not wait; whether there may be more."""
        sent = self.horizon
        reply = await self.call(
            "account/poll", event_horizon=sent, wait=False, poll_flags=list(flags) or None
        )
        assert {"event_horizon", "limit_time", "static_version", "stream"} <= reply.keys()
        assert reply["event_horizon"] != 0, "0 tells a client to start again"
        if sent > 0:
            assert reply["event_horizon"] >= sent, "a live horizon never goes back"
            assert reply.keys() <= {"event_horizon", "limit_time", "static_version", "stream"}
        else:
            assert 0.0 <= reply.get("sync_progress", 1.0) <= 1.0
        for record in reply["stream"]:
            if sent <= 0 and record["mk_rec_type"] == "conv":
                assert "topic" in record, "whoever starts at 0 reads the topic of every conversation"
            self.take(record)
        self.horizon = reply["event_horizon"]
        self.horizons.append(self.horizon)
        return bool(self.horizon != sent)

    async def catch_up(self, flags: Iterable[str] = ()) -> None:
        """Poll until the horizon stays what was sent; then nothing more may be told."""
        for _ in range(MOST_POLLS):
            if not await self.poll(flags):
                return
        raise AssertionError("a client that follows its horizon never comes to an end")

    def lagging(self) -> dict[str, tuple[int, int]]:
        """Walked conversations whose flow stopped short: (how far it came, where the conversation is)."""
        found = {}
        for id in self.walked & self.convs.keys():
            conv = self.convs[id]
            if conv["fw_message_nr"] != conv["last_message_nr"]:
                found[id] = (conv["fw_message_nr"], conv["last_message_nr"])
        return found

    # walking

    async def walk_all(self) -> None:
        """Every conversation to its first and its last message."""
        for id in sorted(self.convs):
            await self.walk(id)

    async def walk(self, conv: str) -> tuple[int, int]:
        """One conversation to its end and its beginning; how many calls that took each way."""
        forward = await self.walk_to_last(conv)
        backward = await self.walk_to_first(conv)
        self.walked.add(conv)
        return forward, backward

    async def walk_to_last(self, conv: str) -> int:
        """Forward calls until the flow is at its end. One is made in any case, as real clients do it."""
        calls, before = 0, -1
        while True:
            known = self.convs[conv]
            place = known["fw_message_nr"]
            if calls and place >= known["last_message_nr"]:
                assert place == known["last_message_nr"], "the flow went past its end"
                return calls
            assert place > before, f"a walk forward stands still at {place} of {known['last_message_nr']}"
            before = place
            reply = await self.call(
                f"conversation/sync/{conv}", from_message_nr=place, mk_direction="forward"
            )
            assert "bw_message_nr" not in reply["header"], "a forward reply with both ends drops all messages"
            assert not reply["header"].get("is_init")
            assert "fw_message_nr" in reply["header"]
            messages = [one for one in reply["stream"] if one["mk_rec_type"] == "message"]
            numbers = [one.get("flow_message_nr") or one["message_nr"] for one in messages]
            assert numbers == list(range(place + 1, place + 1 + len(numbers))), (
                f"holes after {place}: {numbers}"
            )
            assert len(numbers) <= PAGE
            self.take_reply(reply)
            if numbers:
                assert self.convs[conv]["fw_message_nr"] == numbers[-1]
            calls += 1

    async def walk_to_first(self, conv: str) -> int:
        """Backward calls until the first visible message is there, each message once."""
        calls = 0
        while self.convs[conv]["bw_message_nr"] > self.convs[conv]["join_message_nr"]:
            place = self.convs[conv]["bw_message_nr"]
            reply = await self.call(
                f"conversation/sync/{conv}", from_message_nr=place, mk_direction="backward"
            )
            assert "fw_message_nr" not in reply["header"], (
                "a backward reply with both ends drops all messages"
            )
            assert not reply["header"].get("is_init")
            assert reply["header"]["bw_message_nr"] < place, f"a walk backward stands still at {place}"
            messages = [one for one in reply["stream"] if one["mk_rec_type"] == "message"]
            numbers = [one["message_nr"] for one in messages]
            assert len(set(numbers)) == len(numbers) <= PAGE
            assert all(number < place for number in numbers)
            self.take_reply(reply)
            calls += 1
        return calls

    # what it has

    def of(self, kind: str) -> dict[tuple[Any, ...], Record]:
        """Its records of one type."""
        return self.records.setdefault(kind, {})

    @property
    def convs(self) -> "Convs":
        """Its conversations by their id."""
        return Convs(self.of("conv"))

    def messages(self, conv: str) -> list[Record]:
        """The messages that it has of a conversation, in order."""
        kept = self.of("message")
        return [kept[key] for key in sorted(key for key in kept if key[0] == conv)]


class Convs:
    """Conversations by id, over records by key fields."""

    def __init__(self, kept: dict[tuple[Any, ...], Record]) -> None:
        self._kept = kept

    def __getitem__(self, id: str) -> Record:
        return self._kept[id,]

    def __contains__(self, id: object) -> bool:
        return (id,) in self._kept

    def __iter__(self) -> "Any":
        return iter([id for (id,) in self._kept])

    def __len__(self) -> int:
        return len(self._kept)

    def keys(self) -> set[str]:
        """All ids."""
        return {id for (id,) in self._kept}

    def pop(self, id: str, default: None) -> None:
        """Forget one."""
        self._kept.pop((id,), default)


def equal(ours: Naive, theirs: Naive) -> None:
    """Assert that two caught-up clients, each walked to both ends, have the same; `theirs` began at 0.

    Left out: signals, places in walks, cursors of labels, who was active when, by which number a revision
    came, and contacts that a client knows from earlier and a new one has no reason to be told.
    """
    assert content(ours, among=theirs) == content(theirs)


def content(client: Naive, among: Naive | None = None) -> dict[str, Any]:
    """All that a client would show, a missing key being what it means."""
    contacts = client.of("contact")
    if among is not None:
        contacts = {key: contacts[key] for key in among.of("contact") if key in contacts}
    return {
        "conv": {
            key: {**EMPTY, **{name: _plain(value) for name, value in one.items() if name not in PLACES}}
            for key, one in client.of("conv").items()
        },
        "message": {key: without(one, "flow_message_nr") for key, one in client.of("message").items()},
        "label": {key: without(one, *CURSORS) for key, one in client.of("label").items()},
        "contact": {key: without(one, "activity_time") for key, one in contacts.items()},
        "hook": {key: one for key, one in client.of("hook").items() if one["is_active"]},
        "preview": client.of("preview"),
        "file": client.of("file"),
        "team": client.of("team"),
    }


def without(record: Record, *names: str) -> Record:
    """A record but for some keys."""
    return {name: _plain(value) for name, value in record.items() if name not in names}


def _plain(value: Any) -> Any:
    """Lists of ids are sets: no client minds their order."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return sorted(value)
    return value
