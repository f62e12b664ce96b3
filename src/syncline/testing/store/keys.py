"""The kit's part about keys, terms, counters and named values."""

import asyncio
import time

import pytest

from syncline.core.errors import Conflict
from syncline.core.ids import Id
from syncline.core.kinds import Space
from syncline.core.objects import Bound
from syncline.store.contract import Store, Tx
from syncline.testing.store.opening import Opening, message, open_zone


class KeyKit(Opening):
    """What leads to things."""

    async def test_a_key_leads_to_one_thing(self, store: Store) -> None:
        """Bound once, it is bound; unbound, it is free; the same value in another space is another key."""

        async def bind(tx: Tx) -> None:
            await tx.bind(Space.EMAIL, b"a@x", Id(5), answer=b"yes")

        await store.write(bind)
        with pytest.raises(Conflict):
            await store.write(bind)

        async def replace(tx: Tx) -> None:
            await tx.bind(Space.EMAIL, b"a@x", Id(6), replace=True)
            await tx.bind(Space.LOCALPART, b"a@x", Id(7))

        async with store.view() as view:
            assert await view.key(Space.EMAIL, b"a@x") == Bound(Space.EMAIL, b"a@x", Id(5), b"yes")
            assert await view.key(Space.EMAIL, b"b@x") is None
        await store.write(replace)
        async with store.view() as view:
            assert await view.key(Space.EMAIL, b"a@x") == Bound(Space.EMAIL, b"a@x", Id(6))
            assert await view.key(Space.LOCALPART, b"a@x") == Bound(Space.LOCALPART, b"a@x", Id(7))

        async def free(tx: Tx) -> None:
            await tx.unbind(Space.EMAIL, b"a@x")
            assert await tx.key(Space.EMAIL, b"a@x") is None
            await bind(tx)

        await store.write(free)
        async with store.view() as view:
            assert (await view.key(Space.EMAIL, b"a@x")) is not None

    async def test_many_keys_asked_for_at_once_are_what_each_is(self, store: Store) -> None:
        """A work that looks many keys up sees its group's earlier works, and then what it writes itself."""
        now = int(time.time() * 1000)
        names = [(Space.EMAIL, b"%d" % number) for number in range(600)]

        async def bind(tx: Tx) -> None:
            for number in range(0, 600, 2):
                await tx.bind(Space.EMAIL, b"%d" % number, Id(5000 + number))
            await tx.bind(Space.EMAIL, b"1", Id(1), expires=now - 1000)
            await tx.bind(Space.LOCALPART, b"3", Id(3))

        async def ask(tx: Tx) -> None:
            asked = [*names, (Space.LOCALPART, b"3")]
            found = {(one.space, one.value): one.object for one in await tx.look_up(asked)}
            assert len(found) == 301
            for name in asked:
                bound = await tx.key(*name)
                assert found.get(name) == (None if bound is None else bound.object)
            await tx.unbind(Space.EMAIL, b"0")
            await tx.bind(Space.EMAIL, b"1", Id(77))
            assert await tx.key(Space.EMAIL, b"0") is None
            again = {one.value: one.object for one in await tx.look_up([names[0], names[1], names[2]])}
            assert again == {b"1": 77, b"2": 5002}

        await asyncio.gather(store.write(bind), store.write(ask))
        async with store.view() as view:
            assert len(await view.look_up(names)) == 300
            assert {one.object for one in await view.look_up(names[:3])} == {77, 5002}
            assert await view.look_up([]) == []

    async def test_a_repeat_in_the_same_group_gets_the_first_answer(self, store: Store) -> None:
        """Eight requests with one id arrive together: one entry, one answer for all."""
        conv = await open_zone(store)

        async def once(tx: Tx) -> bytes:
            known = await tx.key(Space.REQUEST, b"txn1")
            if known is not None:
                return known.answer or b""
            entry = await tx.add(message(conv))
            answer = str(entry.id).encode()
            await tx.bind(Space.REQUEST, b"txn1", entry.id, answer=answer)
            return answer

        answers = {written.value for written in await asyncio.gather(*(store.write(once) for _ in range(8)))}
        assert len(answers) == 1
        async with store.view() as view:
            (entry,) = await view.entries(conv)
        assert answers == {str(entry.id).encode()}

    async def test_a_failed_works_key_is_free(self, store: Store) -> None:
        """Also for the next work of the same group."""

        async def fail(tx: Tx) -> None:
            await tx.bind(Space.EMAIL, b"a@x", Id(5))
            raise Conflict("no")

        async def bind(tx: Tx) -> None:
            await tx.bind(Space.EMAIL, b"a@x", Id(6))

        _, bound = await asyncio.gather(store.write(fail), store.write(bind), return_exceptions=True)
        assert not isinstance(bound, BaseException)
        async with store.view() as view:
            found = await view.key(Space.EMAIL, b"a@x")
            assert found is not None
            assert found.object == 6

    async def test_an_expired_key_is_free(self, store: Store) -> None:
        """It is not found, and may be bound anew; one that has not expired yet is bound."""
        now = int(time.time() * 1000)

        async def bind(tx: Tx) -> None:
            await tx.bind(Space.INVITE, b"old", Id(5), expires=now - 1)
            await tx.bind(Space.INVITE, b"new", Id(5), expires=now + 600_000)
            assert await tx.key(Space.INVITE, b"old") is None

        await store.write(bind)
        async with store.view() as view:
            assert await view.key(Space.INVITE, b"old") is None
            assert await view.key(Space.INVITE, b"new") is not None

        async def again(tx: Tx) -> None:
            await tx.bind(Space.INVITE, b"old", Id(6))

        await store.write(again)

        async def taken(tx: Tx) -> None:
            await tx.bind(Space.INVITE, b"new", Id(6))

        with pytest.raises(Conflict):
            await store.write(taken)
        async with store.view() as view:
            found = await view.key(Space.INVITE, b"old")
            assert found is not None
            assert found.object == 6

    async def test_terms_list_things_by_id(self, store: Store) -> None:
        """Both ways, from a place on, also inside the work that changes them."""

        async def work(tx: Tx) -> None:
            for of in (5, 3, 9, 7):
                tx.index(Space.MENTION, b"me", Id(of))
            tx.index(Space.MENTION, b"you", Id(4))

        await store.write(work)
        async with store.view() as view:
            assert await view.find(Space.MENTION, b"me") == [3, 5, 7, 9]
            assert await view.find(Space.MENTION, b"me", after=Id(3), limit=2) == [5, 7]
            assert await view.find(Space.MENTION, b"me", descending=True) == [9, 7, 5, 3]
            assert await view.find(Space.MENTION, b"me", after=Id(9), limit=2, descending=True) == [7, 5]
            assert await view.find(Space.LABELLED, b"me") == []

        async def change(tx: Tx) -> None:
            tx.unindex(Space.MENTION, b"me", Id(5))
            tx.index(Space.MENTION, b"me", Id(4))
            tx.index(Space.MENTION, b"me", Id(7))
            assert await tx.find(Space.MENTION, b"me", limit=3) == [3, 4, 7]
            assert await tx.find(Space.MENTION, b"me", after=Id(4), limit=1) == [7]
            assert await tx.find(Space.MENTION, b"me", after=Id(7), descending=True) == [4, 3]

        await store.write(change)
        async with store.view() as view:
            assert await view.find(Space.MENTION, b"me") == [3, 4, 7, 9]

    async def test_counters_and_named_values_are_kept(self, store: Store) -> None:
        """A counter gives no number twice, by ones or by blocks."""

        async def work(tx: Tx) -> list[int]:
            tx.set_meta("motto", "go on")
            assert await tx.meta("motto") == "go on"
            return [await tx.count("a"), await tx.count("a", 10), await tx.count("b")]

        assert (await store.write(work)).value == [1, 11, 1]
        assert (await store.write(work)).value == [12, 22, 2]
        async with store.view() as view:
            assert (await view.counter("a"), await view.counter("b"), await view.counter("c")) == (22, 2, 0)
            assert await view.meta("motto") == "go on"
            assert await view.meta("nothing") is None
