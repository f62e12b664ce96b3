"""Blobs that nothing names are found and deleted, and only those."""

from pathlib import Path

import apsw
import pytest

from syncline.core.errors import NotFound
from syncline.core.ids import Hash, Id
from syncline.store.contract import Tx
from syncline.store.sqlite import open_store
from syncline.store.sqlite.blobs import LARGE
from syncline.store.sqlite.collecting import SPARED

TWO_HOURS = 2 * SPARED


def age(directory: Path) -> None:
    """Make all blobs look two hours older."""
    connection = apsw.Connection(str(directory / "blobs.db"))
    connection.execute("UPDATE blob SET at = at - ?", (TWO_HOURS,))
    connection.close()


async def test_only_old_blobs_that_nothing_names_go(tmp_path: Path) -> None:
    """A crash between blob and work leaves bytes behind; a named one, and a fresh one, must stay."""
    store = await open_store(tmp_path)
    left = [b"left", b"left" * LARGE]
    hashes = [await store.blobs.put(data) for data in (*left, b"named")]
    await store.backend.blobs.flush(hashes)

    async def name(tx: Tx) -> None:
        tx.names(hashes[-1], Id(5000))

    await store.write(name)
    await store.close()
    age(tmp_path)

    store = await open_store(tmp_path)
    fresh = await store.blobs.put(b"fresh")
    await store.backend.blobs.flush([fresh])
    assert await store.backend.collect_blobs() == len(left)
    for hash in hashes[:-1]:
        with pytest.raises(NotFound):
            await store.blobs.get(hash)
    assert not list((tmp_path / "blobs").rglob(hashes[1].hex()))
    assert await store.blobs.get(hashes[-1]) == b"named"
    assert await store.blobs.get(fresh) == b"fresh"
    await store.close()


async def test_one_that_was_put_again_lately_stays(tmp_path: Path) -> None:
    """Its row is old, but a work that will name it may be on its way."""
    store = await open_store(tmp_path)
    hash: Hash = await store.blobs.put(b"again")
    await store.backend.blobs.flush([hash])
    age(tmp_path)
    await store.blobs.put(b"again")
    assert await store.backend.collect_blobs() == 0
    assert await store.blobs.get(hash) == b"again"
    await store.close()
