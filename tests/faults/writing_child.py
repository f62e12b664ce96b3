"""A process that writes into a store with eight writers, until it is killed.

    python -m tests.faults.writing_child DIRECTORY SEED [STEP COUNT]

It prints a line as soon as a write was answered, and one as soon as a reader was delivered a commit; what the
parent has read when the process is dead is what was acknowledged. With a step it kills itself there, the
COUNT-th time that the writer comes by.
"""

import asyncio
import os
import random
import signal
import sys
from pathlib import Path
from typing import Any

import apsw

from syncline.core.entries import NewEntry
from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.kinds import EntryKind, Kind, Space, ZoneKind
from syncline.core.objects import Object
from syncline.store import group
from syncline.store.batch import Batch
from syncline.store.commit import Commit
from syncline.store.contract import Store, Tx, View
from syncline.store.sqlite import append, open_store
from syncline.store.sqlite import store as product
from syncline.store.sqlite.blobs import SqliteBlobs

WRITERS = 8
STEPS = (
    "begin",
    "after the works",
    "before the blobs are flushed",
    "after the blobs were flushed",
    "after the rows were written",
    "after COMMIT",
    "after one was published",
    "after all were published",
)
"""Where the writer of the store may be killed; `at_step` puts the deaths there."""


def say(*words: object) -> None:
    """One line, handed to the kernel at once: it survives this process."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


class Death:
    """Kills this process the n-th time that a step is reached."""

    def __init__(self, step: str, count: int) -> None:
        """Wait for a step."""
        self.step = step
        self.count = count

    def at(self, step: str) -> None:
        """The writer comes by."""
        if step == self.step:
            self.count -= 1
            if not self.count:
                os.kill(os.getpid(), signal.SIGKILL)


def place(death: Death) -> None:
    """Put a death into the steps of the product, from outside."""

    class Backend(product.SqliteBackend):
        async def begin(self) -> View:
            view = await super().begin()
            death.at("begin")
            return view

        async def append(self, batch: Batch) -> Seq:
            death.at("after the works")
            seq = await super().append(batch)
            death.at("after COMMIT")
            return seq

    flush = SqliteBlobs.flush

    async def dying_flush(self: SqliteBlobs, hashes: Any) -> None:
        death.at("before the blobs are flushed")
        await flush(self, hashes)
        death.at("after the blobs were flushed")

    write = append.write

    def dying_write(connection: apsw.Connection, batch: Batch) -> None:
        write(connection, batch)
        death.at("after the rows were written")

    tell = group.LogStore._tell
    publish = group.LogStore._publish

    def dying_tell(self: group.LogStore, commit: Commit) -> None:
        tell(self, commit)
        death.at("after one was published")

    def dying_publish(self: group.LogStore, done: Any) -> None:
        publish(self, done)
        # the answers are set, but no author has run yet
        death.at("after all were published")

    product.SqliteBackend = Backend  # type: ignore[misc]
    SqliteBlobs.flush = dying_flush  # type: ignore[method-assign]
    setattr(product, "write", dying_write)  # noqa: B010
    group.LogStore._tell = dying_tell  # type: ignore[method-assign]
    group.LogStore._publish = dying_publish  # type: ignore[method-assign]


async def write_for_ever(store: Store, conv: ZoneId, writer: int, chance: random.Random) -> None:
    """One client: numbered messages, each with a request id; sometimes an attachment, an object, a pair."""
    for number in range(10**9):
        request = f"{writer}/{number}/{os.getpid()}"
        blob = await store.blobs.put(request.encode() * chance.choice((1, 9000))) if number % 7 == 0 else None

        async def work(tx: Tx, request: str = request, blob: Any = blob, pair: bool = number % 3 == 0) -> Id:
            body = b'{"request":"%s"}' % request.encode()
            entry = await tx.add(NewEntry(conv, EntryKind.MESSAGE, None, body, alerts=True, request=request))
            await tx.bind(Space.REQUEST, request.encode(), entry.id)
            if blob is not None:
                tx.names(blob, entry.id)
            if pair:
                await tx.put(Object(tx.new_id(), Kind.RECORD, conv, body))
            return entry.id

        written = await store.write(work)
        say("answered", request, written.seq, "-" if blob is None else blob.hex())
        if chance.random() < 0.1:
            await asyncio.sleep(chance.random() * 0.002)


async def follow_for_ever(store: Store, after: Seq) -> None:
    """One reader, that says what it was delivered."""
    async for commit in store.commits(after):
        for change in commit.changes:
            say("delivered", change.seq, change.object)


async def main(directory: Path, seed: int) -> None:
    """Write until killed."""
    store = await open_store(directory)

    async def conversation(tx: Tx) -> ZoneId:
        known = await tx.key(Space.EXTERNAL, b"all")
        if known is not None:
            return ZoneId(known.object)
        conv = tx.open_zone(ZoneKind.CONVERSATION)
        await tx.bind(Space.EXTERNAL, b"all", conv)
        return conv

    conv = (await store.write(conversation)).value
    say("ready", conv)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(follow_for_ever(store, store.head))
        for writer in range(WRITERS):
            tasks.create_task(write_for_ever(store, conv, writer, random.Random(f"{seed}/{writer}")))


if __name__ == "__main__":
    if len(sys.argv) > 3:
        place(Death(sys.argv[3], int(sys.argv[4])))
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
