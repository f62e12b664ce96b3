"""The clock jumps forward and back: order, cursors and numbers do not rest on it."""

import random
import time
from pathlib import Path

import pytest

from syncline.core.errors import Conflict
from syncline.core.ids import Id, Seq
from syncline.core.kinds import Space
from syncline.store.contract import Tx
from syncline.store.sqlite import open_store
from syncline.store.sqlite.verify import verify
from syncline.testing.store.log import follow, seqs
from syncline.testing.store.opening import open_account, open_zone, send


async def test_order_cursors_and_numbers_do_not_follow_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Years ahead, years back, standing still, with a restart in between."""
    chance = random.Random(1)
    real = time.time
    shift = 0.0
    monkeypatch.setattr(time, "time", lambda: real() + shift)
    store = await open_store(tmp_path / "data")
    account = await open_account(store)
    conv = await open_zone(store)
    sent = []
    cursors = []
    for turn in range(60):
        shift = chance.choice((0, 3.2e8, -3.2e8, shift))
        cursors.append(store.head)
        sent.append(await send(store, conv))
        if turn == 30:
            await store.close()
            store = await open_store(tmp_path / "data")
    assert [entry.nr for entry in sent] == list(range(1, 61))
    assert [entry.seq for entry in sent] == sorted(entry.seq for entry in sent)
    assert len({entry.id for entry in sent} | {account, conv}) == 62
    async with store.view() as view:
        for place, cursor in enumerate(cursors):
            assert await view.entries(conv, after=cursor) == sent[place:]
    assert seqs(await follow(store, Seq(0), store.head)) == list(range(1, store.head + 1))
    await store.close()
    assert [one for one in verify(tmp_path / "data") if "future" not in one.sentence] == []


async def test_a_key_that_expires_does_so_by_the_clock_that_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock that went back brings it again: bound for the view as for the work, whichever way it jumps."""
    real = time.time
    clock = {"shift": 0.0}
    monkeypatch.setattr(time, "time", lambda: real() + clock["shift"])
    store = await open_store(tmp_path / "data")

    async def bind(tx: Tx) -> None:
        await tx.bind(Space.INVITE, b"code", Id(5), expires=tx.now + 1000)

    await store.write(bind)
    for shift, bound in ((0.0, True), (3600.0, False), (-3600.0, True)):
        clock["shift"] = shift
        async with store.view() as view:
            assert (await view.key(Space.INVITE, b"code") is not None) == bound
        if bound:
            with pytest.raises(Conflict):
                await store.write(bind)
    await store.close()
