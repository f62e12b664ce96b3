"""The kit's part about timers."""

import asyncio

from syncline.core.objects import Timer
from syncline.store.contract import Store, Tx
from syncline.testing.store.opening import Opening


class TimerKit(Opening):
    """Timers."""

    async def test_timers_are_due_in_order(self, store: Store) -> None:
        """Earliest first; of one moment, the one that was set first."""

        async def work(tx: Tx) -> list[Timer]:
            return [Timer(tx.at(due, act), due, act) for due, act in ((30, b"c"), (10, b"a"), (10, b"b"))]

        late, one, two = (await store.write(work)).value
        async with store.view() as view:
            assert await view.due(29, limit=9) == [one, two]
            assert await view.due(30, limit=9) == [one, two, late]
            assert await view.due(30, limit=1) == [one]
            assert await view.due(9, limit=9) == []

        async def cancel(tx: Tx) -> None:
            tx.cancel(one)
            assert await tx.due(99, limit=1) == [two]

        await store.write(cancel)
        async with store.view() as view:
            assert await view.due(99, limit=9) == [two, late]

    async def test_a_timer_set_and_cancelled_in_one_group_is_gone_for_all(self, store: Store) -> None:
        """For the works after it in the group, and after the commit."""
        set_: list[Timer] = []

        async def begin(tx: Tx) -> None:
            set_[:] = [Timer(tx.at(5, b"{}"), 5, b"{}")]

        async def cancel(tx: Tx) -> None:
            tx.cancel(set_[0])

        async def look(tx: Tx) -> int:
            return len(await tx.due(99, limit=9))

        _, before, _, after = await asyncio.gather(
            store.write(begin), store.write(look), store.write(cancel), store.write(look)
        )
        assert (before.value, after.value) == (1, 0)
        async with store.view() as view:
            assert await view.due(99, limit=9) == []

    async def test_a_due_act_happens_once(self, store: Store) -> None:
        """Two runners take it at the same moment: the commit of the effect deletes the timer."""

        async def begin(tx: Tx) -> None:
            tx.at(5, b"{}")

        await store.write(begin)

        async def run(tx: Tx) -> int:
            due = await tx.due(10, limit=9)
            for timer in due:
                tx.cancel(timer)
                await tx.count("ran")
            return len(due)

        ran = await asyncio.gather(*(store.write(run) for _ in range(4)))
        assert sorted(one.value for one in ran) == [0, 0, 0, 1]
        async with store.view() as view:
            assert await view.counter("ran") == 1
