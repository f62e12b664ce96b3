"""How answers leave."""

import asyncio
from typing import Any

import pytest

from syncline.protocols.heliotrope.errors import JSON
from syncline.protocols.heliotrope.serving import TURN, Told, send_pieces


async def sent(told: Told, method: str = "GET") -> list[Any]:
    """What the server is handed for an answer, by a client that takes everything at once."""
    messages: list[Any] = []

    async def send(message: Any) -> None:
        messages.append(message)

    await send_pieces({"type": "http", "method": method}, send, JSON, told)
    return messages


@pytest.mark.parametrize("told", [b"short", b"", b"x" * 700_001, [b"a", b"bc", b"d" * 600_000, b""]])
async def test_an_answer_is_sent_whole_in_pieces(told: Told) -> None:
    """A short one as one message, which the server sends with its head in one packet."""
    begin, *bodies = await sent(told)
    whole = told if isinstance(told, bytes) else b"".join(told)
    assert b"".join(one["body"] for one in bodies) == whole
    assert (b"Content-Length", b"%d" % len(whole)) in begin["headers"]
    assert [one.get("more_body", False) for one in bodies] == [True] * (len(bodies) - 1) + [False]
    assert len(bodies) == 1 or len(whole) > 10


async def test_head_has_no_body() -> None:
    begin, body = await sent(b"x" * 700_001, "HEAD")
    assert (b"Content-Length", b"700001") in begin["headers"]
    assert body["body"] == b""


async def test_others_have_their_turn_while_a_long_answer_leaves() -> None:
    """Even where the client takes all of it at once: 20 MB held the loop for 25 ms."""
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    waiting = asyncio.create_task(other())
    await sent(b"x" * (8 * TURN))
    waiting.cancel()
    assert turns >= 7
