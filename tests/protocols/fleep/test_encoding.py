"""Answers as JSON, in slices."""

import asyncio

import msgspec
import pytest

from syncline.protocols.fleep.encoding import FEW, encoded, reply_as_json
from syncline.services.sync import pace


@pytest.mark.parametrize(
    "reply",
    [
        {},
        {"stream": []},
        {"header": {"a": [1] * 50}, "stream": [{"b": number} for number in range(FEW)]},
        {"header": None, "stream": [{"b": str(number)} for number in range(500)], "é": 'a"b', "n": 1},
        [1, 2],
        {"a": [1] * 9, "b": [[1]] * 9},
    ],
)
async def test_it_is_the_same_json(reply: object) -> None:
    """Whether it was made at once or piece by piece."""
    assert msgspec.json.decode(await reply_as_json(reply)) == reply


async def test_others_get_the_loop_between_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whenever a slice is used up: ten messages of 2 MB are written one by one."""
    monkeypatch.setattr(pace, "SLICE", -1)
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    records = [{"message": "x" * 100} for _ in range(20)]
    assert [msgspec.json.decode(one) for one in await encoded(records)] == records
    assert turns >= 20
    turns = 0
    await reply_as_json({"stream": records})
    assert turns >= 20
    task.cancel()
