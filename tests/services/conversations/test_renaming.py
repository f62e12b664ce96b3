"""Renaming: what a member is called follows his profile, silently, in all of his conversations."""

import msgspec
from tests.services.conversations.town import Town

from syncline.core.ids import START, Id, ZoneId
from syncline.services.conversations.renaming import RENAME, SLICE, rename_due, rename_some
from syncline.services.people import People
from syncline.services.timers import Timers
from syncline.store.contract import Tx


async def called(town: Town, person: Id, conv: ZoneId) -> object:
    """What a member is called in a conversation."""
    fact = await town.fact(conv, "m.room.member", str(person))
    return None if fact is None else fact.get("displayname")


async def test_a_new_name_reaches_every_conversation(town: Town) -> None:
    """More of them than one work takes; without a number, and not those that he left."""
    a, b = await town.people("Alice", "Bob")
    convs = [await town.conversation(b, a, name=f"n{number}") for number in range(2 * SLICE + 3)]
    await town.talk.leave(a, convs[0])
    await People(town.store).update(a, name="Alice B")
    await town.talk.renamed(a)
    assert await called(town, a, convs[0]) is None
    assert {await called(town, a, conv) for conv in convs[1:]} == {"Alice B"}
    assert {await called(town, b, conv) for conv in convs} == {"Bob"}
    assert {(await town.zone(conv)).nr for conv in convs[1:]} == {1}


async def test_what_is_named_so_already_is_not_written(town: Town) -> None:
    """Nobody is woken for a name that did not change."""
    a, b = await town.people("Alice", "Bob")
    await town.conversation(a, b)
    await town.talk.renamed(a)
    head = town.store.head
    await town.talk.renamed(a)
    assert town.store.head == head


async def test_a_chain_that_a_crash_cut_off_goes_on(town: Town) -> None:
    """A timer is set with the first work; it brings the name to the rest, in slices, and then ends."""
    a, b = await town.people("Alice", "Bob")
    convs = [await town.conversation(b, a, name=f"n{number}") for number in range(2 * SLICE + 3)]
    await People(town.store).update(a, name="New")

    async def first(tx: Tx) -> None:
        after = await rename_some(tx, a, START)
        assert after is not None
        body = msgspec.json.encode({"person": a, "after": after})
        await rename_due(tx, body)  # as the timer does it

    await town.store.write(first)
    timers = Timers(town.store)
    timers.handle(RENAME, rename_due)
    while await timers.run_due():
        pass
    assert {await called(town, a, conv) for conv in convs} == {"New"}
