"""The kit's part about state: the named facts of a conversation."""

import asyncio
from collections.abc import Sequence

from syncline.core.entries import Entry, Fact, NewEntry, NewFact
from syncline.core.ids import Seq, ZoneId
from syncline.core.kinds import EntryKind
from syncline.store.contract import Store, Tx
from syncline.testing.store.opening import Opening, open_zone


def setting(conv: ZoneId, *facts: tuple[str, str, bytes]) -> "SetFacts":
    """A work that adds one entry with facts."""
    return SetFacts(conv, facts)


class SetFacts:
    """The work of `setting`."""

    def __init__(self, conv: ZoneId, facts: Sequence[tuple[str, str, bytes]]) -> None:
        """Remember what to set."""
        self.conv = conv
        self.facts = [NewFact(*fact) for fact in facts]

    async def __call__(self, tx: Tx) -> Entry:
        """Add the entry."""
        return await tx.add(NewEntry(self.conv, EntryKind.STATE, None, b"{}", silent=True), self.facts)


def texts(facts: Sequence[Fact]) -> list[tuple[str, str, bytes]]:
    """What facts say."""
    return [(fact.type, fact.name, fact.content) for fact in facts]


class StateKit(Opening):
    """State."""

    async def test_state_is_known_at_every_seq(self, store: Store) -> None:
        """A fact holds from its entry until the entry that replaces it."""
        conv = await open_zone(store)
        one = (
            await store.write(
                setting(conv, ("topic", "", b'"a"'), ("m.room.member", "7", b'{"membership":"join"}'))
            )
        ).value
        two = (await store.write(setting(conv, ("topic", "", b'"b"')))).value
        async with store.view() as view:
            assert texts(await view.state(conv, at=Seq(one.seq - 1))) == []
            first = [("topic", "", b'"a"'), ("m.room.member", "7", b'{"membership":"join"}')]
            assert texts(await view.state(conv, at=one.seq)) == first
            now = [first[1], ("topic", "", b'"b"')]
            assert texts(await view.state(conv)) == texts(await view.state(conv, at=two.seq)) == now
            assert texts(await view.state(conv, types=["topic"])) == now[1:]
            assert await view.state(conv, types=[]) == []
            fact = await view.fact(conv, "topic", "")
            assert fact == Fact(conv, "topic", "", b'"b"', two.seq, 0, None, two.id)
            assert await view.fact(conv, "topic", "x") is None
            changes = await view.state_changes(conv, Seq(0), one.seq)
            assert texts(changes) == first
            assert changes[0].until == two.seq
            assert await view.state_changes(conv, one.seq, two.seq) == [fact]

    async def test_one_entry_may_set_one_fact_twice(self, store: Store) -> None:
        """The later part wins; the earlier one held for no seq at all."""
        conv = await open_zone(store)
        await store.write(setting(conv, ("topic", "", b'"a"'), ("topic", "", b'"b"')))
        async with store.view() as view:
            assert texts(await view.state(conv)) == [("topic", "", b'"b"')]
            assert texts(await view.state(conv, at=store.head)) == [("topic", "", b'"b"')]

    async def test_facts_close_within_a_work_and_within_a_group(self, store: Store) -> None:
        """Whoever wrote the fact that is replaced: an earlier commit, a group-mate, or the work itself."""
        conv = await open_zone(store)
        await store.write(setting(conv, ("topic", "", b'"0"')))

        async def twice(tx: Tx) -> None:
            await setting(conv, ("topic", "", b'"2"'))(tx)
            await setting(conv, ("topic", "", b'"3"'))(tx)

        await asyncio.gather(
            store.write(setting(conv, ("topic", "", b'"1"'))),
            store.write(twice),
            store.write(setting(conv, ("topic", "", b'"4"'))),
        )
        async with store.view() as view:
            history = await view.state_changes(conv, Seq(0), store.head)
            assert [fact.content for fact in history] == [b'"0"', b'"1"', b'"2"', b'"3"', b'"4"']
            ends = [fact.until for fact in history]
            assert ends == [*(fact.since for fact in history[1:]), None]
            for fact in history:
                assert await view.state(conv, at=fact.since) == [fact]

    async def test_members_are_counted_with_their_facts(self, store: Store) -> None:
        """Joined and invited follow each change of a membership, and no other fact."""
        conv = await open_zone(store)

        async def counts() -> tuple[int, int]:
            async with store.view() as view:
                zone = await view.zone(conv)
            assert zone is not None
            return zone.joined, zone.invited

        steps = [
            ("1", b'{"membership":"join"}', (1, 0)),
            ("2", b'{"membership":"invite"}', (1, 1)),
            ("2", b'{"membership":"join","x":1}', (2, 0)),
            ("2", b'{"membership":"join"}', (2, 0)),
            ("1", b'{"membership":"leave"}', (1, 0)),
            ("1", b'{"membership":"ban"}', (1, 0)),
            ("2", b"{}", (0, 0)),
        ]
        for name, content, expected in steps:
            await store.write(setting(conv, ("m.room.member", name, content), ("topic", name, content)))
            assert await counts() == expected
