"""`kill -9` of a server while people talk through Fleep's API: nothing acknowledged is lost or doubled.

Promises 1, 3 and 7 over HTTP: every answered message is there once, a repeated request gives its first
answer, and clients that go on from their horizons come to what a new client gets.
`SYNCLINE_KILLS=100 scripts/test tests/faults/test_fleep_killed.py` for more.
"""

import asyncio
import os
import random
from pathlib import Path
from typing import Final

import httpx
import msgspec
import pytest
from tests.protocols.fleep.cache import equal
from tests.protocols.fleep.naive import Line, Naive
from tests.protocols.fleep.place import PASSWORD, Place
from tests.protocols.fleep.running import Running

from syncline.store.sqlite import open_store
from syncline.store.sqlite.verify import verify

KILLS: Final = max(1, int(os.environ.get("SYNCLINE_KILLS", "20")) // 6)
NAMES: Final = ("ann", "bo", "cy")
READY: Final = 30.0
"""Seconds that a first answer may take on a busy machine."""


class Said(msgspec.Struct):
    """A message that somebody asked for."""

    request: str
    text: str
    number: int = 0
    """its message_nr, once that was said"""


class Talker:
    """Somebody at a naive client, who writes and follows at the same time."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.chance = random.Random(name)
        self.said: list[Said] = []
        self.acts = 0
        self.answered = asyncio.Event()
        self.client: Naive

    async def talk(self, conv: str) -> None:
        """Until the server is dead."""
        try:
            while True:
                await self.one(conv)
                self.acts += 1
                self.answered.set()
        except (httpx.TransportError, httpx.StreamError):
            return

    async def one(self, conv: str) -> None:
        """A message, an edit, a pin, a label, a read mark, a poll."""
        known = [one for one in self.said if one.number]
        what = self.chance.random()
        if not known or what < 0.4:
            number = len(self.said)
            self.said.append(Said(f"{self.name}-{number}", f"{self.name} says {number}"))
            await self.say(conv, self.said[-1])
            return
        one = self.chance.choice(known)
        match int(what * 10):
            case 4:
                await self.ask(f"message/edit/{conv}", message=f"{one.text} again", message_nr=one.number)
            case 5:
                await self.ask(f"message/pin/{conv}", message_nr=one.number)
            case 6:
                labels = self.chance.sample(("plans", "later", "starred"), self.chance.randrange(3))
                await self.ask(f"conversation/store/{conv}", labels=labels)
            case 7:
                await self.ask(f"message/mark_read/{conv}", message_nr=one.number)
            case _:
                await self.client.poll()

    async def say(self, conv: str, one: Said) -> None:
        """A message; the same request again gives the same number."""
        reply = await self.client.call(f"message/send/{conv}", message=one.text, client_req_id=one.request)
        assert one.number in (0, reply["result_message_nr"])
        one.number = reply["result_message_nr"]

    async def ask(self, path: str, **fields: object) -> None:
        """A call that is not taken in: the poll brings everything. What is too late may be refused."""
        answer = await self.client.ask(path, **fields)
        assert answer.status_code in (200, 431), answer.text


async def begin(running: Running, talkers: list[Talker]) -> str:
    """Everybody signs in and catches up; the conversation in which all are."""
    await asyncio.to_thread(running.start)
    for talker in talkers:
        talker.client = Naive(Line(httpx.AsyncClient(base_url=running.url, timeout=30)))
        await talker.client.login(f"{talker.name}@example.org", PASSWORD)
    emails = ", ".join(f"{name}@example.org" for name in NAMES)
    made = await talkers[0].client.call("conversation/create", topic="talk", emails=emails)
    for talker in talkers:
        await talker.client.catch_up()
    id: str = made["header"]["conversation_id"]
    return id


async def kill_while_talking(running: Running, talkers: list[Talker], conv: str, after: float) -> None:
    """Let them talk for so many seconds, then kill the server."""
    tasks = []
    try:
        for talker in talkers:
            await talker.client.line.http.aclose()
            talker.client.line.http = httpx.AsyncClient(base_url=running.url, timeout=30)
            talker.answered.clear()
            tasks.append(asyncio.create_task(talker.talk(conv)))
        async with asyncio.timeout(READY):
            await talkers[0].answered.wait()
        await asyncio.sleep(after)
    finally:
        running.kill()
        await asyncio.gather(*tasks)
        for talker in talkers:
            await talker.client.line.http.aclose()


async def check(running: Running, talkers: list[Talker], conv: str) -> None:
    """Start again in this process and hold what is there against what everybody knows."""
    store = await open_store(running.directory)
    place = Place(store)
    transport = httpx.ASGITransport(place.app)
    try:
        for talker in talkers:
            talker.client.line.http = httpx.AsyncClient(transport=transport, base_url=running.url)
            for one in talker.said:
                await talker.say(conv, one)
        for talker in talkers:
            new = talker.client.anew()
            for client in (talker.client, new):
                await client.catch_up()
                await client.walk_all()
            equal(talker.client, new)
            texts = [one["message"] for one in new.messages(conv) if one["mk_message_type"] == "text"]
            numbers = {one["message_nr"] for one in new.messages(conv)}
            asked = [one for each in talkers for one in each.said]
            assert {one.number for one in asked} <= numbers
            assert len(texts) == len(asked) == len({one.number for one in asked})
    finally:
        for talker in talkers:
            await talker.client.line.http.aclose()
        await place.close()
        await store.close()
    assert list(verify(running.directory)) == []


@pytest.mark.timeout(60 + 10 * KILLS)
async def test_every_acknowledged_message_is_there_once_and_clients_go_on(tmp_path: Path) -> None:
    """Killed again and again on the same data, in the middle of sends, edits, pins, labels and polls."""
    running = Running(tmp_path / "data")
    await running.people(*NAMES)
    talkers = [Talker(name) for name in NAMES]
    conv = await begin(running, talkers)
    for seed in range(KILLS):
        before = sum(talker.acts for talker in talkers)
        if seed:
            await asyncio.to_thread(running.start)
        await kill_while_talking(running, talkers, conv, random.Random(seed).random() ** 2 * 0.4)
        await check(running, talkers, conv)
        assert sum(talker.acts for talker in talkers) > before
