"""The power is cut at any moment: what was answered by then is there, whatever else of the writes survives.

Promise 1. `kill -9` cannot show this: the kernel still has what was not flushed. Here a file layer keeps
apart what was flushed and what was only written, and any part of the latter may be lost.
"""

import asyncio
import random
import threading
from pathlib import Path

import pytest
from tests.faults.disk import under

from syncline.core.entries import NewEntry
from syncline.core.ids import Hash, Id, Seq, ZoneId
from syncline.core.kinds import EntryKind
from syncline.store.contract import Store, Tx
from syncline.store.sqlite import checkpoint, open_store
from syncline.store.sqlite.verify import verify
from syncline.testing.store.opening import open_zone

CUTS = 10


class Cut:
    """What was known outside at the moment of a power cut."""

    def __init__(
        self, directory: Path, answered: dict[Id, Seq], blobs: dict[Id, Hash], delivered: Seq
    ) -> None:
        """Remember it."""
        self.directory = directory
        self.answered = dict(answered)
        self.blobs = dict(blobs)
        self.delivered = delivered


@pytest.mark.parametrize("seed", range(4))
async def test_what_was_answered_survives_a_power_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Eight writers, cut at random writes and flushes, inside commits and checkpoints alike."""
    chance = random.Random(seed)
    monkeypatch.setattr(checkpoint, "PAGES", 20)
    answered: dict[Id, Seq] = {}
    blobs: dict[Id, Hash] = {}
    cuts: list[Cut] = []
    lock = threading.Lock()
    with under(monkeypatch) as disk:
        store = await open_store(tmp_path / "data")

        def cut(act: str, name: str) -> None:
            # checkpoints are made in a thread of their own
            with lock:
                if len(cuts) < CUTS and answered and chance.random() < 0.03:
                    # first what is known, then what is there: the writer may go on meanwhile
                    cuts.append(Cut(tmp_path / f"cut-{len(cuts)}", answered, blobs, store.head))
                    disk.cut_power(cuts[-1].directory, chance)

        disk.fault = cut
        conv = await open_zone(store)
        await asyncio.gather(*(_write(store, conv, place, answered, blobs) for place in range(8)))
        await store.close()
    assert len(cuts) > CUTS // 2
    for one in cuts:
        await _check(one, conv)


async def _write(
    store: Store, conv: ZoneId, writer: int, answered: dict[Id, Seq], blobs: dict[Id, Hash]
) -> None:
    for number in range(25):
        blob = await store.blobs.put(b"%d/%d" % (writer, number)) if number % 5 == 0 else None

        async def work(tx: Tx, number: int = number, blob: Hash | None = blob) -> Id:
            body = b'{"from":%d,"number":%d,"x":"%s"}' % (writer, number, b"-" * (number * 40))
            entry = await tx.add(NewEntry(conv, EntryKind.MESSAGE, None, body))
            if blob is not None:
                tx.names(blob, entry.id)
            return entry.id

        written = await store.write(work)
        answered[written.value] = written.seq
        if blob is not None:
            blobs[written.value] = blob


async def _check(cut: Cut, conv: ZoneId) -> None:
    store = await open_store(cut.directory, create=False)
    try:
        # a reader that was delivered a seq finds it again, or it would have seen what never happened
        assert store.head >= cut.delivered
        async with store.view() as view:
            entries = {entry.id: entry for entry in await view.entries(conv)}
            assert sorted(entry.nr or 0 for entry in entries.values()) == list(range(1, len(entries) + 1))
            for id, seq in cut.answered.items():
                assert entries[id].seq == seq
            for id, hash in cut.blobs.items():
                assert await view.named_blobs(id) == [hash]
                await store.blobs.get(hash)
    finally:
        await store.close()
    assert list(verify(cut.directory)) == []
