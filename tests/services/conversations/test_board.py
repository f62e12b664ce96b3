"""Pins, tasks and locks."""

from typing import Any

import pytest
from tests.services.conversations.town import Town, form

from syncline.core.errors import Conflict, Forbidden, Invalid
from syncline.core.ids import Id
from syncline.core.kinds import Rel
from syncline.core.rooms.presets import Preset
from syncline.services.conversations import board
from syncline.services.timers import read_act
from syncline.store.contract import Tx

PINNED = "m.room.pinned_events"


async def test_a_pin_is_an_amendment_and_stands_in_the_list_of_pins_at_once(town: Town) -> None:
    """Promise 6: Fleep's board and Matrix's pinned events come from one commit."""
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    one, two = await town.say(a, conv, "one"), await town.say(a, conv, "two")
    for id in (one, two):
        pinned = await town.talk.amend(b, conv, id, Rel.PIN)
    assert pinned.value.nr == 5
    assert await town.fact(conv, PINNED) == {"pinned": [one, two]}
    assert form(await town.entry(two))["pin"]["by"] == b
    await town.talk.amend(a, conv, two, Rel.PIN, {"weight": 1.5})
    assert await town.fact(conv, PINNED) == {"pinned": [one, two]}
    await town.talk.amend(a, conv, one, Rel.UNPIN)
    await town.talk.amend(a, conv, two, Rel.DELETE)
    assert await town.fact(conv, PINNED) == {"pinned": []}
    with pytest.raises(Conflict):
        await town.talk.amend(a, conv, one, Rel.UNPIN)


async def test_where_pinning_needs_a_level_tasks_need_it_too(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b, preset=Preset.PRIVATE)
    id = await town.say(b, conv, "x")
    for rel in (Rel.PIN, Rel.TASK):
        with pytest.raises(Forbidden):
            await town.talk.amend(b, conv, id, rel)
    await town.talk.amend(a, conv, id, Rel.PIN)


async def test_a_task_is_done_and_leaves_the_board(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    id = await town.say(a, conv, "do it")
    with pytest.raises(Conflict):
        await town.talk.amend(a, conv, id, Rel.TASK, {"state": None})
    await town.talk.amend(a, conv, id, Rel.TASK, {"state": "todo", "assignees": [b]})
    await town.talk.amend(b, conv, id, Rel.TASK, {"state": "done"})
    task = form(await town.entry(id))["task"]
    assert (task["state"], task["assignees"], task["by"]) == ("done", [b], b)
    await town.talk.amend(b, conv, id, Rel.TASK, {"state": None})
    assert form(await town.entry(id)) == {"text": "do it", "archived": "task", "stood": {"task": "done"}}


@pytest.mark.parametrize(
    ("rel", "given"),
    [
        (Rel.LOCK, {"on": "no"}),
        (Rel.LOCK, {"on": 0}),
        (Rel.TASK, {"assignees": [-1]}),
        (Rel.TASK, {"assignees": [1 << 63]}),
    ],
)
async def test_what_is_no_lock_and_no_person_is_refused(town: Town, rel: Rel, given: dict[str, Any]) -> None:
    """`"no"` must not take a lock."""
    (a,) = await town.people("Alice")
    conv = await town.conversation(a)
    id = await town.say(a, conv, "shared")
    with pytest.raises(Invalid):
        await town.talk.amend(a, conv, id, rel, given)
    assert form(await town.entry(id)) == {"text": "shared"}


async def test_a_lock_keeps_others_from_editing_and_unpinning_until_the_edit(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    id = await town.say(a, conv, "shared")
    await town.talk.amend(a, conv, id, Rel.PIN)
    locked = await town.talk.amend(a, conv, id, Rel.LOCK)
    assert locked.value.nr is None, "a lock is silent"
    for rel, given in ((Rel.EDIT, {"text": "b"}), (Rel.LOCK, {})):
        with pytest.raises(Conflict):
            await town.talk.amend(b, conv, id, rel, given)
    with pytest.raises(Forbidden):
        await town.talk.amend(b, conv, id, Rel.UNPIN)
    await town.talk.amend(b, conv, id, Rel.LOCK, {"on": False})
    assert "lock" in form(await town.entry(id)), "only its holder ends a lock"
    await town.talk.amend(a, conv, id, Rel.EDIT, {"text": "a"})
    await town.talk.amend(b, conv, id, Rel.EDIT, {"text": "b"})
    assert form(await town.entry(id))["text"] == "b"


async def test_a_lock_ends_by_itself_after_an_hour(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    id = await town.say(a, conv, "shared")
    await town.talk.amend(a, conv, id, Rel.LOCK)
    until = form(await town.entry(id))["lock"]["until"]
    async with town.store.view() as view:
        assert list(await view.due(until - 1, limit=10)) == []
        (timer,) = await view.due(until, limit=10)
    act = read_act(timer)
    assert act.name == board.UNLOCK

    async def early(tx: Tx) -> None:
        await board.unlock_due(tx, id, until - 1)

    async def due(tx: Tx) -> None:
        await town.talk.unlock_due(tx, bytes(act.body))

    await town.store.write(early)
    assert "lock" in form(await town.entry(id)), "a lock taken anew has another end"
    await town.store.write(due)
    assert form(await town.entry(id)) == {"text": "shared"}
    head = town.store.head
    await town.store.write(due)
    assert town.store.head == head


async def test_a_lock_that_is_over_stops_nobody(town: Town) -> None:
    a, b = await town.people("Alice", "Bob")
    conv = await town.conversation(a, b)
    id = await town.say(a, conv, "shared")
    await town.talk.amend(a, conv, id, Rel.PIN)
    await town.talk.amend(a, conv, id, Rel.LOCK)

    async def work(tx: Tx) -> Id | None:
        later = _Later(tx, 3600 * 1000)
        return (await board.unpin(later, b, conv, id)).entry  # type: ignore[arg-type]

    assert (await town.store.write(work)).value is not None


class _Later:
    """A transaction whose clock is ahead."""

    def __init__(self, tx: Tx, ms: int) -> None:
        self._tx = tx
        self.now = tx.now + ms

    def __getattr__(self, name: str) -> object:
        return getattr(self._tx, name)
