"""A naive client over HTTP: what it is sent it merges (see `Cache`), and it walks as the vendor's cache does.

It polls from a horizon until that stays, and walks a conversation to its last message and to its first by
`conversation/sync`, checking on the way what the loops of real clients depend on (reference 4.5).
"""

from collections.abc import Iterable
from typing import Any, Final

import httpx
from tests.protocols.fleep.cache import Cache
from tests.protocols.fleep.place import Client

PAGE: Final = 10
"""Messages in a page of a walk (reference 4.5)."""

MOST_POLLS: Final = 2000
TOKEN: Final = 36


class Line:
    """The way to the server, and the session on it: shared by the copies of a client, kept over a restart."""

    def __init__(self, http: httpx.AsyncClient, token: str | None = None, ticket: str | None = None) -> None:
        """`http`: its base is the server's address."""
        self.http = http
        self.token = token
        self.ticket = ticket


class Naive(Cache):
    """One session of one account."""

    def __init__(self, line: Line) -> None:
        """A client that has nothing yet."""
        super().__init__()
        self.line = line
        self.horizon = 0
        self.horizons: list[int] = [0]

    def copy(self) -> "Naive":
        """The same client, to go on elsewhere from here."""
        other = Naive(self.line)
        other.horizon, other.horizons = self.horizon, list(self.horizons)
        other.keep_like(self)
        return other

    def anew(self) -> "Naive":
        """A client of the same session that has nothing yet."""
        return Naive(self.line)

    @classmethod
    def of_client(cls, client: Client) -> "Naive":
        """A client in the session of a signed-in one."""
        return cls(Line(client.http, client.token, client.ticket))

    async def ask(self, path: str, **fields: object) -> httpx.Response:
        """Any call, and any answer."""
        line = self.line
        body = dict(fields) if line.ticket is None else {"ticket": line.ticket, "api_version": 2, **fields}
        headers = {} if line.token is None else {"Cookie": f"token_id={line.token}"}
        return await line.http.post(f"/api/{path}", json=body, headers=headers)

    async def call(self, path: str, **fields: object) -> Any:
        """A call that succeeds."""
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
        self.line.token, self.line.ticket = rest[:TOKEN], reply["ticket"]
        (profile,) = reply["profiles"]
        assert profile["account_id"] == reply["account_id"]
        assert profile["fleep_address"]
        assert profile["fleep_autogen"]
        return reply

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

    async def walk_all(self) -> None:
        """Every conversation to its first and its last message, and what else is asked for by itself."""
        for id in sorted(self.convs):
            await self.walk(id)
            await self.ask_hooks(id)

    async def ask_hooks(self, conv: str) -> None:
        """The hooks of a conversation, which no first sync brings. Who left has none to see."""
        for key in [key for key in self.of("hook") if key[0] == conv]:
            if not self.convs[conv]["can_post"]:
                del self.of("hook")[key]
        if self.convs[conv]["can_post"]:
            for record in (await self.call(f"conversation/show_hooks/{conv}"))["hooks"]:
                self.take(record)

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
