"""`kill -9` of a server while mails are posted to it: what was acknowledged is there, once, and found.

Promises 1 and 7 over HTTP. `SYNCLINE_KILLS=100 scripts/test tests/faults/test_mails_killed.py` for more.
"""

import asyncio
import os
import random
import signal
import sys
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import Any, Final

import httpx
import msgspec
import pytest
from tests.protocols.heliotrope.place import FORM, Client, Place, encoded, letter, said

from syncline.core.ids import Id
from syncline.store.sqlite import open_store
from syncline.store.sqlite.verify import verify

KILLS: Final = max(1, int(os.environ.get("SYNCLINE_KILLS", "20")) // 6)
POSTERS: Final = 6
READY: Final = 30.0
"""Seconds that a first answer may take on a busy machine."""


class Kept(msgspec.Struct):
    """What one poster knows of one mail."""

    raw: bytes
    labels: set[str]
    no: int = 0
    """its number, once that was said"""
    state: list[tuple[str, ...]] = msgspec.field(default_factory=lambda: [()])
    """what its states may be: the last that was said, and all that was asked for since"""
    relabelled: list[tuple[str, ...]] = msgspec.field(default_factory=list)
    """the same for the labels of its thread"""


class Poster:
    """Posts mails into one account, each of which is a thread of its own or answers an earlier one."""

    def __init__(self, name: int, client: httpx.AsyncClient, chance: random.Random) -> None:
        self.name = name
        self.client = client
        self.chance = chance
        self.mails: list[Kept] = []
        self.answered = asyncio.Event()

    async def post(self) -> None:
        """Until the server is dead."""
        try:
            while True:
                await self.one()
                self.answered.set()
        except (httpx.TransportError, httpx.StreamError):
            return

    async def one(self) -> None:
        """A mail, a repeat, a label, a state."""
        known = [mail for mail in self.mails if mail.no]
        what = self.chance.random()
        if not known or what < 0.6:
            number = len(self.mails)
            size = self.chance.choice((10, 10, 10, 20_000))
            text = f"word{self.name}x{number}y " * (size // 10)
            raw = letter(f"{self.name}-{number}@x", f"subject{self.name}x{number}y", text)
            self.mails.append(Kept(raw, {"inbox", f"l{self.name}"}))
            mail = self.mails[-1]
            told = await self.send("/message.json", message=raw, labels=sorted(mail.labels), state=["unread"])
            assert told["status"] == "unseen"
            mail.no = told["doc_id"]
            mail.state = [("unread",)]
            mail.relabelled = [tuple(sorted(mail.labels))]
        elif what < 0.7:
            mail = self.chance.choice(known)
            told = await self.send("/message.json", message=mail.raw)
            assert (told["status"], told["doc_id"]) == ("seen", mail.no)
        elif what < 0.85:
            mail = self.chance.choice(known)
            state = tuple(self.chance.sample(("unread", "starred", "deleted"), self.chance.randrange(3)))
            mail.state.append(state)
            await self.send(f"/message/{mail.no}/state.json", state=list(state))
            mail.state = [state]
        else:
            mail = self.chance.choice(known)
            labels = tuple(self.chance.sample(("inbox", "a", "b"), self.chance.randrange(3)))
            mail.relabelled.append(labels)
            await self.send(f"/thread/{mail.no}/labels.json", labels=list(labels))
            mail.relabelled = [labels]

    async def send(self, path: str, **fields: object) -> Any:
        """A form that is taken."""
        return said(await self.client.post(path, content=encoded(**fields), headers=FORM))


async def prepared(directory: Path) -> tuple[Id, str]:
    """A store with an account and a token of it."""
    place = Place(await open_store(directory))
    client = await place.client("ann")
    await place.close()
    await place.store.close()
    return client.id, client.secret


def serving(directory: Path) -> tuple[Popen[bytes], str]:
    """A server in a process of its own, and its address."""
    command = [sys.executable, "-m", "syncline", "serve", "--port", "0", "--data", str(directory)]
    ours = {name: value for name, value in os.environ.items() if not name.startswith("SYNCLINE_")}
    settings = {**ours, "SYNCLINE_SERVER_RATE_LIMITS": "false"}
    process = Popen(command, stdout=PIPE, stderr=DEVNULL, env=settings)
    assert process.stdout is not None
    line = process.stdout.readline()
    return process, next(word for word in line.decode().split() if word.startswith("http"))


async def kill_while_posting(directory: Path, secret: str, posters: list[Poster], after: float) -> None:
    """Let the posters work against a server for so many seconds, then kill it."""
    process, url = await asyncio.to_thread(serving, directory)
    try:
        headers = {"Authorization": f"Bearer {secret}"}
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as http:
            for poster in posters:
                poster.client = http
                poster.answered.clear()
            tasks = [asyncio.create_task(poster.post()) for poster in posters]
            async with asyncio.timeout(READY):
                await posters[0].answered.wait()
            await asyncio.sleep(after)
            process.send_signal(signal.SIGKILL)
            await asyncio.gather(*tasks)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


async def check(directory: Path, account: Id, secret: str, posters: list[Poster]) -> None:
    """Start again in this process and hold the store against what the posters know."""
    store = await open_store(directory)
    place = Place(store)
    client = Client(place.app, account, secret, "ann@example.org")
    place.clients.append(client)
    try:
        mails = [(poster, number, mail) for poster in posters for number, mail in enumerate(poster.mails)]
        numbers = set()
        for poster, number, mail in mails:
            told = await client.add(mail.raw, ["again"])
            info = await client.get(f"/message/{told['doc_id']}.json", only_infos=1)
            state, labels = set(info["state"]), set(info["labels"]) - {"unread", "starred", "deleted"}
            if mail.no:
                assert told == {"status": "seen", "doc_id": mail.no, "thread_id": mail.no}
                assert state in map(set, mail.state)
                assert labels in map(set, mail.relabelled)
            elif told["status"] == "seen":  # committed, and killed before it was said: all of it is there
                assert (state, labels) == ({"unread"}, mail.labels)
            mail.no = told["doc_id"]
            mail.state, mail.relabelled = [tuple(state)], [tuple(labels)]
            numbers.add(mail.no)
            assert (await client.http.get(f"/message/{mail.no}/raw")).content == mail.raw
            assert await client.found(f"word{poster.name}x{number}y") == [mail.no]
            assert await client.found(f"subject:subject{poster.name}x{number}y") == [mail.no]
        # each is there once: as many mails as there are numbers, none between
        assert (await client.get("/size.json"))["size"] == len(mails) == len(numbers) == max(numbers)
        assert await client.get("/count.json", q="*") == {"count": len(mails)}
    finally:
        await place.close()
        await store.close()
    assert list(verify(directory)) == []


@pytest.mark.timeout(60 + 10 * KILLS)
async def test_every_acknowledged_mail_is_there_once_and_found(tmp_path: Path) -> None:
    """Killed again and again on the same data: raw bytes, labels, states, numbers and the search hold."""
    directory = tmp_path / "data"
    account, secret = await prepared(directory)
    async with httpx.AsyncClient() as nobody:
        posters = [Poster(name, nobody, random.Random(name)) for name in range(POSTERS)]
        for seed in range(KILLS):
            before = sum(len(poster.mails) for poster in posters)
            await kill_while_posting(directory, secret, posters, random.Random(seed).random() ** 2 * 0.4)
            await check(directory, account, secret, posters)
            assert sum(len(poster.mails) for poster in posters) > before
