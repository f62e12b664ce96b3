"""The kit's part about works: alone, together, failing, awaiting, and run again."""

import asyncio

import pytest

from syncline.core.errors import Conflict, Invalid, Unavailable
from syncline.core.ids import Seq
from syncline.core.kinds import Kind, ZoneKind
from syncline.core.objects import Object
from syncline.store.contract import CHANGES_A_WORK, Lane, Store, Tx
from syncline.testing.store.opening import Opening, message, open_zone, send


class WorkKit(Opening):
    """Works."""

    async def test_a_failed_work_leaves_nothing(self, store: Store) -> None:
        """Its author gets its own exception; its group-mates are not concerned."""
        conv = await open_zone(store)
        head = store.head

        async def fail(tx: Tx) -> None:
            await tx.add(message(conv))
            tx.enqueue(tx.new_id(), tx.new_id(), b"{}")
            tx.at(1, b"{}")
            tx.set_meta("x", "y")
            raise Conflict("half way")

        async def good(tx: Tx) -> None:
            await tx.add(message(conv))

        answers = await asyncio.gather(
            store.write(fail), store.write(good), store.write(fail), return_exceptions=True
        )
        assert [type(answer) for answer in answers[::2]] == [Conflict, Conflict]
        assert store.head == head + 1
        async with store.view() as view:
            assert len(await view.entries(conv)) == 1
            assert not await view.due(99, limit=9)
            assert await view.meta("x") is None

    async def test_works_never_interleave(self, store: Store) -> None:
        """By force: each awaits its transaction between reading and writing, twenty at the same moment."""

        async def raise_it(tx: Tx) -> int:
            seen = await tx.counter("n")
            for _ in range(5):
                await tx.meta("nothing")
            assert await tx.counter("n") == seen
            return await tx.count("n")

        written = await asyncio.gather(*(store.write(raise_it) for _ in range(20)))
        assert [one.value for one in written] == list(range(1, 21))

    async def test_a_failed_work_undoes_nothing_of_a_later_one(self, store: Store) -> None:
        """With savepoints, rolling back the first would undo the second, which began later."""
        conv = await open_zone(store)

        async def first(tx: Tx) -> None:
            await tx.add(message(conv, b'{"from":"first"}'))
            await tx.meta("nothing")
            raise Conflict("no")

        async def second(tx: Tx) -> None:
            await tx.add(message(conv, b'{"from":"second"}'))

        await asyncio.gather(store.write(first), store.write(second), return_exceptions=True)
        async with store.view() as view:
            assert [entry.body for entry in await view.entries(conv)] == [b'{"from":"second"}']

    async def test_a_work_that_awaits_something_foreign_fails(self, store: Store) -> None:
        """It would hold the writer, and all that wait behind it."""
        conv = await open_zone(store)

        async def sleep(tx: Tx) -> None:
            await tx.add(message(conv))
            await asyncio.sleep(0)

        async def stubborn(tx: Tx) -> None:
            try:
                await asyncio.sleep(0)
            finally:
                await asyncio.sleep(0)

        for work in (sleep, stubborn):
            with pytest.raises(RuntimeError):
                await store.write(work)
        entry = await send(store, conv)
        assert entry.nr == 1

    async def test_a_work_that_awaits_a_cancelled_future_does_not_end_the_writer(self, store: Store) -> None:
        """It raises CancelledError without ever suspending, meant for nobody, least of all the writer."""
        conv = await open_zone(store)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        future.cancel()

        async def work(tx: Tx) -> None:
            await future

        failed, written = await asyncio.wait_for(
            asyncio.gather(store.write(work), send(store, conv), return_exceptions=True), 5
        )
        assert isinstance(failed, RuntimeError)
        assert not isinstance(written, BaseException)

    async def test_an_author_that_goes_away_before_its_work_ran_wrote_nothing(self, store: Store) -> None:
        """And one that goes away later does not disturb the others."""
        conv = await open_zone(store)
        gone = [asyncio.create_task(send(store, conv)) for _ in range(3)]
        kept = asyncio.create_task(send(store, conv))
        await asyncio.sleep(0)
        for task in gone:
            task.cancel()
        assert (await kept).nr == 1
        await asyncio.gather(*gone, return_exceptions=True)
        async with store.view() as view:
            assert len(await view.entries(conv)) == 1

    async def test_a_work_makes_at_most_a_thousand_changes(self, store: Store) -> None:
        """Larger acts are chains of works, so that they share the log fairly."""
        conv = await open_zone(store)

        async def many(tx: Tx, count: int) -> None:
            for _ in range(count):
                await tx.add(message(conv))

        with pytest.raises(Invalid):
            await store.write(lambda tx: many(tx, CHANGES_A_WORK + 1))
        await store.write(lambda tx: many(tx, CHANGES_A_WORK))
        async with store.view() as view:
            assert len(await view.entries(conv)) == CHANGES_A_WORK

    async def test_live_works_go_before_bulk_works(self, store: Store) -> None:
        """An import never delays a message."""
        conv = await open_zone(store)

        async def work(tx: Tx) -> Seq:
            return (await tx.add(message(conv))).seq

        bulk = [asyncio.create_task(store.write(work, lane=Lane.BULK)) for _ in range(300)]
        live = [asyncio.create_task(store.write(work)) for _ in range(5)]
        lives, bulks = await asyncio.gather(*live), await asyncio.gather(*bulk)
        assert max(one.value for one in lives) < min(one.value for one in bulks)

    async def test_a_work_that_changes_nothing_answers_with_its_moment(self, store: Store) -> None:
        """Its seq is the head that it saw, its group-mates' earlier changes included."""
        conv = await open_zone(store)
        begin = store.head

        async def look(tx: Tx) -> int:
            return len(await tx.entries(conv))

        async def write(tx: Tx) -> None:
            await tx.add(message(conv))

        before, _, after = await asyncio.gather(store.write(look), store.write(write), store.write(look))
        assert (before.value, before.seq, after.value, after.seq) == (0, begin, 1, begin + 1)

    async def test_what_cannot_be_stored_fails_alone(self, store: Store) -> None:
        """A number of 20 digits, half a character: the sender hears of it, its group-mates do not."""
        conv = await open_zone(store)
        head = store.head

        async def too_large(tx: Tx) -> None:
            await tx.put(Object(tx.new_id(), Kind.LABEL, conv, b"{}", made=10**30))

        async def half(tx: Tx) -> None:
            tx.set_meta("half", "\ud800")
            await tx.add(message(conv))

        answers = await asyncio.gather(
            *(store.write(work) for work in (too_large, half)),
            *(send(store, conv) for _ in range(5)),
            return_exceptions=True,
        )
        assert [type(answer) for answer in answers[:2]] == [Invalid, Invalid]
        assert [getattr(answer, "nr", None) for answer in answers[2:]] == [1, 2, 3, 4, 5]
        assert store.head == head + 5

    async def test_ids_are_never_given_twice(self, store: Store) -> None:
        """Not within a group, not after a failed work that took some, not to zones."""
        taken: list[int] = []

        async def work(tx: Tx) -> list[int]:
            return [int(tx.new_id()) for _ in range(3)] + [int(tx.open_zone(ZoneKind.BOOK))]

        async def fail(tx: Tx) -> list[int]:
            await work(tx)
            raise Conflict("no")

        for _ in range(3):
            answers = await asyncio.gather(
                *(store.write(fail if place % 2 else work) for place in range(6)),
                return_exceptions=True,
            )
            for answer in answers:
                if not isinstance(answer, BaseException):
                    taken += answer.value
        assert len(taken) == len(set(taken)) == 3 * 3 * 4

    async def test_closing_finishes_what_was_accepted(self, store: Store) -> None:
        """And refuses what comes later, in a sentence."""
        conv = await open_zone(store)
        accepted = [asyncio.create_task(send(store, conv)) for _ in range(10)]
        await asyncio.sleep(0)
        await store.close()
        assert [entry.nr for entry in await asyncio.gather(*accepted)] == list(range(1, 11))
        with pytest.raises(Unavailable):
            await send(store, conv)
