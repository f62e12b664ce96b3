"""The kit's part about blobs."""

import asyncio
import hashlib
from pathlib import Path

import pytest

from syncline.core.errors import NotFound
from syncline.core.ids import Hash, Id
from syncline.store.contract import Store, Tx
from syncline.testing.store.opening import Opening, message, open_zone

SMALL = b"small " * 10
LARGE = b"large " * 40_000


async def name(store: Store, hash: Hash, of: Id) -> None:
    """A work that names a blob."""

    async def work(tx: Tx) -> None:
        tx.names(hash, of)

    await store.write(work)


class BlobKit(Opening):
    """Blobs."""

    @pytest.mark.parametrize("data", [b"", SMALL, LARGE], ids=["empty", "small", "large"])
    async def test_a_named_blob_is_there_after_a_restart(
        self, store: Store, directory: Path, data: bytes
    ) -> None:
        """What was put can be read at once, and for ever once a commit named it."""
        hash = await store.blobs.put(data)
        assert hash == hashlib.sha256(data).digest()
        assert await store.blobs.get(hash) == data
        assert await store.blobs.size(hash) == len(data)
        await name(store, hash, Id(5))
        assert await store.blobs.get(hash) == data
        await store.close()
        again = await self.open(directory)
        try:
            assert await again.blobs.get(hash) == data
            assert await again.blobs.size(hash) == len(data)
            async with again.view() as view:
                assert await view.named_blobs(Id(5)) == [hash]
        finally:
            await again.close()

    async def test_an_unknown_blob_is_not_found(self, store: Store) -> None:
        """Neither its bytes nor its size."""
        hash = Hash(hashlib.sha256(b"never put").digest())
        assert await store.blobs.size(hash) is None
        with pytest.raises(NotFound):
            await store.blobs.get(hash)

    async def test_what_is_not_there_cannot_be_named(self, store: Store) -> None:
        """Else an acknowledged message would have lost its attachment. Its group-mates are not concerned."""
        conv = await open_zone(store)
        hash = Hash(hashlib.sha256(b"never put").digest())

        async def work(tx: Tx) -> None:
            tx.names(hash, (await tx.add(message(conv))).id)

        async def other(tx: Tx) -> None:
            await tx.add(message(conv))

        failed, written = await asyncio.gather(store.write(work), store.write(other), return_exceptions=True)
        assert isinstance(failed, NotFound)
        assert not isinstance(written, BaseException)
        async with store.view() as view:
            assert len(await view.entries(conv)) == 1

    async def test_the_last_name_keeps_a_blob(self, store: Store) -> None:
        """Two things name it; only when both let go it may go."""
        hash = await store.blobs.put(SMALL)
        await name(store, hash, Id(5))
        await name(store, hash, Id(6))

        async def unname(tx: Tx, of: Id) -> None:
            tx.unname(hash, of)
            assert await tx.named_blobs(of) == []

        await store.write(lambda tx: unname(tx, Id(5)))
        assert await store.blobs.get(hash) == SMALL
        await store.write(lambda tx: unname(tx, Id(6)))
        with pytest.raises(NotFound):
            await store.blobs.get(hash)

    async def test_put_again_while_the_old_one_goes(self, store: Store) -> None:
        """Somebody sends the same picture at the moment in which the last message that named it is erased."""
        hash = await store.blobs.put(SMALL)
        await name(store, hash, Id(5))
        assert await store.blobs.put(SMALL) == hash

        async def unname(tx: Tx) -> None:
            tx.unname(hash, Id(5))

        await store.write(unname)
        await name(store, hash, Id(6))
        assert await store.blobs.get(hash) == SMALL
